"""Changes of the world in the gateway's words."""

from bot.demo.discord import changes
from bot.demo.discord.channel_events import channel_event, people_event
from bot.demo.discord.event import (
    DIRECT_MESSAGES,
    DIRECT_REACTIONS,
    GUILD_MESSAGES,
    GUILD_REACTIONS,
    GUILD_TYPING,
    Event,
)
from bot.demo.discord.interaction_shape import interaction_shape
from bot.demo.discord.permissions import Permission, permissions_of
from bot.demo.discord.shapes import Shapes, emoji_shape
from bot.demo.discord.values import DIRECT, PUBLIC_THREAD, Json, Message
from bot.demo.discord.world import World


def event_of(world: World, shapes: Shapes, change: changes.Change) -> Event | None:
    """None for what the gateway keeps to itself: ephemeral messages, unseen channels, and news for the people only."""
    if _hidden(world, change):
        return None
    match change:
        case changes.MessageCreated(message) | changes.MessageEdited(message) | changes.MessageDeleted(message):
            return None if message.addressee else _message_event(world, shapes, change, message)
        case changes.ReactionAdded(message, person, emoji) | changes.ReactionRemoved(message, person, emoji):
            return _reaction_event(world, shapes, change, message, person, emoji)
        case changes.ReactionsCleared(message, emoji):
            place, intent = _place(world, message), _intent(world, message, GUILD_REACTIONS, DIRECT_REACTIONS)
            if emoji is None:
                return Event("MESSAGE_REACTION_REMOVE_ALL", intent, place)
            return Event("MESSAGE_REACTION_REMOVE_EMOJI", intent, {**place, "emoji": emoji_shape(emoji)})
        case changes.InteractionStarted(interaction):
            return Event("INTERACTION_CREATE", 0, interaction_shape(world, shapes, interaction))
        case changes.ChannelChanged() | changes.ThreadDeleted() | changes.ThreadJoined() | changes.ThreadLeft():
            return channel_event(world, shapes, change)
        case changes.RolesChanged() | changes.PersonChanged():
            return people_event(world, shapes, change)
        case changes.Typing():
            return _typing_event(world, shapes, change)
        case _:
            return None


def _hidden(world: World, change: changes.Change) -> bool:
    """Whether it happened in a channel the bot may not see."""
    message = getattr(change, "message", None)
    place = message.channel_id if message is not None else getattr(change, "channel_id", None)
    channel = getattr(change, "thread", getattr(change, "channel", None)) if place is None else world.channels[place]
    # Channels are told of to every bot, what is in them is not.
    if channel is None or (place is None and channel.kind != PUBLIC_THREAD):
        return False
    return Permission.VIEW_CHANNEL not in permissions_of(world, world.bot.id, channel)


def _intent(world: World, message: Message, in_guild: int, direct: int) -> int:
    return direct if world.channels[message.channel_id].kind == DIRECT else in_guild


def _message_event(world: World, shapes: Shapes, change: changes.Change, message: Message) -> Event:
    intent, place = _intent(world, message, GUILD_MESSAGES, DIRECT_MESSAGES), _place(world, message)
    here = {key: place[key] for key in ("guild_id",) if key in place}
    if isinstance(change, changes.MessageDeleted):
        return Event("MESSAGE_DELETE", intent, {"id": message.id, "channel_id": message.channel_id, **here})
    data = {**shapes.message(message, summary=False), **here}
    if here:
        data["member"] = shapes.member(world.people[message.author_id])
    if isinstance(change, changes.MessageEdited):
        return Event("MESSAGE_UPDATE", intent, data)
    # A person's client sends a nonce too, but only its own session is shown it.
    mine = message.author_id == world.bot.id and message.nonce is not None
    return Event("MESSAGE_CREATE", intent, {**data, "nonce": message.nonce} if mine else data)


def _reaction_event(
    world: World, shapes: Shapes, change: changes.Change, message: Message, person_id: str, emoji: str
) -> Event:
    data: Json = {
        **_place(world, message),
        "user_id": person_id,
        "emoji": emoji_shape(emoji),
        "burst": False,
        "type": 0,
    }
    intent = _intent(world, message, GUILD_REACTIONS, DIRECT_REACTIONS)
    if isinstance(change, changes.ReactionRemoved):
        return Event("MESSAGE_REACTION_REMOVE", intent, data)
    person = world.people[person_id]
    if "guild_id" in data:
        data["member"] = {**shapes.member(person), "user": shapes.user(person)}
    data["message_author_id"] = message.author_id
    return Event("MESSAGE_REACTION_ADD", intent, data)


def _typing_event(world: World, shapes: Shapes, change: changes.Typing) -> Event:
    person = world.people[change.person_id]
    data: Json = {
        "channel_id": change.channel_id,
        "guild_id": world.guild.id,
        "user_id": person.id,
        "timestamp": int(world.clock.now()),
        "member": {**shapes.member(person), "user": shapes.user(person)},
    }
    return Event("TYPING_START", GUILD_TYPING, data)


def _place(world: World, message: Message) -> Json:
    """Direct messages are in no guild."""
    place = {"channel_id": message.channel_id, "message_id": message.id}
    direct = world.channels[message.channel_id].kind == DIRECT
    return place if direct else {**place, "guild_id": world.guild.id}
