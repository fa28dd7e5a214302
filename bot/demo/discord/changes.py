"""News of the world, told once to everyone who listens: the gateway for the bot, the push for the browsers."""

from dataclasses import dataclass

from bot.demo.discord.values import Channel, Interaction, Message


@dataclass(frozen=True)
class MessageCreated:
    message: Message


@dataclass(frozen=True)
class MessageEdited:
    message: Message


@dataclass(frozen=True)
class MessageDeleted:
    message: Message


@dataclass(frozen=True)
class ReactionAdded:
    message: Message
    person_id: str
    emoji: str


@dataclass(frozen=True)
class ReactionRemoved:
    message: Message
    person_id: str
    emoji: str


@dataclass(frozen=True)
class ReactionsCleared:
    """All of a message's reactions, or those with one emoji."""

    message: Message
    emoji: str | None


@dataclass(frozen=True)
class Typing:
    channel_id: str
    person_id: str


@dataclass(frozen=True)
class InteractionStarted:
    interaction: Interaction


@dataclass(frozen=True)
class ChannelChanged:
    """`made` is True for a new channel or thread."""

    channel: Channel
    made: bool


@dataclass(frozen=True)
class ThreadDeleted:
    thread: Channel


@dataclass(frozen=True)
class ThreadJoined:
    thread: Channel
    person_id: str


@dataclass(frozen=True)
class ThreadLeft:
    thread: Channel
    person_id: str


@dataclass(frozen=True)
class RolesChanged:
    """`made` is True for a new role."""

    role_id: str
    made: bool = False


@dataclass(frozen=True)
class PersonChanged:
    """Somebody came (`made`), or has other roles than before."""

    person_id: str
    made: bool


@dataclass(frozen=True)
class CommandsChanged:
    pass


@dataclass(frozen=True)
class BotCameOrWent:
    online: bool


Change = (
    MessageCreated
    | MessageEdited
    | MessageDeleted
    | ReactionAdded
    | ReactionRemoved
    | ReactionsCleared
    | Typing
    | InteractionStarted
    | ChannelChanged
    | ThreadDeleted
    | ThreadJoined
    | ThreadLeft
    | RolesChanged
    | PersonChanged
    | CommandsChanged
    | BotCameOrWent
)
