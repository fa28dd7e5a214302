/** A chosen command as a row of fields: required ones stand ready, the others are added by name. */

import { ordered } from "./commandline.js";
import { el } from "./dom.js";
import { makeField } from "./fields.js";
import { Refusal } from "./refusal.js";

export class CommandForm {
  #fields = new Map();

  /** `words`: a Map of option name → words to start with. */
  constructor(app, command, words = new Map()) {
    this.app = app;
    this.command = command;
    this.pills = el("div", { className: "pills" }, el("span", { className: "command-name" }, `/${command.name}`));
    this.more = el("div", { className: "more", role: "group", "aria-label": "Options to add" });
    this.node = el(
      "div",
      { className: "command-form", role: "group", "aria-label": `Command ${command.name}` },
      this.pills,
      this.more,
    );
    this.node.addEventListener("keydown", (event) => this.#key(event));
    for (const option of ordered(command.options)) {
      if (option.required || words.has(option.name)) this.add(option, words.get(option.name));
    }
    this.#offer();
    this.describe(null);
  }

  add(option, words = null) {
    const field = makeField(option, this);
    this.#fields.set(option.name, field);
    if (words && option.type !== "attachment") field.words = words;
    this.pills.append(field.node);
    this.#offer();
    return field;
  }

  remove(name) {
    this.#fields.get(name)?.node.remove();
    this.#fields.delete(name);
    this.#offer();
    this.focus();
  }

  #offer() {
    const open = ordered(this.command.options).filter((option) => !this.#fields.has(option.name));
    const offers = open.map((option) =>
      el(
        "button",
        { type: "button", title: option.description, onclick: () => this.add(option).focus() },
        `+ ${option.name}`,
      ),
    );
    this.more.replaceChildren(...offers);
    this.more.hidden = !offers.length;
  }

  /** Puts the focus on the first empty field, else the last one, else the send button. */
  focus() {
    const fields = [...this.#fields.values()];
    (fields.find((field) => !field.filled) ?? fields.at(-1) ?? this.app.composer.sendButton).focus();
  }

  describe(option) {
    const words = option
      ? `${option.name}: ${option.description}${option.required ? " (required)" : ""}`
      : this.command.description;
    this.app.composer.hint(words);
  }

  /** A field has got its value: on to the next required one that is empty. */
  ready(field) {
    const next = [...this.#fields.values()].find((one) => one.option.required && !one.filled);
    (next ?? field).focus();
  }

  /** The valid values so far, without `except`: what autocomplete may look at. */
  values(except = null) {
    const values = {};
    for (const [name, field] of this.#fields) {
      if (name === except || !field.filled || field.option.type === "attachment") continue;
      try {
        values[name] = field.value();
      } catch {
        // a half-typed number is no value yet
      }
    }
    return values;
  }

  /** `{options, files}` to run; throws a Refusal after showing which field is wrong or missing. */
  collect() {
    const [options, files] = [{}, []];
    for (const [name, field] of this.#fields) {
      this.#check(field, () => {
        if (!field.filled && field.option.required) throw new Refusal(`${name} is required.`);
        if (!field.filled) return;
        if (field.option.type === "attachment") files.push([name, field.file]);
        else options[name] = field.value();
      });
    }
    return { options, files };
  }

  #check(field, read) {
    field.mark(null);
    try {
      read();
    } catch (error) {
      field.mark(error.message);
      field.focus();
      throw error;
    }
  }

  /** Gives a dropped file to the first attachment option without one; false when the command takes none. */
  takeFile(file) {
    const waiting = this.command.options.find(
      (option) => option.type === "attachment" && !this.#fields.get(option.name)?.filled,
    );
    if (!waiting) return false;
    const field = this.#fields.get(waiting.name) ?? this.add(waiting);
    field.take(file, this);
    return true;
  }

  #key(event) {
    if (event.isComposing || this.app.composer.suggestions.key(event)) return;
    const typing = event.target.matches('input:not([type="file"])');
    const act = {
      Escape: () => this.app.composer.leaveCommand(),
      Enter: typing && (() => this.app.composer.submit()),
      Backspace: typing && event.target.value === "" && (() => this.#back(event.target)),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #back(input) {
    const names = [...this.#fields.keys()];
    const at = names.findIndex((name) => this.#fields.get(name).input === input);
    if (!this.#fields.get(names[at]).option.required) this.remove(names[at]);
    else if (at > 0) this.#fields.get(names[at - 1]).focus();
    else this.app.composer.leaveCommand(`/${this.command.name}`);
  }
}
