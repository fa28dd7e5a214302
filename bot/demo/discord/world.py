"""The state of the stand-in: one guild, its channels, people and messages. Every change is told to the listeners."""

import secrets
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass

from bot.clock import Clock
from bot.demo.discord import changes
from bot.demo.discord.ids import Ids
from bot.demo.discord.refusals import Code
from bot.demo.discord.rules import Rules
from bot.demo.discord.values import Attachment, Channel, Interaction, Json, Message, Person, Role


@dataclass(frozen=True)
class Guild:
    """Its id is also the id of the @everyone role."""

    id: str
    name: str
    owner_id: str


class World:
    """Verbs change the state and tell it in one step; checking is the callers' business."""

    def __init__(self, clock: Clock, rules: Rules, guild: Guild, bot: Person, ids: Ids) -> None:
        self.clock = clock
        self.rules = rules
        self.guild = guild
        self.bot = bot
        self.ids = ids
        # A token of Discord's begins with the bot's id, and some client libraries read it there.
        owner = b64encode(bot.id.encode()).decode().rstrip("=")
        self.token = f"{owner}.{secrets.token_urlsafe(4)}.{secrets.token_urlsafe(28)}"
        self.people: dict[str, Person] = {bot.id: bot}
        self.roles: dict[str, Role] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, Message] = {}
        self.files: dict[str, Attachment] = {}
        self.commands: dict[str, Json] = {}
        self.interactions: dict[str, Interaction] = {}
        self.bot_online = False
        self.listeners: list[Callable[[changes.Change], None]] = []

    def tell(self, change: changes.Change) -> None:
        for listener in self.listeners:
            listener(change)

    def channel(self, channel_id: str) -> Channel:
        """Raises 10003."""
        if channel_id not in self.channels:
            raise Code.UNKNOWN_CHANNEL.refusal()
        return self.channels[channel_id]

    def message(self, channel_id: str, message_id: str) -> Message:
        """A message of a channel as everyone sees it; an ephemeral one is not found. Raises 10008."""
        found = self.messages.get(message_id)
        if found is None or found.channel_id != channel_id or found.addressee is not None:
            raise Code.UNKNOWN_MESSAGE.refusal()
        return found

    def history(self, channel_id: str) -> list[Message]:
        """All messages of a channel, oldest first, ephemeral ones included."""
        return [message for message in self.messages.values() if message.channel_id == channel_id]

    def post(self, message: Message) -> None:
        self.messages[message.id] = message
        self.channels[message.channel_id].last_message_id = message.id
        self.tell(changes.MessageCreated(message))

    def edited(self, message: Message) -> None:
        """The message was changed in place; what everyone sees of it is told."""
        self.tell(changes.MessageEdited(message))

    def delete(self, message: Message) -> None:
        del self.messages[message.id]
        self.tell(changes.MessageDeleted(message))

    def react(self, message: Message, person_id: str, emoji: str) -> None:
        """Once per person and emoji; a second time changes nothing."""
        people = message.reactions.setdefault(emoji, [])
        if person_id not in people:
            people.append(person_id)
            self.tell(changes.ReactionAdded(message, person_id, emoji))

    def unreact(self, message: Message, person_id: str, emoji: str) -> None:
        people = message.reactions.get(emoji, [])
        if person_id in people:
            people.remove(person_id)
            if not people:
                del message.reactions[emoji]
            self.tell(changes.ReactionRemoved(message, person_id, emoji))

    def clear_reactions(self, message: Message, emoji: str | None = None) -> None:
        if emoji is None:
            message.reactions.clear()
        else:
            message.reactions.pop(emoji, None)
        self.tell(changes.ReactionsCleared(message, emoji))

    def make_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        self.tell(changes.ChannelChanged(channel, made=True))
        return channel

    def overwrite(self, channel: Channel, holder_id: str, allow: int = 0, deny: int = 0) -> None:
        """Set what a role or person may do in one channel, on top of the roles."""
        channel.overwrites[holder_id] = (allow, deny)
        self.tell(changes.ChannelChanged(channel, made=False))

    def set_bot_online(self, online: bool) -> None:
        if online != self.bot_online:
            self.bot_online = online
            self.tell(changes.BotCameOrWent(online))
