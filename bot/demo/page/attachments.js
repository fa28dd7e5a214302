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
  if (isPicture(file)) return figure(file, picture(file));
  if (isClip(file)) return figure(file, clip(file));
  const src = safeUrl(file.url);
  if (file.content_type?.startsWith("audio/")) return el("audio", { src, controls: true, "aria-label": altText(file) });
  return fileCard(file);
}

export function isClip(file) {
  return Boolean(file.content_type?.startsWith("video/")) || /\.(mp4|webm|mov)$/i.test(file.filename ?? "");
}

function figure(file, shown) {
  const size = file.width ? `${file.width} × ${file.height}` : null;
  const facts = [file.filename, size, file.size && fileSize(file.size)].filter(Boolean).join(" · ");
  return el("figure", {}, file.spoiler ? veiled(shown) : shown, el("figcaption", {}, facts));
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
  return sized(button, file);
}

// The place is kept before anything has loaded, so that nothing below it jumps.
function sized(node, file) {
  const width = Math.min(LARGEST, Math.max(SMALLEST, file.width ?? SMALLEST));
  node.style.setProperty("--width", `${width}px`);
  if (file.width) node.style.setProperty("--ratio", `${file.width} / ${file.height}`);
  return node;
}

/** A clip with its controls. The fraction of a second in its address makes the browser show its first frame. */
export function clip(file) {
  const src = safeUrl(file.url);
  const props = { src: src && `${src}#t=0.001`, controls: true, loop: true, playsinline: true, preload: "metadata" };
  return sized(el("video", { className: "clip", ...props, "aria-label": altText(file) }), file);
}

/** Something behind a veil that one has to lift. */
export function veiled(shown) {
  shown.inert = true;
  const unveil = () => {
    frame.classList.remove("veiled");
    shown.inert = false;
    veil.remove();
    shown.focus?.();
  };
  const veil = el("button", { type: "button", className: "veil", onclick: unveil }, "Spoiler: show it");
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
