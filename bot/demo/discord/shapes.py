"""The world as Discord writes it on the wire, for the bot's eyes."""

from datetime import UTC, datetime

from bot.demo.discord.cdn import Cdn
from bot.demo.discord.permissions import Permission, permissions_of
from bot.demo.discord.values import (
    DIRECT,
    PUBLIC_THREAD,
    STARTER,
    TEXT_CHANNEL,
    Attachment,
    Channel,
    Json,
    Message,
    Origin,
    Person,
    Role,
)
from bot.demo.discord.world import World


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def emoji_shape(emoji: str) -> Json:
    """ "✅" or "name:id" → {"name", "id"}."""
    name, _, number = emoji.partition(":")
    return {"id": number or None, "name": name}


class Shapes:
    """Every shape is a new dict, so nobody can change the world through it."""

    def __init__(self, world: World, cdn: Cdn) -> None:
        self._world = world
        self._cdn = cdn

    def user(self, person: Person) -> Json:
        return {
            "id": person.id,
            "username": person.username,
            "global_name": None if person.bot else person.name,
            "discriminator": "0000" if person.bot else "0",
            "avatar": None,
            "bot": person.bot,
            "public_flags": 0,
            "flags": 0,
            "primary_guild": None,
        }

    def member(self, person: Person) -> Json:
        """Without `user`: messages carry it beside, interactions and lists add it."""
        return {
            "nick": None,
            "avatar": None,
            "banner": None,
            "roles": list(person.roles),
            "joined_at": stamp(self._world.clock.now() - 86_400),
            "premium_since": None,
            "communication_disabled_until": None,
            "pending": False,
            "deaf": False,
            "mute": False,
            "flags": 0,
        }

    def role(self, role: Role) -> Json:
        shape: Json = {
            "id": role.id,
            "name": role.name,
            "permissions": str(role.permissions),
            "position": role.position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": role.managed,
            "mentionable": False,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }
        return {**shape, "tags": {"bot_id": self._world.bot.id}} if role.managed else shape

    def channel(self, channel: Channel) -> Json:
        if channel.kind == DIRECT:
            return self._direct(channel)
        shape: Json = {
            "id": channel.id,
            "type": channel.kind,
            "guild_id": self._world.guild.id,
            "name": channel.name,
            "parent_id": channel.parent_id,
            "last_message_id": channel.last_message_id,
            "rate_limit_per_user": 0,
            "flags": 0,
        }
        return {**shape, **(self._text_part(channel) if channel.kind == TEXT_CHANNEL else self._thread_part(channel))}

    def _direct(self, channel: Channel) -> Json:
        recipients = [self.user(self._world.people[person]) for person in channel.people]
        last = {"last_message_id": channel.last_message_id}
        return {"id": channel.id, "type": DIRECT, "flags": 0, "recipients": recipients, **last}

    def _text_part(self, channel: Channel) -> Json:
        people = self._world.people
        return {
            "topic": channel.topic,
            "position": list(self._world.channels).index(channel.id),
            "nsfw": channel.nsfw,
            "permission_overwrites": [
                {"id": holder, "type": 1 if holder in people else 0, "allow": str(allow), "deny": str(deny)}
                for holder, (allow, deny) in channel.overwrites.items()
            ],
        }

    def _thread_part(self, channel: Channel) -> Json:
        """The messages that Discord itself wrote are not counted."""
        count = sum(message.kind != STARTER for message in self._world.history(channel.id))
        bot = self._world.bot.id
        joined = {"member": self.thread_member(channel, bot)} if bot in channel.people else {}
        return {
            "owner_id": channel.owner_id,
            "message_count": count,
            "total_message_sent": count,
            "member_count": len(channel.people),
            "thread_metadata": {
                "archived": channel.archived,
                "archive_timestamp": stamp(channel.archived_at),
                "auto_archive_duration": channel.archive_minutes,
                "locked": channel.locked,
                "create_timestamp": stamp(channel.created_at),
            },
            **joined,
        }

    def thread_member(self, thread: Channel, person_id: str) -> Json:
        return {"id": thread.id, "user_id": person_id, "join_timestamp": stamp(thread.created_at), "flags": 0}

    def interaction_channel(self, channel: Channel, person: Person) -> Json:
        bits = permissions_of(self._world, person.id, channel)
        return {**self.channel(channel), "permissions": str(int(bits))}

    def attachment(self, attachment: Attachment, ephemeral: bool = False) -> Json:
        url = self._cdn.url(attachment)
        shape: Json = {
            "id": attachment.id,
            "filename": attachment.filename,
            "size": len(attachment.data),
            "url": url,
            "proxy_url": url,
            "content_type": attachment.content_type,
        }
        if attachment.dimensions:
            shape["width"], shape["height"] = attachment.dimensions
        if attachment.description:
            shape["description"] = attachment.description
        return {**shape, "ephemeral": True} if ephemeral else shape

    def readable(self, message: Message) -> bool:
        """Without the message content intent the bot reads its own messages, those that ping it, and direct ones."""
        direct = self._world.channels[message.channel_id].kind == DIRECT
        return direct or self._world.bot.id in (message.author_id, *message.mentions)

    def message(self, message: Message, summary: bool = True, whole: bool = False) -> Json:
        """`summary` adds the reactions, which the gateway's news of a message does not have; `whole` shows the words
        also without the intent, as for the message that a message command is used on.
        """
        shape = self._plain_message(message, whole)
        if message.reference_id is not None or message.reference_channel_id is not None:
            shape |= self._reference(message)
        if (thread := self._world.channels.get(message.id)) is not None:
            shape["thread"] = self.channel(thread)
        if summary and message.reactions:
            shape["reactions"] = [self._reaction(emoji, people) for emoji, people in message.reactions.items()]
        return shape

    def _reference(self, message: Message) -> Json:
        """What a reply answers; or the channel and message that a system message points at."""
        where = message.reference_channel_id or message.channel_id
        shape: Json = {"type": 0, "channel_id": where, "guild_id": self._world.guild.id}
        if self._world.channels[where].kind == DIRECT:
            del shape["guild_id"]
        if message.reference_id is None:
            return {"message_reference": shape}
        replied = self._world.messages.get(message.reference_id)
        referenced = self._plain_message(replied) if replied else None
        return {"message_reference": {**shape, "message_id": message.reference_id}, "referenced_message": referenced}

    def _plain_message(self, message: Message, whole: bool = False) -> Json:
        readable = whole or self.readable(message)
        people = self._world.people
        shape: Json = {
            "id": message.id,
            "channel_id": message.channel_id,
            "type": message.kind,
            "author": self.user(people[message.author_id]),
            "content": message.content if readable else "",
            "timestamp": stamp(message.created_at),
            "edited_timestamp": None if message.edited_at is None else stamp(message.edited_at),
            "tts": False,
            "mention_everyone": message.mention_everyone,
            "mentions": [self.user(people[person]) for person in message.mentions],
            "mention_roles": [],
            "attachments": [self.attachment(item, message.addressee is not None) for item in message.listed]
            if readable
            else [],
            "embeds": message.embeds if readable else [],
            "components": message.components if readable else [],
            "pinned": False,
            "flags": message.flags,
        }
        return {**shape, **self._origin(message.origin)} if message.origin else shape

    def _origin(self, origin: Origin) -> Json:
        """How a message says which interaction it answers; `interaction` is the older form, for commands only."""
        user = self.user(self._world.people[origin.person_id])
        who: Json = {"id": origin.interaction_id, "type": origin.kind, "user": user}
        metadata: Json = {**who, "authorizing_integration_owners": {"0": self._world.guild.id}}
        if origin.target_message_id:
            metadata["target_message_id"] = origin.target_message_id
        if origin.kind == 3:
            metadata["interacted_message_id"] = origin.clicked_message_id
        if origin.kind == 5:
            trigger = {"type": 3, "interacted_message_id": origin.clicked_message_id}
            metadata["triggering_interaction_metadata"] = {
                **metadata,
                **(trigger if origin.clicked_message_id else {"type": 2}),
            }
        named = {"interaction": {**who, "name": origin.name}} if origin.kind == 2 else {}
        app = self._world.bot.id
        return {"application_id": app, "webhook_id": app, "interaction_metadata": metadata, **named}

    def _reaction(self, emoji: str, people: list[str]) -> Json:
        return {
            "emoji": emoji_shape(emoji),
            "count": len(people),
            "count_details": {"burst": 0, "normal": len(people)},
            "burst_colors": [],
            "me": self._world.bot.id in people,
            "me_burst": False,
        }

    def threads(self) -> list[Json]:
        """Those that were not put away and that the bot may see."""
        return [self.channel(one) for one in self._world.channels.values() if self._is_open(one)]

    def _is_open(self, channel: Channel) -> bool:
        """Whether it is a thread as a starting bot is told of it."""
        seen = Permission.VIEW_CHANNEL in permissions_of(self._world, self._world.bot.id, channel)
        return channel.kind == PUBLIC_THREAD and not channel.archived and seen

    def channels(self) -> list[Json]:
        return [self.channel(channel) for channel in self._world.channels.values() if channel.kind == TEXT_CHANNEL]
