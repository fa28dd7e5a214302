"""Bodies become messages: files stored, attachment:// resolved, mentions found; and edits of what stands."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.demo.discord import components, mentions
from bot.demo.discord.call import Upload
from bot.demo.discord.cdn import Cdn
from bot.demo.discord.payload import check_message
from bot.demo.discord.refusals import Code, invalid
from bot.demo.discord.values import COMPONENTS_V2, EPHEMERAL, LOADING, Attachment, Channel, Json, Message, Origin
from bot.demo.discord.world import World

_LAYOUT_MEDIA = ("media", "file")
_MEDIA_KEYS = (*_LAYOUT_MEDIA, "image", "thumbnail", "video")
_SETTABLE_FLAGS = COMPONENTS_V2 | (1 << 2) | (1 << 12)
_REPLY, _COMMAND_ANSWER, _MENU_ANSWER = 19, 20, 23


@dataclass(frozen=True)
class Letterhead:
    """Who writes, where, in answer to what; `addressee` makes it ephemeral."""

    author_id: str
    channel: Channel
    origin: Origin | None = None
    addressee: str | None = None


class Composer:
    """Builds and changes messages; posting and telling are the caller's. Raises Discord's refusals."""

    def __init__(self, world: World, cdn: Cdn) -> None:
        self._world = world
        self._cdn = cdn

    def create(self, body: Json, uploads: Mapping[str, Upload], head: Letterhead) -> Message:
        check_message(body, uploads, self._world.rules)
        reference = self._reference(body, head.channel)
        content, allowed = body.get("content") or "", body.get("allowed_mentions")
        message = Message(
            id=self._world.ids.next(),
            channel_id=head.channel.id,
            author_id=head.author_id,
            created_at=self._world.clock.now(),
            kind=_REPLY if reference else _kind(head.origin),
            content=content,
            mentions=mentions.pings(self._world, content, allowed, reference),
            mention_everyone=mentions.pings_everyone(self._world, head.author_id, head.channel, content, allowed),
            reference_id=reference.id if reference else None,
            nonce=body.get("nonce"),
            flags=(body.get("flags") or 0) & _SETTABLE_FLAGS | (EPHEMERAL if head.addressee else 0),
            origin=head.origin,
            addressee=head.addressee,
        )
        self._dress(message, body, self._store(message.channel_id, body, uploads))
        self._refuse_empty(message)
        return message

    def thinking(self, head: Letterhead) -> Message:
        """The placeholder of a deferred answer."""
        return Message(
            id=self._world.ids.next(),
            channel_id=head.channel.id,
            author_id=head.author_id,
            created_at=self._world.clock.now(),
            kind=_kind(head.origin),
            flags=LOADING | (EPHEMERAL if head.addressee else 0),
            origin=head.origin,
            addressee=head.addressee,
        )

    def amend(self, message: Message, body: Json, uploads: Mapping[str, Upload]) -> None:
        """Only what the body names changes; `attachments` lists what stays besides the new files."""
        check_message(body, uploads, self._world.rules, message.flags)
        stored = self._store(message.channel_id, body, uploads)
        draft = replace(message, flags=(message.flags & ~LOADING) | ((body.get("flags") or 0) & _SETTABLE_FLAGS))
        if "content" in body:
            draft.content = body["content"] or ""
            draft.mentions = mentions.pings(self._world, draft.content, body.get("allowed_mentions"), None)
        self._dress(draft, body, stored)
        if body.get("attachments") is not None:
            # What an embed still shows stays, named or not; what it showed before goes with it.
            kept = {str(entry["id"]) for entry in body["attachments"]} | {file.id for file in stored} | draft.inline
            draft.attachments = [file for file in draft.attachments if file.id in kept]
        if len(draft.attachments) > 10:
            raise invalid("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
        self._refuse_empty(draft)
        if not message.loading:
            draft.edited_at = self._world.clock.now()
        vars(message).update(vars(draft))

    def _reference(self, body: Json, channel: Channel) -> Message | None:
        wanted = body.get("message_reference")
        if not wanted:
            return None
        found = self._world.messages.get(str(wanted.get("message_id")))
        if found is not None and found.channel_id == channel.id and found.addressee is None:
            return found
        if wanted.get("fail_if_not_exists", True):
            raise invalid("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return None

    def _store(self, channel_id: str, body: Json, uploads: Mapping[str, Upload]) -> list[Attachment]:
        entries = {int(entry["id"]): entry for entry in body.get("attachments") or []}
        stored = []
        for part, upload in uploads.items():
            entry = entries.get(int(part[6:-1]), {})
            named = replace(upload, filename=entry.get("filename") or upload.filename)
            stored.append(self._cdn.store(channel_id, named, entry.get("description")))
        return stored

    def _dress(self, message: Message, body: Json, stored: list[Attachment]) -> None:
        """Embeds, components and files together, because the first two may show the third."""
        message.attachments = [*message.attachments, *stored]
        files = {attachment.filename: attachment for attachment in message.attachments}
        if "embeds" in body:
            message.embeds = [self._resolved(_embed(embed), files) for embed in body["embeds"] or []]
        if "components" in body:
            numbered = components.numbered(body["components"] or [])
            message.components = [self._resolved(component, files) for component in numbered]
        addresses = json.dumps([message.embeds, message.components])
        message.inline = frozenset(file.id for file in message.attachments if f"/{file.id}/" in addresses)

    def _resolved(self, node: Any, files: Mapping[str, Attachment]) -> Any:
        """A copy in which every attachment://name is an address."""
        if isinstance(node, list):
            return [self._resolved(item, files) for item in node]
        if not isinstance(node, dict):
            return node
        copy = {key: self._resolved(value, files) for key, value in node.items()}
        for key in _MEDIA_KEYS:
            if isinstance(copy.get(key), dict):
                copy[key] = self._medium(copy[key], files)
                if key in _LAYOUT_MEDIA:
                    copy[key].setdefault("id", self._world.ids.next())
        return copy

    def _medium(self, medium: Json, files: Mapping[str, Attachment]) -> Json:
        url = str(medium.get("url", ""))
        if not url.startswith("attachment://"):
            return {**medium, "proxy_url": url}
        attachment = files.get(url.removeprefix("attachment://"))
        if attachment is None:
            raise invalid("attachments", "ATTACHMENT_NOT_FOUND", f"There is no file for {url}.")
        address = self._cdn.url(attachment)
        size = (
            {} if attachment.dimensions is None else dict(zip(("width", "height"), attachment.dimensions, strict=True))
        )
        return {"url": address, "proxy_url": address, "content_type": attachment.content_type, **size}

    def _refuse_empty(self, message: Message) -> None:
        if not (message.content.strip() or message.embeds or message.components or message.attachments):
            raise Code.EMPTY_MESSAGE.refusal()


def _kind(origin: Origin | None) -> int:
    """The type of a message that answers a command, typed or of a menu."""
    if origin is None or origin.kind != 2:
        return 0
    return _MENU_ANSWER if origin.target_message_id else _COMMAND_ANSWER


def _embed(embed: Json) -> Json:
    """As Discord gives it back: a type, no nulls, every field with `inline`."""
    kept = {"type": "rich", **{key: value for key, value in embed.items() if value is not None}}
    if "fields" in kept:
        kept["fields"] = [{"inline": False, **field} for field in kept["fields"]]
    return kept
