"""What a card shows of a picture while it is drawn: changed seldom, because each change is an upload."""

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import replace
from io import BytesIO
from typing import Any

import discord

from bot.chat.layout import Card, Post
from bot.review import preview
from bot.texts import card as texts

EVERY = 3
"""Of so many edits of a card one may bring another preview."""
_KEPT = 8


class Previews:
    """By message: which preview it shows, and how often it was edited since."""

    def __init__(self) -> None:
        self._shown: dict[int, tuple[str, int]] = {}
        self._fitted: OrderedDict[str, bytes] = OrderedDict()
        self._unwanted: set[int] = set()

    async def dress(self, card: Card, post: Post) -> tuple[Card, Post]:
        """The post with the preview it should show now, whose bytes are the card's."""
        if not card.preview or card.settled or card.notice.channel in self._unwanted:
            return card, post
        name = f"preview-{hashlib.sha256(card.preview).hexdigest()[:12]}.jpg"
        shown, edits = self._shown.get(card.notice.message or 0, ("", 0))
        if shown and shown != name and edits < EVERY:
            return card, replace(post, image=shown)
        fitted = await self._fit(name, card.preview)
        return replace(card, preview=fitted), replace(post, image=name if fitted else "")

    async def _fit(self, name: str, data: bytes) -> bytes:
        if name not in self._fitted:
            self._fitted[name] = await asyncio.to_thread(preview.fit, data)
        self._fitted.move_to_end(name)
        while len(self._fitted) > _KEPT:
            self._fitted.popitem(last=False)
        return self._fitted[name]

    def told(self, message: int, image: str) -> None:
        """The message shows this preview, or none, after one more edit."""
        shown, edits = self._shown.get(message, ("", 0))
        if not image:
            self._shown.pop(message, None)
        else:
            self._shown[message] = (image, edits + 1 if image == shown else 1)

    def refused(self, channel: int) -> None:
        """Discord takes no files there."""
        self._unwanted.add(channel)


def files(card: Card, post: Post, before: Post | None) -> dict[str, Any]:
    """What an edit says of the message's files: nothing while they stay, else those it has from now on.

    What a message shows is not known after a restart, so then it is said in any case.
    """
    if before is not None and before.image == post.image:
        return {}
    if not post.image:
        return {"attachments": []}
    alt = texts.preview_alt(card.jobs)
    return {"attachments": [discord.File(BytesIO(card.preview), post.image, description=alt)]}
