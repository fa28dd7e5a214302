"""After every READY: what stands on Discord is what counts, also what people did while the bot was away.

The channel's history is paged and its reaction counts are compared with the marks of the ledger; people are fetched
where they differ. Equal counts can hide that one person's reaction went and another's came, so the newest pictures
people reacted to are looked at one by one after all others.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import aiohttp
import discord
from tenacity import stop_after_attempt

from bot.chat import attempts, deleting, gate
from bot.chat.courier import seed
from bot.chat.feedback import Touched, key
from bot.ledger import notices, privacy, verdicts
from bot.nouns import Mark, Notice
from bot.people.permits import Person

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_log = logging.getLogger(__name__)
_DAY = 86_400.0
_PAGED = 20_000  # messages of one channel
_LOOKED_AT = 200  # reactions whose counts are equal
_PEOPLE = 100_000  # with one emoji under one message
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Doubt:
    """One emoji under one picture that has to be looked at; `shown` is None when nobody shows it any more."""

    notice: Notice
    emoji: str
    shown: discord.Reaction | None
    differs: bool


class Reconciler:
    """`await run()` never returns. One reconciling follows another, they never overlap."""

    def __init__(self, client: "DarkroomClient") -> None:
        self._client = client
        self._met: dict[int, Person | None] = {}

    async def run(self) -> None:
        seen = 0
        while True:
            seen = await self._client.ready.after(seen)
            await self._reconcile()

    async def _reconcile(self) -> None:
        self._met.clear()  # roles come and go
        since = self._client.clock.now() - self._client.settings.discord.reconcile_days * _DAY
        async with self._client.db.reading() as connection:
            posted = await notices.posted_pictures(connection, since)
        for channel, group in groupby(posted, lambda notice: notice.channel):
            known = {notice.message: notice for notice in group if notice.message is not None}
            try:
                async for attempt in attempts.again(self._client.clock, stop_after_attempt(_TRIES)):
                    with attempt:
                        await self._channel(channel, known)
            except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
                _log.warning("verdicts in channel %s could not be compared with Discord: %s", channel, error)

    async def _channel(self, channel: int, known: dict[int, Notice]) -> None:
        place = self._client.get_partial_messageable(channel, guild_id=self._client.settings.discord.guild_id)
        doubts: list[Doubt] = []
        seen: set[int] = set()
        first = discord.Object(min(known) - 1)
        async for message in place.history(limit=_PAGED, after=first, oldest_first=False):
            seen.add(message.id)
            if (notice := known.get(message.id)) is not None:
                doubts += await self._doubts(notice, message)
            else:
                await self._client.feedback.reply(message, live=False)
        different = [doubt for doubt in doubts if doubt.differs]
        same = [doubt for doubt in doubts if not doubt.differs]
        try:
            for doubt in [*different, *same[:_LOOKED_AT]]:
                await self._settle(doubt)
        finally:
            self._client.feedback.touched = None
        if len(seen) < _PAGED:
            await deleting.look_for(self._client, [known[message] for message in known.keys() - seen])

    async def _doubts(self, notice: Notice, message: discord.Message) -> list[Doubt]:
        """The verdicts of this picture that differ from the ledger, or that only people can tell apart."""
        shown = {key(reaction.emoji): reaction for reaction in message.reactions}
        wanted, offered = self._client.feedback.verdicts, self._client.feedback.offered
        if any(emoji not in shown or not shown[emoji].me for emoji in offered):
            await seed(self._client, notice.channel, message.id)
        async with self._client.db.reading() as connection:
            marked = _counted(await verdicts.standing(connection, message.id))
        found = []
        for emoji in dict.fromkeys([*wanted, *marked]):  # one that counts no more can still be taken back
            reaction = shown.get(emoji)
            people = reaction.count - reaction.me if reaction else 0
            if people or marked[emoji]:
                found.append(Doubt(notice, emoji, reaction, people != marked[emoji]))
        return found

    async def _settle(self, doubt: Doubt) -> None:
        """Makes the marks of this emoji those of the people who show it; what is heard meanwhile has its own way."""
        feedback, message, job = self._client.feedback, doubt.notice.message, doubt.notice.job
        assert message is not None
        assert job is not None
        touched: set[Touched] = set()
        feedback.touched = touched
        people = await self._people(doubt.shown)
        people = await self._entitled(doubt, people)
        now = self._client.clock.now()
        async with self._client.db.transaction() as connection:
            marked = {person for person, emoji in await verdicts.standing(connection, message) if emoji == doubt.emoji}
            for person in people ^ marked:
                if touched & {(message, person, doubt.emoji), (message, None, doubt.emoji), (message, None, None)}:
                    continue
                if person in people and doubt.emoji in feedback.verdicts:
                    mark = Mark(message, job, person, doubt.emoji, feedback.verdicts[doubt.emoji])
                    await verdicts.set_mark(connection, mark, now)
                elif person in marked:
                    await verdicts.clear_mark(connection, message, person, doubt.emoji, now)

    async def _entitled(self, doubt: Doubt, people: set[int]) -> set[int]:
        """Without those who may not review here; what counted before stays until it is withdrawn."""
        assert doubt.notice.message is not None
        async with self._client.db.reading() as connection:
            standing = await verdicts.standing(connection, doubt.notice.message)
        marked = {person for person, emoji in standing if emoji == doubt.emoji}
        fresh = await gate.reviewers(self._client, doubt.notice.channel, people - marked, self._met)
        return people & marked | fresh - await self._forgotten(doubt.notice.message, fresh)

    async def _forgotten(self, message: int, people: Collection[int]) -> set[int]:
        """Those who had their data deleted since this message came: what Discord still shows of them counts no more."""
        came = discord.utils.snowflake_time(message).timestamp()
        async with self._client.db.reading() as connection:
            until = await privacy.forgotten(connection, people)
        return {person for person, moment in until.items() if came <= moment}

    async def _people(self, reaction: discord.Reaction | None) -> set[int]:
        """Everybody who shows it, super reactions included, bots left out.

        Asked for as many as were counted, Discord would leave out those with the highest ids when others came
        meanwhile: the bot itself, which has just put back its own.
        """
        if reaction is None:
            return set()
        kinds = [discord.ReactionType.normal] + [discord.ReactionType.burst] * bool(reaction.burst_count)
        return {
            person.id for kind in kinds async for person in reaction.users(limit=_PEOPLE, type=kind) if not person.bot
        }


def _counted(standing: Iterable[tuple[int, str]]) -> defaultdict[str, int]:
    counts: defaultdict[str, int] = defaultdict(int)
    for _, emoji in standing:
        counts[emoji] += 1
    return counts
