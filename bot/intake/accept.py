"""Accepting: from an ask to committed jobs, in one transaction. What is not accepted leaves no trace.

ask   → draft (checked) → the cues in its scope woven in → ask, jobs and the card's notice, committed
batch → drafts          → the same for each item    → batch, asks, jobs and one card, committed
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePath

from bot.clock import Clock, new_id
from bot.errors import BadCount, NoSuchJob
from bot.intake import batchfile, models, pairing, presets, quota, routing, unwanted, when
from bot.intake.assembling import again, assemble, ids, places
from bot.intake.cancel import cancel, stop
from bot.intake.checking import Sender
from bot.intake.drafts import Draft, draft
from bot.intake.fitting import Fitting, fitting
from bot.intake.routing import ROUTABLE, Roads, Settle
from bot.ledger import batches, cues, jobs, notices, pairs, reasons, rota
from bot.ledger.database import Database
from bot.nouns import PLAIN, Ask, Batch, Job, Manner, Notice, NoticeKind, RotaEntry
from bot.people.terms import FREE, Terms
from bot.routing.choosing import routable
from bot.settings import Limits, RoutingTable
from bot.taste.cues import Taste
from bot.taste.promoting import grown
from gpu_agent.stock import ShelfLora, ShelfModel

_LONGEST_NAME = 100  # characters of a file's name that are kept
_LONGEST_ENDING = 10


class Intake:
    """The one way in. `towers` are the names of the towers whose models are on offer, the preferred one first.

    `taste` is by what verdicts are learned from, `routing` what the settings say of models for kinds of subjects,
    `evidence` the share of asks that are rendered with and without cues.
    """

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
        self.taste = self._shipped = taste or Taste()
        self._refiled = 0
        self._db = db
        self._clock = clock
        self._limits = limits
        self._towers = tuple(towers)
        self._evidence = evidence
        self.routing = routing or RoutingTable()

    async def refile(self) -> None:
        """From now on verdicts are understood by what people promoted, too. To be called at the start and after each."""
        async with self._db.reading() as connection:
            edits = await reasons.edits(connection)
        if len(edits) >= self._refiled:  # of two at once the later one stays
            self._refiled = len(edits)
            self.taste = replace(self._shipped, taxonomy=grown(self._shipped.taxonomy, edits))

    async def models(self) -> tuple[ShelfModel, ...]:
        """What may be asked for; the first one is taken when none is named."""
        async with self._db.reading() as connection:
            return await models.offered(connection, self._towers)

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
        checked = await self._checked(await self._on_roads((ask, *further), manner), terms)
        ask_id, now = new_id(self._clock), self._clock.now()
        accepted = await self._assembled(checked, [ask_id] * len(checked), None, now)
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
        checked, now = await self._checked((ask, *further), terms), self._clock.now()
        async with self._db.reading() as connection:
            await quota.check(connection, ask.asker, terms.allowance, sum(len(one.seeds) for one in checked), now)

    async def _checked(self, asks: Sequence[Ask], terms: Terms) -> list[Draft]:
        known, fits = await self.models(), await self._fitting()
        async with self._db.reading() as connection:
            styles = await presets.of_names(connection, {one.style for one in asks if one.style})
        checked = [draft(one, known, self._limits.pictures_per_ask, fits, styles) for one in asks]
        unwanted.look(checked, terms)
        return checked

    async def routed(self, ask: Ask, settle: Settle) -> Ask:
        """The ask with the model that is kept most for its archetype, if it names none, and everything settled for it.

        Raises a Refusal of what the default cannot draw either.
        """
        return (await self._roads((ask,))).take(ask, settle)

    async def _on_roads(self, asks: Sequence[Ask], manner: Manner) -> Sequence[Ask]:
        if manner.group not in ROUTABLE or not any(map(routable, asks)):
            return asks
        return (await self._roads(asks)).take_all(asks)

    async def _roads(self, asks: Sequence[Ask]) -> Roads:
        found = await routing.accepted(self._db, asks)
        return Roads(
            self.routing,
            found,
            await self.models(),
            await self._fitting(),
            await self.styles(),
            self._limits.pictures_per_ask,
        )

    async def styles(self) -> presets.Styles:
        """The presets that may be asked with, people's own first."""
        async with self._db.reading() as connection:
            return await presets.known(connection)

    async def loras(self) -> tuple[ShelfLora, ...]:
        """What lies on the shelves of the towers, each once."""
        async with self._db.reading() as connection:
            return await models.loras(connection, self._towers)

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

    async def accept_batch(
        self,
        name: str,
        data: bytes,
        *,
        key: str,
        asker: int,
        guild: int,
        channel: int,
        entry: str | None = None,
        slot: float | None = None,
        opening: Callable[[int], str] | None = None,
        terms: Terms = FREE,
    ) -> Batch:
        """The batch, committed with all its jobs; the same key again gives the first batch. Raises a Refusal.

        `entry` and `slot` come from the rota; `opening` makes an announcement of the number of pictures, which is
        said in front of the card.
        """
        async with self._db.reading() as connection:
            if earlier := await batches.of_key(connection, key):
                return earlier
        drafts = await self._read(name, data, Sender(key, asker, guild, channel), terms)
        batch = Batch(
            new_id(self._clock), key, _name(name), asker, guild, channel, self._clock.now(), entry=entry, slot=slot
        )
        first, then = ids(self._clock, 2)
        card = Notice(then, NoticeKind.CARD, channel, batch.created_at, batch=batch.id)
        said = [card]
        if opening is not None:
            text = opening(sum(len(one.seeds) for one in drafts))
            said.insert(0, replace(card, id=first, kind=NoticeKind.ANNOUNCEMENT, text=text))
        return await self._commit(batch, drafts, said, terms)

    async def schedule_batch(
        self,
        name: str,
        data: bytes,
        words: str,
        *,
        asker: int,
        guild: int,
        channel: int,
        zone: str,
        terms: Terms = FREE,
    ) -> RotaEntry:
        """An entry of the rota, committed; the file is checked now as it will be at each of its moments.

        Asked for twice, it is the entry that stands already; it goes by the daily limit of now. Raises a Refusal.
        """
        cron, zone = when.cron(words), when.zone(zone)
        drafts = await self._read(name, data, Sender("", asker, guild, channel), terms)
        count, daily = sum(len(one.seeds) for one in drafts), terms.allowance.daily
        if daily and count > daily:
            raise BadCount(count=count, most=daily)
        entry = RotaEntry(
            id=new_id(self._clock),
            name=_name(name),
            words=" ".join(words.split()),
            cron=cron,
            zone=zone,
            items=data.decode("utf-8-sig"),
            asker=asker,
            guild=guild,
            channel=channel,
            created_at=self._clock.now(),
            next_at=None,
            daily=daily,
        )
        async with self._db.transaction() as connection:
            if earlier := await rota.twin(connection, entry):
                return earlier
            await rota.add(connection, entry)
        return entry

    async def _read(self, name: str, data: bytes, sender: Sender, terms: Terms) -> list[Draft]:
        known, fits, styles = await self.models(), await self._fitting(), await self.styles()

        def read() -> list[Draft]:
            drafts = batchfile.read(data, sender, known, self._limits, fits, _name(name), styles)
            unwanted.look_through(drafts, terms)
            return drafts

        drafts = await asyncio.to_thread(read)
        asks = [one.ask for one in drafts]
        if not any(map(routable, asks)):
            return drafts
        roads = await self._roads(asks)
        return await asyncio.to_thread(lambda: [roads.draft(one) for one in drafts])

    async def _fitting(self) -> Fitting:
        async with self._db.reading() as connection:
            return await fitting(connection, self._towers)

    async def _assembled(
        self, drafts: Sequence[Draft], asks: Sequence[str], batch: str | None, now: float
    ) -> list[Job]:
        async with self._db.reading() as connection:
            learned = await cues.learned(connection, {place for one in drafts for place in places(one)})
        job_ids = ids(self._clock, sum(len(one.seeds) for one in drafts))
        return await asyncio.to_thread(assemble, drafts, asks, job_ids, batch, now, learned, self.taste)

    async def _commit(self, batch: Batch, drafts: Sequence[Draft], said: Sequence[Notice], terms: Terms) -> Batch:
        now, asks = batch.created_at, ids(self._clock, len(drafts))
        accepted = await self._assembled(drafts, asks, batch.id, now)
        async with self._db.transaction() as connection:
            if not await batches.insert(connection, batch):
                earlier = await batches.of_key(connection, batch.key)
                assert earlier is not None
                return earlier
            await quota.check(connection, batch.asker, terms.allowance, len(accepted), now, batch=True)
            keys = [(ask, one.ask.key) for ask, one in zip(asks, drafts, strict=True)]
            await jobs.insert_asks(connection, keys, batch.id, now)
            await jobs.insert(connection, *accepted)
            for notice in said:
                await notices.make_due(connection, notice)
        return batch


def _name(file: str) -> str:
    """Short, printable, and with the ending that tells its format, which is looked at again each night."""
    plain = "".join(letter for letter in file if letter.isprintable())
    ending = PurePath(plain).suffix
    ending = ending if len(ending) <= _LONGEST_ENDING else ""
    return plain.removesuffix(ending)[: _LONGEST_NAME - len(ending)] + ending or "batch"
