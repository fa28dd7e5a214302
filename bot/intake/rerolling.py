"""The rejects of a batch drawn again: a round of new takes, with what was said of them and with new seeds.

rejects → the same asks → drafts, today's cues woven in → asks, jobs, the round and its announcement, committed. What a
press finds rejected is drawn once: the next press finds it on its way.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.clock import Clock, new_id
from bot.errors import Unclear
from bot.intake import quota
from bot.intake.assembling import again, ids
from bot.intake.offered import Offered
from bot.ledger import batches, during, jobs, notices, reviews
from bot.ledger.database import Connection, Database
from bot.ledger.takes import Slot
from bot.nouns import Ask, Batch, Job, Notice, NoticeKind
from bot.people.terms import FREE, Terms

_SEEDS = 2**32

Opening = Callable[[int, Sequence[int]], str]
"""Makes the announcement of a round of its number and the numbers of its pictures."""


@dataclass(frozen=True, slots=True)
class Round:
    """`number` counts from 2: the batch itself was the first. `jobs` by the numbers of their slots."""

    number: int
    jobs: Mapping[int, Job]


class Rerolls:
    """The way in for rounds."""

    def __init__(self, offered: Offered, db: Database, clock: Clock) -> None:
        self._offered, self._db, self._clock = offered, db, clock

    async def accept(self, batch: str, opening: Opening, *, key: str, asker: int, terms: Terms = FREE) -> Round:
        """The next round, committed, with every slot whose latest picture is a reject now. Raises a Refusal.

        The same key again gives the first round. Whoever asks for it is the asker of its pictures.
        """
        async with self._db.reading() as connection:
            if earlier := await self._earlier(connection, batch, key):
                return earlier
            rejects = (await reviews.of_batch(connection, batch)).rejects
            asks = await _asks(connection, rejects, key, asker)
        if not asks:
            raise Unclear("reroll-none", {})
        names, now = ids(self._clock, len(asks)), self._clock.now()
        drafts = await self._offered.checked(asks, terms)
        made = await self._offered.assembled(drafts, names, batch, now)
        wanted = dict(zip((slot.first for slot in rejects), made, strict=True))
        async with self._db.transaction() as connection:
            return await self._commit(connection, batch, wanted, rejects, opening, key, terms)

    async def _commit(
        self,
        connection: Connection,
        batch: str,
        wanted: Mapping[str, Job],
        seen: Sequence[Slot],
        opening: Opening,
        key: str,
        terms: Terms,
    ) -> Round:
        """What was kept or drawn again since it was looked at is left out."""
        if earlier := await self._earlier(connection, batch, key):
            return earlier
        before = {slot.first: slot.last.job for slot in seen}
        rejects = (await reviews.of_batch(connection, batch)).rejects
        still = [slot for slot in rejects if before.get(slot.first) == slot.last.job]
        found = await batches.get(connection, batch)
        if not still or found is None:
            raise Unclear("reroll-none", {})
        made = await _placed(connection, batch, [(slot, wanted[slot.first]) for slot in still])
        one, now = next(iter(made.values())), self._clock.now()
        await quota.check(connection, one.asker, terms.allowance, len(made), now, batch=True)
        keys = [(job.ask, f"{key}:{nth}" if nth else key) for nth, job in enumerate(made.values())]
        await jobs.insert_asks(connection, keys, batch, now)
        await jobs.insert(connection, *made.values())
        number = await reviews.begin_round(connection, batch, [job.ask for job in made.values()])
        await self._tell(connection, found, opening(number, list(made)))
        return Round(number, made)

    async def _tell(self, connection: Connection, batch: Batch, text: str) -> None:
        """It is said where the pictures are; the card and the sheets are edited again."""
        await during.reopen(connection, batch.id)
        place, now = batch.thread or batch.channel, self._clock.now()
        notice = Notice(new_id(self._clock), NoticeKind.ANNOUNCEMENT, place, now, batch=batch.id, text=text)
        await notices.make_due(connection, notice)

    async def _earlier(self, connection: Connection, batch: str, key: str) -> Round | None:
        found = await reviews.round_of_key(connection, key)
        if found is None:
            return None
        number, names = found
        slots = {
            take.job: slot.number for slot in (await reviews.of_batch(connection, batch)).slots for take in slot.takes
        }
        made = [job for name in names if (job := await jobs.get(connection, name)) is not None]
        return Round(number, {slots[job.id]: job for job in made if job.id in slots})


async def _asks(connection: Connection, rejects: Sequence[Slot], key: str, asker: int) -> list[Ask]:
    """The same asks as those of the latest pictures, with seeds that none of their takes had."""
    asks, shared = [], dict[tuple[str, int], int]()
    for slot in rejects:
        shown = slot.shown
        job = await jobs.get(connection, shown.job) if shown else None
        assert job is not None
        asks.append(replace(again(job, key, asker), seed=_seed(slot, job.seed, shared)))
    return asks


def _seed(slot: Slot, before: int, shared: dict[tuple[str, int], int]) -> int:
    """Members of a cluster that had one seed have one again."""
    used = {take.seed for take in slot.takes}
    seed = secrets.randbelow(_SEEDS)
    while seed in used:
        seed = secrets.randbelow(_SEEDS)
    return seed if slot.cluster is None else shared.setdefault((slot.cluster, before), seed)


async def _placed(connection: Connection, batch: str, found: Sequence[tuple[Slot, Job]]) -> dict[int, Job]:
    """By the numbers of their slots, each behind the last job of its slug: a batch has every place once."""
    last, made = await jobs.last_indexes(connection, batch), dict[int, Job]()
    for slot, job in found:
        last[job.slug] = last.get(job.slug, -1) + 1
        made[slot.number] = replace(job, index=last[job.slug], again=slot.last.job)
    return made
