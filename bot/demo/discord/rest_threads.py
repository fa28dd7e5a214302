"""REST about threads: begin, find, change, join, leave, delete."""

import math
from dataclasses import dataclass
from datetime import datetime

from bot.demo.discord.call import NO_CONTENT, Answer, Call, Route
from bot.demo.discord.permissions import Permission, demand, permissions_of
from bot.demo.discord.refusals import Code, invalid
from bot.demo.discord.shapes import Shapes
from bot.demo.discord.threads import Threads, thread_of
from bot.demo.discord.values import PUBLIC_THREAD, Channel, Message
from bot.demo.discord.world import World

_DAY_MINUTES = 1440


@dataclass
class ThreadRoutes:
    world: World
    shapes: Shapes
    threads: Threads

    def routes(self) -> list[Route]:
        channel = "/channels/{channel}"
        return [
            Route("POST", f"{channel}/threads", self._begin),
            Route("POST", f"{channel}/messages/{{message}}/threads", self._begin_from),
            Route("GET", f"{channel}/threads/archived/public", self._archived),
            Route("GET", "/guilds/{guild}/threads/active", self._active),
            Route("PATCH", channel, self._change),
            Route("DELETE", channel, self._delete),
            Route("GET", f"{channel}/thread-members", self._members),
            Route("PUT", f"{channel}/thread-members/{{user}}", self._join),
            Route("DELETE", f"{channel}/thread-members/{{user}}", self._leave),
        ]

    def _begin(self, call: Call) -> Answer:
        # Discord takes a missing type for a private thread, which this world does not have.
        if call.form().get("type") != PUBLIC_THREAD:
            raise invalid("type", "BASE_TYPE_CHOICES", "Value must be one of {11}.")
        return self._made(call, None)

    def _begin_from(self, call: Call) -> Answer:
        return self._made(call, self.world.message(call.params["channel"], call.params["message"]))

    def _made(self, call: Call, start: Message | None) -> Answer:
        parent, body = self.world.channel(call.params["channel"]), call.form()
        demand(self.world, parent, Permission.CREATE_PUBLIC_THREADS)
        minutes = body.get("auto_archive_duration") or _DAY_MINUTES
        made = self.threads.begin(parent, self.world.bot.id, body.get("name") or "", minutes, start)
        return Answer(201, self.shapes.channel(made))

    def _archived(self, call: Call) -> Answer:
        """The one put away last comes first."""
        parent = self.world.channel(call.params["channel"])
        demand(self.world, parent, Permission.READ_MESSAGE_HISTORY)
        before = datetime.fromisoformat(call.query["before"]).timestamp() if "before" in call.query else math.inf
        below = [one for one in self._public() if one.parent_id == parent.id and one.archived]
        found = sorted((one for one in below if one.archived_at < before), key=_archived_at, reverse=True)
        return self._listed(found, int(call.query.get("limit", 50)))

    def _active(self, call: Call) -> Answer:
        if call.params["guild"] != self.world.guild.id:
            raise Code.UNKNOWN_GUILD.refusal()
        bot = self.world.bot.id
        seen = [one for one in self._public() if Permission.VIEW_CHANNEL in permissions_of(self.world, bot, one)]
        return self._listed([one for one in seen if not one.archived], len(seen))

    def _public(self) -> list[Channel]:
        return [self.world.channel(one.id) for one in self.world.channels.values() if one.kind == PUBLIC_THREAD]

    def _listed(self, found: list[Channel], limit: int) -> Answer:
        bot, threads = self.world.bot.id, found[:limit]
        members = [self.shapes.thread_member(one, bot) for one in threads if bot in one.people]
        shapes = [self.shapes.channel(one) for one in threads]
        return Answer(body={"threads": shapes, "members": members, "has_more": len(found) > limit})

    def _change(self, call: Call) -> Answer:
        """The one who began it may rename it and put it away; locking, and all of others', is for moderators."""
        thread, body = thread_of(self.world, call.params["channel"]), call.form()
        mine = thread.owner_id == self.world.bot.id and not thread.locked and body.get("locked") is None
        # Whoever may write in it may take it out again.
        out = set(body) == {"archived"} and body["archived"] is False and not thread.locked
        open_to_bot = Permission.SEND_MESSAGES_IN_THREADS if mine or out else Permission.MANAGE_THREADS
        demand(self.world, thread, open_to_bot)
        self.threads.change(
            thread,
            name=body.get("name"),
            archived=body.get("archived"),
            locked=body.get("locked"),
            minutes=body.get("auto_archive_duration"),
        )
        return Answer(body=self.shapes.channel(thread))

    def _delete(self, call: Call) -> Answer:
        thread = thread_of(self.world, call.params["channel"])
        demand(self.world, thread, Permission.MANAGE_THREADS)
        shape = self.shapes.channel(thread)
        self.threads.delete(thread)
        return Answer(body=shape)

    def _members(self, call: Call) -> Answer:
        thread = thread_of(self.world, call.params["channel"])
        demand(self.world, thread)
        return Answer(body=[self.shapes.thread_member(thread, person) for person in thread.people])

    def _join(self, call: Call) -> Answer:
        thread, person = self._thread_and_person(call)
        demand(self.world, thread, *(() if person == self.world.bot.id else (Permission.SEND_MESSAGES_IN_THREADS,)))
        self.threads.join(thread, person)
        return NO_CONTENT

    def _leave(self, call: Call) -> Answer:
        thread, person = self._thread_and_person(call)
        demand(self.world, thread, *(() if person == self.world.bot.id else (Permission.MANAGE_THREADS,)))
        self.threads.leave(thread, person)
        return NO_CONTENT

    def _thread_and_person(self, call: Call) -> tuple[Channel, str]:
        """@me is the bot. Raises 10013."""
        person = self.world.bot.id if call.params["user"] == "@me" else call.params["user"]
        if person not in self.world.people:
            raise Code.UNKNOWN_USER.refusal()
        return thread_of(self.world, call.params["channel"]), person


def _archived_at(thread: Channel) -> float:
    return thread.archived_at
