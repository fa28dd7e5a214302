/** The page put together: what is heard goes to the store, what it says is drawn, what people do goes to the api. */

import { Api } from "./api.js";
import { Composer } from "./composer.js";
import { el } from "./dom.js";
import { followJumps } from "./jumps.js";
import { Lightbox } from "./lightbox.js";
import { Live } from "./live.js";
import { MessageMenu } from "./menu.js";
import { MessageList } from "./messages.js";
import { showModal } from "./modals.js";
import { Picker } from "./reactions.js";
import { Refusal } from "./refusal.js";
import { Sidebar } from "./sidebar.js";
import { Store } from "./store.js";
import { threadBar } from "./threads.js";
import { countTimes } from "./time.js";
import { WordList } from "./wordlist.js";

const PAGE = 50;

class App {
  #earlier = new Map(); // channel → whether messages before the loaded ones may exist
  #loadingEarlier = false;
  #early = []; // what was heard before the world was known
  #learned = Promise.resolve(); // the last question about the world

  constructor() {
    this.store = new Store();
    this.api = new Api();
    this.api.member = new URLSearchParams(location.search).get("member") ?? sessionStorage.getItem("member");
    this.store.channel = location.hash.slice(1) || null;
    this.picker = new Picker(this);
    this.menu = new MessageMenu(this);
    this.words = new WordList(this);
    this.lightbox = new Lightbox();
    this.messages = new MessageList(this);
    this.composer = new Composer(this);
    this.sidebar = new Sidebar(this);
    this.live = new Live(
      this.api,
      (event) => this.#heard(event),
      () => this.store.setConnected(false),
    );
    this.names = this.namesFor(null);
    this.#listen();
    this.live.connect();
    countTimes();
    followJumps(this);
  }

  #listen() {
    this.store.on("world channel", () => this.#frame());
    this.store.on("world", () => this.#threadLines());
    this.store.on("commands", () => this.composer.refresh());
    this.store.on("unread", () => this.sidebar.channels());
    this.store.on("messages", () => this.messages.restart());
    this.store.on("message", ({ message, fresh }) => this.messages.put(message, fresh));
    this.store.on("deleted", ({ id }) => this.messages.drop(id));
    this.store.on("typing channel world", () => this.#typists());
    this.store.on("connection", () => this.#connection());
    addEventListener("hashchange", () => this.open(location.hash.slice(1)));
    document.addEventListener("click", (event) => {
      const picture = event.target.closest("[data-picture]");
      if (picture) this.lightbox.open(picture);
    });
    document.addEventListener("keydown", (event) => this.#shortcut(event));
    document.getElementById("help-button").addEventListener("click", () => document.getElementById("help").showModal());
  }

  // "/" starts a command from anywhere outside a text field.
  #shortcut(event) {
    const writing = event.target.closest("input, textarea, select, dialog");
    if (event.key !== "/" || writing || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.composer.focus();
    if (!this.composer.text.value) this.composer.text.setRangeText("/", 0, 0, "end");
    this.composer.text.dispatchEvent(new Event("input"));
  }

  // --- what is heard ----------------------------------------------------------------------------------------------

  // Nothing can be drawn before the world is known: what comes earlier waits for it.
  #heard(event) {
    if (!this.store.world && event.type !== "hello") return void this.#early.push(event);
    const act = {
      hello: () => this.#hello(),
      message: () => this.store.put(event.message),
      message_deleted: () => this.store.drop(event.channel_id, event.id),
      typing: () => event.member_id !== this.store.me && this.store.startTyping(event.channel_id, event.member_id),
      commands: () => this.#loadCommands(),
      channels: () => this.#trying(() => this.#learn()),
      bot: () => this.store.setOnline(event.online),
    }[event.type];
    act?.();
  }

  // The stream does not replay what happened while it was down, so every connection starts from what stands.
  #hello() {
    return this.#trying(async () => {
      await this.#learn();
      this.store.setConnected(true);
      for (const event of this.#early.splice(0)) this.#heard(event);
      await this.#loadCommands();
      await this.#loadLatest();
    });
  }

  // One question after the other: an answer that a later one overtakes would be the last that is shown.
  #learn() {
    const ask = () => this.store.learn(this.api.world());
    this.#learned = this.#learned.then(ask, ask);
    return this.#learned;
  }

