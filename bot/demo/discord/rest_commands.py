"""REST about application commands: one bulk overwrite replaces them all, for the guild or globally."""

from dataclasses import dataclass, field

from bot.demo.discord.call import Answer, Call, Handler, Route
from bot.demo.discord.changes import CommandsChanged
from bot.demo.discord.command_rules import CHAT_INPUT, check_commands
from bot.demo.discord.refusals import Code
from bot.demo.discord.values import Json
from bot.demo.discord.world import World

DAY_SECONDS = 86_400
_RETURNED = ("name", "description", "options", "contexts", "integration_types", "nsfw", "dm_permission")


@dataclass
class Commands:
    """`_creates` are the times at which new commands were made; the world keeps the commands by id."""

    world: World
    _creates: list[float] = field(default_factory=list)

    def routes(self) -> list[Route]:
        everywhere, here = "/applications/{app}/commands", "/applications/{app}/guilds/{guild}/commands"
        return [Route(method, path, handler) for path in (everywhere, here) for method, handler in self._verbs()]

    def _verbs(self) -> list[tuple[str, Handler]]:
        return [("GET", self._list), ("PUT", self._overwrite)]

    def _list(self, call: Call) -> Answer:
        return Answer(body=self._of(self._scope(call)))

    def _overwrite(self, call: Call) -> Answer:
        scope = self._scope(call)
        wanted: list[Json] = call.body or []
        check_commands(wanted)
        standing = {(command["type"], command["name"]): command for command in self._of(scope)}
        made = [self._made(command, scope, standing) for command in wanted]
        self._count_creates(sum(command["id"] not in self.world.commands for command in made))
        for old in standing.values():
            del self.world.commands[old["id"]]
        self.world.commands.update({command["id"]: command for command in made})
        self.world.tell(CommandsChanged())
        return Answer(body=made)

    def _made(self, wanted: Json, scope: str | None, standing: dict[tuple[int, str], Json]) -> Json:
        """As Discord returns it; a command of the same name keeps its id."""
        kind = wanted.get("type") or CHAT_INPUT
        old = standing.get((kind, wanted["name"]))
        rights = wanted.get("default_member_permissions")
        version = self.world.ids.next()
        made: Json = {
            "id": old["id"] if old else version,
            "application_id": self.world.bot.id,
            "version": version,
            "type": kind,
            "description": "",
            "default_member_permissions": None if rights is None else str(rights),
            **{key: wanted[key] for key in _RETURNED if wanted.get(key) is not None},
        }
        return made if scope is None else {**made, "guild_id": scope}

    def _count_creates(self, new: int) -> None:
        now = self.world.clock.now()
        self._creates = [at for at in self._creates if now - at < DAY_SECONDS]
        if len(self._creates) + new > self.world.rules.command_creates_per_day:
            raise Code.DAILY_COMMANDS.refusal()
        self._creates += [now] * new

    def _of(self, scope: str | None) -> list[Json]:
        return [command for command in self.world.commands.values() if command.get("guild_id") == scope]

    def _scope(self, call: Call) -> str | None:
        if call.params["app"] != self.world.bot.id:
            raise Code.UNKNOWN_APPLICATION.refusal()
        guild = call.params.get("guild")
        if guild not in (None, self.world.guild.id):
            raise Code.MISSING_ACCESS.refusal()
        return guild
