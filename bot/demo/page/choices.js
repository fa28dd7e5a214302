/** Select menus in messages: of words, people, roles, people and roles, or channels. */

import { el } from "./dom.js";

/** What can be chosen: [{value, label, description, default, emoji}]. */
export function choicesOf(menu, world) {
  const preset = new Set((menu.default_values ?? menu.default ?? []).map((one) => one.id ?? one));
  const people = () => world.members.map((one) => ({ value: one.id, label: one.name, description: `@${one.username}` }));
  const roles = () => world.roles.map((one) => ({ value: one.id, label: `@${one.name}`, description: "role" }));
  const channels = () =>
    world.channels
      .filter((one) => one.kind !== "direct" && fits(menu.channel_types, one))
      .map((one) => ({ value: one.id, label: `#${one.name}` }));
  const all = { 5: people, 6: roles, 7: () => [...people(), ...roles()], 8: channels, user: people, role: roles };
  const known = { ...all, mentionable: all[7], channel: channels }[menu.type];
  if (!known) return menu.options;
  return known().map((one) => ({ ...one, default: preset.has(one.value) }));
}

function fits(types, channel) {
  return !types?.length || types.includes(channel.kind === "thread" ? 11 : 0);
}

function label(menu) {
  return menu.placeholder || { 5: "Choose people", 6: "Choose roles", 8: "Choose channels" }[menu.type] || "Choose";
}

/** The menu as a control; what is chosen goes to the bot. */
export function selectMenu(menu, place) {
  const options = choicesOf(menu, place.app.store.world);
  return menu.max_values > 1 || menu.min_values === 0 ? several(menu, options, place) : one(menu, options, place);
}

// One choice: the browser's own menu, which every keyboard and screen reader knows.
function one(menu, choices, { message, app }) {
  const chosen = choices.some((choice) => choice.default);
  const options = choices.map((choice) =>
    el("option", { value: choice.value, selected: choice.default }, optionLine(choice)),
  );
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

/** An option as one line of words. */
export function optionLine(choice) {
  const words = choice.description ? `${choice.label} — ${choice.description}` : choice.label;
  return `${choice.emoji?.name ?? ""} ${words}`.trim();
}

function several(menu, choices, { message, app }) {
  const boxes = choices.map((choice) =>
    el("input", { type: "checkbox", value: choice.value, checked: Boolean(choice.default) }),
  );
  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
  const waiting = app.store.pending.has(`${message.id}:${menu.custom_id}`);
  const send = () => app.click(message, menu.custom_id, chosen());
  const apply = el(
    "button",
    { type: "button", className: "button primary", "aria-busy": waiting ? "true" : null, onclick: send },
    "Apply",
  );
  const count = el("small", { className: "chosen" });
  const fits = () => {
    const number = chosen().length;
    count.textContent = number ? `${number} chosen` : "";
    apply.disabled = number < (menu.min_values ?? 1) || number > menu.max_values;
    for (const box of boxes) box.disabled = !box.checked && number >= menu.max_values;
  };
  const rows = choices.map((choice, index) => el("label", { className: "check" }, boxes[index], optionWords(choice)));
  fits();
  const list = el("div", { className: "checks", role: "group", "aria-label": label(menu), onchange: fits }, rows);
  const summary = el("summary", { dataset: { key: menu.custom_id } }, el("span", {}, label(menu)), count);
  const props = { className: menu.disabled ? "menu off" : "menu", inert: Boolean(menu.disabled) };
  return el("details", props, summary, list, el("div", { className: "apply" }, apply));
}

function optionWords(choice) {
  const words = `${choice.emoji?.name ?? ""} ${choice.label}`.trim();
  return el("span", {}, words, choice.description && el("small", {}, choice.description));
}
