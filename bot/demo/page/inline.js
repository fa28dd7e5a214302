/** Markdown inside a line, as Discord reads it: text in, nodes out. Nothing here ever becomes HTML by parsing. */

import { el, link } from "./dom.js";
import { timeMark } from "./time.js";

const DEEPEST = 8;

const wrap = (tag, className) => (match, names, depth) => el(tag, { className }, inline(match[1], names, depth + 1));
const chip = (words, className = "mention") => el("span", { className }, words);

// Sticky patterns, tried in this order at every character. `match[1]` is what stands inside.
const RULES = [
  [/\\([^\sa-zA-Z0-9])/y, (match) => match[1]],
  [/``([^\n]+?)``(?!`)/y, (match) => el("code", {}, match[1])],
  [/`([^`\n]+)`/y, (match) => el("code", {}, match[1])],
  [/<t:(-?\d{1,14})(?::([tTdDfFR]))?>/y, (match) => timeMark(Number(match[1]), match[2] ?? "f") ?? match[0]],
  [/<@!?(\d+)>/y, (match, names) => mention(match[1], names)],
  [/<@&(\d+)>/y, (match, names) => chip(`@${names.role?.(match[1]) ?? "role"}`)],
  [/<#(\d+)>/y, (match, names) => chip(`#${names.channel(match[1]) ?? "unknown"}`)],
  [/<a?:(\w+):\d+>/y, (match) => chip(`:${match[1]}:`, "emoji")],
  [/<\/([\w -]+):\d+>/y, (match) => chip(`/${match[1]}`)],
  [/@(everyone|here)\b/y, (match) => chip(match[0])],
  [
    /\[((?:[^[\]\\\n]|\\.)+)\]\(<?(https?:\/\/[^\s()<>]+)>?\)/y,
    (match, names, depth) => link(match[2], inline(match[1], names, depth + 1)),
  ],
  [/<(https?:\/\/[^\s<>]+)>/y, (match) => link(match[1], match[1])],
  [
    /https?:\/\/(?:[^\s<>()]|\([^\s<>()]*\))*(?:[^\s<>().,:;"'\]!?*_~|]|\([^\s<>()]*\))/y,
    (match) => link(match[0], match[0]),
  ],
  [/\*\*((?:[^*]|\*(?!\*))+(?:\*(?=\*\*(?!\*)))?)\*\*/y, wrap("strong")],
  [/__((?:[^_]|_(?!_))+)__/y, wrap("u")],
  [/~~((?:[^~]|~(?!~))+)~~/y, wrap("s")],
  [/\|\|((?:[^|]|\|(?!\|))+)\|\|/y, (match, names, depth) => spoiler(inline(match[1], names, depth + 1))],
  [/\*(?![\s*])((?:[^*\n]|\*\*)+?)(?<!\s)\*(?!\*)/y, wrap("em")],
  [/(?<![\w])_(?![\s_])([^_\n]+)(?<!\s)_(?!\w)/y, wrap("em")],
];

/**
 * Nodes for one run of text. `names` answers `member(id)`, `channel(id)` (a name or null) and `me` (an id), so that
 * mentions read as names.
 */
export function inline(text, names, depth = 0) {
  if (depth > DEEPEST) return [text];
  const nodes = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    const [length, node] = matchAt(text, at, names, depth);
    if (node === null) plain += text[at];
    else {
      if (plain) nodes.push(plain);
      plain = "";
      nodes.push(node);
    }
    at += length;
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function matchAt(text, at, names, depth) {
  for (const [pattern, draw] of RULES) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return [match[0].length, draw(match, names, depth)];
  }
  return [1, null];
}

function mention(id, names) {
  const mine = id === names.me;
  return chip(`@${names.member(id) ?? "somebody"}`, mine ? "mention mine" : "mention");
}

function spoiler(children) {
  const show = (event) => {
    event.currentTarget.setAttribute("aria-expanded", "true");
    event.currentTarget.classList.add("shown");
  };
  const hidden = el("span", { className: "hidden-words" }, children);
  return el(
    "button",
    { type: "button", className: "spoiler", "aria-expanded": "false", title: "Spoiler: press to show", onclick: show },
    hidden,
  );
}
