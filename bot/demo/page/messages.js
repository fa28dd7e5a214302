/** The list of messages: order, grouping, days, scrolling, and the way through it by keyboard. */

import { el } from "./dom.js";
import { plain } from "./markdown.js";
import { drawMessage, updateMessage } from "./message.js";
import { afterPress } from "./press.js";
import { byId } from "./store.js";
import { dayOf, dayWords } from "./time.js";

const GROUPED_WITHIN = 7 * 60_000;
const NEAR = 80;

export class MessageList {
  #items = new Map();
  #stuck = true;
  #placed = 0; // where the last scroll to the bottom ended

  constructor(app) {
    this.app = app;
    this.list = document.getElementById("messages");
    this.scroller = document.getElementById("scroller");
    this.newer = document.getElementById("newer");
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.list.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("contextmenu", (event) => this.#menu(event));
    this.list.addEventListener("focusin", (event) => this.#remember(event.target.closest(".message")));
    this.newer.addEventListener("click", () => this.toBottom());
    // Pictures that load and a composer that grows must not push the newest message out of sight.
    const follow = new ResizeObserver(() => afterPress(() => this.#follows() && this.toBottom()));
    follow.observe(this.list);
    follow.observe(this.scroller);
  }

  /** Draws the open channel anew. `keep` holds what is read where it is while earlier messages are put above it. */
  reload({ keep = false } = {}) {
    const below = this.scroller.scrollHeight - this.scroller.scrollTop;
    const messages = this.app.store.messages();
    const held = new Set(messages.map((message) => message.id));
    for (const id of [...this.#items.keys()]) if (!held.has(id)) this.#items.delete(id);
    this.list.replaceChildren(...messages.map((message) => this.#item(message)));
    messages.forEach((message, index) => this.#group(message, messages[index - 1]));
    document.getElementById("empty").hidden = messages.length > 0;
    this.#remember(this.list.lastElementChild);
    if (keep) this.scroller.scrollTop = this.scroller.scrollHeight - below;
    else if (this.#stuck) this.toBottom();
  }

  /** Shows the newest messages whatever was read before (another channel, another person). */
  restart() {
    this.#items.clear();
    this.#stuck = true;
    this.reload();
  }

  #item(message) {
    const known = this.#items.get(message.id);
    if (known) updateMessage(known, message, this.app);
    else this.#items.set(message.id, drawMessage(message, this.app));
    return this.#items.get(message.id);
  }

  put(message, fresh) {
    const known = this.#items.has(message.id);
    const item = this.#item(message);
    if (known) return;
    const after = [...this.list.children].findLast((one) => byId(one.dataset.id, message.id) < 0);
    if (after) after.after(item);
    else this.list.prepend(item);
    document.getElementById("empty").hidden = true;
    this.#regroup(item);
    if (!item.nextElementSibling) this.#remember(item);
    if (fresh) afterPress(() => this.#arrived(message, item));
  }

  #arrived(message, item) {
    if (message.author.id === this.app.store.me || this.#follows()) this.toBottom();
    else this.newer.hidden = false;
    item.classList.add("arrived");
    this.app.announce(`${message.author.name}: ${spoken(message, this.app.namesFor(message))}`);
  }

  drop(id) {
    const item = this.#items.get(id);
    if (!item) return;
    const next = item.nextElementSibling ?? item.previousElementSibling;
    const focused = item.contains(document.activeElement);
    this.#items.delete(id);
    item.remove();
    if (next) this.#regroup(next);
    if (focused) (next ?? this.app.composer).focus();
    if (next && !this.list.querySelector('[tabindex="0"]')) this.#remember(next);
  }

  #regroup(item) {
    for (const one of [item, item.nextElementSibling]) {
      if (one) this.#group(this.#message(one), this.#message(one.previousElementSibling));
    }
  }

  #message(item) {
    return item && this.app.store.message(item.dataset.id);
  }

  // A message follows the one before when the same author said it shortly before, without an occasion of its own.
  #group(message, before) {
    const item = this.#items.get(message.id);
    const sameDay = Boolean(before) && dayOf(before.timestamp) === dayOf(message.timestamp);
    const near = sameDay && new Date(message.timestamp) - new Date(before.timestamp) < GROUPED_WITHIN;
    const alike = near && before.author.id === message.author.id && before.ephemeral === message.ephemeral;
    item.classList.toggle("follows", alike && !message.reply_to && !message.command);
    item.querySelector(":scope > .day")?.remove();
    if (!sameDay)
      item.prepend(el("div", { className: "day", role: "separator" }, el("span", {}, dayWords(message.timestamp))));
  }

  #atBottom() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR;
  }

  // Scroll events come late: somebody who has just moved up is already further up than where we left them.
  #follows() {
    return this.#atBottom() || (this.#stuck && this.scroller.scrollTop >= this.#placed - NEAR);
  }

  #scrolled() {
    this.#stuck = this.#atBottom();
    if (this.#stuck) this.newer.hidden = true;
    if (this.scroller.scrollTop < NEAR) this.app.loadEarlier();
  }

  toBottom() {
    this.#stuck = true;
    this.newer.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#placed = this.scroller.scrollTop;
  }

  /** Scrolls to a message and lights it up for a moment. */
  reveal(id) {
    const item = this.#items.get(id);
    if (!item) return this.app.announce("That message is further back; scroll up to load it.");
    this.#stuck = false;
    item.scrollIntoView({ block: "center" });
    item.classList.remove("lit");
    requestAnimationFrame(() => item.classList.add("lit"));
    return this.focusOn(id);
  }

  focusOn(id) {
    this.#items.get(id)?.focus({ preventScroll: true });
  }

  focusLast() {
    this.list.lastElementChild?.focus();
  }

  // One tab stop for the whole list: the message that had the focus last.
  #remember(item) {
    if (!item) return;
    for (const one of this.list.querySelectorAll('[tabindex="0"]')) if (one.matches(".message")) one.tabIndex = -1;
    item.tabIndex = 0;
  }

  // A right click on words or pictures opens the message's menu; links, fields and marked words keep the browser's.
  #menu(event) {
    const item = event.target.closest(".message");
    const message = this.#message(item);
    const plain = event.target.closest("a, input, textarea, select") || String(getSelection());
    if (!message || message.ephemeral || message.kind !== "said" || plain) return;
    event.preventDefault();
    const box = item.getBoundingClientRect();
    const byKey = event.clientX === 0 && event.clientY === 0;
    const at = byKey ? { left: box.left + 60, top: box.top + 24 } : { left: event.clientX, top: event.clientY };
    this.app.menu.open(message, at, item);
  }

  #key(event) {
    const item = event.target;
    if (!item.matches(".message") || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      ArrowUp: () => item.previousElementSibling?.focus(),
      ArrowDown: () => (item.nextElementSibling ?? this.app.composer).focus(),
      r: () => this.app.composer.replyTo(this.#message(item)),
      "+": () => this.app.picker.open(item, this.#message(item)),
      Escape: () => this.app.composer.focus(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

function spoken(message, names) {
  if (message.loading) return "is thinking";
  const files = message.attachments.map((file) => file.description || file.filename).join(", ");
  const words = [message.content, ...message.embeds.map((embed) => embed.title ?? embed.description), files]
    .filter(Boolean)
    .join(". ");
  return plain(words, names).slice(0, 200) || "new message";
}
