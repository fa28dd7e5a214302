"""A stage for the courier, the cards and the verdicts: the stand-in, one ledger, and a bot that can die and return.

Nothing renders here; `Stage.render` files what dispatch would have fetched, with dispatch's own transaction.
"""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from PIL import Image
from pydantic import SecretStr

from bot.board import Board
from bot.chat.client import DarkroomClient
from bot.clock import SystemClock, new_id
from bot.demo.discord.faults import Reply
from bot.demo.discord.log import Exchange
from bot.demo.discord.server import StandIn
from bot.demo.discord.values import Message, Outcome
from bot.dispatch import outcomes
from bot.intake.accept import Intake
from bot.ledger import jobs, verdicts
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.nouns import PLAIN, Ask, Job, Manner, Notice, Verdict
from bot.settings import Settings
from gpu_agent.value import Facts
from gpu_agent.wire import Done
from tests import made
from tests.chat.people import PATIENCE, until
from tests.ledger import lookups

HASTE = 25.0


class Hurried(SystemClock):
    """Pauses are short here, so that no test waits for them; the time of day is the test's."""

    skipped = 0.0

    def now(self) -> float:
        return super().now() + self.skipped

    def monotonic(self) -> float:
        return super().monotonic() * HASTE

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / HASTE)


@dataclass
class Stage:
    """`client` is the bot that is up now, or was last."""

    standin: StandIn
    db: Database
    files: Files
    settings: Settings
    clock: Hurried = field(default_factory=Hurried)
    board: Board = field(default_factory=Board)
    client: DarkroomClient = field(init=False)

    def __post_init__(self) -> None:
        self.intake = Intake(self.db, self.clock, self.settings.limits, ["tower"])

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[DarkroomClient]:
        """The bot, up and connected; at the end it dies without a word, as a killed process does."""
        self.client = client = DarkroomClient(self.settings, self.db, self.files, self.board, self.clock, self.intake)
        life = asyncio.create_task(self._live(client))
        try:
            await until(lambda: client.online.is_set() or life.done())
            yield client
        finally:
            life.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await life

    async def _live(self, client: DarkroomClient) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(client.serve(SecretStr(self.standin.token)))
            for loop in client.loops():
                group.create_task(loop())

    @property
    def channel(self) -> str:
        return self.standin.channel()

    @property
    def ada(self) -> int:
        return int(self.standin.member("ada").id)

    async def ask(
        self,
        prompt: str = "a fox",
        who: str = "ada",
        channel: str = "darkroom",
        manner: Manner = PLAIN,
        **more: Any,
    ) -> list[Job]:
        """Accepts an ask as `/imagine` does; the card is due."""
        return await self.intake.accept(
            Ask(
                key=new_id(self.clock),
                prompt=prompt,
                asker=int(self.standin.member(who).id),
                guild=self.standin.guild_id,
                channel=int(self.standin.channel(channel)),
                **more,
            ),
            manner,
        )

    async def batch(self, slugs: Sequence[str], channel: str = "") -> list[Job]:
        """Accepts a batch of Ada's as `/batch render` does; its card is due."""
        data = json.dumps([{"slug": slug, "prompt": f"a {slug}"} for slug in slugs]).encode()
        made = await self.intake.batches.accept(
            "b.json",
            data,
            key=new_id(self.clock),
            asker=self.ada,
            guild=self.standin.guild_id,
            channel=int(channel or self.channel),
        )
        async with self.db.reading() as connection:
            return await lookups.jobs_of_batch(connection, made.id)

    async def start(self, job: Job) -> Job:
        """The tower has it."""
        async with self.db.transaction() as connection:
            claimed = await jobs.claim(connection, job.id, "tower", "boot")
        assert claimed is not None
        return claimed

    async def render(self, job: Job, data: bytes | None = None) -> bytes:
        """The picture is there, and its notice is due. Gives the file's bytes."""
        job = await self.start(job)
        data = data or png(job)
        digest = hashlib.sha256(data).hexdigest()
        self.files.append(digest, data)
        self.files.keep(digest)
        assert await outcomes.rendered(self.db, self.clock, job, done(job, digest, len(data)))
        return data

    async def fail(self, job: Job, kind: str, **facts: Any) -> None:
        told: Facts = facts
        assert await outcomes.failed(self.db, self.clock, await self.start(job), kind, told)

    async def posted(self, prompt: str = "a fox", **more: Any) -> tuple[Job, Message]:
        """A picture that stands in the channel, with all its reactions."""
        (job,) = await self.ask(prompt, **more)
        await self.render(job)
        message = await self.message(lambda: self.end_of(job))
        await until(lambda: len(message.reactions) == len(self.settings.discord.verdicts))
        return job, message

    async def message(self, notice: Callable[[], Awaitable[Notice | None]]) -> Message:
        """The message that says this notice, once the ledger knows that it was said."""
        found = await eventually(notice, lambda one: one is not None and one.message is not None)
        return self.standin.world.messages[str(found.message)]

    async def end_of(self, job: Job) -> Notice | None:
        async with self.db.reading() as connection:
            return await lookups.end_of_job(connection, job.id)

    async def card_of(self, job: Job) -> Notice | None:
        async with self.db.reading() as connection:
            if job.batch is not None:
                return await lookups.card_of_batch(connection, job.batch)
            return await lookups.card_of_ask(connection, job.ask)

    async def card(self, job: Job) -> Message:
        return await self.message(lambda: self.card_of(job))

    async def judged(self, job: Job) -> dict[int, tuple[Verdict, str]]:
        """What counts now: verdict and words by person."""
        async with self.db.reading() as connection:
            return {one.person: (one.verdict, one.words) for one in await verdicts.of_job(connection, job.id)}

    async def judged_so(self, job: Job, wanted: dict[int, tuple[Verdict, str]]) -> None:
        """Waits until exactly this counts."""
        await eventually(lambda: self.judged(job), lambda found: found == wanted)

    async def answered(self, outcome: Outcome) -> str:
        """The private sentence, once it no longer says "thinking"."""
        assert outcome.message_id is not None, outcome
        message = self.standin.world.messages[outcome.message_id]
        await until(lambda: not message.loading)
        return message.content

    def said(self, channel: str = "darkroom") -> list[Message]:
        """What the bot said in the channel for everybody."""
        world = self.standin.world
        history = world.history(self.standin.channel(channel))
        return [one for one in history if one.author_id == world.bot.id and one.addressee is None]

    def edits(self, message: Message) -> list[Exchange]:
        return self.standin.log.of("PATCH", f"/messages/{message.id}")

    def hold(self, method: str, path: str) -> asyncio.Event:
        """The next such request is applied, but its answer waits for the event."""
        gate = asyncio.Event()
        self.standin.faults.add(method, path, Reply(gate=gate))
        return gate


async def eventually(look: Callable[[], Awaitable[Any]], fits: Callable[[Any], bool]) -> Any:
    async with asyncio.timeout(PATIENCE):
        while not fits(found := await look()):
            await asyncio.sleep(0.005)
    return found


def text(message: Message) -> str:
    """All words of the message's embeds."""
    return "\n".join(
        part for embed in message.embeds for part in (embed.get("title", ""), embed.get("description", "")) if part
    )


def buttons(message: Message) -> list[str]:
    """The verbs of its buttons."""
    return [str(one["custom_id"]).split(":")[0] for row in message.components for one in row["components"]]


def png(job: Job, side: int = 16) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (side, side), (job.seed % 256, 90, 30)).save(buffer, "PNG")
    return buffer.getvalue()


def done(job: Job, digest: str, size: int) -> Done:
    receipt = made.receipt(job.order(), model_name="Little Model")
    return Done(
        job=job.id, epoch=job.epoch, sha256=digest, bytes=size, receipt=receipt, seconds=1.25, peak=1, joules=720.0
    )
