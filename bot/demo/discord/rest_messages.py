"""REST about messages: write, read, change, delete; typing."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.demo.discord.call import NO_CONTENT, Answer, Call, Route
from bot.demo.discord.changes import Typing
from bot.demo.discord.compose import Composer, Letterhead
from bot.demo.discord.permissions import Permission, demand, needed_to_write, permissions_of
from bot.demo.discord.refusals import Code, invalid
from bot.demo.discord.shapes import Shapes
from bot.demo.discord.threads import Threads, refuse_archived
from bot.demo.discord.values import DIRECT, PUBLIC_THREAD, Channel, Json, Message
from bot.demo.discord.world import World


@dataclass
class Messages:
    """`_nonces`: (author, nonce) → (message id, when), for Discord's "past few minutes"."""

    world: World
    shapes: Shapes
    composer: Composer
    threads: Threads
    _nonces: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        channel, message = "/channels/{channel}", "/channels/{channel}/messages/{message}"
        return [
            Route("POST", f"{channel}/messages", self._create, "create"),
            Route("GET", f"{channel}/messages", self._history),
            Route("GET", message, self._get),
            Route("PATCH", message, self._edit, "edit"),
            Route("DELETE", message, self._delete),
            Route("POST", f"{channel}/typing", self._type),
        ]

    def _create(self, call: Call) -> Answer:
        channel, body = self.world.channel(call.params["channel"]), call.form()
        demand(self.world, channel, *_needed(channel, body, bool(call.uploads)))
        if channel.kind == DIRECT and channel.people[0] in self.world.closed:
            raise Code.CLOSED_TO_DIRECT.refusal()
        if (first := self._first_with_nonce(body)) is not None:
            return Answer(body=self._with_nonce(first))
        if channel.kind == PUBLIC_THREAD:
            self.threads.enter(channel, self.world.bot.id)
        message = self.composer.create(body, call.uploads, Letterhead(self.world.bot.id, channel))
        if message.nonce is not None:
            self._nonces[(message.author_id, str(message.nonce))] = (message.id, self.world.clock.now())
        self.world.post(message)
        return Answer(body=self._with_nonce(message))

    def _first_with_nonce(self, body: Json) -> Message | None:
        """The message that this nonce made lately. Raises 10008 when it was deleted since."""
        if not body.get("enforce_nonce") or body.get("nonce") is None:
            return None
        made = self._nonces.get((self.world.bot.id, str(body["nonce"])))
        if made is None or self.world.clock.now() - made[1] > self.world.rules.nonce_seconds:
            return None
        if made[0] not in self.world.messages:
            raise Code.UNKNOWN_MESSAGE.refusal()
        return self.world.messages[made[0]]

    def _with_nonce(self, message: Message) -> Json:
        nonce = {} if message.nonce is None else {"nonce": message.nonce}
        return {**self.shapes.message(message), **nonce}

    def _history(self, call: Call) -> Answer:
        """Newest first; `before`, `after` and `around` are message ids that need not exist."""
        channel = self.world.channel(call.params["channel"])
        demand(self.world, channel)
        limit = _limit(call, 50)
        if not _may_read_history(self.world, channel):
            return Answer(body=[])
        public = [message for message in self.world.history(channel.id) if message.addressee is None]
        chosen = _page(public, call, limit)
        return Answer(body=[self.shapes.message(message) for message in reversed(chosen)])

    def _get(self, call: Call) -> Answer:
        demand(self.world, self.world.channel(call.params["channel"]), Permission.READ_MESSAGE_HISTORY)
        return Answer(body=self.shapes.message(self._message(call)))

    def _edit(self, call: Call) -> Answer:
        demand(self.world, self.world.channel(call.params["channel"]))
        message = self._message(call)
        if message.author_id != self.world.bot.id:
            raise Code.NOT_THE_AUTHOR.refusal()
        refuse_archived(self.world.channel(message.channel_id))
        self.composer.amend(message, call.form(), call.uploads)
        self.world.edited(message)
        return Answer(body=self.shapes.message(message))

    def _delete(self, call: Call) -> Answer:
        channel, message = self.world.channel(call.params["channel"]), self._message(call)
        mine = message.author_id == self.world.bot.id
        demand(self.world, channel, *(() if mine else (Permission.MANAGE_MESSAGES,)))
        refuse_archived(channel)
        self.world.delete(message)
        return NO_CONTENT

    def _type(self, call: Call) -> Answer:
        channel = self.world.channel(call.params["channel"])
        demand(self.world, channel, needed_to_write(channel))
        self.world.tell(Typing(channel.id, self.world.bot.id))
        return NO_CONTENT

    def _message(self, call: Call) -> Message:
        return self.world.message(call.params["channel"], call.params["message"])


def _needed(channel: Channel, body: Json, files: bool) -> list[Permission]:
    needed = [needed_to_write(channel)]
    if body.get("embeds"):
        needed.append(Permission.EMBED_LINKS)
    if files:
        needed.append(Permission.ATTACH_FILES)
    if body.get("message_reference"):
        needed.append(Permission.READ_MESSAGE_HISTORY)
    return needed


def _may_read_history(world: World, channel: Channel) -> bool:
    """Without the permission history is empty, not refused."""
    return Permission.READ_MESSAGE_HISTORY in permissions_of(world, world.bot.id, channel)


def _limit(call: Call, default: int) -> int:
    limit = int(call.query.get("limit", default))
    if not 1 <= limit <= 100:
        raise invalid("limit", "NUMBER_TYPE_MAX", "int value should be less than or equal to 100.")
    return limit


def _page(messages: list[Message], call: Call, limit: int) -> list[Message]:
    """The wanted part of `messages`, oldest first."""
    sides: dict[str, Callable[[int, int], bool]] = {"before": int.__lt__, "after": int.__gt__}
    for name, keeps in sides.items():
        if name in call.query:
            border = int(call.query[name])
            found = [message for message in messages if keeps(int(message.id), border)]
            return found[:limit] if name == "after" else found[-limit:]
    if "around" in call.query:
        middle = int(call.query["around"])
        older = [message for message in messages if int(message.id) < middle][-(limit // 2) :]
        return older + [message for message in messages if int(message.id) >= middle][: limit - len(older)]
    return messages[-limit:]
