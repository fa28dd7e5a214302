"""Who may do what where: roles added up, then a channel's overwrites, as Discord computes it."""

from enum import IntFlag

from bot.demo.discord.refusals import Code
from bot.demo.discord.values import DIRECT, PUBLIC_THREAD, Channel
from bot.demo.discord.world import World


class Permission(IntFlag):
    """The bits this world looks at, at Discord's positions."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40


EVERYTHING = Permission(sum(Permission))
EVERYONE = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)
_NOTHING = Permission(0)


def permissions_of(world: World, person_id: str, channel: Channel) -> Permission:
    """A thread has its parent's permissions. Who may not see a channel may do nothing there."""
    if channel.kind == DIRECT:
        return EVERYONE if person_id in (*channel.people, world.bot.id) else _NOTHING
    roles = world.people[person_id].roles
    bits = world.roles[world.guild.id].permissions
    for role in roles:
        bits |= world.roles[role].permissions
    if bits & Permission.ADMINISTRATOR or person_id == world.guild.owner_id:
        return EVERYTHING
    place = world.channels[channel.parent_id] if channel.parent_id else channel
    # First what is said of everyone, then of all roles together, then of the person.
    for holders in ([world.guild.id], roles, [person_id]):
        said = [place.overwrites.get(holder, (0, 0)) for holder in holders]
        for _, deny in said:
            bits &= ~deny
        for allow, _ in said:
            bits |= allow
    return Permission(bits & EVERYTHING) if bits & Permission.VIEW_CHANNEL else _NOTHING


def needed_to_write(channel: Channel) -> Permission:
    return Permission.SEND_MESSAGES_IN_THREADS if channel.kind == PUBLIC_THREAD else Permission.SEND_MESSAGES


def demand(world: World, channel: Channel, *wanted: Permission) -> None:
    """Raises 50001 when the bot cannot see the channel, 50013 when it lacks one of the wanted permissions."""
    held = permissions_of(world, world.bot.id, channel)
    if Permission.VIEW_CHANNEL not in held:
        raise Code.MISSING_ACCESS.refusal()
    if any(permission not in held for permission in wanted):
        raise Code.MISSING_PERMISSIONS.refusal()
