/** Buttons, select menus and the second generation's blocks, in Discord's own shape. */

import { el, icon, link, safeUrl } from "./dom.js";
import { fileCard, picture } from "./attachments.js";
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
  3: (menu, place) => (menu.max_values > 1 ? manyMenu(menu, place) : oneMenu(menu, place)),
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
    return card;
  },
};

function galleryItem(item) {
  return picture({ ...item.media, description: item.description, filename: item.description ?? "picture" });
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

function label(menu) {
  return menu.placeholder ?? "Choose";
}

// One choice: the browser's own menu, which every keyboard and screen reader knows.
function oneMenu(menu, { message, app }) {
  const chosen = menu.options.find((option) => option.default);
  const options = menu.options.map((option) => {
    const words = option.description ? `${option.label} — ${option.description}` : option.label;
    return el(
      "option",
      { value: option.value, selected: option.default },
      `${option.emoji?.name ?? ""} ${words}`.trim(),
    );
  });
  const hint = el("option", { value: "", selected: !chosen, disabled: true, hidden: true }, label(menu));
  const waiting = app.store.pending.has(`${message.id}:${menu.custom_id}`);
  return el(
    "select",
    {
      className: "menu",
      "aria-label": label(menu),
      disabled: menu.disabled || waiting,
      dataset: { key: menu.custom_id },
      onchange: (event) => app.click(message, menu.custom_id, [event.target.value]),
    },
    hint,
    options,
  );
}

function manyMenu(menu, { message, app }) {
  const boxes = menu.options.map((option) =>
    el("input", { type: "checkbox", value: option.value, checked: Boolean(option.default) }),
  );
  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
  const apply = el(
    "button",
    { type: "button", className: "button primary", onclick: () => app.click(message, menu.custom_id, chosen()) },
    "Apply",
  );
  const fits = () => {
    apply.disabled = chosen().length < (menu.min_values ?? 1) || chosen().length > menu.max_values;
  };
  const rows = menu.options.map((option, index) =>
    el("label", { className: "check" }, boxes[index], optionWords(option)),
  );
  fits();
  const body = el(
    "div",
    { className: "checks", role: "group", "aria-label": label(menu), onchange: fits },
    rows,
    apply,
  );
  return el("details", { className: "menu" }, el("summary", { dataset: { key: menu.custom_id } }, label(menu)), body);
}

function optionWords(option) {
  return el("span", {}, option.label, option.description && el("small", {}, option.description));
}
