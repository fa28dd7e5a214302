"""Everything that people can set off in the running client, and how a case of the sweep is played.

A case names one of them: a command ("/imagine"), a message command ("Ask again"), a component by its custom id with
"…" for what it acts on ("again:…"), or a form ("form Edit").
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import discord

from bot.chat.client import DarkroomClient
from bot.clock import new_id
from bot.demo.discord.log import Exchange
from bot.demo.discord.permissions import Permission
from bot.demo.discord.values import EPHEMERAL, Message, Outcome
from bot.ledger import people
from bot.nouns import Ask, Group, Job, Manner
from bot.people.permits import Kind, What
from tests import made
from tests.chat.people import until
from tests.chat.shelves import stocked
from tests.chat.stage import Stage

if TYPE_CHECKING:
    from bot.demo.discord.member import Member

Deed = Callable[[], Awaitable[Outcome]]
_GROUP = re.compile(r"\(\?P<\w+>((?:[^()]|\\.)*)\)")
_WORDS = re.compile(r"[a-z]+(\|[a-z]+)*")
KEEPERS, NOBODY = "Keepers", "Nobody"
# The client's template would also take what no page of its offers: administrators are roles alone.
_UNSAID = "setup:administrate:channel"
ABLE = (
    made.shelf_model(id="demo", modes=("text", "image", "inpaint"), largest=1024, reference=True),
    made.shelf_model(id="turbo", name="Turbo", largest=1024),
    made.shelf_model(
        id="clips", name="Clips", modes=("video", "animate"), frames=9, most_frames=17, fps=8, largest=1024
    ),
)


@dataclass(frozen=True)
class Case:
    """`begin` prepares everything for this person, under ordinary conditions, and gives what is then done. `renders`:
    done by somebody who may, it makes jobs. `denied`: somebody without any right is told so. `opens`: its first answer
    is a form.
    """

    begin: Callable[["Scene", str], Awaitable[Deed]]
    renders: bool = False
    denied: bool = False
    opens: bool = False


def everything(client: DarkroomClient, ada: "Member") -> Iterator[str]:
    """What the client has registered, by the names that cases have."""
    yield from (f"/{line.name}" for line in ada.commands())
    yield from (command["name"] for command in ada.message_commands())
    for template in client._connection._view_store._dynamic_items:
        yield from (one for one in components(template.pattern) if one != _UNSAID)
    forms = [form for form in discord.ui.Modal.__subclasses__() if form.__module__.startswith("bot.chat")]
    yield from (f"form {form.__name__}" for form in forms)


def components(template: str) -> Iterator[str]:
    """The custom ids of one template: words to choose from are written out, all else is "…"."""
    parts = _GROUP.split(template)
    choices = [part.split("|") if _WORDS.fullmatch(part) else ["…"] for part in parts[1::2]]
    for chosen in product(*choices):
        filled = [*chosen, ""]
        yield "".join(fixed + word for fixed, word in zip(parts[0::2], filled, strict=True))


class Scene:
    """Ada owns the guild and everything that is prepared; Grace is an ordinary member."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.standin = stage.standin
        self._shared: tuple[Job, Message] | None = None

    def member(self, who: str) -> "Member":
        return self.standin.member(who)

    async def open(self) -> None:
        """The tower's shelf is known, the tower itself is off."""
        await stocked(self.stage.db, *ABLE)

    async def picture(self, *, fresh: bool = False) -> tuple[Job, Message]:
        """A picture of Ada's that stands in the channel; a fresh one for what changes it."""
        if self._shared is None or fresh:
            posted = await self.stage.posted("a fox in the snow")
            if fresh:
                return posted
            self._shared = posted
        return self._shared

    async def waiting(self, *, running: bool = False) -> tuple[Job, Message]:
        """An ask of Ada's that nobody has rendered, and its card."""
        (job,) = await self.stage.ask("an owl")
        card = await self.stage.card(job)
        return (await self.stage.start(job) if running else job), card

    async def sheet(self) -> Message:
        """The contact sheet of a group of two."""
        ask = Ask(
            new_id(self.stage.clock),
            "a hare",
            int(self.stage.ada),
            self.standin.guild_id,
            int(self.stage.channel),
            count=2,
        )
        jobs = await self.stage.intake.accept(ask, Manner(group=Group.SEEDS))
        for job in jobs:
            await self.stage.render(job)
        found: list[Message] = []

        def stands() -> bool:
            found[:] = [one for one in self.stage.said() if f"sheet-clear:{jobs[0].ask}" in str(one.components)]
            return bool(found)

        await until(stands)
        return found[-1]

    async def told(self, outcome: Outcome, times: int = 1) -> tuple[str, bool]:
        """(the words of the answer, whether this person alone sees it), once it was given so many times."""
        interaction = self.standin.world.interactions[outcome.interaction_id]
        if outcome.state in ("answered", "updated"):
            message = self.standin.world.messages[outcome.message_id or ""]
            parts: list[object] = [message.content, message.embeds, message.attachments]
            return " ".join(str(part) for part in parts if part), message.addressee is not None
        found: list[Exchange] = []

        def arrived() -> bool:
            said = [one for one in self.standin.log.exchanges if f"/{interaction.token}/messages" in one.path]
            said += self.standin.log.of("POST", f"/{interaction.token}")
            found[:] = [one for one in said if one.status < 300]
            return len(found) >= times

        await until(arrived)
        said = found[-1].answer or found[-1].body
        parts = [said.get(key) or None for key in ("content", "embeds", "attachments")]
        return " ".join(str(part) for part in parts if part), bool((said.get("flags") or 0) & EPHEMERAL)

    async def count(self) -> int:
        """Jobs, asked for in any way, whatever became of them."""
        async with self.stage.db.reading() as connection:
            (row,) = await connection.execute_fetchall("SELECT count(*) FROM jobs")
            return int(row[0])

    async def settled(self, before: int, wanted: int) -> int:
        """How many jobs came to be, once it is as many as wanted or some time has passed in which more would have."""
        for _ in range(40):
            if await self.count() - before >= wanted:
                break
            await asyncio.sleep(0.01)
        return await self.count() - before

    def promote(self, who: str) -> None:
        """Discord's administrators may everything."""
        role = self._role(KEEPERS, Permission.ADMINISTRATOR)
        if role not in self.standin.world.people[self.member(who).id].roles:
            self.standin.world.give_role(self.member(who).id, role)

    def _role(self, name: str, held: Permission) -> str:
        standing = (one.id for one in self.standin.world.roles.values() if one.name == name)
        return next(standing, None) or self.standin.make_role(name, held)

    async def strip(self, who: str) -> int:
        """This person may nothing any more: every right is for a role that nobody has, whose id is given."""
        for role in self.standin.world.people[self.member(who).id].roles:
            self.standin.world.take_role(self.member(who).id, role)
        nobody = int(self._role(NOBODY, Permission(0)))
        async with self.stage.db.transaction() as connection:
            for what in What:
                await people.permit(connection, what, Kind.ROLE, [nobody])
        return nobody

    async def relax(self) -> None:
        """Everybody may again what nobody was allowed."""
        async with self.stage.db.transaction() as connection:
            for what in What:
                await people.permit(connection, what, Kind.ROLE, [])