  #loadCommands() {
    return this.#trying(async () => this.store.setCommands(await this.api.commands(this.store.channel)));
  }

  async #trying(work) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#toast(error.message);
    }
  }

  async #loadLatest() {
    const { channel } = this.store;
    const count = await this.store.load(channel, this.api.messages(channel), { latest: true });
    if (!this.#earlier.has(channel)) this.#earlier.set(channel, count === PAGE);
    if (channel === this.store.channel) this.messages.reload();
  }

  async loadEarlier() {
    const { channel } = this.store;
    const [oldest] = this.store.messages();
    if (this.#loadingEarlier || !oldest || !this.#earlier.get(channel)) return;
    this.#loadingEarlier = true;
    await this.#trying(async () => {
      const count = await this.store.load(channel, this.api.messages(channel, oldest.id), { latest: false });
      this.#earlier.set(channel, count === PAGE);
      if (channel === this.store.channel) this.messages.reload({ keep: true });
    });
    this.#loadingEarlier = false;
  }

  // --- what people do ---------------------------------------------------------------------------------------------

  open(channel) {
    if (channel === this.store.channel || !this.store.channelById(channel)) return null;
    this.store.open(channel);
    location.hash = channel;
    this.messages.restart();
    this.#loadCommands();
    return this.#trying(() => this.#loadLatest());
  }

  become(member) {
    this.api.member = member;
    sessionStorage.setItem("member", member);
    this.#earlier.clear();
    this.store.clear();
    this.live.connect();
  }

  react(message, emoji, wanted) {
    return this.#onMessage(message, () => this.api.react(message, emoji, wanted));
  }

  remove(message) {
    return this.#onMessage(message, () => this.api.remove(message));
  }

  /** Chooses a command of the message's menu. */
  use(message, name) {
    return this.#onMessage(message, async () => this.#settle(await this.api.use(message, name)));
  }

  beginThread(message) {
    const words = message.content || message.embeds[0]?.title || "Thread";
    const input = { custom_id: "name", label: "Name", type: "text", style: "short", required: true, max_length: 100 };
    const form = { title: "Begin a thread", inputs: [{ ...input, value: words.split("\n")[0].slice(0, 100) }] };
    showModal(form, this.store.world, async ({ name }) => {
      const id = await this.api.startThread(message.channel_id, name, message.id);
      await this.#learn();
      this.open(id);
    });
  }

  putAway(thread, archived) {
    return this.#trying(() => this.api.changeThread(thread.id, { archived }));
  }

  saveEdit(message, content) {
    this.leaveEditing();
    return this.#onMessage(message, () => this.api.edit(message, content));
  }

  leaveEditing() {
    this.store.edit(null);
    this.composer.focus();
  }

  editLast() {
    const own = this.store.messages().findLast((message) => message.author.id === this.store.me && !message.ephemeral);
    if (own) this.store.edit(own.id);
  }

  /** Presses a component; it shows that it waits until the bot has acknowledged. */
  async click(message, customId, values = []) {
    this.store.setPending(message.id, customId, true);
    await this.#onMessage(message, async () => this.#settle(await this.api.click(message, customId, values)));
    this.store.setPending(message.id, customId, false);
  }

  async run(command, options, files = []) {
    this.#settle(await this.api.run(this.store.channel, command.name, options, files));
  }

  #settle(outcome) {
    if (outcome.state === "failed") throw new Refusal(outcome.error);
    if (outcome.state !== "modal") return;
    showModal(outcome.modal, this.store.world, async (values, files) =>
      this.#settle(await this.api.submit(outcome.interaction_id, values, files)),
    );
  }

  // A refusal stands under the message it is about.
  async #onMessage(message, work) {
    try {
      await work();
      this.store.note(message.id, null);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.store.note(message.id, error.message);
    }
  }

  // --- what is shown ----------------------------------------------------------------------------------------------

  namesFor(message) {
    return this.store.namesFor(message);
  }

  #frame() {
    const { here, world } = this.store;
    this.sidebar.draw();
    document.title = here ? `#${here.name} · ${world.guild.name}` : world.guild.name;
    document.getElementById("channel-name").textContent = here?.name ?? "";
    document.getElementById("channel-sign").textContent = { thread: "↳", direct: "@" }[here?.kind] ?? "#";
    document.getElementById("age").hidden = !here?.nsfw;
    document.getElementById("topic").textContent = here?.topic ?? "";
    threadBar(this);
    const state = document.getElementById("bot-state");
    state.className = world.bot.online ? "state online" : "state";
    state.textContent = `${world.bot.name} ${world.bot.online ? "online" : "offline"}`;
    this.composer.address();
  }

  // What a line says of its thread stands in the world, not in the message.
  #threadLines() {
    for (const message of this.store.messages()) if (message.thread_id) this.store.touch(message.id);
  }

  #typists() {
    const names = this.store.typists();
    const words = names.length
      ? [`${names.join(", ")} ${names.length > 1 ? "are" : "is"} typing`, el("span", { className: "dots" })]
      : [];
    document.getElementById("typing").replaceChildren(...words);
  }

  #connection() {
    document.getElementById("banner").hidden = this.store.connected;
  }

  /** Says something to screen readers only. */
  announce(words) {
    document.getElementById("announcer").textContent = words;
  }

  #toast(sentence) {
    const toast = el("p", { className: "toast", role: "alert" }, sentence);
    document.body.append(toast);
    setTimeout(() => toast.remove(), 8000);
  }
}

new App();
