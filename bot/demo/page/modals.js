/** The bot's forms: a modal dialog built from its inputs, open until the bot has taken the answer. */

import { el, icon } from "./dom.js";

/** Shows the modal of an outcome; `submit(values)` throws a Refusal whose sentence is shown inside. */
export function showModal(modal, submit) {
  const fields = modal.inputs.map(field);
  const alert = el("p", { className: "notice", role: "alert", hidden: true });
  const send = el("button", { type: "submit", className: "button primary" }, "Submit");
  const cancel = el(
    "button",
    { type: "button", className: "button secondary", onclick: () => dialog.close() },
    "Cancel",
  );
  const form = el(
    "form",
    { method: "dialog" },
    el("h2", { id: "modal-title" }, modal.title),
    fields.map((one) => one.node),
    alert,
    el("div", { className: "row end" }, cancel, send),
  );
  const dialog = el(
    "dialog",
    { className: "modal", "aria-labelledby": "modal-title", onclose: () => dialog.remove() },
    form,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (send.getAttribute("aria-busy")) return;
    await sending({ send, alert, dialog }, () =>
      submit(Object.fromEntries(fields.map((one) => [one.id, one.value()]))),
    );
  });
  document.body.append(dialog);
  dialog.showModal();
}

async function sending({ send, alert, dialog }, submit) {
  send.setAttribute("aria-busy", "true");
  alert.hidden = true;
  try {
    await submit();
    dialog.close();
  } catch (error) {
    alert.replaceChildren(icon("warning"), error.message);
    alert.hidden = false;
  } finally {
    send.removeAttribute("aria-busy");
  }
}

function field(input) {
  const id = `modal-${input.custom_id}`;
  const control = input.type === "select" ? selectControl(input, id) : textControl(input, id);
  const must = input.required ? el("span", { className: "must" }, " (required)") : null;
  const node = el(
    "div",
    { className: "modal-field" },
    el("label", { for: id }, input.label, must),
    input.description && el("p", { className: "small" }, input.description),
    control,
  );
  const value = () =>
    input.type === "select"
      ? [...control.selectedOptions].map((option) => option.value).filter(Boolean)
      : control.value;
  return { id: input.custom_id, node, value };
}

function textControl(input, id) {
  const long = input.style === "paragraph";
  const control = el(long ? "textarea" : "input", {
    id,
    rows: long ? "4" : null,
    required: input.required,
    placeholder: input.placeholder,
    minlength: input.min_length,
    maxlength: input.max_length,
    value: input.value ?? "",
  });
  if (long)
    control.addEventListener(
      "keydown",
      (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && control.form.requestSubmit(),
    );
  return control;
}

function selectControl(input, id) {
  const many = (input.max_values ?? 1) > 1;
  const chosen = input.options.some((option) => option.default);
  const options = input.options.map((option) =>
    el(
      "option",
      { value: option.value, selected: option.default },
      option.description ? `${option.label} — ${option.description}` : option.label,
    ),
  );
  const hint = many
    ? null
    : el("option", { value: "", selected: !chosen, disabled: input.required }, input.placeholder ?? "Choose");
  return el("select", { id, className: "menu", multiple: many, required: input.required }, hint, options);
}
