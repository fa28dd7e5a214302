"""One piece of the gateway's news, and the intents that a bot says it wants to hear."""

from dataclasses import dataclass

from bot.demo.discord.values import Json

GUILDS = 1 << 0
GUILD_MESSAGES = 1 << 9
GUILD_REACTIONS = 1 << 10
GUILD_TYPING = 1 << 11
GUILD_MEMBERS = 1 << 1
DIRECT_MESSAGES = 1 << 12
DIRECT_REACTIONS = 1 << 13


@dataclass(frozen=True)
class Event:
    """`intents` 0: everyone hears it."""

    name: str
    intents: int
    data: Json
