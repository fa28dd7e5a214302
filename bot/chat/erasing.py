"""Takes away what is stored of people who want that: step by step, each found again in the rows after a restart.

What waits is cancelled and what renders is stopped; pictures leave, words go, verdicts are taken back, and messages
that told of it are deleted. Last go the numbers of the person themselves, once a day's allowance no longer needs them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import aiohttp
import discord
from tenacity import stop_after_attempt

from bot.chat import attempts, handing_out, offering
from bot.ledger import pictures, privacy, traces
from bot.ledger.database import Connection
from bot.ledger.privacy import Erasure
from bot.ledger.traces import Said
from bot.texts import privacy as texts
from bot.yours import handing

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

Found = TypeVar("Found")
_log = logging.getLogger(__name__)
_DAY = 86_400.0
_LATER = 60.0  # seconds until what Discord could not be told is told again
_NOW_AND_THEN = 3600.0
_BREATH = 2.0  # one look for all that happens meanwhile


class Eraser:
    """`await run()` never returns."""

    def __init__(self, client: "DarkroomClient") -> None:
        self._client = client
        self._looked_through: set[Erasure] = set()
        self._resting: dict[Erasure, float] = {}

    async def run(self) -> None:
        client = self._client
        while True:
            await client.online.wait()
            seen = client.db.bell.count
            pause = await self._round()
            await client.clock.sleep(_BREATH)
            await client.db.bell.after_or(seen, client.clock.sleep(pause) if pause else None)

    async def _round(self) -> float | None:
        """Seconds until there is more to do, if that comes by itself."""
        async with self._client.db.reading() as connection:
            wanted = await privacy.wanted(connection)
        pauses = []
        for one in wanted:
            try:
                pauses.append(await self._erase(one))
            except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
                _log.warning("messages of an erasure still stand, next try in %.0f s: %s", _LATER, error)
                pauses.append(_LATER)
            except Exception:
                _log.exception("an erasure is set aside for a while")
                pauses.append(_NOW_AND_THEN)
        return min((pause for pause in pauses if pause is not None), default=None)

    async def _erase(self, one: Erasure) -> float | None:
        """Every step finds for itself what is left to do."""
        now = self._client.clock.now()
        if (rest := self._resting.get(one, 0.0) - now) > 0:
            return rest
        open_jobs = await self._end(one)
        await self._pictures(one)
        await self._words(one)
        await self._opinions(one)
        await self._messages(one)
        async with self._client.db.reading() as connection:
            coming = await traces.due(connection, one)
        return None if open_jobs or coming else await self._finish(one)

    async def _end(self, one: Erasure) -> bool:
        """Cancels and stops; whether something has not ended yet."""
        intake = self._client.intake
        async with self._client.db.reading() as connection:
            scopes = await privacy.open_scopes(connection, one)
        for scope in (scope for scope, going in scopes if going):
            await intake.cancel(scope, person=one.person, moderator=True)
            await intake.stop(scope, person=one.person, moderator=True)
        return bool(scopes)

    async def _pictures(self, one: Erasure) -> None:
        """Their rows say so; the remover takes away files and posts."""
        while jobs := await self._looked(privacy.standing, one):
            async with self._client.db.transaction() as connection:
                await privacy.delete_pictures(connection, jobs, self._client.clock.now())

    async def _words(self, one: Erasure) -> None:
        """And the files that were sent along, once nothing needs them any more; and copies of batches here."""
        while jobs := await self._looked(privacy.worded, one):
            await asyncio.to_thread(handing.clear, handing_out.host(self._client.settings))
            async with self._client.db.reading() as connection:
                threads = await privacy.threads(connection, one, jobs)
            for thread in threads:
                await self._rename(thread)
            async with self._client.db.transaction() as connection:
                sent = await privacy.inputs(connection, jobs)
                await privacy.blank(connection, one, jobs)
                for digest in sorted(sent):
                    if not await pictures.needed(connection, digest):
                        await asyncio.to_thread(self._client.files.remove, digest)

    async def _rename(self, thread: int) -> None:
        """A thread bears the slug as its name, and other people's words may be in it."""
        try:
            found = await self._client.fetch_channel(thread)
            if isinstance(found, discord.Thread):
                await found.edit(name=texts.THREAD, archived=False)
        except (discord.NotFound, discord.Forbidden) as error:
            _log.info("thread %s of an erasure: %s", thread, error)

    async def _opinions(self, one: Erasure) -> None:
        """Verdicts, then everything else that carries their number."""
        db, clock = self._client.db, self._client.clock
        while marks := await self._looked(privacy.opinions, one):
            async with db.transaction() as connection:
                await privacy.withdraw(connection, one, marks)
        for table in await self._looked(traces.more, one):
            async with db.transaction() as connection:
                await traces.clear(connection, one, table, clock.now())
        await offering.sweep(self._client)
        await self._cues(one)

    async def _cues(self, one: Erasure) -> None:
        """Once in a life of the bot: it is a walk through all jobs, a part at a time."""
        after: str | None = "" if one not in self._looked_through else None
        while after is not None:
            async with self._client.db.reading() as connection:
                named, after = await traces.cues(connection, one, after)
            if named:
                async with self._client.db.transaction() as connection:
                    await traces.replace_cues(connection, named)
        self._looked_through.add(one)

    async def _messages(self, one: Erasure) -> None:
        while found := await self._looked(traces.said, one):
            for said in found:
                await self._unsay(said)
                async with self._client.db.transaction() as connection:
                    await traces.unsaid(connection, said.notice)

    async def _unsay(self, said: Said) -> None:
        """Where the bot may no longer delete, nothing can be done."""
        guild = self._client.settings.discord.guild_id
        place = self._client.get_partial_messageable(said.channel, guild_id=guild)
        try:
            async for attempt in attempts.again(self._client.clock, stop_after_attempt(3)):
                with attempt:
                    await place.get_partial_message(said.message).delete()
        except (discord.NotFound, discord.Forbidden) as error:
            _log.info("message %s of an erasure: %s", said.message, error)

    async def _finish(self, one: Erasure) -> float | None:
        now = self._client.clock.now()
        async with self._client.db.reading() as connection:
            old, young = await privacy.named(connection, one, now - _DAY)
        if old:
            async with self._client.db.transaction() as connection:
                await privacy.nameless(connection, one, now - _DAY)
        if young:
            self._resting[one] = now + _NOW_AND_THEN
            return _NOW_AND_THEN
        self._resting.pop(one, None)
        async with self._client.db.transaction() as connection:
            await privacy.done(connection, one, now)
        return None

    async def _looked(self, look: Callable[[Connection, Erasure], Awaitable[list[Found]]], one: Erasure) -> list[Found]:
        """What is left to do: only then is anything committed, or the bell would never be still."""
        async with self._client.db.reading() as connection:
            return await look(connection, one)
