"""Accepting: from an ask to committed jobs, in one transaction. What is not accepted leaves no trace.

ask → draft (checked) → the cues in its scope woven in → ask, jobs and the card's notice, committed
"""

from collections.abc import Sequence

from bot.clock import Clock, new_id
from bot.errors import NoSuchJob
from bot.intake import during, pairing, quota
from bot.intake.accept_batch import Batches
from bot.intake.assembling import again
from bot.intake.cancel import cancel, stop
from bot.intake.offered import Offered
from bot.intake.rerolling import Rerolls
from bot.intake.routing import ROUTABLE
from bot.ledger import jobs, notices, pairs
from bot.ledger.database import Database
from bot.nouns import PLAIN, Ask, Job, Manner, Notice, NoticeKind
from bot.people.terms import FREE, Terms
from bot.routing.choosing import routable
from bot.settings import Limits, RoutingTable
from bot.taste.cues import Taste


class Intake(Offered):
    """The one way in, for files by `batches`. `evidence` is the share of asks rendered with and without cues."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        limits: Limits,
        towers: Sequence[str],
        taste: Taste | None = None,
        routing: RoutingTable | None = None,
        evidence: float = 0.0,
    ) -> None:
        super().__init__(db, clock, limits, towers, taste, routing)
        self.batches = Batches(self, db, clock, limits)
        self.rerolls = Rerolls(self, db, clock)
        self._evidence = evidence

    async def accept(
        self, ask: Ask, manner: Manner = PLAIN, *further: Ask, terms: Terms = FREE, fresh: bool = False
    ) -> list[Job]:
        """The jobs of this ask, committed; the same key again gives the first jobs. Raises a Refusal.

        `terms` are those on which this person asks in this channel. `further` asks are the other members of a group
        (permutations, a comparison): one card, all or nothing, and the key and the channel are the first one's.
        A `fresh` one neither repeats nor changes an earlier one; some of these become a pair, which counts as one.
        """
        async with self._db.reading() as connection:
            if earlier := await jobs.of_ask_key(connection, ask.key):
                return earlier
        checked = await self.checked(await self._on_roads((ask, *further), manner), terms)
        ask_id, now = new_id(self._clock), self._clock.now()
        accepted = await self.assembled(checked, [ask_id] * len(checked), None, now)
        async with self._db.reading() as connection:
            share = self._evidence if fresh else 0.0
            pair, accepted = await pairing.twice(connection, self._clock, checked, accepted, manner, share)
        card = Notice(new_id(self._clock), NoticeKind.CARD, ask.channel, now, ask=ask_id)
        async with self._db.transaction() as connection:
            if not await jobs.insert_ask(connection, ask_id, ask.key, None, now, manner):
                return await jobs.of_ask_key(connection, ask.key)
            await quota.check(connection, ask.asker, terms.allowance, 1 if pair else len(accepted), now)
            await jobs.insert(connection, *accepted)
            if pair:
                await pairs.insert(connection, pair)
            await notices.make_due(connection, card)
        return accepted

    async def check(self, ask: Ask, *further: Ask, terms: Terms = FREE) -> None:
        """Would this be accepted now? Nothing is stored. Raises the Refusal that says why not."""
        checked, now = await self.checked((ask, *further), terms), self._clock.now()
        async with self._db.reading() as connection:
            await quota.check(connection, ask.asker, terms.allowance, sum(len(one.seeds) for one in checked), now)

    async def _on_roads(self, asks: Sequence[Ask], manner: Manner) -> Sequence[Ask]:
        if manner.group not in ROUTABLE or not any(map(routable, asks)):
            return asks
        return (await self.roads(asks)).take_all(asks)

    async def again(self, job_id: str, *, key: str, asker: int, terms: Terms = FREE) -> list[Job]:
        """The same ask as this job's, with a new seed and today's cues, hidden as it was. Raises a Refusal."""
        async with self._db.reading() as connection:
            job = await jobs.get(connection, job_id)
            if job is None:
                raise NoSuchJob(job=job_id)
            manner = Manner(spoiler=(await jobs.manner(connection, job.ask)).spoiler)
        return await self.accept(again(job, key, asker), manner, terms=terms)

    async def cancel(self, scope: str, *, person: int, moderator: bool) -> int:
        """How many jobs of this job, ask or batch were still waiting and are cancelled now. Raises a Refusal."""
        async with self._db.transaction() as connection:
            return await cancel(connection, self._clock, scope, person=person, moderator=moderator)

    async def stop(self, scope: str, *, person: int, moderator: bool) -> int:
        """How many running jobs of this job, ask or batch were asked to stop. Raises a Refusal."""
        async with self._db.transaction() as connection:
            return await stop(connection, scope, person=person, moderator=moderator)

    async def pause(self, batch: str, *, person: int, moderator: bool) -> int:
        """How many jobs of this batch wait until it is resumed; 0 when none waits any more. Raises a Refusal."""
        async with self._db.transaction() as connection:
            return await during.pause(connection, self._clock, batch, person=person, moderator=moderator)

    async def resume(self, batch: str, *, person: int, moderator: bool) -> int | None:
        """How many jobs of it wait for their turn again; None when it was not paused. Raises a Refusal."""
        async with self._db.transaction() as connection:
            return await during.resume(connection, batch, person=person, moderator=moderator)

    async def try_again(self, batch: str, *, person: int, moderator: bool, terms: Terms = FREE) -> list[Job]:
        """New jobs for those of this batch that failed, as they were. Raises a Refusal."""
        async with self._db.transaction() as connection:
            return await during.try_again(connection, self._clock, batch, terms, person=person, moderator=moderator)
