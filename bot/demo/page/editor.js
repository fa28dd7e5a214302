/** Editing an own message in its place. */

import { el } from "./dom.js";

export function editor(message, app) {
  const text = el("textarea", {
    rows: "2",
    value: message.content,
    "aria-label": "Edit message",
    maxlength: app.store.world.limits.content,
  });
  const leave = () => app.leaveEditing();
  const save = () => app.saveEdit(message, text.value);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  queueMicrotask(() => text.focus());
  const button = (words, look, onclick) =>
    el("button", { type: "button", className: `button ${look}`, onclick }, words);
  return el(
    "div",
    { className: "editor" },
    text,
    el("div", { className: "row" }, button("Save", "primary", save), button("Cancel", "secondary", leave)),
  );
}
