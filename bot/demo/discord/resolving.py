"""Options that name a thing of the world: people, channels, roles and files."""

from dataclasses import dataclass
from typing import Any

from bot.demo.discord.call import Upload
from bot.demo.discord.cdn import Cdn
from bot.demo.discord.payload import check_uploads
from bot.demo.discord.permissions import permissions_of
from bot.demo.discord.refusals import Mistake
from bot.demo.discord.shapes import Shapes
from bot.demo.discord.values import Json
from bot.demo.discord.world import World


@dataclass(frozen=True)
class Resolver:
    world: World
    cdn: Cdn
    shapes: Shapes
    channel_id: str

    def resolve(self, kind: str, given: Any) -> tuple[str, Json]:
        """(id, the part of `resolved` that describes it). Raises Mistake, or 40005 for a file that is too big."""
        if kind == "attachment":
            return self._attachment(given)
        if kind == "mentionable":
            kind = "user" if given in self.world.people else "role"
        found = {"user": self._user, "channel": self._channel, "role": self._role}[kind](str(given))
        if found is None:
            raise Mistake(f"There is no such {kind}.")
        return str(given), found

    def _attachment(self, given: Any) -> tuple[str, Json]:
        if not isinstance(given, Upload):
            raise Mistake("That option needs a file.")
        check_uploads({"files[0]": given}, self.world.rules)
        stored = self.cdn.store(self.channel_id, given)
        return stored.id, {"attachments": {stored.id: self.shapes.attachment(stored, ephemeral=True)}}

    def _user(self, given: str) -> Json | None:
        if given not in self.world.people:
            return None
        person = self.world.people[given]
        bits = permissions_of(self.world, given, self.world.channels[self.channel_id])
        member = {**self.shapes.member(person), "permissions": str(int(bits))}
        for heard in ("deaf", "mute"):
            del member[heard]
        return {"users": {given: self.shapes.user(person)}, "members": {given: member}}

    def _channel(self, given: str) -> Json | None:
        if given not in self.world.channels:
            return None
        shape = self.shapes.interaction_channel(self.world.channels[given], self.world.bot)
        return {"channels": {given: shape}}

    def _role(self, given: str) -> Json | None:
        if given not in self.world.roles:
            return None
        return {"roles": {given: self.shapes.role(self.world.roles[given])}}
