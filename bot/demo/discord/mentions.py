"""Who is pinged: what the text names, narrowed by allowed_mentions."""

import re

from bot.demo.discord.permissions import Permission, permissions_of
from bot.demo.discord.values import Channel, Json, Message
from bot.demo.discord.world import World

_NAMED = re.compile(r"<@!?(\d+)>")


def pings(world: World, content: str, allowed: Json | None, replied_to: Message | None) -> list[str]:
    """Ids of the people who are pinged, each once; without `allowed`, everyone named and the one replied to."""
    named = dict.fromkeys(found for found in _NAMED.findall(content) if found in world.people)
    if allowed is not None and "users" not in (allowed.get("parse") or []):
        chosen = [str(person) for person in allowed.get("users") or []]
        named = {person: None for person in named if person in chosen}
    if replied_to is not None and (allowed is None or allowed.get("replied_user")):
        named[replied_to.author_id] = None
    return list(named)


def pings_everyone(world: World, author_id: str, channel: Channel, content: str, allowed: Json | None) -> bool:
    if "@everyone" not in content and "@here" not in content:
        return False
    parsed = allowed is None or "everyone" in (allowed.get("parse") or [])
    return parsed and Permission.MENTION_EVERYONE in permissions_of(world, author_id, channel)
