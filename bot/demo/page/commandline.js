/** A command as one line of text, and option values as words: pure, no DOM. `world` is the store's world. */

import { Refusal } from "./refusal.js";

/** The command a line names in full and what follows it: `{command, rest}` or null. The longest name wins. */
export function matchCommand(line, commands) {
  const named = commands.filter(
    (one) => line === `/${one.name}` || line.startsWith(`/${one.name} `) || line.startsWith(`/${one.name}\n`),
  );
  const command = named.sort((a, b) => b.name.length - a.name.length)[0];
  return command ? { command, rest: line.slice(command.name.length + 1) } : null;
}

/** Commands whose name starts with, then contains, what was typed. */
export function rankCommands(typed, commands) {
  const words = typed.toLowerCase();
  const starts = commands.filter((one) => one.name.startsWith(words));
  return [...starts, ...commands.filter((one) => !starts.includes(one) && one.name.includes(words))];
}

/** Required options first, each group in the bot's order. */
export function ordered(options) {
  return [...options.filter((one) => one.required), ...options.filter((one) => !one.required)];
}

/** `prompt: a fox slug: hero` → a Map of option name → words. Words before the first name are the first option's */
export function splitOptions(rest, options) {
  const found = new Map();
  if (!options.length) return found;
  const names = options.map((one) => one.name.replace(/[^\p{L}\p{N}_-]/gu, "")).join("|");
  const marks = [...rest.matchAll(new RegExp(`(?<=^|\\s)(${names}):`, "gu"))];
  const lead = rest.slice(0, marks[0]?.index).trim();
  if (lead) found.set(ordered(options)[0].name, lead);
  marks.forEach((mark, index) => {
    found.set(mark[1], rest.slice(mark.index + mark[0].length, marks[index + 1]?.index).trim());
  });
  return found;
}

/** The value of an option from its words, or a Refusal that says what would fit. */
export function coerce(option, words, world) {
  if (option.choices.length) return chosen(option, words);
  return (READERS[option.type] ?? readString)(option, words, world);
}

/** Every option of a line at once; `missing` names required ones without words (attachments are the caller's). */
export function readLine(command, rest, world) {
  const words = splitOptions(rest, command.options);
  const values = {};
  for (const option of command.options) {
    if (words.get(option.name)) values[option.name] = coerce(option, words.get(option.name), world);
  }
  const missing = command.options.filter((one) => one.required && !(one.name in values));
  return { words, values, missing };
}

function chosen(option, words) {
  const typed = words.toLowerCase();
  const choice = option.choices.find(
    (one) => one.name.toLowerCase() === typed || String(one.value).toLowerCase() === typed,
  );
  if (choice) return choice.value;
  throw new Refusal(`${option.name}: choose one of ${option.choices.map((one) => one.name).join(", ")}.`);
}

const READERS = {
  integer: (option, words) => readNumber(option, words, /^-?\d+$/, "a whole number"),
  number: (option, words) => readNumber(option, words, /^-?\d*\.?\d+$/, "a number"),
  boolean: readBoolean,
  user: readMember,
  mentionable: readMember,
  channel: readChannel,
  attachment: (option) => {
    throw new Refusal(`${option.name}: attach a file; it cannot be written as words.`);
  },
};

function readNumber(option, words, shape, what) {
  const value = Number(words);
  const { min_value: least, max_value: most } = option;
  const bounds = [least !== null && `at least ${least}`, most !== null && `at most ${most}`]
    .filter(Boolean)
    .join(" and ");
  const fits = shape.test(words) && (least === null || value >= least) && (most === null || value <= most);
  if (!fits) throw new Refusal(`${option.name}: write ${what}${bounds ? `, ${bounds}` : ""}.`);
  return value;
}

function readBoolean(option, words) {
  const typed = words.toLowerCase();
  if (["true", "yes", "on"].includes(typed)) return true;
  if (["false", "no", "off"].includes(typed)) return false;
  throw new Refusal(`${option.name}: write true or false.`);
}

function readString(option, words) {
  const { min_length: least, max_length: most } = option;
  if (most !== null && words.length > most)
    throw new Refusal(`${option.name}: at most ${most} characters; these are ${words.length}.`);
  if (least !== null && words.length < least) throw new Refusal(`${option.name}: at least ${least} characters.`);
  return words;
}

function readMember(option, words, world) {
  const name = words.replace(/^<?@?!?|>$/g, "").toLowerCase();
  const member = world.members.find((one) =>
    [one.id, one.name.toLowerCase(), one.username.toLowerCase()].includes(name),
  );
  if (member) return member.id;
  throw new Refusal(`${option.name}: nobody here is called ${words}.`);
}

function readChannel(option, words, world) {
  const name = words.replace(/^<?#?|>$/g, "").toLowerCase();
  const channel = world.channels.find((one) => one.id === name || one.name.toLowerCase() === name);
  if (channel) return channel.id;
  throw new Refusal(`${option.name}: there is no channel ${words}.`);
}
