"""Accepting a batch: a file → drafts, cues in their scopes woven in → batch, asks, jobs and one card, committed.

Or an entry of the rota, with the file in it as it was checked.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import PurePath

from bot.clock import Clock, new_id
from bot.errors import BadCount, BatchFault, Refusal
from bot.intake import batchfile, changes, quota, references, unwanted, when
from bot.intake.assembling import ids
from bot.intake.changes import Listed, Looked, pictures
from bot.intake.checking import Sender
from bot.intake.offered import Offered
from bot.intake.references import ALONE, Beside
from bot.ledger import batch_items, batches, jobs, notices
from bot.ledger.database import Connection, Database
from bot.nouns import Batch, BatchItem, Notice, NoticeKind, RotaEntry
from bot.people.terms import FREE, Terms
from bot.routing.choosing import routable
from bot.settings import Limits

_LONGEST_NAME = 100  # characters of a file's name that are kept
_LONGEST_ENDING = 10


class Batches:
    """The way in for files."""

    def __init__(self, offered: Offered, db: Database, clock: Clock, limits: Limits) -> None:
        self._offered = offered
        self._db = db
        self._clock = clock
        self._limits = limits

    async def accept(
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
        only: Collection[int] | None = None,
        beside: Beside = ALONE,
        terms: Terms = FREE,
    ) -> Batch:
        """The batch, committed with all its jobs; the same key again gives the first batch. Raises a Refusal.

        `entry` and `slot` come from the rota; `opening` makes an announcement of the number of pictures, which is
        said in front of the card. `only` are the places in the file, from 1, of the items that are meant, `beside` the
        pictures that came along with it.
        """
        async with self._db.reading() as connection:
            if earlier := await batches.of_key(connection, key):
                return earlier
        items = await self._read(name, data, Sender(key, asker, guild, channel, beside), terms)
        items = [one for one in items if only is None or one.number in only]
        if not items:
            raise BatchFault(fault="batch-empty")
        now, digest = self._clock.now(), changes.of_file(data)
        batch = Batch(new_id(self._clock), key, _name(name), asker, guild, channel, now, entry, slot, digest)
        said = self._said(batch, None if opening is None else opening(pictures(items)))
        return await self._commit(batch, data.decode("utf-8-sig"), items, said, terms)

    def _said(self, batch: Batch, opening: str | None) -> list[Notice]:
        """The card, behind the announcement of it."""
        first, then = ids(self._clock, 2)
        card = Notice(then, NoticeKind.CARD, batch.channel, batch.created_at, batch=batch.id)
        return (
            [card] if opening is None else [replace(card, id=first, kind=NoticeKind.ANNOUNCEMENT, text=opening), card]
        )

    async def look(
        self,
        name: str,
        data: bytes,
        *,
        key: str,
        asker: int,
        guild: int,
        channel: int,
        beside: Beside = ALONE,
        terms: Terms = FREE,
    ) -> Looked:
        """What `accept` would make of it now, and what changed since it was sent before; nothing is stored.

        Raises the Refusal that says why none of it would be accepted.
        """
        items = await self._read(name, data, Sender(key, asker, guild, channel, beside), terms)
        digest, kept = changes.of_file(data), _name(name)
        async with self._db.reading() as connection:
            before = await batches.sent_before(connection, channel, kept, digest)
            slugs = [one.draft.slug for one in items] if before else []
            earlier = await batch_items.earlier(connection, channel, kept, digest, slugs)
            found = changes.since(before, digest, items, earlier) if before else None
            wanted = Looked(kept, tuple(items), found)
            return replace(wanted, refused=await self._affordable(connection, wanted, asker, terms))

    async def _affordable(self, connection: Connection, wanted: Looked, asker: int, terms: Terms) -> Refusal | None:
        """Why the whole file is too much today, where what changed is not. Raises a Refusal of both."""
        now, part = self._clock.now(), pictures(wanted.changed)
        try:
            await quota.check(connection, asker, terms.allowance, pictures(wanted.items), now, batch=True)
        except Refusal as refusal:
            if part == 0:
                raise
            await quota.check(connection, asker, terms.allowance, part, now, batch=True)
            return refusal
        return None

    async def planned(
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
        """An entry of the rota, not stored; the file is checked now as it will be at each of its moments.

        It goes by the daily limit of now. Raises a Refusal.
        """
        cron, zone = when.cron(words), when.zone(zone)
        items = await self._read(name, data, Sender("", asker, guild, channel), terms)
        count, daily = pictures(items), terms.allowance.daily
        if daily and count > daily:
            raise BadCount(count=count, most=daily)
        return RotaEntry(
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

    async def _read(self, name: str, data: bytes, sender: Sender, terms: Terms) -> list[Listed]:
        known, fits, styles = await self._offered.models(), await self._offered.fitting(), await self._offered.styles()
        file = await asyncio.to_thread(batchfile.opened, data, self._limits, _name(name))
        async with self._db.reading() as connection:
            found = await references.resolved(connection, file.references, sender.asker, sender.channel, sender.beside)

        def read() -> list[Listed]:
            drafts = batchfile.checked(file, sender, known, self._limits, fits, styles, found)
            unwanted.look_through(drafts, terms)
            return changes.listed(drafts)

        items = await asyncio.to_thread(read)
        asks = [one.draft.ask for one in items]
        if not any(map(routable, asks)):
            return items
        roads = await self._offered.roads(asks)

        def route() -> list[Listed]:
            drafts = roads.drafts([one.draft for one in items])
            return [replace(one, draft=draft) for one, draft in zip(items, drafts, strict=True)]

        return await asyncio.to_thread(route)

    async def _commit(
        self, batch: Batch, text: str, items: Sequence[Listed], said: Sequence[Notice], terms: Terms
    ) -> Batch:
        now, asks = batch.created_at, ids(self._clock, len(items))
        accepted = await self._offered.assembled([one.draft for one in items], asks, batch.id, now)
        pairs = list(zip(asks, items, strict=True))
        async with self._db.transaction() as connection:
            if not await batches.insert(connection, batch):
                earlier = await batches.of_key(connection, batch.key)
                assert earlier is not None
                return earlier
            await quota.check(connection, batch.asker, terms.allowance, len(accepted), now, batch=True)
            await jobs.insert_asks(connection, [(ask, one.draft.ask.key) for ask, one in pairs], batch.id, now)
            await jobs.insert(connection, *accepted)
            await batch_items.keep_file(connection, batch.digest, text)
            await batch_items.insert(connection, [_item(batch, ask, one) for ask, one in pairs])
            for notice in said:
                await notices.make_due(connection, notice)
        return batch


def _item(batch: Batch, ask: str, one: Listed) -> BatchItem:
    return BatchItem(batch.id, one.number, one.draft.slug, one.digest, one.draft.cluster, ask)


def _name(file: str) -> str:
    """Short, printable, and with the ending that tells its format, which is looked at again each night."""
    plain = "".join(letter for letter in file if letter.isprintable())
    ending = PurePath(plain).suffix
    ending = ending if len(ending) <= _LONGEST_ENDING else ""
    return plain.removesuffix(ending)[: _LONGEST_NAME - len(ending)] + ending or "batch"
