/** Threads: the line below the message that one began with, and the bar above one that is open. */

import { el, icon } from "./dom.js";

/** The way into the thread that began with this message, or that a line of Discord's speaks of. */
export function threadLine(message, app) {
  const thread = app.store.channelById(message.thread_id);
  if (!thread || message.kind === "starter") return null;
  const many = `${thread.messages} ${thread.messages === 1 ? "message" : "messages"}`;
  const away = thread.archived ? " · put away" : "";
  return el(
    "button",
    { type: "button", className: "thread-line", dataset: { key: "thread" }, onclick: () => app.open(thread.id) },
    icon("thread"),
    el("b", {}, thread.name),
    el("span", {}, `${many}${away}`),
  );
}

/** What stands in the place of words where Discord itself speaks; null for what somebody said. */
export function ownWords(message, app) {
  if (message.kind === "thread_begun") return `began a thread: ${message.content}`;
  if (message.kind !== "starter") return null;
  return `This is the beginning of ${app.store.here?.name ?? "the thread"}.`;
}

/** Draws the bar of the open channel: the way back to its parent, and its state. */
export function threadBar(app) {
  const { here } = app.store;
  const bar = document.getElementById("thread-bar");
  bar.hidden = here?.kind !== "thread";
  if (bar.hidden) return;
  const parent = app.store.channelById(here.parent_id);
  const back = el(
    "button",
    { type: "button", className: "text-button", onclick: () => app.open(here.parent_id) },
    `← #${parent?.name ?? "channel"}`,
  );
  const state = [here.archived && "Put away; whoever writes takes it out again.", here.locked && "Locked by a moderator."];
  const turn = el(
    "button",
    { type: "button", className: "text-button", onclick: () => app.putAway(here, !here.archived) },
    here.archived ? "Take out" : "Put away",
  );
  bar.replaceChildren(back, el("span", {}, state.filter(Boolean).join(" ")), turn);
}
