/** What the page knows, and who wants to hear when it changes. No DOM, no network. */

/** Snowflakes as strings, oldest first. */
export function byId(a, b) {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}

export class Store extends EventTarget {
  world = null;
  channel = null;
  commands = [];
  /** The names of the commands in a message's menu. */
  menu = [];
  connected = true;
  /** What stands under a message until the next try: message id → sentence. */
  notices = new Map();
  /** Components waiting for their outcome: "message id:custom id". */
  pending = new Set();
  /** The own message that is being edited, an id. */
  editing = null;
  unread = new Map();
  #rooms = new Map();
  #typing = new Map();
  #loads = new Set();
  #questions = new Set(); // about the world: for each, the messages that came while it was under way

  say(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  on(types, heard) {
    for (const type of types.split(" ")) this.addEventListener(type, (event) => heard(event.detail));
  }

  /** Forgets everything one person saw, before another looks. */
  clear() {
    for (const part of [this.notices, this.pending, this.unread, this.#rooms, this.#typing]) part.clear();
    this.editing = null;
    this.say("messages");
  }

  /**
   * Takes the answer to a question about the world. What was said in a thread after the answer was written is counted
   * here, as it would have been without the question.
   */
  async learn(question) {
    const said = [];
    this.#questions.add(said);
    try {
      const world = await question;
      if (world.me !== this.me) this.clear();
      this.#setWorld(world);
      for (const message of said) this.#arrived(message);
    } finally {
      this.#questions.delete(said);
    }
  }

  #setWorld(world) {
    this.world = world;
    const known = world.channels.some((channel) => channel.id === this.channel);
    if (!known) this.channel = world.channels.find((channel) => channel.kind === "text")?.id ?? null;
    this.say("world");
  }

  setCommands({ commands, message_commands: menu }) {
    this.commands = commands;
    this.menu = menu.map((command) => command.name);
    this.say("commands");
  }

  setOnline(online) {
    if (this.world) this.world.bot.online = online;
    this.say("world");
  }

  setConnected(connected) {
    this.connected = connected;
    this.say("connection");
  }

  open(channel) {
    this.channel = channel;
    this.unread.delete(channel);
    this.say("channel");
  }

  get here() {
    return this.world?.channels.find((channel) => channel.id === this.channel) ?? null;
  }

  get me() {
    return this.world?.me ?? null;
  }

  channelById(id) {
    return this.world?.channels.find((channel) => channel.id === id) ?? null;
  }

  memberName(id) {
    return this.world?.members.find((member) => member.id === id)?.name ?? null;
  }

  /** The messages of the open channel, oldest first. */
  messages() {
    return [...this.#room(this.channel).values()].sort((a, b) => byId(a.id, b.id));
  }

  message(id) {
    return this.#room(this.channel).get(id) ?? null;
  }

  #room(channel) {
    if (!this.#rooms.has(channel)) this.#rooms.set(channel, new Map());
    return this.#rooms.get(channel);
  }

  /** A message that arrived live: new, or changed in any way. */
  put(message) {
    const room = this.#room(message.channel_id);
    const fresh = !room.has(message.id);
    room.set(message.id, message);
    for (const load of this.#loads) load.touched.add(message.id);
    for (const said of this.#questions) if (fresh) said.push(message);
    if (fresh) this.#arrived(message);
    if (message.channel_id === this.channel) this.say("message", { message, fresh });
    else if (fresh) this.#count(message);
  }

  #arrived(message) {
    this.#stopTyping(message.channel_id, message.author.id);
    const place = this.channelById(message.channel_id);
    // An old message that changes is new to this page and is counted already.
    if (place?.kind !== "thread" || byId(message.id, place.last ?? "0") <= 0) return;
    place.last = message.id;
    place.messages += 1;
    this.touch(place.id); // the message that the thread began with has its id, and says how many there are
  }

  #count(message) {
    const { count = 0, mentions = 0 } = this.unread.get(message.channel_id) ?? {};
    this.unread.set(message.channel_id, { count: count + 1, mentions: mentions + Number(message.mentions_me) });
    this.say("unread");
  }

  drop(channel, id) {
    this.#room(channel).delete(id);
    for (const load of this.#loads) load.touched.add(id);
    if (channel === this.channel) this.say("deleted", { id });
  }

  /**
   * Takes a page of history. What arrived live while the page was under way is newer and stays; what the page should
   * hold and does not was deleted meanwhile and goes (only for the newest page: `latest`).
   */
  async load(channel, page, { latest }) {
    const load = { touched: new Set() };
    this.#loads.add(load);
    try {
      const messages = await page;
      const room = this.#room(channel);
      if (latest) forget(room, messages, load.touched);
      for (const message of messages) if (!load.touched.has(message.id)) room.set(message.id, message);
      return messages.length;
    } finally {
      this.#loads.delete(load);
    }
  }

  /** A sentence under a message until the next try succeeds. */
  note(id, sentence) {
    if (sentence) this.notices.set(id, sentence);
    else this.notices.delete(id);
    this.touch(id);
  }

  setPending(id, customId, waiting) {
    if (waiting) this.pending.add(`${id}:${customId}`);
    else this.pending.delete(`${id}:${customId}`);
    this.touch(id);
  }

  edit(id) {
    const before = this.editing;
    this.editing = id;
    for (const one of [before, id]) if (one) this.touch(one);
  }

  /** How mentions in a message read; a message may name people who have left. */
  namesFor(message) {
    const mentioned = new Map(message?.mentions?.map((one) => [one.id, one.name]) ?? []);
    const store = this;
    return {
      get me() {
        return store.me;
      },
      member: (id) => store.memberName(id) ?? mentioned.get(id) ?? null,
      channel: (id) => store.channelById(id)?.name ?? null,
      role: (id) => store.world?.roles.find((one) => one.id === id)?.name ?? null,
    };
  }

  /** Draws a message again because something beside it changed. */
  touch(id) {
    const message = this.message(id);
    if (message) this.say("message", { message, fresh: false });
  }

  /** Who types in the open channel, names; each for ten seconds. */
  typists() {
    return [...this.#typing.values()]
      .filter((one) => one.channel === this.channel)
      .map((one) => this.memberName(one.member) ?? "Somebody");
  }

  startTyping(channel, member) {
    const key = `${channel}:${member}`;
    clearTimeout(this.#typing.get(key)?.timer);
    this.#typing.set(key, { channel, member, timer: setTimeout(() => this.#stopTyping(channel, member), 10_000) });
    this.say("typing");
  }

  #stopTyping(channel, member) {
    const key = `${channel}:${member}`;
    clearTimeout(this.#typing.get(key)?.timer);
    if (this.#typing.delete(key)) this.say("typing");
  }
}

function forget(room, messages, touched) {
  const oldest = messages[0]?.id ?? "0";
  const held = new Set(messages.map((message) => message.id));
  for (const id of [...room.keys()]) {
    if (byId(id, oldest) >= 0 && !held.has(id) && !touched.has(id)) room.delete(id);
  }
}
