/** Where people write: plain messages, replies, files, and commands as one line or as fields. */

import { CommandForm } from "./commandform.js";
import { matchCommand, ordered, rankCommands, readLine, splitOptions } from "./commandline.js";
import { el, icon } from "./dom.js";
import { Suggestions } from "./suggestions.js";
import { Tray } from "./tray.js";

const where = (channel) => (channel.kind === "direct" ? channel.name : `#${channel.name}`);

export class Composer {
  #form = null;
  #reply = null;
  #busy = false;

  constructor(app) {
    this.app = app;
    this.box = document.getElementById("composer");
    this.text = document.getElementById("composer-text");
    this.sendButton = document.getElementById("send");
    this.suggestions = new Suggestions();
    this.tray = new Tray(
      app,
      (file) => this.#form?.takeFile(file) ?? false,
      (sentence) => this.#complain(sentence),
    );
    this.text.addEventListener("input", () => this.#typed());
    this.text.addEventListener("keydown", (event) => this.#key(event));
    this.text.addEventListener("blur", () => this.suggestions.hide());
    this.sendButton.addEventListener("click", () => this.submit());
    this.ping = document.getElementById("ping");
    document.getElementById("reply-off").addEventListener("click", () => this.replyTo(null));
  }

  /** The bot's commands have arrived or changed: a half-written one gets its list. */
  refresh() {
    if (this.text.value.startsWith("/") && document.activeElement === this.text) this.#typed();
  }

  focus() {
    if (this.#form) this.#form.focus();
    else this.text.focus();
  }

  /** Names the channel that is written to. */
  address() {
    const { here } = this.app.store;
    const roomy = matchMedia("(min-width: 480px)").matches;
    const closed = here && !here.may.write;
    this.text.placeholder = here ? `Message ${where(here)}, or /${roomy ? " for commands" : ""}` : "Message";
    if (closed) this.text.placeholder = "You may not write here.";
    this.text.disabled = this.sendButton.disabled = Boolean(closed);
  }

  /** Puts words into the line, as if they had been typed. */
  write(words) {
    this.leaveCommand(words);
    this.#typed();
  }

  hint(words) {
    document.getElementById("composer-hint").replaceChildren(words ?? "");
  }

  #complain(sentence) {
    const alert = document.getElementById("composer-alert");
    alert.replaceChildren(...(sentence ? [icon("warning"), sentence] : []));
    alert.hidden = !sentence;
  }

  // --- replying -------------------------------------------------------------------------------------------------

  replyTo(message) {
    this.#reply = message;
    document.getElementById("reply").hidden = !message;
    if (message) document.getElementById("reply-name").textContent = message.author.name;
    this.ping.checked = true;
    this.leaveCommand(this.#form ? "" : null);
    this.text.focus();
  }

  // --- typing ---------------------------------------------------------------------------------------------------

  #typed() {
    this.#complain(null);
    const typed = this.text.value;
    const line = matchCommand(typed, this.app.store.commands);
    if (line && typed.length > line.command.name.length + 1) this.#explain(line);
    else if (typed.startsWith("/")) this.#offerCommands(typed.slice(1));
    else this.#offerMembers();
  }

  #offerCommands(typed) {
    this.hint("Choose a command with the arrow keys and Enter, or write it out.");
    const found = rankCommands(typed, this.app.store.commands);
    const items = found.map((command) => ({ label: `/${command.name}`, detail: command.description, command }));
    this.suggestions.show(this.text, items, ({ command }, how) => {
      // A name written out that needs nothing more is ready to run.
      const complete = typed.trimEnd() === command.name && !command.options.some((option) => option.required);
      if (how === "Enter" && complete) this.submit();
      else this.enterCommand(command);
    });
  }

  // The line is complete up to its options: say which there are, and which are already written.
  #explain({ command, rest }) {
    this.suggestions.hide();
    const written = splitOptions(rest, command.options);
    const marks = ordered(command.options).map((option) => {
      const state = written.get(option.name) ? "written" : option.required ? "wanted" : "";
      return el("span", { className: `usage ${state}`, title: option.description }, `${option.name}:`);
    });
    this.hint(el("span", {}, marks, " Enter sends, Tab opens the fields."));
  }

