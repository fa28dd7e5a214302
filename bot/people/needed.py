"""What the bot needs of Discord: one list, for the invitation, for the check of `/setup`, and for `darkroom check`."""

from urllib.parse import urlencode

NEEDED = {
    "VIEW_CHANNEL": 1 << 10,
    "SEND_MESSAGES": 1 << 11,
    "EMBED_LINKS": 1 << 14,
    "ATTACH_FILES": 1 << 15,
    "READ_MESSAGE_HISTORY": 1 << 16,
    "ADD_REACTIONS": 1 << 6,
    "CREATE_PUBLIC_THREADS": 1 << 35,
    "SEND_MESSAGES_IN_THREADS": 1 << 38,
}
"""Permissions by their names in Discord's documentation. Messages of others are never managed, nobody is pinged."""

SCOPES = ("bot", "applications.commands")
_AUTHORIZE = "https://discord.com/oauth2/authorize"


def lacking(granted: int) -> tuple[str, ...]:
    """Names of those that these permission bits do not hold; an administrator lacks none."""
    return () if granted & 1 << 3 else tuple(name for name, bit in NEEDED.items() if not granted & bit)


def invitation(application: int, guild: int | None = None) -> str:
    """The link with which an administrator lets the bot in, with exactly what it needs."""
    asked = {"client_id": application, "scope": " ".join(SCOPES), "permissions": sum(NEEDED.values())}
    if guild is not None:
        asked |= {"guild_id": guild, "disable_guild_select": "true"}
    return f"{_AUTHORIZE}?{urlencode(asked)}"
