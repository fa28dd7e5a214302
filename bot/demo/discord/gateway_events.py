"""Changes of the world in the gateway's words, and which intent a bot needs to hear them."""

from dataclasses import dataclass

from bot.demo.discord import changes
from bot.demo.discord.interaction_shape import interaction_shape
from bot.demo.discord.permissions import Permission, permissions_of
from bot.demo.discord.shapes import Shapes, emoji_shape
from bot.demo.discord.values import PUBLIC_THREAD, Json, Message
from bot.demo.discord.world import World

GUILDS = 1 << 0
GUILD_MESSAGES = 1 << 9
GUILD_REACTIONS = 1 << 10
GUILD_TYPING = 1 << 11


@dataclass(frozen=True)
class Event:
    """`intents` 0: everyone hears it."""

    name: str
    intents: int
    data: Json


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
            place = _place(world, message)
            if emoji is None:
                return Event("MESSAGE_REACTION_REMOVE_ALL", GUILD_REACTIONS, place)
            return Event("MESSAGE_REACTION_REMOVE_EMOJI", GUILD_REACTIONS, {**place, "emoji": emoji_shape(emoji)})
        case changes.InteractionStarted(interaction):
            return Event("INTERACTION_CREATE", 0, interaction_shape(world, shapes, interaction))
        case changes.ChannelChanged(channel, made):
            kind = "THREAD" if channel.kind == PUBLIC_THREAD else "CHANNEL"
            return Event(f"{kind}_{'CREATE' if made else 'UPDATE'}", GUILDS, shapes.channel(channel))
        case changes.RolesChanged(role_id):
            role = shapes.role(world.roles[role_id])
            return Event("GUILD_ROLE_UPDATE", GUILDS, {"guild_id": world.guild.id, "role": role})
        case changes.Typing():
            return _typing_event(world, shapes, change)
        case _:
            return None


def _hidden(world: World, change: changes.Change) -> bool:
    """Whether it happened in a channel the bot may not see."""
    message = getattr(change, "message", None)
    place = message.channel_id if message is not None else getattr(change, "channel_id", None)
    if place is None:
        return False
    return Permission.VIEW_CHANNEL not in permissions_of(world, world.bot.id, world.channels[place])


def _message_event(world: World, shapes: Shapes, change: changes.Change, message: Message) -> Event:
    if isinstance(change, changes.MessageDeleted):
        gone = {"id": message.id, "channel_id": message.channel_id, "guild_id": world.guild.id}
        return Event("MESSAGE_DELETE", GUILD_MESSAGES, gone)
    data = shapes.message(message, summary=False)
    data |= {"guild_id": world.guild.id, "member": shapes.member(world.people[message.author_id])}
    if isinstance(change, changes.MessageEdited):
        return Event("MESSAGE_UPDATE", GUILD_MESSAGES, data)
    # A person's client sends a nonce too, but only its own session is shown it.
    mine = message.author_id == world.bot.id and message.nonce is not None
    return Event("MESSAGE_CREATE", GUILD_MESSAGES, {**data, "nonce": message.nonce} if mine else data)


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
    if isinstance(change, changes.ReactionRemoved):
        return Event("MESSAGE_REACTION_REMOVE", GUILD_REACTIONS, data)
    person = world.people[person_id]
    data["member"] = {**shapes.member(person), "user": shapes.user(person)}
    data["message_author_id"] = message.author_id
    return Event("MESSAGE_REACTION_ADD", GUILD_REACTIONS, data)


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
    return {"channel_id": message.channel_id, "message_id": message.id, "guild_id": world.guild.id}
