/** The list above the composer: one listbox, shared by commands, option values and mentions. */

import { el } from "./dom.js";

export class Suggestions {
  #input = null;
  #items = [];
  #active = -1;
  #pick = null;

  constructor() {
    this.node = document.getElementById("suggestions");
    this.node.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps the focus
    this.node.addEventListener("click", (event) => {
      const row = event.target.closest('[role="option"]');
      if (row) this.#choose(Number(row.dataset.index), "click");
    });
  }

  get open() {
    return !this.node.hidden;
  }

  /**
   * Offers `items` ({label, detail?, …}) to `input`; `pick(item, how)` gets the chosen one, `how` being "Enter",
   * "Tab" or "click". `active` is the row that Enter takes at once, -1 for none until an arrow is pressed.
   */
  show(input, items, pick, active = 0) {
    if (!items.length) return this.hide();
    if (this.#input !== input) this.#release();
    [this.#input, this.#items, this.#pick] = [input, items, pick];
    this.node.replaceChildren(...items.map(row));
    this.node.hidden = false;
    input.setAttribute("aria-expanded", "true");
    return this.#mark(active);
  }

  hide() {
    this.#release();
    this.node.hidden = true;
    this.#items = [];
  }

  #release() {
    this.#input?.setAttribute("aria-expanded", "false");
    this.#input?.removeAttribute("aria-activedescendant");
    this.#input = null;
  }

  #mark(index) {
    this.#active = index;
    [...this.node.children].forEach((one, at) => one.setAttribute("aria-selected", String(at === index)));
    const row = this.node.children[index];
    row?.scrollIntoView({ block: "nearest" });
    if (row) this.#input.setAttribute("aria-activedescendant", row.id);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  #choose(index, how) {
    const [item, pick] = [this.#items[index], this.#pick];
    this.hide();
    pick(item, how);
  }

  /** Handles a key of the input; true when it was for the list. */
  key(event) {
    if (!this.open || event.target !== this.#input) return false;
    const count = this.#items.length;
    const chooses = this.#active >= 0 && !event.shiftKey && (() => this.#choose(this.#active, event.key));
    const act = {
      ArrowDown: () => this.#mark((this.#active + 1) % count),
      ArrowUp: () => this.#mark((Math.max(this.#active, 0) - 1 + count) % count),
      Escape: () => this.hide(),
      Tab: chooses,
      Enter: chooses,
    }[event.key];
    if (!act) return false;
    event.preventDefault();
    event.stopPropagation();
    act();
    return true;
  }
}

function row(item, index) {
  return el(
    "li",
    { role: "option", id: `suggestion-${index}`, dataset: { index } },
    el("span", { className: "suggestion-label" }, item.label),
    item.detail && el("span", { className: "suggestion-detail" }, item.detail),
  );
}
