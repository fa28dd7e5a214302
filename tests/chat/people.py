"""A studio for the tests of commands: the stand-in, the real client, the real ledger and intake, and two people.

Ada owns the guild; Grace is an ordinary member. Nothing renders here: what is accepted stays queued.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.board import Board
from bot.chat.client import DarkroomClient
from bot.clock import SystemClock
from bot.demo.discord.call import Upload
from bot.demo.discord.changes import Change, InteractionStarted
from bot.demo.discord.rules import Rules, unhurried
from bot.demo.discord.server import StandIn
from bot.demo.discord.values import Message, Outcome
from bot.intake.accept import Intake
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.nouns import Job
from bot.settings import Discord, LedgerTable, Settings, Tower
from tests.demo.waiting import until as until
from tests.ledger import lookups
from tests.referee import wrongs

PATIENCE = 60.0


@dataclass
class Studio:
    standin: StandIn
    client: DarkroomClient
    db: Database

    @property
    def channel(self) -> str:
        return self.standin.channel()

    async def run(self, command: str, who: str = "ada", **options: Any) -> str:
        """Runs the command as this person would; gives the private sentence that answers it."""
        outcome = await self.start(command, who, **options)
        assert outcome.state == "deferred", outcome
        return (await self.answered(outcome)).content

    async def render(self, file: Upload, who: str = "ada", part: str = "all") -> str:
        """Sends the file and confirms it; gives what is said of what was accepted."""
        question = await self.answered(await self.start("batch render", who, file=file))
        return await confirm(self.standin, question, who, part)

    async def start(self, command: str, who: str = "ada", **options: Any) -> Outcome:
        return await self.standin.member(who).run(self.channel, command, options)

    async def answered(self, outcome: Outcome) -> Message:
        """The message, once it no longer says "thinking"."""
        assert outcome.message_id is not None
        message = self.standin.world.messages[outcome.message_id]
        await until(lambda: not message.loading)
        return message

    async def offered(self, command: str, focused: str, typed: str, who: str = "ada", **options: Any) -> dict[str, str]:
        """What Discord would suggest for this option: values by name."""
        choices = await self.standin.member(who).complete(self.channel, command, focused, typed, options)
        return {choice["name"]: choice["value"] for choice in choices}

    async def jobs(self) -> list[Job]:
        """What was accepted and has not ended, in the order of asking."""
        async with self.db.reading() as connection:
            return sorted(await lookups.unfinished(connection), key=lambda job: (job.created_at, job.index))

    async def accepted(self, count: int) -> list[Job]:
        """Waits until so many jobs are open; the answer to a person may have been lost."""
        await until_async(self.jobs, lambda found: len(found) >= count)
        return await self.jobs()


def buttons(message: Message) -> list[str]:
    """The custom ids of its components."""
    return [str(one["custom_id"]) for row in message.components for one in row["components"]]


async def confirm(standin: StandIn, question: Message, who: str = "ada", part: str = "all") -> str:
    """Presses “Render all” or “Render what changed”; gives what stands in the place of the question then."""
    found = next((one for one in buttons(question) if one.startswith(f"render:{part}:")), None)
    assert found is not None, question.content
    await standin.member(who).click(question.id, found)
    await until(lambda: not question.components)
    return question.content


async def scheduled(standin: StandIn, question: Message, who: str = "ada") -> str:
    """Presses “Schedule it”; gives what stands in the place of the question then."""
    (found,) = buttons(question)
    await standin.member(who).click(question.id, found)
    await until(lambda: not question.components)
    return question.content


async def until_async(look: Callable[[], Any], fits: Callable[[Any], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not fits(await look()):
            await asyncio.sleep(0.005)


def tower(name: str, home: Path) -> Tower:
    return Tower(name=name, host="127.0.0.1", port=1, key=home / "key", known_hosts=home / "known_hosts")


def batch_file(items: Sequence[dict[str, Any]] | str, name: str = "prompts-batch-1.json") -> Upload:
    text = items if isinstance(items, str) else json.dumps(items)
    return Upload(name, "application/json", text.encode())


def describe_attachments(studio: Studio, **told: Any) -> None:
    """From now on Discord says this of every file attached to a command, whatever is true of it."""

    def tell(change: Change) -> None:
        if isinstance(change, InteractionStarted):
            for attachment in change.interaction.data.get("resolved", {}).get("attachments", {}).values():
                attachment |= told

    studio.standin.world.listeners.insert(0, tell)


@asynccontextmanager
async def open_studio(
    home: Path, rules: Rules | None = None, towers: Sequence[str] = ("tower",)
) -> AsyncIterator[Studio]:
    async with StandIn(rules=rules or unhurried()) as standin, Database(home / "ledger.db") as db:
        settings = Settings(
            discord=Discord(
                guild_id=standin.guild_id,
                api_base=standin.api_base,
                gateway_url=standin.gateway_url,
                cdn_base=standin.cdn_base,
            ),
            ledger=LedgerTable(path=db.path),
            tower=tuple(tower(name, home) for name in towers),
        )
        clock = SystemClock()
        intake = Intake(db, clock, settings.limits, [tower.name for tower in settings.tower])
        client = DarkroomClient(settings, db, Files(home / "files"), Board(), clock, intake)
        talking = asyncio.create_task(client.serve(SecretStr(standin.token)))
        try:
            async with asyncio.timeout(PATIENCE):
                await client.online.wait()
            yield Studio(standin, client, db)
        finally:
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
        assert wrongs(standin) == []


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    async with open_studio(tmp_path) as opened:
        yield opened
