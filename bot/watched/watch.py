"""One watched folder: what lies there and no longer changes is rendered, offered or refused, each content once.

    read → accepted under a key made of its content, or what is said of it → its row → moved, where the settings say so

Killed anywhere, the next look finds the file again: what was accepted answers to its key, and what has its row is done.
"""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from bot.clock import Clock, new_id
from bot.errors import Refusal
from bot.intake.accept_batch import Batches
from bot.intake.changes import pictures
from bot.intake.references import ALONE
from bot.ledger import found_files, notices
from bot.ledger import pictures as kept
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.ledger.found_files import FoundFile, Outcome
from bot.nouns import Notice, NoticeKind
from bot.people.terms import Terms
from bot.settings import Limits, WatchTable
from bot.texts import watched as texts
from bot.texts.failures import sentences
from bot.watched import folder, found
from bot.watched.folder import Stamp
from bot.watched.found import Found
from bot.watched.trouble import Trouble
from bot.yours import git

_log = logging.getLogger(__name__)
_INTO = {Outcome.TAKEN: "taken", Outcome.OFFERED: "taken", Outcome.REFUSED: "refused"}


class Watch:
    """`await run()` never returns. Files are asked for in the name of the table's person, in its channel."""

    def __init__(
        self,
        table: WatchTable,
        guild: int,
        db: Database,
        files: Files,
        clock: Clock,
        batches: Batches,
        limits: Limits,
        terms: Terms,
    ) -> None:
        self._table, self._guild, self._db, self._files, self._clock = table, guild, db, files, clock
        self._batches, self._limits, self._terms = batches, limits, terms
        self._place = Path(table.path).expanduser().absolute()
        self._trouble = Trouble(db, clock, table.channel, self._place)
        self._before: dict[str, tuple[Stamp, ...]] = {}
        self._done: dict[str, tuple[Stamp, ...]] = {}
        self._named: dict[str, tuple[str, ...]] = {}

    async def run(self) -> None:
        while True:
            await self.look()
            await self._clock.sleep(self._table.every)

    async def look(self) -> None:
        """One look: what is as it was at the look before, pictures included, has come to rest."""
        await self._fade()
        if self._table.git:
            await self._trouble.told_of("git", partial(git.pull, self._place))
        listing = partial(asyncio.to_thread, folder.stamps, self._place, self._table.pattern, self._named)
        if (stamps := await self._trouble.told_of("folder", listing)) is None:
            return
        resting = [name for name, stamp in stamps.items() if self._before.get(name) == stamp != self._done.get(name)]
        self._before = stamps
        for name in resting:
            await self._attempt(name, stamps[name])

    async def _fade(self) -> None:
        """Offers that nobody took up, and those of people who were forgotten, go with their pictures."""
        async with self._db.reading() as connection:
            fading = await found_files.fading(connection, self._clock.now())
        for found_file in fading:
            async with self._db.transaction() as connection:
                for digest in await found_files.fade(connection, found_file):
                    if not await kept.needed(connection, digest):
                        await asyncio.to_thread(self._files.remove, digest)

    async def _attempt(self, name: str, stamp: tuple[Stamp, ...]) -> None:
        try:
            read = await asyncio.to_thread(found.read, self._place, name, self._limits)
        except FileNotFoundError:
            return
        except OSError as error:
            read = found.unreadable(name, stamp, error.strerror or "")
        if read.pictures != self._named.get(name, ()):
            self._named[name] = read.pictures  # these have to come to rest as well
            return
        try:
            await self._settle(read)
            self._done[name] = stamp
        except OSError as error:
            _log.warning("the pictures beside %s cannot be kept yet: %s", name, error.strerror)

    async def _settle(self, read: Found) -> None:
        async with self._db.reading() as connection:
            known = await found_files.of_content(connection, self._table.channel, read.digest)
        outcome = known.outcome if known is not None else await self._new(read)
        if self._table.after == "move":
            await self._move(read.name, _INTO[outcome])

    async def _move(self, name: str, into: str) -> None:
        """A file that cannot be moved stays, which is all that is wrong with it: it is dealt with."""
        try:
            await asyncio.to_thread(folder.move, self._place, name, into)
        except OSError as error:
            _log.warning("the watched file %s cannot be moved: %s", name, error.strerror)

    async def _new(self, read: Found) -> Outcome:
        try:
            if read.fault is not None:
                raise read.fault
            beside = await asyncio.to_thread(found.brought, self._place, read, self._files)
            take = self._take if self._table.accept == "at once" else self._offer
            return await take(read, beside)
        except Refusal as fault:
            return await self._row(read, Outcome.REFUSED, texts.refused(read.name, sentences(fault)))

    async def _take(self, read: Found, beside: dict[str, str]) -> Outcome:
        await self._batches.accept(
            read.name,
            read.data,
            key=f"watched:{self._table.channel}:{read.digest}",
            asker=self._table.person,
            guild=self._guild,
            channel=self._table.channel,
            opening=partial(texts.taken, read.name),
            beside=beside,
            terms=self._terms,
        )
        return await self._row(read, Outcome.TAKEN)

    async def _offer(self, read: Found, beside: dict[str, str]) -> Outcome:
        """Checked as it will be when somebody says yes; by whose limits is decided then."""
        looked = await self._batches.look(
            read.name,
            read.data,
            key="",
            asker=self._table.person,
            guild=self._guild,
            channel=self._table.channel,
            beside=beside,
            terms=self._terms,
        )
        return await self._row(read, Outcome.OFFERED, texts.offered(read.name, pictures(looked.items)), beside)

    async def _row(self, read: Found, outcome: Outcome, said: str = "", beside: Mapping[str, str] = ALONE) -> Outcome:
        """That this content is dealt with, together with what there is to say of it."""
        channel, person, now = self._table.channel, self._table.person, self._clock.now()
        notice = Notice(new_id(self._clock), NoticeKind.ANNOUNCEMENT, channel, now, text=said, person=person)
        text = read.data.decode("utf-8-sig") if outcome is Outcome.OFFERED else ""
        row = FoundFile(
            id=new_id(self._clock),
            channel=channel,
            digest=read.digest,
            name=read.name,
            person=person,
            at=now,
            outcome=outcome,
            text=text,
            beside=beside,
            notice=notice.id if said else None,
        )
        async with self._db.transaction() as connection:
            if earlier := await found_files.of_content(connection, channel, read.digest):
                return earlier.outcome  # another folder of this channel had it at the same moment
            if said:
                await notices.make_due(connection, notice)
            await found_files.insert(connection, row)
        return outcome
