"""What people do under a picture → verdicts. Reactions on messages of any age, words from forms and replies.

Events go through one queue in the order they came, so that the ledger ends where Discord does. What is said twice, or
late, changes nothing.
"""

import asyncio
import logging
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import discord
from tenacity import stop_after_attempt

from bot.chat import attempts, gate
from bot.ledger import notices, people, privacy, remembered, verdicts
from bot.ledger.database import Connection
from bot.nouns import SHOWING, WORDS, Mark, Notice, Verdict
from bot.people import permits
from bot.people.permits import Permits, Person, Place, What
from bot.texts import picture as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_log = logging.getLogger(__name__)
_AT_ONCE = 200  # signs in one transaction
_HEARD = "📝"
_HINT_AGAIN = 86_400.0  # seconds until somebody is told again to press Why

Touched: TypeAlias = tuple[int, int | None, str | None]
"""Message, person, emoji of a sign; without a person everybody's, without an emoji every one."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A reaction that stands or is gone. Without a person everybody's, without an emoji every one.

    Of one that stands, `by` and `where` tell whether this person's counts there.
    """

    message: int
    person: int | None
    emoji: str | None
    stands: bool
    by: Person | None = None
    where: Place | None = None

    def counts(self, permitted: Permits) -> bool:
        """A verdict can be taken back by anybody who has lost the right to give one."""
        if not self.stands or self.by is None or self.where is None:
            return True
        return permits.refusal(What.REVIEW, self.by, self.where, permitted) is None


def key(emoji: discord.PartialEmoji | discord.Emoji | str) -> str:
    """An emoji as the settings write it: the character without its variation selector, or name:id."""
    if isinstance(emoji, str):
        return emoji.replace("\ufe0f", "")
    return f"{emoji.name}:{emoji.id}" if emoji.id else key(emoji.name or "")


class Feedback:
    """`await run()` never returns. While `touched` is a set, the signs heard are also added to it.

    `offered` are the verdicts' emojis of the settings.
    """

    def __init__(self, client: "DarkroomClient") -> None:
        self._client = client
        self.offered = {key(emoji): verdict for emoji, verdict in client.settings.discord.verdicts.items()}
        self.touched: set[Touched] | None = None
        self._signs: asyncio.Queue[Sign] = asyncio.Queue()
        # People are faster than the commit that says which message shows a picture.
        self.early: deque[Sign] = deque(maxlen=1000)

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The emojis that count now: those of the settings, and each reason's of the taxonomy as a rejection."""
        return dict.fromkeys(self._client.intake.taste.taxonomy.emojis, Verdict.REJECT) | self.offered

    def heard(self, sign: Sign) -> None:
        me = self._client.user
        if sign.person is not None and me is not None and sign.person == me.id:
            return
        if self.touched is not None:
            self.touched.add((sign.message, sign.person, sign.emoji))
        self._signs.put_nowait(sign)

    def posted(self, message: int) -> None:
        """This message is a picture, as the ledger now knows: what was heard of it before counts."""
        early = [sign for sign in self.early if sign.message == message]
        for sign in early:
            self.early.remove(sign)
            self._signs.put_nowait(sign)

    async def run(self) -> None:
        while True:
            signs = [await self._signs.get()]
            while not self._signs.empty() and len(signs) < _AT_ONCE:
                signs.append(self._signs.get_nowait())
            async with self._client.db.transaction() as connection:
                permitted = await people.permits(connection)
                for sign in signs:
                    if sign.counts(permitted):
                        await self._record(connection, sign)

    async def _record(self, connection: Connection, sign: Sign) -> None:
        notice = await notices.of_message(connection, sign.message)
        if notice is None:
            self.early.append(sign)
        elif notice.kind in SHOWING and notice.job:
            await self._mark(connection, notice.job, sign)

    async def _mark(self, connection: Connection, job: str, sign: Sign) -> None:
        now = self._client.clock.now()
        verdict = self.verdicts.get(sign.emoji or "")
        if sign.stands and sign.person is not None and sign.emoji and verdict:
            mark = Mark(sign.message, job, sign.person, sign.emoji, verdict)
            await verdicts.set_mark(connection, mark, now)
        elif not sign.stands:
            for person, emoji in await verdicts.standing(connection, sign.message):
                if sign.person in (None, person) and sign.emoji in (None, emoji):
                    await verdicts.clear_mark(connection, sign.message, person, emoji, now)

    async def words(self, job: str, message: int, person: int, words: str, at: float) -> bool:
        """Why somebody rejects a picture; empty words take it back. False when the person has spoken since `at`.

        `at` is Discord's time of the form or reply, so that the last word counts whichever arrives last, and what was
        said before the person's data were deleted does not.
        """
        async with self._client.db.transaction() as connection:
            forgotten = await privacy.forgotten(connection, [person])
            if at <= max(await verdicts.spoke_at(connection, job, message, person), forgotten.get(person, 0.0)):
                return False
            if not words:
                return await verdicts.clear_mark(connection, message, person, WORDS, at)
            return await verdicts.set_mark(connection, Mark(message, job, person, WORDS, Verdict.REJECT, words), at)

    async def reply(self, message: discord.Message, *, live: bool = True) -> None:
        """A message that may be a reply to a picture. One that was sent long ago (not `live`) gets no hint."""
        notice = await self._replied_to(message)
        if notice is None or notice.job is None or notice.message is None:
            return
        words = self._read(message)
        if words:
            if not await gate.heeds(self._client, message):
                return
            at = message.created_at.timestamp()
            if await self.words(notice.job, notice.message, message.author.id, words, at):
                await self._politely(message, None)
        elif live and await self._may_hint(message.author.id):
            await self._politely(message, texts.PRESS_WHY)

    async def _replied_to(self, message: discord.Message) -> Notice | None:
        """The notice of the picture this message answers."""
        reference = message.reference
        if message.author.bot or message.type is not discord.MessageType.reply or reference is None:
            return None
        async with self._client.db.reading() as connection:
            notice = await notices.of_message(connection, reference.message_id or 0)
        return notice if notice and notice.kind in SHOWING else None

    def _read(self, message: discord.Message) -> str:
        """The words of a reply that pings the bot; Discord shows it no others."""
        me = self._client.user
        if me is None or all(person.id != me.id for person in message.mentions):
            return ""
        return re.sub(rf"<@!?{me.id}>", "", message.content).strip()[: texts.LONGEST_REASON]

    async def _may_hint(self, person: int) -> bool:
        """Once a day: people also talk to one another under a picture."""
        name, now = f"hinted:{person}", self._client.clock.now()
        async with self._client.db.transaction() as connection:
            last = await remembered.get(connection, name)
            if last is not None and now - float(last) < _HINT_AGAIN:
                return False
            await remembered.put(connection, name, str(now))
            return True

    async def _politely(self, message: discord.Message, words: str | None) -> None:
        """Shows that the reply was heard, or answers it. The verdict does not depend on it."""
        try:
            async for attempt in attempts.again(self._client.clock, stop_after_attempt(3)):
                with attempt:
                    if words is None:
                        await message.add_reaction(_HEARD)
                    else:
                        await message.reply(words, mention_author=False, nonce=f"h{message.id}")
        except Exception as error:
            _log.warning("reply %s was heard but not answered: %s", message.id, error)
