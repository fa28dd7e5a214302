"""A batch in a ledger as the rooms themselves make it: accepted, rendered, posted, judged."""

import hashlib
import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from bot.intake.accept import Intake
from bot.intake.next_file import By
from bot.ledger import jobs, notices, pictures, verdicts
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.nouns import WORDS, Batch, Job, JobState, Mark, Notice, NoticeKind, Picture, Verdict
from bot.settings import Limits
from bot.taste.cues import Taste
from bot.texts import handing_out
from bot.yours import bundle
from bot.yours.bundle import Gathered, Part, Worded
from tests import made
from tests.chat.shelves import stocked
from tests.clock import FakeClock
from tests.ledger import lookups
from tests.made import ADA, NOW

GUILD, CHANNEL = 1, 5
WORDED = Worded(handing_out.WORDS, handing_out.KEYS, handing_out.FACTS, handing_out.README)
BY = By(["tower"], Limits(), Taste(), NOW + 1000)
ITEMS = (
    {"slug": "red-fox", "prompt": "a red fox in the snow", "seed": 11, "count": 2},
    {"slug": "owl", "prompt": "an owl at night", "negative": "text"},
    {"slug": "harbour", "text": "a harbour", "cluster": "sea", "steps": 6, "seed": 4},
    {"slug": "pier", "prompt": "a pier", "cluster": "sea"},
)


class Studio:
    """A ledger, its pictures, and a clock that goes on by a second at each step."""

    def __init__(self, db: Database, home: Path) -> None:
        self.db, self.files = db, Files(home / "pictures")
        self.clock = FakeClock(NOW)
        self.intake = Intake(db, self.clock, Limits(), ["tower"])
        self._messages = iter(range(10_000, 99_999))

    async def batch(self, items: Sequence[dict[str, Any]] = ITEMS, name: str = "prompts-batch-3.json") -> Batch:
        await stocked(self.db, made.shelf_model())
        data = json.dumps({"defaults": {"archetype": "hero"}, "items": list(items)}).encode()
        return await self.send(name, data)

    async def send(self, name: str, data: bytes, **beside: str) -> Batch:
        """A file of Ada's, with the pictures that come along by their names without ending."""
        came = {f"{one}.png": digest for one, digest in beside.items()}
        accept = self.intake.batches.accept
        return await accept(name, data, key=f"sent:{name}", asker=ADA, guild=GUILD, channel=CHANNEL, beside=came)

    async def jobs(self, batch: Batch) -> list[Job]:
        async with self.db.reading() as connection:
            return await lookups.jobs_of_batch(connection, batch.id)

    async def render(self, job: Job) -> None:
        """Rendered and posted."""
        self.clock.jump(1)
        now, sha256 = self.clock.now(), self.files.store(drawn(job))
        async with self.db.transaction() as connection:
            assert await jobs.claim(connection, job.id, "tower", "boot1") is not None
            await jobs.end(connection, job.id, job.epoch, JobState.RENDERED, now)
            size, receipt = self.files.path(sha256).stat().st_size, made.receipt(job.order())
            await pictures.insert(connection, Picture(job.id, sha256, size, receipt, 1.5, 1, 720.0, now))
            notice = Notice(f"n{job.id[-6:]}", NoticeKind.PICTURE, job.channel, now, job=job.id)
            await notices.make_due(connection, notice)
            await notices.said(connection, notice.id, next(self._messages), now)

    async def fail(self, job: Job) -> None:
        async with self.db.transaction() as connection:
            await jobs.claim(connection, job.id, "tower", "boot1")
            await jobs.end(connection, job.id, 1, JobState.FAILED, self.clock.now(), "picture-black", {"model": "demo"})

    async def says(self, job: Job, verdict: Verdict, words: str = "", person: int = ADA, sign: str = WORDS) -> None:
        self.clock.jump(1)
        async with self.db.transaction() as connection:
            picture = await pictures.of_job(connection, job.id)
            assert picture is not None
            message = picture.message or 0
            await verdicts.set_mark(connection, Mark(message, job.id, person, sign, verdict, words), self.clock.now())

    async def gathered(self, batch: Batch) -> Gathered:
        async with self.db.reading() as connection:
            return await bundle.gather(connection, batch, BY)

    async def parts(self, batch: Batch, *, inside: bool = True) -> dict[str, Part]:
        """The files of the set by name."""
        found = bundle.files(await self.gathered(batch), self.files, WORDED, inside=inside)
        return {part.name: part for part in found}


def drawn(job: Job) -> bytes:
    """A picture like no other job's, in the size that was asked for."""
    hue = hashlib.sha256(job.id.encode()).digest()
    image = Image.new("RGB", (job.width, job.height), tuple(hue[:3]))
    pen = ImageDraw.Draw(image)
    side = min(image.size)
    pen.ellipse((side // 4, side // 4, side * 3 // 4, side * 3 // 4), fill=tuple(hue[3:6]))
    pen.rectangle((0, image.height * 3 // 4, image.width, image.height), fill=tuple(hue[6:9]))
    stream = BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()
