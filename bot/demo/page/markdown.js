/** Discord's markdown, by blocks: fences, headings, quotes, lists, small print; the lines inside go to inline.js. */

import { el } from "./dom.js";
import { inline } from "./inline.js";

const FENCE = /```(?:([\w+#-]*)\n)?([\s\S]+?)```/g;
const LINES = [
  ["heading", /^(#{1,3}) +(.+)$/],
  ["small", /^-# +(.+)$/],
  ["quote", /^> ?(.*)$/],
  ["bullet", /^( *)(?:[-*]|(\d{1,3})\.) +(.+)$/],
];

/** A fragment for a whole text; `names` as for `inline`. */
export function markdown(text, names) {
  const fragment = document.createDocumentFragment();
  let done = 0;
  for (const match of text.matchAll(FENCE)) {
    fragment.append(...blocks(text.slice(done, match.index), names));
    fragment.append(el("pre", { tabindex: "0", "aria-label": "Code" }, el("code", {}, match[2].replace(/\n$/, ""))));
    done = match.index + match[0].length;
  }
  fragment.append(...blocks(text.slice(done), names));
  return fragment;
}

/** The same text as one line without marks, for previews and for reading out; spoilers stay hidden. */
export function plain(text, names) {
  const veiled = text.replace(/\|\|[^|]+\|\|/g, "▇▇▇");
  return [...markdown(veiled, names).childNodes].map((node) => node.textContent.replaceAll("\n", " ")).join(" ");
}

function blocks(text, names) {
  const trimmed = text.replace(/^\n|\n$/g, "");
  if (!trimmed) return [];
  return runs(trimmed.split("\n")).map(([kind, lines]) => DRAW[kind](lines, names));
}

// Neighbouring lines of one kind make one block; each line is kept with what its pattern found.
function runs(lines) {
  const found = [];
  for (const line of lines) {
    const [kind, match] = classify(line);
    const last = found.at(-1);
    if (last && last[0] === kind && kind !== "heading") last[1].push(match);
    else found.push([kind, [match]]);
  }
  return found;
}

function classify(line) {
  for (const [kind, pattern] of LINES) {
    const match = pattern.exec(line);
    if (match) return [kind, match];
  }
  return ["text", [line]];
}

const DRAW = {
  text: (lines, names) =>
    el(
      "p",
      {},
      joined(
        lines.map((match) => match[0]),
        names,
      ),
    ),
  small: (lines, names) =>
    el(
      "p",
      { className: "small" },
      joined(
        lines.map((match) => match[1]),
        names,
      ),
    ),
  quote: (lines, names) =>
    el(
      "blockquote",
      {},
      joined(
        lines.map((match) => match[1]),
        names,
      ),
    ),
  heading: ([match], names) =>
    el(
      "p",
      { className: `heading h${match[1].length}`, role: "heading", "aria-level": String(match[1].length + 2) },
      inline(match[2], names),
    ),
  bullet: (lines, names) => {
    const numbered = lines[0][2] !== undefined;
    const items = lines.map((match) =>
      el("li", { className: match[1].length > 1 ? "nested" : null }, inline(match[3], names)),
    );
    return el(numbered ? "ol" : "ul", { start: numbered ? lines[0][2] : null }, items);
  },
};

// Marks may span lines ("**a\nb**"), so the lines go through together; line breaks are kept by CSS (pre-wrap).
function joined(lines, names) {
  return inline(lines.join("\n"), names);
}
