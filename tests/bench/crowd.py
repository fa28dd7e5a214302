"""A hundred people in front of a bot that runs as its own process, all asking at the same moment."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from bot.demo.discord.changes import Change, MessageEdited
from bot.demo.discord.member import Member
from bot.demo.discord.server import StandIn
from bot.demo.discord.values import Outcome, Person
from tests.agent.sshd import ROOT
from tests.demo.waiting import until
from tests.referee import wrongs


@dataclass
class Storm:
    """Seconds from asking until Discord has the acknowledgement, and until it has the bot's sentence."""

    acknowledged: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    late: int = 0


class Crowd:
    """`storm` may come again and again; nobody's answer is waited for in between."""

    def __init__(self, standin: StandIn, bot: "subprocess.Popen[str]", people: int) -> None:
        self._standin, self._bot = standin, bot
        self._people = [_member(standin, number) for number in range(people)]
        self._told: dict[str, float] = {}
        standin.world.listeners.append(self._hear)

    async def storm(self, first_asks_for: int) -> Storm:
        """Everybody asks for one picture, the first in line for more. Returns when all have their sentence."""
        seen, began = Storm(), dict[str, float]()
        counts = [first_asks_for] + [1] * (len(self._people) - 1)
        asked = zip(self._people, counts, strict=True)
        outcomes = await asyncio.gather(*(self._ask(member, count, seen, began) for member, count in asked))
        ids = [str(one.message_id) for one in outcomes if one.state == "deferred"]
        await until(lambda: all(one in self._told for one in ids))
        seen.answered = [self._told[one] - began[one] for one in ids]
        seen.late = len(outcomes) - len(ids)
        return seen

    def ids(self) -> list[int]:
        """The people in the order in which they ask."""
        return [int(member.id) for member in self._people]

    async def commits(self) -> int:
        """How often the bot has committed since its start."""
        return await asyncio.to_thread(self._commits)

    def _commits(self) -> int:
        assert self._bot.stdin is not None
        assert self._bot.stdout is not None
        self._bot.stdin.write("\n")
        self._bot.stdin.flush()
        return int(self._bot.stdout.readline())

    async def _ask(self, member: Member, count: int, seen: Storm, began: dict[str, float]) -> Outcome:
        start = perf_counter()
        outcome = await member.run(self._standin.channel(), "imagine", {"prompt": "a red boat", "count": count})
        if outcome.state == "deferred":
            seen.acknowledged.append(perf_counter() - start)
            began[str(outcome.message_id)] = start
        return outcome

    def _hear(self, change: Change) -> None:
        if isinstance(change, MessageEdited) and not change.message.loading:
            self._told.setdefault(change.message.id, perf_counter())


@asynccontextmanager
async def gathered(folder: Path, kind: str, people: int) -> AsyncIterator[Crowd]:
    """A world with Discord's own limits, and in it this bot (see `bots`) and so many people."""
    folder.mkdir()
    async with StandIn() as standin:
        with (folder / "bot.log").open("wb") as log, _started(folder, kind, standin, log.fileno()) as bot:
            crowd = Crowd(standin, bot, people)
            await until(lambda: standin.world.bot_online and standin.world.commands)
            yield crowd
            assert bot.stdin is not None
            bot.stdin.close()  # tells it to end
            await until(lambda: bot.poll() is not None)
        assert wrongs(standin) == []


def _started(folder: Path, kind: str, standin: StandIn, log: int) -> "subprocess.Popen[str]":
    config = folder / "darkroom.toml"
    config.write_text(
        f'[discord]\nguild_id = {standin.guild_id}\napi_base = "{standin.api_base}"\n'
        f'gateway_url = "{standin.gateway_url}"\ncdn_base = "{standin.cdn_base}"\n'
        f"[ledger]\npath = '{folder / 'darkroom.db'}'\n"
        # What everybody may have is counted in each ask's transaction; nobody is asked whether they mean it.
        "[people]\ndaily = 1000\nat_once = 1000\n[limits]\nconfirm_above = 8\n"
    )
    command = [sys.executable, "-m", "tests.bench.bots", kind, str(config)]
    environment = os.environ | {"DISCORD_TOKEN": standin.token}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
    )


def _member(standin: StandIn, number: int) -> Member:
    person = Person(standin.world.ids.next(), f"person{number}", f"Person {number}")
    standin.world.people[person.id] = person
    return standin.member(person.username)
