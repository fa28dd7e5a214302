"""The world as the page draws it for one person; docs/standin.md shows every shape."""

from bot.demo.discord.cdn import Cdn
from bot.demo.discord.command_line import CommandLine
from bot.demo.discord.command_rules import OPTION_TYPES
from bot.demo.discord.interactions import COMMAND
from bot.demo.discord.modal_form import form
from bot.demo.discord.permissions import Permission, needed_to_write, permissions_of
from bot.demo.discord.shapes import stamp
from bot.demo.discord.values import (
    COMPONENTS_V2,
    DIRECT,
    PUBLIC_THREAD,
    STARTER,
    TEXT_CHANNEL,
    Attachment,
    Channel,
    Json,
    Message,
    Outcome,
    Person,
)
from bot.demo.discord.world import World

_KINDS = {TEXT_CHANNEL: "text", PUBLIC_THREAD: "thread", DIRECT: "direct"}
_SAID = {18: "thread_begun", STARTER: "starter"}
_OPTION_LIMITS = ("min_value", "max_value", "min_length", "max_length")


class View:
    """Shapes for the browser of `person`."""

    def __init__(self, world: World, cdn: Cdn, person: Person) -> None:
        self._world = world
        self._cdn = cdn
        self._person = person

    def world(self) -> Json:
        bot = self._world.bot
        return {
            "me": self._person.id,
            "bot": {"id": bot.id, "name": bot.name, "online": self._world.bot_online},
            "guild": {"id": self._world.guild.id, "name": self._world.guild.name},
            "channels": [self._channel(channel) for channel in self._world.channels.values() if self._enters(channel)],
            "members": [{**self._author(one), "username": one.username} for one in self._world.people.values()],
            "roles": [
                {"id": role.id, "name": role.name}
                for role in self._world.roles.values()
                if role.id != self._world.guild.id
            ],
            "limits": {"content": 2000, "files": 10, "file_bytes": self._world.rules.upload_bytes},
        }

    def _enters(self, channel: Channel) -> bool:
        return Permission.VIEW_CHANNEL in permissions_of(self._world, self._person.id, channel)

    def _channel(self, channel: Channel) -> Json:
        history = [message for message in self._world.history(channel.id) if message.kind != STARTER]
        held = permissions_of(self._world, self._person.id, channel)
        return {
            "id": channel.id,
            "name": self._world.bot.name if channel.kind == DIRECT else channel.name,
            "topic": channel.topic,
            "kind": _KINDS[channel.kind],
            "parent_id": channel.parent_id,
            "nsfw": channel.nsfw,
            "archived": channel.archived,
            "locked": channel.locked,
            "may": {
                "write": needed_to_write(channel) in held,
                "manage": Permission.MANAGE_MESSAGES in held,
                "thread": Permission.CREATE_PUBLIC_THREADS in held and channel.kind == TEXT_CHANNEL,
            },
            "last": channel.last_message_id,
            "messages": len(history) if channel.kind == PUBLIC_THREAD else None,
        }

    def _author(self, person: Person) -> Json:
        return {"id": person.id, "name": person.name, "avatar_url": self._cdn.avatar(person.id), "bot": person.bot}

    def message(self, message: Message) -> Json:
        people = self._world.people
        # What a thread began with is shown in it once more.
        begun = message.kind == STARTER and self._world.messages.get(message.reference_id or "")
        shown = begun or message
        return {
            "id": message.id,
            "channel_id": message.channel_id,
            "timestamp": stamp(message.created_at),
            "edited": None if message.edited_at is None else stamp(message.edited_at),
            "author": self._author(people[message.author_id]),
            "content": message.content,
            "mentions": [{"id": one, "name": people[one].name} for one in message.mentions],
            "mentions_me": message.mention_everyone or self._person.id in message.mentions,
            "thread_id": message.id if message.id in self._world.channels else message.reference_channel_id,
            "kind": _SAID.get(message.kind, "said"),
            "ephemeral": message.addressee is not None,
            "loading": message.loading,
            "components_v2": bool(message.flags & COMPONENTS_V2),
            "reply_to": None if begun else self._reply(message),
            "command": self._command(message),
            "embeds": shown.embeds,
            "attachments": [self._attachment(one) for one in shown.listed],
            "components": message.components,
            "reactions": [self._reaction(emoji, reacted) for emoji, reacted in message.reactions.items()],
        }

    def _reply(self, message: Message) -> Json | None:
        if message.reference_id is None:
            return None
        original = self._world.messages.get(message.reference_id)
        if original is None:
            return {"id": message.reference_id, "author": None, "content": None}
        author = self._world.people[original.author_id].name
        return {"id": original.id, "author": author, "content": original.content[:100]}

    def _command(self, message: Message) -> Json | None:
        origin = message.origin
        if origin is None or origin.kind != COMMAND:
            return None
        name = self._world.people[origin.person_id].name
        return {"name": origin.name, "member_id": origin.person_id, "member": name}

    def _attachment(self, attachment: Attachment) -> Json:
        width, height = attachment.dimensions or (None, None)
        return {
            "id": attachment.id,
            "filename": attachment.filename,
            "content_type": attachment.content_type,
            "size": len(attachment.data),
            "width": width,
            "height": height,
            "url": self._cdn.url(attachment),
            "description": attachment.description,
            "spoiler": attachment.filename.startswith("SPOILER_"),
        }

    def _reaction(self, emoji: str, reacted: list[str]) -> Json:
        return {"emoji": emoji, "count": len(reacted), "me": self._person.id in reacted, "members": list(reacted)}


def command_view(line: CommandLine) -> Json:
    options = [
        {
            "name": option["name"],
            "description": option["description"],
            "type": OPTION_TYPES[option["type"]],
            "required": option.get("required", False),
            "autocomplete": option.get("autocomplete", False),
            "choices": [{"name": one["name"], "value": one["value"]} for one in option.get("choices") or []],
            **{limit: option.get(limit) for limit in _OPTION_LIMITS},
        }
        for option in line.options
    ]
    return {"name": line.name, "description": line.description, "options": options}


def outcome_view(outcome: Outcome) -> Json:
    return {
        "interaction_id": outcome.interaction_id,
        "state": outcome.state,
        "message_id": outcome.message_id,
        "modal": None if outcome.modal is None else form(outcome.modal),
        "error": outcome.error,
    }
