"""Who may do what where: roles added up, then a channel's overwrites, as Discord computes it."""

from enum import IntFlag

from bot.demo.discord.refusals import Code
from bot.demo.discord.values import Channel
from bot.demo.discord.world import World


class Permission(IntFlag):
    """The bits this world looks at, at Discord's positions."""

    ADMINISTRATOR = 1 << 3
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_APPLICATION_COMMANDS = 1 << 31
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38


EVERYTHING = Permission(sum(Permission))
EVERYONE = EVERYTHING & ~(
    Permission.ADMINISTRATOR | Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES | Permission.MENTION_EVERYONE
)


def permissions_of(world: World, person_id: str, channel: Channel) -> Permission:
    """A thread has its parent's permissions."""
    roles = (world.guild.id, *world.people[person_id].roles)
    bits = 0
    for role in roles:
        bits |= world.roles[role].permissions
    if bits & Permission.ADMINISTRATOR or person_id == world.guild.owner_id:
        return EVERYTHING
    place = world.channels[channel.parent_id] if channel.parent_id else channel
    for holder in (*roles, person_id):
        allow, deny = place.overwrites.get(holder, (0, 0))
        bits = (bits & ~deny) | allow
    return Permission(bits & EVERYTHING)


def demand(world: World, channel: Channel, *wanted: Permission) -> None:
    """Raises 50001 when the bot cannot see the channel, 50013 when it lacks one of the wanted permissions."""
    held = permissions_of(world, world.bot.id, channel)
    if Permission.VIEW_CHANNEL not in held:
        raise Code.MISSING_ACCESS.refusal()
    if any(permission not in held for permission in wanted):
        raise Code.MISSING_PERMISSIONS.refusal()
