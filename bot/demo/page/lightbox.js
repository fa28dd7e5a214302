/** Pictures in full: a dialog with arrows through every picture of the channel. */

import { el, iconButton } from "./dom.js";

export class Lightbox {
  #pictures = [];
  #at = 0;

  constructor() {
    this.image = el("img", { alt: "", onclick: () => this.#zoom() });
    this.caption = el("p", { "aria-live": "polite" });
    this.original = el("a", { className: "button secondary", target: "_blank", rel: "noopener" }, "Open original");
    const bar = el(
      "div",
      { className: "row" },
      el("button", { type: "button", className: "button secondary", onclick: () => this.#zoom() }, "Zoom"),
      this.original,
    );
    this.earlier = iconButton("left", "Picture before", () => this.#go(-1));
    this.later = iconButton("right", "Next picture", () => this.#go(1));
    const close = iconButton("cross", "Close", () => this.dialog.close(), { className: "icon-button close" });
    const stage = el("div", { className: "stage" }, this.image);
    this.dialog = el(
      "dialog",
      { id: "lightbox", "aria-label": "Picture" },
      stage,
      this.earlier,
      this.later,
      close,
      el("footer", {}, this.caption, bar),
    );
    stage.addEventListener("click", (event) => event.target === stage && this.dialog.close());
    this.dialog.addEventListener("keydown", (event) => this.#key(event));
    document.body.append(this.dialog);
  }

  /** Opens on one `.picture` button of the page. */
  open(button) {
    this.#pictures = [...document.querySelectorAll("#messages [data-picture]")];
    this.#at = Math.max(0, this.#pictures.indexOf(button));
    this.dialog.showModal();
    this.#show();
  }

  #show() {
    const shown = this.#pictures[this.#at].querySelector("img");
    this.dialog.classList.remove("zoomed");
    this.image.src = shown.src;
    this.image.alt = shown.alt;
    this.caption.textContent = `${shown.alt} (${this.#at + 1} of ${this.#pictures.length})`;
    this.original.href = shown.src;
    this.earlier.disabled = this.#at === 0;
    this.later.disabled = this.#at === this.#pictures.length - 1;
  }

  #go(step) {
    this.#at = Math.max(0, Math.min(this.#pictures.length - 1, this.#at + step));
    this.#show();
  }

  #zoom() {
    this.dialog.classList.toggle("zoomed");
  }

  #key(event) {
    const act = { ArrowLeft: () => this.#go(-1), ArrowRight: () => this.#go(1), z: () => this.#zoom() }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}
