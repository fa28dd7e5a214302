"""A batch as a set: everything of it that has ended, with its pictures, their posts, and what people think of them.

Read to be handed out, and put into a ledger again. What still waits or renders is no part of it.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from sqlite3 import IntegrityError, Row

from bot.errors import FolderUnfit
from bot.ledger import batch_items, batches, decided, jobs, notices, pictures, verdicts
from bot.ledger.database import Connection
from bot.nouns import Batch, BatchItem, Job, JobState, Manner, Mark, Notice, Picture, Verdict

_OPEN = (JobState.QUEUED, JobState.RENDERING)
_ASKS = """
WITH RECURSIVE made (job) AS (
    SELECT id FROM jobs WHERE batch = :batch
    UNION SELECT j.id FROM made AS m CROSS JOIN jobs AS j ON j.again = m.job
)
SELECT DISTINCT a.id, a.key, a.batch, a.created_at, r.number
FROM made AS m CROSS JOIN jobs AS j ON j.id = m.job CROSS JOIN asks AS a ON a.id = j.ask
LEFT JOIN batch_rounds AS r ON r.ask = a.id ORDER BY a.created_at, a.id
"""
_SIGNS = """
SELECT m.* FROM json_each(?) AS l CROSS JOIN marks AS m ON m.job = l.value
CROSS JOIN verdict_now AS v ON v.job = m.job AND v.person = m.person ORDER BY m.at, m.job, m.person, m.emoji, m.message
"""
_POSTS = f"""
SELECT n.* FROM json_each(?) AS l CROSS JOIN ({notices.SELECT} WHERE job IS NOT NULL) AS n ON n.job = l.value
WHERE n.kind = 'picture' AND n.message IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """An ask of it; `round` is the number of the round that asked for it, None for what the file asks for."""

    id: str
    key: str
    batch: str | None
    created_at: float
    manner: Manner
    round: int | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """A mark that counts, and when it was set in UTC seconds."""

    mark: Mark
    at: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that is not deleted; `verdict` is what counts, None while it is open."""

    job: Job
    picture: Picture
    post: Notice | None = None
    signs: tuple[Sign, ...] = ()
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class BatchSet:
    """`text` is the file, None where it was not kept; `waiting` are the slugs of which something has not ended."""

    batch: Batch
    text: str | None
    items: tuple[BatchItem, ...]
    asks: tuple[Asked, ...]
    jobs: tuple[Job, ...]
    drawn: tuple[Drawn, ...]
    waiting: frozenset[str] = frozenset()

    @property
    def standing(self) -> tuple[Drawn, ...]:
        """Those in whose place nothing else was drawn."""
        replaced = {one.again for one in self.jobs}
        return tuple(one for one in self.drawn if one.job.id not in replaced)


async def of_batch(connection: Connection, batch: Batch) -> BatchSet:
    """In the order of the file, then by age."""
    items = await batch_items.of_batch(connection, batch.id)
    rows = await connection.execute_fetchall(_ASKS, {"batch": batch.id})
    asks = [await _asked(connection, row) for row in rows]
    found = [job for ask in asks for job in await jobs.of_ask(connection, ask.id)]
    place = {item.slug: item.number for item in items}
    found.sort(key=lambda job: (place.get(job.slug, len(place) + 1), job.id))
    ended = tuple(job for job in found if job.state not in _OPEN)
    kept = {job.ask for job in ended} | {item.ask for item in items}
    return BatchSet(
        batch=batch,
        text=await batch_items.file(connection, batch.digest) if batch.digest else None,
        items=tuple(items),
        asks=tuple(ask for ask in asks if ask.id in kept),
        jobs=ended,
        drawn=tuple(await _drawn(connection, ended)),
        waiting=frozenset(job.slug for job in found if job.state in _OPEN),
    )


async def find(connection: Connection, typed: str) -> Batch | None:
    """The batch of this id, or the newest one of a file of this name."""
    if (found := await batches.get(connection, typed)) is not None:
        return found
    rows = await connection.execute_fetchall(
        "SELECT id FROM batches WHERE name = ? ORDER BY created_at DESC, id DESC LIMIT 1", (typed,)
    )
    for row in rows:
        return await batches.get(connection, str(row["id"]))
    return None


async def _asked(connection: Connection, row: Row) -> Asked:
    manner = await jobs.manner(connection, row["id"])
    return Asked(row["id"], row["key"], row["batch"], row["created_at"], manner, row["number"])


async def _drawn(connection: Connection, ended: Sequence[Job]) -> list[Drawn]:
    """Put together beside the event loop: there may be thousands."""
    found = [(job, await pictures.of_job(connection, job.id)) for job in ended if job.state is JobState.RENDERED]
    here = {job.id: (job, picture) for job, picture in found if picture is not None and picture.deleted_at is None}
    among = (json.dumps(list(here)),)
    posts = list(await connection.execute_fetchall(_POSTS, among))
    signs = list(await connection.execute_fetchall(_SIGNS, among))
    return await asyncio.to_thread(_joined, here, posts, signs, await decided.of_jobs(connection, here))


def _joined(
    here: Mapping[str, tuple[Job, Picture]], posts: Sequence[Row], signs: Sequence[Row], counts: Mapping[str, Verdict]
) -> list[Drawn]:
    posted = {str(row["job"]): notices.of_row(row) for row in posts}
    signed = defaultdict[str, list[Sign]](list)
    for row in signs:
        signed[row["job"]].append(_sign(row))
    return [
        Drawn(job, picture, posted.get(name), tuple(signed[name]), counts.get(name))
        for name, (job, picture) in here.items()
    ]


def _sign(row: Row) -> Sign:
    words = (row["message"], row["job"], row["person"], row["emoji"], Verdict(row["verdict"]), row["words"])
    return Sign(Mark(*words), row["at"])


async def put(connection: Connection, one: BatchSet, fresh: Collection[str]) -> None:
    """The set in the caller's transaction: of its jobs the `fresh` ones, which are not there yet, and all they need.

    Raises FolderUnfit for one whose parts contradict each other, or what is there.
    """
    try:
        await _put(connection, one, fresh)
    except (IntegrityError, OverflowError) as error:
        raise FolderUnfit("set-unfit", fault=str(error)) from error


async def _put(connection: Connection, one: BatchSet, fresh: Collection[str]) -> None:
    if await batches.get(connection, one.batch.id) is None:
        await batches.insert(connection, one.batch)
    if one.text is not None:
        await batch_items.keep_file(connection, one.batch.digest, one.text)
    for ask in one.asks:
        await _put_ask(connection, ask, one.batch.id)
    await jobs.insert(connection, *(job for job in one.jobs if job.id in fresh))
    known = {item.number for item in await batch_items.of_batch(connection, one.batch.id)}
    await batch_items.insert(connection, [item for item in one.items if item.number not in known])
    for drawn in one.drawn:
        if drawn.job.id in fresh:
            await _put_picture(connection, drawn)


async def _put_ask(connection: Connection, ask: Asked, batch: str) -> None:
    new = await jobs.insert_ask(connection, ask.id, ask.key, ask.batch, ask.created_at, ask.manner)
    if new and ask.round is not None:
        await connection.execute(
            "INSERT INTO batch_rounds (ask, batch, number) VALUES (?, ?, ?)", (ask.id, batch, ask.round)
        )


async def _put_picture(connection: Connection, drawn: Drawn) -> None:
    """Said where it was said: nothing of it is due."""
    await pictures.insert(connection, drawn.picture)
    if (post := drawn.post) is not None and post.message is not None:
        await notices.make_due(connection, post)
        await notices.said(connection, post.id, post.message, post.said_at or post.created_at)
    for sign in drawn.signs:
        await verdicts.set_mark(connection, sign.mark, sign.at)
