"""Files that people attach: measured before they are fetched, and never read further than allowed."""

import aiohttp
import discord

from bot.errors import BatchFault
from bot.texts import answers as texts

_PIECE = 64 * 1024
_PATIENCE = aiohttp.ClientTimeout(total=30)


async def download(client: discord.Client, attachment: discord.Attachment, most: int) -> bytes:
    """The whole file, at most `most` bytes. Raises BatchFault when it is bigger or Discord does not hand it out.

    What Discord says of the size is not trusted alone: reading stops as soon as more arrives.
    """
    if attachment.size > most:
        raise BatchFault(fault="batch-too-large", bytes=attachment.size, most=most)
    data = bytearray()
    try:
        async with (
            aiohttp.ClientSession(connector=client.http.connector, connector_owner=False, timeout=_PATIENCE) as session,
            session.get(attachment.url, raise_for_status=True) as response,
        ):
            async for piece in response.content.iter_chunked(_PIECE):
                data += piece
                if len(data) > most:
                    raise BatchFault(fault="batch-too-large", bytes=len(data), most=most)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise BatchFault(fault=texts.file_gone()) from error
    return bytes(data)
