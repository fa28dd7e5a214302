"""Where a channel lets the bot in no more, the asker gets the picture by direct message, once.

There are no buttons to ask with: what they make would have no channel to stand in. The picture's notice stays
unsayable, so that `/show` is the way to have it in a channel.
"""

import logging
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
import discord
from tenacity import stop_after_attempt

from bot.chat import attempts, buttons, fitting, letters
from bot.chat.layout import Post, says
from bot.chat.letters import Letter
from bot.ledger import jobs
from bot.nouns import Notice, NoticeKind
from bot.texts import picture as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_log = logging.getLogger(__name__)
_LOOKED_AT = 100  # messages to this person, among which an earlier one is searched


async def mail(client: "DarkroomClient", notice: Notice, letter: Letter, refused: discord.HTTPException) -> None:
    """Tries to; whoever takes no messages from the bot finds the picture by `/show`. Never raises."""
    if notice.kind is not NoticeKind.PICTURE or not isinstance(refused, discord.Forbidden | discord.NotFound):
        return
    try:
        async for attempt in attempts.again(client.clock, stop_after_attempt(3)):
            with attempt:
                await _send(client, notice, letter)
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        _log.info("notice %s cannot be said to its asker either: %s", notice.id, error)


async def _send(client: "DarkroomClient", notice: Notice, letter: Letter) -> None:
    async with client.db.reading() as connection:
        job = await jobs.get(connection, notice.job or "")
    assert job is not None
    place = await client.create_dm(discord.Object(job.asker))
    if notice.first_tried_at is not None and await _stands(client, place, notice):
        return

    async def request(whole: Letter) -> None:
        post = _mailed(whole.post, notice)
        await place.send(
            embed=post.embed(),
            view=buttons.view(post.buttons),
            nonce=notice.nonce,
            files=whole.files(),
            allowed_mentions=post.mentions(),
        )

    await fitting.send(letter, request, partial(letters.lessen, client, notice))


def _mailed(post: Post, notice: Notice) -> Post:
    """Of the buttons, only the one for the original makes sense there."""
    kept = tuple(button for button in post.buttons if button[0] == "original")
    return replace(post, body=f"{texts.mailed(notice.channel)}\n{post.body}", buttons=kept, pings=None)


async def _stands(client: "DarkroomClient", place: discord.DMChannel, notice: Notice) -> bool:
    """An earlier life of the bot may have sent it and died."""
    me = client.user
    async for message in place.history(limit=_LOOKED_AT):
        if me is not None and message.author.id == me.id and any(says(embed, notice) for embed in message.embeds):
            return True
    return False
