"""Files that people attach: measured before they are fetched, and never read further than allowed."""

import aiohttp
import discord

from bot.errors import BadInput, BatchFault
from bot.texts import answers as texts

_PIECE = 64 * 1024
_PATIENCE = aiohttp.ClientTimeout(total=30)
MOST_PICTURE = 25 * 1024 * 1024
"""Bytes of a picture that is read."""


class _TooLarge(Exception):
    """So many bytes there are at least."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class _Gone(Exception):
    """Discord does not hand it out."""


async def download(client: discord.Client, attachment: discord.Attachment, most: int) -> bytes:
    """A whole batch file, at most `most` bytes. Raises BatchFault when it is bigger or Discord does not hand it out."""
    try:
        return await _read(client, attachment, most)
    except _TooLarge as error:
        raise BatchFault(fault="batch-too-large", bytes=error.size, most=most) from error
    except _Gone as error:
        raise BatchFault(fault=texts.file_gone()) from error


async def picture(client: discord.Client, attachment: discord.Attachment) -> bytes:
    """The bytes of a picture, whatever they are. Raises BadInput."""
    try:
        return await _read(client, attachment, MOST_PICTURE)
    except _TooLarge as error:
        raise BadInput("input-heavy", name=attachment.filename, bytes=error.size, most=MOST_PICTURE) from error
    except _Gone as error:
        raise BadInput("input-gone", name=attachment.filename) from error


async def _read(client: discord.Client, attachment: discord.Attachment, most: int) -> bytes:
    """What Discord says of the size is not trusted alone: reading stops as soon as more arrives."""
    if attachment.size > most:
        raise _TooLarge(attachment.size)
    data = bytearray()
    try:
        async with (
            aiohttp.ClientSession(connector=client.http.connector, connector_owner=False, timeout=_PATIENCE) as session,
            session.get(attachment.url, raise_for_status=True) as response,
        ):
            async for piece in response.content.iter_chunked(_PIECE):
                data += piece
                if len(data) > most:
                    raise _TooLarge(len(data))
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise _Gone from error
    return bytes(data)
