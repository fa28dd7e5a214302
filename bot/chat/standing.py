"""How the bot stands with Discord: is its token known, is it in the guild, and may it do its work there."""

from dataclasses import dataclass
from typing import Literal

import aiohttp
import discord
from pydantic import SecretStr

from bot.chat.client import redirect
from bot.people import needed
from bot.settings import Discord

Trouble = Literal["", "unreachable", "token", "guild"]


@dataclass(frozen=True, slots=True)
class Standing:
    """`trouble` is where asking ended, if it did; `lacking` names permissions as Discord's documentation does."""

    trouble: Trouble = ""
    bot: str = ""
    guild: str = ""
    lacking: tuple[str, ...] = ()


async def ask(settings: Discord, token: SecretStr) -> Standing:
    """Logs in over REST, without the gateway, so that a bot that is running is not disturbed."""
    redirect(settings)
    async with discord.Client(intents=discord.Intents(guilds=True)) as client:
        try:
            await client.login(token.get_secret_value())
        except discord.LoginFailure:
            return Standing("token")
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError):
            return Standing("unreachable")
        assert client.user is not None
        try:
            guild = await client.fetch_guild(settings.guild_id)
            member = await guild.fetch_member(client.user.id)
        except (discord.NotFound, discord.Forbidden):
            return Standing("guild", client.user.name)
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError):
            return Standing("unreachable", client.user.name)
        return Standing("", client.user.name, guild.name, needed.lacking(member.guild_permissions.value))


async def application(settings: Discord, token: SecretStr) -> int | Trouble:
    """The id of the application that the token belongs to."""
    redirect(settings)
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            await client.login(token.get_secret_value())
        except discord.LoginFailure:
            return "token"
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError):
            return "unreachable"
        assert client.application_id is not None
        return client.application_id
