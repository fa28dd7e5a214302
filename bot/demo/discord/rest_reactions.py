"""REST about reactions: put, take away, list the people page by page."""

from dataclasses import dataclass

from bot.demo.discord.call import NO_CONTENT, Answer, Call, Route
from bot.demo.discord.permissions import Permission, demand
from bot.demo.discord.refusals import Code, invalid
from bot.demo.discord.shapes import Shapes
from bot.demo.discord.threads import refuse_archived
from bot.demo.discord.values import Message
from bot.demo.discord.world import World

MAX_EMOJI = 20


@dataclass
class Reactions:
    world: World
    shapes: Shapes

    def routes(self) -> list[Route]:
        every = "/channels/{channel}/messages/{message}/reactions"
        one = f"{every}/{{emoji}}"
        return [
            Route("PUT", f"{one}/@me", self._add, "react"),
            Route("DELETE", f"{one}/@me", self._remove_mine, "react"),
            Route("DELETE", f"{one}/{{user}}", self._remove_theirs, "react"),
            Route("GET", one, self._people),
            Route("DELETE", one, self._clear, "react"),
            Route("DELETE", every, self._clear, "react"),
        ]

    def _add(self, call: Call) -> Answer:
        message, emoji = self._message(call, Permission.READ_MESSAGE_HISTORY), call.params["emoji"]
        known_emoji(emoji)
        refuse_archived(self.world.channel(message.channel_id))
        if emoji not in message.reactions:
            demand(self.world, self.world.channel(message.channel_id), Permission.ADD_REACTIONS)
            if len(message.reactions) >= MAX_EMOJI:
                raise Code.TOO_MANY_REACTIONS.refusal()
        self.world.react(message, self.world.bot.id, emoji)
        return NO_CONTENT

    def _remove_mine(self, call: Call) -> Answer:
        self.world.unreact(self._message(call), self.world.bot.id, call.params["emoji"])
        return NO_CONTENT

    def _remove_theirs(self, call: Call) -> Answer:
        self.world.unreact(self._message(call, Permission.MANAGE_MESSAGES), call.params["user"], call.params["emoji"])
        return NO_CONTENT

    def _clear(self, call: Call) -> Answer:
        self.world.clear_reactions(self._message(call, Permission.MANAGE_MESSAGES), call.params.get("emoji"))
        return NO_CONTENT

    def _people(self, call: Call) -> Answer:
        """Sorted by id, those above `after`; nobody here has super reactions (type 1)."""
        message, emoji = self._message(call, Permission.READ_MESSAGE_HISTORY), call.params["emoji"]
        known_emoji(emoji)
        limit, after = int(call.query.get("limit", 25)), int(call.query.get("after", 0))
        if not 1 <= limit <= 100:
            raise invalid("limit", "NUMBER_TYPE_MAX", "int value should be less than or equal to 100.")
        normal = call.query.get("type", "0") == "0"
        reacted = sorted(map(int, message.reactions.get(emoji, []))) if normal else []
        page = [number for number in reacted if number > after][:limit]
        return Answer(body=[self.shapes.user(self.world.people[str(number)]) for number in page])

    def _message(self, call: Call, *needed: Permission) -> Message:
        demand(self.world, self.world.channel(call.params["channel"]), *needed)
        return self.world.message(call.params["channel"], call.params["message"])


def known_emoji(emoji: str) -> None:
    """Characters beyond ASCII, or name:id. Raises 10014."""
    name, _, number = emoji.partition(":")
    custom = number.isdigit() and bool(name)
    if not custom and (not emoji or emoji.isascii() or len(emoji) > 16):
        raise Code.UNKNOWN_EMOJI.refusal()
