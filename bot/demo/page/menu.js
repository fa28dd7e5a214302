/** A message's own menu: the bot's commands for it, and what else one can do; by "⋯", a right click or a key. */

import { el, icon } from "./dom.js";

export class MessageMenu {
  constructor(app) {
    this.app = app;
    this.node = el("div", { id: "message-menu", popover: "auto", role: "menu", "aria-label": "Message menu" });
    this.node.addEventListener("keydown", (event) => this.#walk(event));
    document.body.append(this.node);
  }

  /** Opens at a place of the window; the focus goes back to `home` when it closes. */
  open(message, { left, top }, home) {
    this.home = home;
    const entries = [...this.#commands(message), ...this.#own(message)];
    this.node.replaceChildren(...entries);
    this.node.showPopover();
    const own = this.node.getBoundingClientRect();
    this.node.style.setProperty("left", `${Math.max(8, Math.min(left, innerWidth - own.width - 8))}px`);
    this.node.style.setProperty("top", `${Math.max(8, Math.min(top, innerHeight - own.height - 8))}px`);
    this.node.querySelector("[role=menuitem]").focus();
  }

  #commands(message) {
    const { app } = this;
    const { bot } = app.store.world;
    const names = app.store.menu.map((name) =>
      this.#item(name, null, () => app.use(message, name), { disabled: !bot.online }),
    );
    return names.length ? [el("p", { className: "menu-head" }, `${bot.name}'s commands`), ...names, el("hr")] : [];
  }

  #own(message) {
    const { app } = this;
    const { may } = app.store.here;
    const own = message.author.id === app.store.me;
    const named = app.store.channelById(message.id);
    return [
      this.#item("Add a reaction", "smile", () => app.picker.open(this.home, message)),
      this.#item("Reply", "reply", () => app.composer.replyTo(message)),
      named && this.#item("Open the thread", "thread", () => app.open(named.id)),
      !named && may.thread && this.#item("Begin a thread", "thread", () => app.beginThread(message)),
      own && this.#item("Edit", "pencil", () => app.store.edit(message.id)),
      (own || may.manage) && this.#item("Delete", "bin", () => app.remove(message), { className: "danger" }),
    ].filter(Boolean);
  }

  #item(words, sign, act, props = {}) {
    const chosen = () => {
      this.node.hidePopover();
      this.home?.focus({ preventScroll: true });
      act();
    };
    return el(
      "button",
      { type: "button", role: "menuitem", tabindex: "-1", onclick: chosen, ...props },
      el("span", {}, words),
      sign && icon(sign),
    );
  }

  #walk(event) {
    const items = [...this.node.querySelectorAll("[role=menuitem]:not(:disabled)")];
    const at = items.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1, Tab: at + (event.shiftKey ? -1 : 1) }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    items.at(next % items.length).focus();
  }
}
