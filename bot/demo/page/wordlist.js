/** What the demo's own model understands: a dialog of words that go into the line when they are pressed. */

import { el } from "./dom.js";

const COMMAND = "/imagine prompt: ";

export class WordList {
  #loaded = false;

  constructor(app) {
    this.app = app;
    this.body = document.getElementById("words-body");
    this.dialog = document.getElementById("words");
    document.getElementById("words-button").addEventListener("click", () => this.open());
  }

  async open() {
    this.dialog.showModal();
    if (this.#loaded) return;
    const { groups, examples } = await this.app.api.words();
    this.#loaded = true;
    this.body.replaceChildren(
      el("h3", {}, "Try"),
      el("div", { className: "word-examples" }, examples.map((one) => this.#example(one))),
      ...groups.flatMap((group) => [
        el("h3", {}, group.name),
        el("div", { className: "word-group", role: "group", "aria-label": group.name }, this.#group(group)),
      ]),
    );
  }

  #group(group) {
    return group.words.map(({ word, also }) =>
      el(
        "button",
        { type: "button", className: "word", title: also.join(", ") || null, onclick: () => this.#add(word) },
        word,
      ),
    );
  }

  #example(words) {
    const put = () => {
      this.app.composer.write(COMMAND + words);
      this.dialog.close();
    };
    return el("button", { type: "button", className: "word", onclick: put }, words);
  }

  #add(word) {
    const { composer } = this.app;
    composer.write(`${(composer.text.value || COMMAND).replace(/ *$/, " ")}${word}`);
  }
}
