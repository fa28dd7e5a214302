/** Every request the page makes: the people's API of the stand-in, one method each, refusals as sentences. */

import { Refusal } from "./refusal.js";

const GONE = "The demo does not answer. Check that it still runs in its terminal; the page tries again by itself.";

export class Api {
  /** Who acts, an id; null means the first person the stand-in knows. */
  member = null;

  #address(path, query = {}) {
    const url = new URL(`/member${path}`, location.origin);
    const all = { ...query, member: this.member };
    for (const [key, value] of Object.entries(all))
      if (value !== null && value !== undefined) url.searchParams.set(key, value);
    return url.href;
  }

  async #ask(method, path, { query, json, parts } = {}) {
    const init = { method };
    if (parts?.length) init.body = multipart(json, parts);
    else if (json) Object.assign(init, { body: JSON.stringify(json), headers: { "Content-Type": "application/json" } });
    const answer = await fetch(this.#address(path, query), init).catch(() => {
      throw new Refusal(GONE);
    });
    if (answer.status === 204) return null;
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refusal(body.error ?? `The demo refused this (${answer.status}).`, answer.status);
    return body;
  }

  world() {
    return this.#ask("GET", "/world");
  }

  /** A page of messages, oldest first; `before` an id continues backwards. */
  async messages(channel, before = null) {
    return (await this.#ask("GET", `/channels/${channel}/messages`, { query: { limit: 50, before } })).messages;
  }

  send(channel, content, { replyTo = null, ping = true, files = [] } = {}) {
    const json = { content, reply_to: replyTo, ping };
    return this.#ask("POST", `/channels/${channel}/messages`, { json, parts: files.map((file) => ["file", file]) });
  }

  edit(message, content) {
    return this.#ask("PATCH", path(message), { json: { content } });
  }

  /** Removes an own message, or dismisses one that only this member sees. */
  remove(message) {
    return this.#ask("DELETE", path(message));
  }

  react(message, emoji, wanted) {
    return this.#ask(wanted ? "PUT" : "DELETE", `${path(message)}/reactions/${encodeURIComponent(emoji)}`);
  }

  /** What may be typed and what stands in a message's menu, in this channel. */
  commands(channel) {
    return this.#ask("GET", "/commands", { query: { channel } });
  }

  /** Chooses a command of the message's menu. Answers an Outcome. */
  use(message, command) {
    return this.#ask("POST", "/commands/use", { json: { message_id: message.id, command } });
  }

  /** Begins a thread, of a message if one is given. */
  async startThread(channel, name, message = null) {
    return (await this.#ask("POST", `/channels/${channel}/threads`, { json: { name, message_id: message } })).id;
  }

  changeThread(thread, changes) {
    return this.#ask("PATCH", `/channels/${thread}`, { json: changes });
  }

  /** The words that the demo's own model knows. */
  words() {
    return this.#ask("GET", "/words");
  }

  async autocomplete(channel, command, options, focused, value) {
    const json = { channel_id: channel, command, options, focused, value };
    return (await this.#ask("POST", "/commands/autocomplete", { json })).choices;
  }

  /** Runs a command; `files` are pairs of option name and File. Answers an Outcome. */
  run(channel, command, options, files = []) {
    const parts = files.map(([name, file]) => [`option:${name}`, file]);
    return this.#ask("POST", "/commands/run", { json: { channel_id: channel, command, options }, parts });
  }

  click(message, customId, values = []) {
    const json = { channel_id: message.channel_id, message_id: message.id, custom_id: customId, values };
    return this.#ask("POST", "/components/click", { json });
  }

  /** Sends a form; `files` are pairs of an input's id and File. */
  submit(interaction, values, files = []) {
    const parts = files.map(([input, file], number) => [`input:${number}:${input}`, file]);
    return this.#ask("POST", "/modals/submit", { json: { interaction_id: interaction, values }, parts });
  }

  /** After a new start of the demo the ids of before are nobody's; then its first person acts. */
  async forgetStranger() {
    await this.world().catch((error) => {
      if (error.status === 404) this.member = null;
    });
  }

  events() {
    return new EventSource(this.#address("/events"));
  }
}

function path(message) {
  return `/channels/${message.channel_id}/messages/${message.id}`;
}

function multipart(json, parts) {
  const form = new FormData();
  form.append("payload_json", JSON.stringify(json));
  for (const [name, file] of parts) form.append(name, file, file.name);
  return form;
}
