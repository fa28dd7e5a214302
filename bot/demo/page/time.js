/** Moments as people read them: message times, Discord's `<t:…>` marks, and relative ones that count on. */

import { el } from "./dom.js";

const LANGUAGE = "en-GB";
const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
const UNITS = [
  ["year", 31536000],
  ["month", 2592000],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const relativeWords = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });

function format(moment, style) {
  return new Intl.DateTimeFormat(LANGUAGE, STYLES[style] ?? STYLES.f).format(moment);
}

function relative(moment, now) {
  const seconds = Math.round((moment - now) / 1000);
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS.at(-1);
  return relativeWords.format(Math.trunc(seconds / length), unit);
}

/** The element for `<t:seconds:style>`, or null when no calendar has that moment. */
export function timeMark(seconds, style) {
  const moment = new Date(seconds * 1000);
  if (Number.isNaN(moment.getTime())) return null;
  const counts = style === "R";
  const words = counts ? relative(moment, Date.now()) : format(moment, style);
  const props = { datetime: moment.toISOString(), title: format(moment, "F"), className: "mark" };
  return el("time", { ...props, dataset: counts ? { counts: "" } : {} }, words);
}

/** The time beside an author's name: the hour alone today, else with the day. */
export function messageTime(timestamp) {
  const moment = new Date(timestamp);
  const today = dayOf(timestamp) === dayOf(new Date());
  const words = format(moment, "t");
  return el(
    "time",
    { datetime: timestamp, title: format(moment, "F") },
    today ? words : `${format(moment, "d")} ${words}`,
  );
}

/** A calendar day in this browser's zone, for comparing. */
export function dayOf(timestamp) {
  return new Date(timestamp).toDateString();
}

/** A calendar day in words, for the line between two days. */
export function dayWords(timestamp) {
  return dayOf(timestamp) === dayOf(new Date()) ? "Today" : format(new Date(timestamp), "D");
}

/** Counts every relative time on the page, once a second, for as long as the page lives. */
export function countTimes() {
  setInterval(() => {
    for (const mark of document.querySelectorAll("time[data-counts]")) {
      const words = relative(new Date(mark.dateTime), Date.now());
      if (mark.textContent !== words) mark.textContent = words;
    }
  }, 1000);
}
