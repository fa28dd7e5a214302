/** The bot's forms: a modal dialog built from its inputs, open until the bot has taken the answer. */

import { choicesOf, optionLine } from "./choices.js";
import { el, icon } from "./dom.js";
import { markdown } from "./markdown.js";

/** Shows the modal of an outcome; `submit(values, files)` throws a Refusal whose sentence is shown inside. */
export function showModal(modal, world, submit) {
  const fields = modal.inputs.map((input) => field(input, world));
  const asked = fields.filter((one) => one.id);
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
      submit(
        Object.fromEntries(asked.map((one) => [one.id, one.value()])),
        asked.flatMap((one) => one.files().map((file) => [one.id, file])),
      ),
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

function field(input, world) {
  if (input.type === "words") {
    const node = el("div", { className: "markdown modal-field" }, markdown(input.label, NOBODY));
    return { id: null, node };
  }
  const id = `modal-${input.custom_id}`;
  const control = (CONTROLS[input.type] ?? selectControl)(input, id, world);
  const must = input.required ? el("span", { className: "must" }, " (required)") : null;
  const node = el(
    "div",
    { className: input.type === "checkbox" ? "modal-field check" : "modal-field" },
    el("label", { for: id }, input.label, must),
    input.description && el("p", { className: "small" }, input.description),
    control,
  );
  return { id: input.custom_id, node, value: () => valueOf(control), files: () => [...(control.files ?? [])] };
}

function valueOf(control) {
  if (control.type === "checkbox") return control.checked;
  if (control.type === "file") return null; // files travel beside the values
  if (!control.selectedOptions) return control.value;
  return [...control.selectedOptions].map((option) => option.value).filter(Boolean);
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

function fileControl(input, id) {
  return el("input", { id, type: "file", required: input.required, multiple: input.max_values > 1 });
}

function checkControl(input, id) {
  return el("input", { id, type: "checkbox", checked: input.default === true });
}

function selectControl(input, id, world) {
  const many = (input.max_values ?? 1) > 1;
  const choices = choicesOf(input, world);
  const chosen = choices.some((choice) => choice.default);
  const options = choices.map((choice) =>
    el("option", { value: choice.value, selected: choice.default }, optionLine(choice)),
  );
  const hint = many
    ? null
    : el("option", { value: "", selected: !chosen, disabled: input.required }, input.placeholder ?? "Choose");
  return el("select", { id, className: "menu", multiple: many, required: input.required }, hint, options);
}

const NOBODY = { member: () => null, channel: () => null };
const CONTROLS = { text: textControl, file: fileControl, checkbox: checkControl };
