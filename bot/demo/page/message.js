/** One message as a list item made of parts. A part is drawn again only when what it shows has changed, so that a
 *  progress edit neither reloads a picture nor takes the focus out of somebody's button. */

import { drawAttachments } from "./attachments.js";
import { drawComponents } from "./components.js";
import { avatar, el, icon, iconButton } from "./dom.js";
import { drawEmbeds } from "./embeds.js";
import { editor } from "./editor.js";
import { markdown, plain } from "./markdown.js";
import { afterPress } from "./press.js";
import { drawReactions } from "./reactions.js";
import { ownWords, threadLine } from "./threads.js";
import { messageTime } from "./time.js";

const PATIENCE = 1500; // milliseconds that a picture which does not come may hold up the words beside it

// name → [what the part depends on, how it is drawn]; the order is the order on the page.
const PARTS = {
  context: [(m) => [m.reply_to, m.command], drawContext],
  portrait: [(m) => m.author, (m) => avatar(m.author)],
  head: [(m) => [m.author, m.timestamp], drawHead],
  content: [(m, app) => [m.content, m.loading, m.edited, app.store.editing === m.id], drawContent],
  embeds: [(m) => m.embeds, (m, app) => drawEmbeds(m, app.names)],
  files: [(m) => m.attachments, drawAttachments],
  components: [
    (m, app) => [m.components, [...app.store.pending].filter((key) => key.startsWith(`${m.id}:`))],
    drawComponents,
  ],
  reacts: [(m) => m.reactions, drawReactions],
  thread: [(m, app) => [m.thread_id, app.store.channelById(m.thread_id)], threadLine],
  notice: [(m, app) => app.store.notices.get(m.id), drawNotice],
  private: [(m) => m.ephemeral, drawPrivate],
  tools: [(m, app) => [m.ephemeral, m.author.id, app.store.me], drawTools],
};

/** A new, complete item. */
export function drawMessage(message, app) {
  const parts = Object.keys(PARTS).map((name) => el("div", { className: `part ${name}` }));
  const [context, portrait, ...rest] = parts;
  const tools = rest.pop();
  const item = el(
    "li",
    { className: "message", tabindex: "-1", dataset: { id: message.id } },
    context,
    portrait,
    el("div", { className: "body" }, rest),
    tools,
  );
  updateMessage(item, message, app);
  return item;
}

/** Brings an item up to date, touching only the parts that changed. */
export function updateMessage(item, message, app) {
  item.classList.toggle("mentions-me", message.mentions_me);
  item.classList.toggle("ephemeral", message.ephemeral);
  item.setAttribute(
    "aria-label",
    `${message.author.name}: ${plain(message.content, app.namesFor(message)).slice(0, 120) || "message"}`,
  );
  for (const [name, [facts, draw]] of Object.entries(PARTS)) {
    const sign = signOf(facts(message, app));
    const part = item.getElementsByClassName(`part ${name}`)[0];
    if (part.sign === sign) continue;
    part.sign = sign;
    put(part, item, [draw(message, app) ?? []].flat().filter(Boolean));
  }
}

// A picture that replaces another is decoded first: a preview changes from one frame to the next, without a gap.
function put(part, item, nodes) {
  const { sign } = part;
  const now = () => part.sign === sign && keepingFocus(part, item, () => part.replaceChildren(...nodes));
  const swap = () => (part.isConnected ? afterPress(now) : now());
  const fresh = nodes.flatMap((node) => [...node.querySelectorAll("img")]);
  if (!part.querySelector("img") || !fresh.length) return swap();
  const ready = Promise.allSettled(fresh.map((image) => image.decode()));
  return Promise.race([ready, new Promise((done) => setTimeout(done, PATIENCE))]).then(swap);
}

// Files are served under addresses that are signed anew in every answer; only the query differs, never the bytes.
function signOf(facts) {
  return (JSON.stringify(facts) ?? "").replace(/\?ex=[^"]*/g, "");
}

// The control with the same key takes the focus over; when it is gone, the message does.
function keepingFocus(part, item, change) {
  const key = part.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  change();
  if (key === null) return;
  const heir =
    key && [...part.querySelectorAll("[data-key]")].find((node) => node.dataset.key === key && !node.disabled);
  (heir || item).focus({ preventScroll: true });
}

function drawContext(message, app) {
  if (message.reply_to) return replyLine(message.reply_to, app);
  if (!message.command) return null;
  return el(
    "p",
    { className: "above" },
    icon("reply"),
    el("b", {}, message.command.member),
    " used ",
    el("span", { className: "mention" }, `/${message.command.name}`),
  );
}

function replyLine(original, app) {
  if (original.author === null) return el("p", { className: "above" }, icon("reply"), "The original message is gone");
  const words = [
    el("b", {}, original.author),
    " ",
    el("span", {}, plain(original.content, app.names) || "a picture or a card"),
  ];
  return el(
    "button",
    {
      type: "button",
      className: "above",
      "aria-label": `Go to the message of ${original.author}`,
      onclick: () => app.messages.reveal(original.id),
    },
    icon("reply"),
    words,
  );
}

function drawHead(message) {
  const badge = message.author.bot && el("span", { className: "badge" }, "bot");
  return [el("b", { className: "author" }, message.author.name), badge, messageTime(message.timestamp)];
}

function drawContent(message, app) {
  if (app.store.editing === message.id) return editor(message, app);
  if (message.loading)
    return el(
      "p",
      { className: "thinking" },
      `${message.author.name} is thinking`,
      el("span", { className: "dots", "aria-hidden": "true" }),
    );
  const own = ownWords(message, app);
  if (own) return el("p", { className: "thinking" }, own);
  const words =
    message.content && el("div", { className: "markdown" }, markdown(message.content, app.namesFor(message)));
  // Cards change all the time; the mark is for words that somebody may have read otherwise.
  return [words, words && message.edited && el("small", { className: "edited" }, "(edited)")];
}

function drawNotice(message, app) {
  const sentence = app.store.notices.get(message.id);
  return sentence && el("p", { className: "notice", role: "alert" }, icon("warning"), sentence);
}

function drawPrivate(message, app) {
  if (!message.ephemeral) return null;
  const dismiss = el(
    "button",
    { type: "button", className: "text-button", onclick: () => app.remove(message) },
    "Dismiss message",
  );
  return el("p", { className: "only-you" }, icon("eye"), "Only you can see this · ", dismiss);
}

function drawTools(message, app) {
  if (message.ephemeral || message.kind !== "said") return null;
  const own = message.author.id === app.store.me;
  const more = (event) => {
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    app.menu.open(message, { left, top: bottom + 6 }, event.currentTarget);
  };
  return el(
    "div",
    { className: "toolbar", role: "group", "aria-label": "Message actions" },
    iconButton("smile", "Add a reaction", (event) => app.picker.open(event.currentTarget, message)),
    iconButton("reply", "Reply", () => app.composer.replyTo(message)),
    own && iconButton("pencil", "Edit", () => app.store.edit(message.id)),
    own && iconButton("bin", "Delete", () => app.remove(message)),
    iconButton("dots", "More", more, { "aria-haspopup": "menu" }),
  );
}
