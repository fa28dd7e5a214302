"""A batch's pictures are said one by one in a thread, begun under the batch's card.

A thread that begins under a message has that message's id, so beginning it twice is beginning it once. It is committed
together with the notice's new place, before anything is sent there; what it does not take goes back to the channel.
"""

import logging
from typing import TYPE_CHECKING

import discord

from bot.chat import threads
from bot.ledger import during, notices
from bot.nouns import Batch, Notice, NoticeKind

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_log = logging.getLogger(__name__)


async def moved(client: "DarkroomClient", notice: Notice) -> bool:
    """Whether the notice belongs into its batch's thread and has been moved there."""
    if notice.first_tried_at is not None:  # a message may stand already, or the thread did not take it
        return False
    async with client.db.reading() as connection:
        batch = await during.of_notice(connection, notice)
    if batch is None or notice.channel != batch.channel or not threads.possible(client, batch.channel):
        return False
    thread = batch.thread
    if thread is None and notice.kind is not NoticeKind.CANCELLATION:  # nothing to look at is no reason for a thread
        thread = await _begun(client, batch)
    if thread is None:
        return False
    async with client.db.transaction() as connection:
        await during.opened(connection, batch.id, thread)
        await notices.move(connection, notice.id, thread)
    return True


async def home(client: "DarkroomClient", notice: Notice) -> int | None:
    """The channel of the batch in whose thread this notice was to be said; None when that is no batch's thread."""
    async with client.db.reading() as connection:
        batch = await during.of_thread(connection, notice.channel)
    return None if batch is None else batch.channel


async def _begun(client: "DarkroomClient", batch: Batch) -> int | None:
    """None while the card does not stand, and where there can be no thread."""
    async with client.db.reading() as connection:
        card = await during.card(connection, batch.id)
    if card is None:
        return None
    try:
        return await threads.begin(client, *card, batch.name)
    except discord.HTTPException as error:
        _log.warning("pictures of batch %s stay in channel %s, without a thread: %s", batch.id, batch.channel, error)
        return None
