/** One option of a command as a field: words with suggestions, or a file. */

import { coerce } from "./commandline.js";
import { el, fileSize, icon } from "./dom.js";
import { Refusal } from "./refusal.js";

const PAUSE = 120; // milliseconds of rest while typing before the bot is asked for choices

/** The field for an option; `form` answers app, command, values(except), leaveField(field) and ready(field). */
export function makeField(option, form) {
  return option.type === "attachment" ? new FileField(option, form) : new WordField(option, form);
}

function pill(option, form, id, control) {
  const bare =
    !option.required &&
    el(
      "button",
      {
        type: "button",
        className: "pill-off",
        "aria-label": `Remove ${option.name}`,
        onclick: () => form.remove(option.name),
      },
      icon("cross"),
    );
  const must = option.required && el("span", { className: "must", title: "required", "aria-hidden": "true" }, "*");
  return el("div", { className: "pill" }, el("label", { for: id }, option.name, must), control, bare);
}

class WordField {
  #picked = null;
  #asked = 0;
  #timer = null;

  constructor(option, form) {
    this.option = option;
    this.form = form;
    const id = `option-${option.name}`;
    this.input = el("input", {
      id,
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-expanded": "false",
      "aria-controls": "suggestions",
      "aria-autocomplete": "list",
      "aria-required": String(option.required),
      "aria-describedby": "composer-hint",
      inputmode: option.type === "integer" ? "numeric" : null,
      oninput: () => this.#typed(),
      onfocus: () => this.#entered(),
      onblur: () => form.app.composer.suggestions.hide(),
    });
    this.node = pill(option, form, id, this.input);
    this.#size();
  }

  set words(words) {
    this.input.value = words;
    this.#picked = null;
    this.#size();
  }

  get filled() {
    return this.input.value.trim() !== "";
  }

  /** The value as the API wants it; throws a Refusal when the words do not fit. */
  value() {
    if (this.#picked) return this.#picked.value;
    return coerce(this.option, this.input.value.trim(), this.form.app.store.world);
  }

  focus() {
    this.input.focus();
  }

  mark(sentence) {
    this.node.classList.toggle("wrong", Boolean(sentence));
    this.input.setAttribute("aria-invalid", String(Boolean(sentence)));
  }

  #size() {
    const least = this.option.name === "prompt" ? 24 : 8;
    this.input.style.setProperty("width", `${Math.min(60, Math.max(least, this.input.value.length + 2))}ch`);
  }

  #entered() {
    this.form.describe(this.option);
    this.#suggest();
  }

  #typed() {
    this.#picked = null;
    this.mark(null);
    this.#size();
    this.#suggest();
  }

  async #suggest() {
    const asked = (this.#asked += 1);
    const typed = this.input.value.trim();
    clearTimeout(this.#timer);
    const choices = this.option.autocomplete ? await this.#fetch(typed, asked) : this.#local(typed);
    if (asked !== this.#asked || document.activeElement !== this.input) return;
    const items = choices.map((choice) => ({
      label: choice.name,
      detail: choice.name === String(choice.value) ? null : choice.detail,
      choice,
    }));
    const exact = items.length === 1 && items[0].label.toLowerCase() === typed.toLowerCase();
    if (exact || this.#picked) this.form.app.composer.suggestions.hide();
    else this.form.app.composer.suggestions.show(this.input, items, (item) => this.#take(item.choice), typed ? 0 : -1);
  }

  async #fetch(typed, asked) {
    await new Promise((done) => {
      this.#timer = setTimeout(done, PAUSE);
    });
    if (asked !== this.#asked) return [];
    const { app, command } = this.form;
    return app.api
      .autocomplete(app.store.channel, command.name, this.form.values(this.option.name), this.option.name, typed)
      .catch(() => []);
  }

  #local(typed) {
    const words = typed.toLowerCase();
    return fixedChoices(this.option, this.form.app.store.world).filter((choice) =>
      choice.name.toLowerCase().includes(words),
    );
  }

  #take(choice) {
    this.words = choice.name;
    this.#picked = choice;
    this.mark(null);
    this.form.ready(this);
  }
}

function fixedChoices(option, world) {
  if (option.choices.length) return option.choices;
  if (option.type === "boolean")
    return [
      { name: "true", value: true },
      { name: "false", value: false },
    ];
  const people = world.members.map((one) => ({ name: one.name, value: one.id }));
  const roles = world.roles.map((one) => ({ name: `@${one.name}`, value: one.id }));
  if (option.type === "user") return people;
  if (option.type === "role") return roles;
  if (option.type === "mentionable") return [...people, ...roles];
  if (option.type === "channel") return world.channels.map((one) => ({ name: `#${one.name}`, value: one.id }));
  return [];
}

class FileField {
  file = null;

  constructor(option, form) {
    this.option = option;
    const id = `option-${option.name}`;
    this.input = el("input", {
      id,
      type: "file",
      "aria-required": String(option.required),
      onfocus: () => form.describe(option),
      onchange: () => this.take(this.input.files[0], form),
    });
    this.name = el("span", { className: "file-choice" }, "choose or drop a file");
    this.node = pill(option, form, id, el("span", { className: "file-input" }, icon("clip"), this.name, this.input));
  }

  take(file, form) {
    this.file = file ?? null;
    this.name.textContent = file ? `${file.name} · ${fileSize(file.size)}` : "choose or drop a file";
    this.mark(null);
    if (file) form.ready(this);
  }

  get filled() {
    return this.file !== null;
  }

  value() {
    throw new Refusal(`${this.option.name}: a file travels beside the options.`);
  }

  focus() {
    this.input.focus();
  }

  mark(sentence) {
    this.node.classList.toggle("wrong", Boolean(sentence));
    this.input.setAttribute("aria-invalid", String(Boolean(sentence)));
  }
}
