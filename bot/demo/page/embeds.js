/** Embeds: title, words, fields, pictures, in Discord's own shape. */

import { el, link, safeUrl } from "./dom.js";
import { markdown } from "./markdown.js";
import { picture } from "./attachments.js";
import { messageTime } from "./time.js";

/** All embeds of a message; `names` as for markdown. */
export function drawEmbeds(message, names) {
  return message.embeds.map((embed) => drawEmbed(embed, names));
}

function drawEmbed(embed, names) {
  const small = safeUrl(embed.thumbnail?.url);
  const card = el(
    "article",
    { className: "embed" },
    el(
      "div",
      { className: "embed-words" },
      embed.author?.name && el("p", { className: "embed-author" }, link(embed.author.url, embed.author.name)),
      embed.title && el("p", { className: "embed-title" }, link(embed.url, embed.title)),
      embed.description && el("div", { className: "markdown" }, markdown(embed.description, names)),
      embed.fields?.length > 0 &&
        el(
          "dl",
          { className: "fields" },
          embed.fields.map((field) => drawField(field, names)),
        ),
    ),
    small && el("img", { className: "thumbnail", src: small, alt: "", loading: "lazy" }),
    embed.image && picture({ ...embed.image, filename: embed.title ?? "picture" }),
    footer(embed),
  );
  tint(card, embed.color);
  return card;
}

function drawField(field, names) {
  const words = [el("dt", {}, field.name), el("dd", { className: "markdown" }, markdown(field.value, names))];
  return el("div", { className: field.inline ? "field inline" : "field" }, words);
}

function footer(embed) {
  const parts = [embed.footer?.text, embed.timestamp && messageTime(embed.timestamp)].filter(Boolean);
  return parts.length > 0 && el("p", { className: "embed-footer" }, parts[0], parts[1] && " · ", parts[1]);
}

/** Gives a card its edge colour, from Discord's 24-bit number. */
export function tint(node, color) {
  if (Number.isInteger(color)) node.style.setProperty("--edge", `#${color.toString(16).padStart(6, "0")}`);
}
