"""The state of the stand-in: one guild, its channels, people and messages. Every change is told to the listeners."""

import secrets
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.demo.discord import changes
from bot.demo.discord.ids import Ids
from bot.demo.discord.refusals import Code
from bot.demo.discord.rules import Rules
from bot.demo.discord.values import (
    DIRECT,
    PUBLIC_THREAD,
    Attachment,
    Channel,
    Interaction,
    Json,
    Message,
    Person,
    Role,
)


@dataclass(frozen=True)
class Guild:
    """Its id is also the id of the @everyone role."""

    id: str
    name: str
    owner_id: str


class World:
    """Verbs change the state and tell it in one step; checking is the callers' business. `closed` are the people who
    take no direct messages.
    """

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
        self.closed: set[str] = set()
        self.bot_online = False
        self.listeners: list[Callable[[changes.Change], None]] = []

    def tell(self, change: changes.Change) -> None:
        for listener in self.listeners:
            listener(change)

    def channel(self, channel_id: str) -> Channel:
        """Raises 10003."""
        if channel_id not in self.channels:
            raise Code.UNKNOWN_CHANNEL.refusal()
        found = self.channels[channel_id]
        if found.kind == PUBLIC_THREAD and not found.archived and self._quiet_since(found):
            found.archived, found.archived_at = True, self.clock.now()
            self.tell(changes.ChannelChanged(found, made=False))
        return found

    def _quiet_since(self, thread: Channel) -> bool:
        """Whether nobody has written in a thread for so long that Discord puts it away."""
        last = max([thread.archived_at, *(message.created_at for message in self.history(thread.id))])
        return self.clock.now() - last > thread.archive_minutes * 60

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

    def direct(self, person_id: str) -> Channel:
        """The bot's direct messages with somebody; the same ones every time."""
        for channel in self.channels.values():
            if channel.kind == DIRECT and channel.people == [person_id]:
                return channel
        name = self.people[person_id].name
        return self.make_channel(Channel(self.ids.next(), name, kind=DIRECT, people=[person_id]))

    def overwrite(self, channel: Channel, holder_id: str, allow: int = 0, deny: int = 0) -> None:
        """Set what a role or person may do in one channel, on top of the roles."""
        channel.overwrites[holder_id] = (allow, deny)
        self.tell(changes.ChannelChanged(channel, made=False))

    def make_role(self, name: str, permissions: int = 0) -> Role:
        """A role above those that stand."""
        made = Role(self.ids.next(), name, permissions, len(self.roles))
        self.roles[made.id] = made
        self.tell(changes.RolesChanged(made.id, made=True))
        return made

    def give_role(self, person_id: str, role_id: str) -> None:
        self._with_roles(person_id, (*self.people[person_id].roles, role_id))

    def take_role(self, person_id: str, role_id: str) -> None:
        self._with_roles(person_id, tuple(one for one in self.people[person_id].roles if one != role_id))

    def _with_roles(self, person_id: str, roles: tuple[str, ...]) -> None:
        self.people[person_id] = replace(self.people[person_id], roles=roles)
        self.tell(changes.PersonChanged(person_id, made=False))

    def join(self, username: str, name: str, roles: tuple[str, ...] = ()) -> Person:
        """Somebody new in the guild."""
        person = Person(self.ids.next(), username, name, roles=roles)
        self.people[person.id] = person
        self.tell(changes.PersonChanged(person.id, made=True))
        return person

    def set_bot_online(self, online: bool) -> None:
        if online != self.bot_online:
            self.bot_online = online
            self.tell(changes.BotCameOrWent(online))
