/** Reactions: counted chips that toggle, and the small picker that adds one. */

import { el, icon } from "./dom.js";

const OFFERED = [
  ["✅", "keep"],
  ["❌", "reject"],
  ["🔁", "want a reroll"],
  ["👍", "thumbs up"],
  ["👎", "thumbs down"],
  ["❤️", "heart"],
  ["🔥", "fire"],
  ["⭐", "star"],
  ["👀", "eyes"],
  ["😂", "laughing"],
  ["🎨", "palette"],
  ["🤔", "thinking"],
];

export function drawReactions(message, app) {
  if (!message.reactions.length) return null;
  const add = el(
    "button",
    {
      type: "button",
      className: "chip add",
      "aria-label": "Add a reaction",
      title: "Add a reaction",
      dataset: { key: "add-reaction" },
      onclick: (event) => app.picker.open(event.currentTarget, message),
    },
    icon("smile"),
  );
  return el(
    "div",
    { className: "reactions", role: "group", "aria-label": "Reactions" },
    message.reactions.map((one) => chip(message, one, app)),
    add,
  );
}

function chip(message, reaction, app) {
  const who = reaction.members.map((id) => app.store.memberName(id) ?? "somebody").join(", ");
  const label = `${shown(reaction.emoji)}: ${reaction.count}, ${who}`;
  return el(
    "button",
    {
      type: "button",
      className: "chip",
      "aria-pressed": String(reaction.me),
      "aria-label": label,
      title: who,
      dataset: { key: `reaction:${reaction.emoji}` },
      onclick: () => app.react(message, reaction.emoji, !reaction.me),
    },
    el("span", { className: "emoji", "aria-hidden": "true" }, shown(reaction.emoji)),
    el("span", { className: "count" }, String(reaction.count)),
  );
}

function shown(emoji) {
  return /^\w+:\d+$/.test(emoji) ? `:${emoji.split(":")[0]}:` : emoji;
}

/** One picker for the page; it opens beside the button that asked for it. */
export class Picker {
  #message = null;

  constructor(app) {
    const buttons = OFFERED.map(([emoji, name]) =>
      el(
        "button",
        {
          type: "button",
          "aria-label": `React with ${emoji}, ${name}`,
          title: name,
          onclick: () => this.#choose(app, emoji),
        },
        emoji,
      ),
    );
    this.node = el("div", { id: "picker", popover: "auto", role: "group", "aria-label": "Choose a reaction" }, buttons);
    this.node.addEventListener("keydown", (event) => this.#walk(event));
    document.body.append(this.node);
  }

  open(anchor, message) {
    this.#message = message;
    this.anchor = anchor;
    this.node.showPopover();
    this.#place(anchor.getBoundingClientRect());
    this.node.firstElementChild.focus();
  }

  #place(beside) {
    const own = this.node.getBoundingClientRect();
    const left = Math.max(8, Math.min(beside.left, innerWidth - own.width - 8));
    const above = beside.top - own.height - 6;
    const top = above > 8 ? above : Math.min(beside.bottom + 6, innerHeight - own.height - 8);
    this.node.style.setProperty("left", `${left}px`);
    this.node.style.setProperty("top", `${top}px`);
  }

  #choose(app, emoji) {
    this.node.hidePopover();
    app.messages.focusOn(this.#message.id);
    app.react(this.#message, emoji, true);
  }

  #walk(event) {
    const columns = getComputedStyle(this.node).gridTemplateColumns.split(" ").length;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...this.node.children];
    const next = buttons.indexOf(document.activeElement) + step;
    buttons[(next + buttons.length) % buttons.length].focus();
  }
}
