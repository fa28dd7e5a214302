/** Beside the messages: channels and threads, who is here, and who one is. */

import { avatar, el } from "./dom.js";

const SIGNS = { text: "#", thread: "↳", direct: "@" };

export class Sidebar {
  constructor(app) {
    this.app = app;
    this.node = document.getElementById("sidebar");
    this.menu = document.getElementById("menu");
    this.narrow = matchMedia("(max-width: 760px)");
    this.menu.addEventListener("click", () => this.#show(!this.open));
    document.getElementById("shade").addEventListener("click", () => this.#show(false));
    this.node.addEventListener("keydown", (event) => event.key === "Escape" && this.#show(false));
    this.narrow.addEventListener("change", () => this.#show(false));
    this.#show(false);
  }

  get open() {
    return document.body.classList.contains("menu-open");
  }

  // On a phone the sidebar slides over the page; closed, nothing in it may be reached by Tab.
  #show(wanted) {
    const open = wanted && this.narrow.matches;
    const was = this.open;
    document.body.classList.toggle("menu-open", open);
    this.menu.setAttribute("aria-expanded", String(open));
    this.node.inert = this.narrow.matches && !open;
    if (open) this.node.querySelector("[aria-current]")?.focus();
    else if (was) this.menu.focus();
  }

  draw() {
    const { world } = this.app.store;
    document.getElementById("guild").textContent = world.guild.name;
    this.channels();
    document.getElementById("members").replaceChildren(...world.members.map((member) => this.#member(member)));
    this.#people();
  }

  channels() {
    const { channels } = this.app.store.world;
    const nested = (id) => channels.filter((one) => one.kind === "thread" && one.parent_id === id);
    const top = channels.filter(
      (one) => one.kind !== "thread" || !channels.some((other) => other.id === one.parent_id),
    );
    const shown = (one) => !one.archived || one.id === this.app.store.channel;
    const below = (one) => nested(one.id).filter(shown).map((thread) => this.#channel(thread));
    const direct = top.filter((one) => one.kind === "direct");
    const items = top.filter((one) => one.kind !== "direct").flatMap((one) => [this.#channel(one), ...below(one)]);
    document.getElementById("channels").replaceChildren(...items);
    document.getElementById("direct").replaceChildren(...direct.map((one) => this.#channel(one)));
    document.getElementById("direct-head").hidden = !direct.length;
  }

  #channel(channel) {
    const { store } = this.app;
    const here = channel.id === store.channel;
    const unread = store.unread.get(channel.id);
    const sign = el("span", { className: "sign", "aria-hidden": "true" }, SIGNS[channel.kind]);
    const mark = [channel.nsfw && "18+", channel.locked && "locked", channel.archived && "put away"].filter(Boolean)[0];
    const count =
      unread &&
      el(
        "span",
        { className: unread.mentions ? "unread mentions" : "unread", "aria-label": `${unread.count} unread` },
        unread.mentions ? `@${unread.mentions}` : String(unread.count),
      );
    const open = () => {
      this.app.open(channel.id);
      this.#show(false);
    };
    const props = {
      type: "button",
      className: "channel",
      "aria-current": here ? "page" : null,
      onclick: open,
      dataset: { channel: channel.id },
    };
    return el(
      "li",
      { className: channel.kind },
      el("button", props, sign, el("span", { className: "channel-name" }, channel.name), mark && el("span", { className: "mark-small" }, mark), count),
    );
  }

  #member(member) {
    const { bot } = this.app.store.world;
    const state =
      member.id === bot.id &&
      el("span", { className: bot.online ? "state online" : "state" }, bot.online ? "online" : "offline");
    return el(
      "li",
      {},
      avatar(member),
      el("span", {}, member.name),
      member.bot && el("span", { className: "badge" }, "bot"),
      state,
    );
  }

  #people() {
    const { world } = this.app.store;
    const people = world.members.filter((member) => !member.bot);
    const choices = people.map((member) => {
      const radio = el("input", {
        type: "radio",
        name: "me",
        value: member.id,
        checked: member.id === world.me,
        onchange: () => this.app.become(member.id),
      });
      return el("label", { className: "person" }, radio, avatar(member), el("span", {}, member.name));
    });
    const box = document.getElementById("people");
    const focused = box.contains(document.activeElement);
    box.replaceChildren(...choices);
    if (focused) box.querySelector("input:checked")?.focus();
  }
}
