/** Attached files: pictures large enough to judge, clips and sounds with controls, everything else as a card. */

import { el, fileSize, icon, safeUrl } from "./dom.js";

// Small pictures are enlarged to this many CSS pixels, large ones shrunk; the lightbox shows them in full.
const SMALLEST = 352;
const LARGEST = 560;

export function drawAttachments(message) {
  const drawn = message.attachments.map(drawAttachment);
  const many = message.attachments.length > 1 && message.attachments.every(isPicture);
  return drawn.length ? el("div", { className: many ? "attachments many" : "attachments" }, drawn) : null;
}

export function isPicture(file) {
  return Boolean(file.content_type?.startsWith("image/")) || /\.(png|jpe?g|webp|gif)$/i.test(file.filename ?? "");
}

function drawAttachment(file) {
  if (isPicture(file)) return figure(file);
  const src = safeUrl(file.url);
  if (file.content_type?.startsWith("video/"))
    return el("video", { src, controls: true, preload: "metadata", "aria-label": altText(file) });
  if (file.content_type?.startsWith("audio/")) return el("audio", { src, controls: true, "aria-label": altText(file) });
  return fileCard(file);
}

function figure(file) {
  const size = file.width ? `${file.width} × ${file.height}` : null;
  const facts = [file.filename, size, file.size && fileSize(file.size)].filter(Boolean).join(" · ");
  return el("figure", {}, file.spoiler ? veiled(file) : picture(file), el("figcaption", {}, facts));
}

/** A picture as a button that opens the lightbox (app.js listens for `data-picture`). */
export function picture(file) {
  const image = el("img", {
    src: safeUrl(file.url),
    alt: altText(file),
    width: file.width,
    height: file.height,
    decoding: "async",
  });
  const label = `Open picture: ${altText(file)}`;
  const button = el(
    "button",
    { type: "button", className: "picture", "aria-label": label, dataset: { picture: "", key: `picture:${file.url}` } },
    image,
  );
  const width = Math.min(LARGEST, Math.max(SMALLEST, file.width ?? SMALLEST));
  button.style.setProperty("--width", `${width}px`);
  if (file.width) button.style.setProperty("--ratio", `${file.width} / ${file.height}`);
  return button;
}

function veiled(file) {
  const shown = picture(file);
  shown.inert = true;
  const unveil = () => {
    frame.classList.remove("veiled");
    shown.inert = false;
    veil.remove();
    shown.focus();
  };
  const veil = el("button", { type: "button", className: "veil", onclick: unveil }, "Spoiler: show the picture");
  const frame = el("div", { className: "veiled" }, shown, veil);
  return frame;
}

/** A file that can only be fetched. */
export function fileCard(file) {
  const words = [
    el("span", { className: "file-name" }, file.filename),
    el("span", { className: "file-size" }, fileSize(file.size ?? 0)),
  ];
  return el(
    "a",
    { className: "file", href: safeUrl(file.url), download: file.filename, target: "_blank", rel: "noopener" },
    icon("file"),
    el("span", {}, words),
  );
}

function altText(file) {
  return file.description || file.filename || "picture";
}
