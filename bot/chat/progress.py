"""Edits the waiting cards: what the board and the ledger say now, the latest only, one edit a channel at a time.

Discord allows few edits, and the library queues what is too much; so a channel is left alone for a moment after each
edit, and what changed meanwhile is told by the next one. A card whose picture renders goes first, but the longer
another has been waiting for its edit the sooner it comes. Messages older than an hour may be edited still less often.
The last edit of a card is owed, over restarts too.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import discord

from bot.chat import attempts, buttons, cards, layout, previews
from bot.chat.layout import Card, Post
from bot.chat.previews import Previews
from bot.ledger import notices
from bot.ledger.database import Bell

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_log = logging.getLogger(__name__)
_BETWEEN_EDITS = 2.5  # seconds, per channel
_AFTER_TROUBLE = 15.0
_BETWEEN_LOOKS = 0.2
_HEAD_START = 10.0  # seconds that a rendering card counts as having waited more
_OLD = 3600.0  # seconds after which Discord is stricter
_BETWEEN_EDITS_OF_OLD = 60.0  # seconds, per card


class CardEditor:
    """`await run()` never returns."""

    def __init__(self, client: "DarkroomClient") -> None:
        self._client = client
        self._shown: dict[int, Post] = {}
        self._edited: dict[int, float] = {}
        self._busy: set[int] = set()
        self._previews = Previews()
        self._changed = asyncio.Event()
        self._again_at: float | None = None
        self._freed = Bell()

    @asynccontextmanager
    async def turn(self, channel: int) -> AsyncIterator[None]:
        """For an edit of something else than a card, out of the channel's one budget, as soon as it is free."""
        while channel in self._busy:
            await self._freed.after(self._freed.count)
        self._busy.add(channel)
        try:
            yield
            await self._client.clock.sleep(_BETWEEN_EDITS)
        finally:
            self._free(channel)

    def _free(self, channel: int) -> None:
        self._busy.discard(channel)
        self._freed.ring()
        self._changed.set()

    def shows(self, message: int, post: Post) -> None:
        """This message was just sent with these words, so it needs no edit until they change."""
        self._shown[message] = post

    async def run(self) -> None:
        await self._client.online.wait()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen_to_ledger())
            group.create_task(self._listen_to_board())
            while True:
                self._changed.clear()
                await self._look(group)
                await self._something_changed()
                await self._client.clock.sleep(_BETWEEN_LOOKS)  # a burst of steps is looked at once

    async def _listen_to_ledger(self) -> None:
        bell = self._client.db.bell
        seen = bell.count
        while True:
            seen = await bell.after(seen)
            self._changed.set()

    async def _listen_to_board(self) -> None:
        changed = self._client.board.changed
        while True:
            await changed.wait()
            changed.clear()
            self._changed.set()

    async def _something_changed(self) -> None:
        """Or a card may be edited now that could not be before."""
        waits: list[asyncio.Task[Any]] = [asyncio.ensure_future(self._changed.wait())]
        if self._again_at is not None:
            pause = max(0.0, self._again_at - self._client.clock.monotonic())
            waits.append(asyncio.ensure_future(self._client.clock.sleep(pause)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _look(self, group: asyncio.TaskGroup) -> None:
        """Starts the edit that each free channel needs most."""
        try:
            chosen = await self._choose()
        except Exception:
            _log.exception("the cards could not be looked at; they are when something changes")
            return
        for card, post in chosen:
            if card.notice.channel not in self._busy:  # somebody else may have taken it meanwhile
                self._busy.add(card.notice.channel)
                group.create_task(self._edit(card, post))

    async def _choose(self) -> list[tuple[Card, Post]]:
        async with self._client.db.reading() as connection:
            standing = await notices.unsettled_cards(connection)
        free = [notice for notice in standing if notice.channel not in self._busy]
        line = await cards.places(self._client) if free else {}
        best: dict[int, tuple[float, Card, Post]] = {}
        self._again_at = None
        for notice in free:
            card = await cards.look(self._client, notice, line)
            self._look_when_over(card)
            card, post = await self._previews.dress(card, layout.card(card))
            if self._shown.get(notice.message or 0) == post:
                await self._settle(card)
                continue
            if self._too_early(card):
                continue
            since = self._edited.get(notice.message or 0, 0.0) - (_HEAD_START if card.running else 0)
            if notice.channel not in best or since < best[notice.channel][0]:
                best[notice.channel] = since, card, post
        return [(card, post) for _, card, post in best.values()]

    def _too_early(self, card: Card) -> bool:
        """An old message waits longer for all but its last edit; the editor looks again when it may be edited."""
        if card.settled or self._client.clock.now() - (card.notice.said_at or 0.0) < _OLD:
            return False
        due = self._edited.get(card.notice.message or 0, float("-inf")) + _BETWEEN_EDITS_OF_OLD
        if due <= self._client.clock.monotonic():
            return False
        self._look_by(due)
        return True

    def _look_when_over(self, card: Card) -> None:
        """A promise that was not kept is not left standing."""
        if card.end is not None:
            self._look_by(self._client.clock.monotonic() + card.end + 1 - self._client.clock.now())

    def _look_by(self, moment: float) -> None:
        self._again_at = moment if self._again_at is None else min(moment, self._again_at)

    async def _edit(self, card: Card, post: Post) -> None:
        pause = _BETWEEN_EDITS
        try:
            await self._message(card).edit(
                embed=post.embed(),
                view=buttons.view(post.buttons),
                **previews.files(card, post, self._shown.get(card.notice.message or 0)),
                allowed_mentions=discord.AllowedMentions.none(),  # an edit does not take the client's own
            )
            await self._told(card, post)
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            pause = await self._failed(card, post, error)
        await self._client.clock.sleep(pause)
        self._free(card.notice.channel)

    async def _failed(self, card: Card, post: Post, error: Exception) -> float:
        """What becomes of a card that was not edited; gives the seconds until its channel is tried again."""
        if post.image and not attempts.lost(error) and not isinstance(error, discord.NotFound):
            _log.info("channel %s takes no previews: %s", card.notice.channel, error)
            self._previews.refused(card.notice.channel)  # the words alone may be allowed
            return _BETWEEN_EDITS
        if isinstance(error, discord.NotFound | discord.Forbidden):
            _log.info("card %s can no longer be edited: %s", card.notice.id, error)
            await self._settle(card, given_up=True)
            return _BETWEEN_EDITS
        _log.warning("card %s was not edited: %s", card.notice.id, error)
        if not attempts.lost(error):  # the same words would be refused again
            await self._told(card, post)
        else:  # it may have been applied, so nobody knows which preview stands there
            self._shown.pop(card.notice.message or 0, None)
            self._previews.told(card.notice.message or 0, "")
        return _AFTER_TROUBLE

    async def _told(self, card: Card, post: Post) -> None:
        message = card.notice.message or 0
        self._previews.told(message, post.image)
        self._shown[message] = post
        self._edited[message] = self._client.clock.monotonic()
        await self._settle(card)

    async def _settle(self, card: Card, *, given_up: bool = False) -> None:
        """Nothing more will be told on this card once all its pictures have ended, or when nobody can see it."""
        if not (card.settled or given_up):
            return
        self._previews.told(card.notice.message or 0, "")
        self._shown.pop(card.notice.message or 0, None)
        self._edited.pop(card.notice.message or 0, None)
        async with self._client.db.transaction() as connection:
            await notices.settled(connection, card.notice.id, self._client.clock.now(), given_up=given_up)

    def _message(self, card: Card) -> discord.PartialMessage:
        guild = self._client.settings.discord.guild_id
        channel = self._client.get_partial_messageable(card.notice.channel, guild_id=guild)
        return channel.get_partial_message(card.notice.message or 0)
