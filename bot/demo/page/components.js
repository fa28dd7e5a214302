/** Buttons, and the second generation's blocks, in Discord's own shape. */

import { el, icon, link, safeUrl } from "./dom.js";
import { clip, fileCard, isClip, picture, veiled } from "./attachments.js";
import { selectMenu } from "./choices.js";
import { tint } from "./embeds.js";
import { markdown } from "./markdown.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary" };

/** All components of a message. */
export function drawComponents(message, app) {
  return message.components.map((component) => draw(component, { message, app }));
}

/** One component; kinds this page does not know are left out. */
function draw(component, place) {
  return KINDS[component.type]?.(component, place) ?? null;
}

function all(components, place) {
  return (components ?? []).map((component) => draw(component, place));
}

const KINDS = {
  1: (row, place) => el("div", { className: "row" }, all(row.components, place)),
  2: (button, place) => (button.style === 5 ? linkButton(button) : actionButton(button, place)),
  3: selectMenu,
  5: selectMenu,
  6: selectMenu,
  7: selectMenu,
  8: selectMenu,
  9: (section, place) =>
    el(
      "div",
      { className: "section" },
      el("div", {}, all(section.components, place)),
      draw(section.accessory ?? {}, place),
    ),
  10: (text, { app }) => el("div", { className: "markdown" }, markdown(text.content, app.names)),
  11: (thumbnail) =>
    el("img", { className: "thumbnail", src: safeUrl(thumbnail.media.url), alt: thumbnail.description ?? "" }),
  12: (gallery) =>
    el(
      "div",
      { className: gallery.items.length > 1 ? "attachments many" : "attachments" },
      gallery.items.map(galleryItem),
    ),
  13: (file) => fileCard({ filename: file.name ?? "file", size: file.size, url: file.file.url }),
  14: (separator) => el("hr", { className: separator.divider === false ? "bare" : null }),
  17: (container, place) => {
    const card = el("div", { className: "container" }, all(container.components, place));
    tint(card, container.accent_color);
    return container.spoiler ? veiled(card) : card;
  },
};

function galleryItem(item) {
  const file = { ...item.media, description: item.description, filename: item.description ?? "picture" };
  const shown = isClip(file) ? clip(file) : picture(file);
  return item.spoiler ? veiled(shown) : shown;
}

function face(button) {
  return [
    button.emoji && el("span", { className: "emoji", "aria-hidden": "true" }, button.emoji.name),
    button.label && el("span", {}, button.label),
  ];
}

function linkButton(button) {
  const anchor = link(button.url, face(button), icon("out"));
  anchor.classList.add("button", "secondary");
  return anchor;
}

function actionButton(button, { message, app }) {
  const waiting = app.store.pending.has(`${message.id}:${button.custom_id}`);
  return el(
    "button",
    {
      type: "button",
      className: `button ${STYLES[button.style] ?? "secondary"}`,
      disabled: button.disabled,
      "aria-busy": waiting ? "true" : null,
      "aria-label": button.label ? null : (button.emoji?.name ?? "button"),
      dataset: { key: button.custom_id },
      onclick: () => waiting || app.click(message, button.custom_id),
    },
    face(button),
  );
}