  #offerMembers() {
    this.hint(null);
    const before = this.text.value.slice(0, this.text.selectionStart);
    const typed = /(?:^|\s)@([\w-]*)$/.exec(before)?.[1].toLowerCase();
    const all = (typed !== undefined && this.app.store.world?.members) || [];
    const members = all.filter((one) => one.name.toLowerCase().startsWith(typed));
    const items = members.map((member) => ({ label: `@${member.name}`, detail: member.username }));
    this.suggestions.show(this.text, items, (item) => {
      this.text.setRangeText(`${item.label} `, before.length - typed.length - 1, before.length, "end");
    });
  }

  #key(event) {
    if (event.isComposing || this.suggestions.key(event)) return;
    const line = matchCommand(this.text.value, this.app.store.commands);
    const act = {
      Enter: !event.shiftKey && (() => this.submit()),
      Tab:
        line &&
        !event.shiftKey &&
        (() => this.enterCommand(line.command, splitOptions(line.rest, line.command.options))),
      Escape: () => this.#escape(),
      ArrowUp: this.text.value === "" && (() => this.app.editLast()),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #escape() {
    if (this.#reply) this.replyTo(null);
    else if (this.text.value.startsWith("/")) this.#clear();
    else this.app.messages.focusLast();
  }

  #clear() {
    this.text.value = "";
    this.suggestions.hide();
    this.hint(null);
    this.#complain(null);
  }

  // --- commands as fields ---------------------------------------------------------------------------------------

  enterCommand(command, words = new Map()) {
    this.#clear();
    this.#form?.node.remove();
    this.#form = new CommandForm(this.app, command, words);
    this.box.classList.add("in-command");
    this.text.before(this.#form.node);
    for (const file of this.tray.take()) this.tray.addAll([file]);
    this.#form.focus();
  }

  /** Back to plain text, holding `words`; null leaves the text as it is. */
  leaveCommand(words = "") {
    this.#form?.node.remove();
    this.#form = null;
    this.box.classList.remove("in-command");
    if (words === null) return;
    this.#clear();
    this.text.value = words;
    this.text.focus();
  }

  // --- sending --------------------------------------------------------------------------------------------------

  async submit() {
    if (this.#busy || !this.app.store.world) return;
    this.#busy = true;
    this.#complain(null);
    this.sendButton.setAttribute("aria-busy", "true");
    try {
      if (this.#form) await this.#runForm();
      else if (this.text.value.startsWith("/")) await this.#runLine();
      else await this.#sendText();
      this.app.messages.toBottom();
    } catch (error) {
      this.#complain(error.message);
    } finally {
      this.#busy = false;
      this.sendButton.removeAttribute("aria-busy");
    }
  }

  async #runForm() {
    const form = this.#form;
    const { options, files } = form.collect();
    await this.app.run(form.command, options, files);
    this.leaveCommand();
  }

  async #runLine() {
    const line = matchCommand(this.text.value.trimEnd(), this.app.store.commands);
    if (!line) return this.#complain(`There is no command ${this.text.value.split(" ")[0]}. Write / to see them all.`);
    const { words, values, missing } = readLine(line.command, line.rest, this.app.store.world);
    if (missing.length) return this.enterCommand(line.command, words);
    await this.app.run(line.command, values);
    return this.#clear();
  }

  async #sendText() {
    const content = this.#withMentions(this.text.value.trim());
    if (!content && !this.tray.files.length) return;
    const sent = { replyTo: this.#reply?.id ?? null, ping: this.ping.checked, files: this.tray.files };
    await this.app.api.send(this.app.store.channel, content, sent);
    this.tray.take();
    this.replyTo(null);
    this.#clear();
  }

  // "@Darkroom" as people write it → "<@900>" as messages carry it.
  #withMentions(words) {
    const members = [...this.app.store.world.members].sort((a, b) => b.name.length - a.name.length);
    return members.reduce((text, one) => text.replaceAll(`@${one.name}`, `<@${one.id}>`), words);
  }
}
