/** Building elements without ever parsing HTML: what comes from the network ends as text or a checked URL. */

/**
 * One element. Props: `on…` adds a listener, `dataset` takes an object, `value`/`checked`/`className` set properties,
 * null, undefined and false are left out, anything else becomes an attribute. String children become text nodes.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) assign(node, key, value);
  node.append(...present(children));
  return node;
}

const PROPERTIES = new Set(["value", "checked", "disabled", "className", "textContent"]);

function assign(node, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else if (key === "dataset") Object.assign(node.dataset, value);
  else if (PROPERTIES.has(key)) node[key] = value;
  else node.setAttribute(key, value === true ? "" : value);
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** An icon of icons.svg; decoration only, so the control around it carries the name. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `page/icons.svg#${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** A button that shows an icon and is called `label` by screen readers and tooltips. */
export function iconButton(name, label, onclick, props = {}) {
  return el(
    "button",
    { type: "button", className: "icon-button", "aria-label": label, title: label, onclick, ...props },
    icon(name),
  );
}

/** The URL when following it is harmless (http, https), else null. `javascript:` and `data:` never pass. */
export function safeUrl(text) {
  if (!text) return null;
  try {
    const url = new URL(text, location.href);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens elsewhere, or only its words when the address is not one to follow. */
export function link(address, ...children) {
  const href = safeUrl(address);
  if (!href) return el("span", {}, ...children);
  return el("a", { href, target: "_blank", rel: "noopener noreferrer", title: href }, ...children);
}

/** A picture of a member, or the first letter of the name where there is none. */
export function avatar(author) {
  const letter = el("span", { className: "avatar letter", "aria-hidden": "true" }, [...author.name][0] ?? "?");
  const src = safeUrl(author.avatar_url);
  if (!src) return letter;
  return el("img", { className: "avatar", src, alt: "", onerror: (event) => event.target.replaceWith(letter) });
}

/** `1536` → `1.5 KB`. */
export function fileSize(bytes) {
  const units = ["bytes", "KB", "MB", "GB"];
  let power = 0;
  for (; bytes >= 1024 && power < units.length - 1; power += 1) bytes /= 1024;
  return `${power ? bytes.toFixed(1) : bytes} ${units[power]}`;
}
