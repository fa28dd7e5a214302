"""Tells Discord which commands there are, but only when that has changed: Discord counts how often it is told."""

import hashlib
import json
import logging
from typing import TYPE_CHECKING

import discord

from bot.ledger import remembered

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_log = logging.getLogger(__name__)
_KEY = "commands"


async def bring(client: "DarkroomClient") -> None:
    """Sends the commands to the guild unless Discord has exactly these already.

    A refusal is logged and nothing more: the old commands, the buttons and the courier go on working.
    """
    guild = discord.Object(client.settings.discord.guild_id)
    print_now = _fingerprint(client)
    async with client.db.reading() as connection:
        if await remembered.get(connection, _KEY) == print_now:
            return
    client.tree.copy_global_to(guild=guild)
    try:
        await client.tree.sync(guild=guild)
    except discord.Forbidden:
        _log.error("the bot is not in the server %s, or was invited without commands; invite it again", guild.id)
        return
    except discord.HTTPException as error:
        _log.error("Discord refused the commands, the old ones stay: %s", error)
        return
    async with client.db.transaction() as connection:
        await remembered.put(connection, _KEY, print_now)


def _fingerprint(client: "DarkroomClient") -> str:
    """Changes with the commands, the guild and the application: another guild has not heard of them yet."""
    payloads = sorted((command.to_dict(client.tree) for command in client.tree.get_commands()), key=lambda p: p["name"])
    told = [client.settings.discord.guild_id, client.application_id, payloads]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
