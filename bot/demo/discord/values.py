"""What the stand-in's world is made of. Ids are snowflakes written as strings; times are seconds since 1970, UTC."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

TEXT_CHANNEL = 0
DIRECT = 1
PUBLIC_THREAD = 11

STARTER = 21
"""The type of the message that quotes, inside a thread, the one it began with."""

HAS_THREAD = 1 << 5

EPHEMERAL = 1 << 6
LOADING = 1 << 7
COMPONENTS_V2 = 1 << 15


@dataclass(frozen=True)
class Person:
    """A user of the guild, the bot included. `roles` are role ids without @everyone."""

    id: str
    username: str
    name: str
    bot: bool = False
    roles: tuple[str, ...] = ()


@dataclass
class Role:
    id: str
    name: str
    permissions: int
    position: int
    managed: bool = False


@dataclass
class Channel:
    """A text channel, a thread below one, or two people's direct messages. `overwrites`: role or person id →
    (allow, deny) bits. `people` are those who joined a thread, or the one whom the bot writes to directly.
    `archived_at` is when a thread was last put away or taken out again.
    """

    id: str
    name: str
    topic: str | None = None
    kind: int = TEXT_CHANNEL
    parent_id: str | None = None
    owner_id: str | None = None
    created_at: float = 0.0
    overwrites: dict[str, tuple[int, int]] = field(default_factory=dict)
    last_message_id: str | None = None
    nsfw: bool = False
    archived: bool = False
    locked: bool = False
    archived_at: float = 0.0
    archive_minutes: int = 1440
    people: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Attachment:
    """A stored file. `dimensions` is (width, height) in pixels where the bytes tell."""

    id: str
    channel_id: str
    filename: str
    content_type: str
    data: bytes = field(repr=False)
    description: str | None = None
    dimensions: tuple[int, int] | None = None


@dataclass(frozen=True)
class Origin:
    """The interaction a message answers; `target_message_id` is the one a message command was used on."""

    interaction_id: str
    kind: int
    name: str
    person_id: str
    clicked_message_id: str | None = None
    target_message_id: str | None = None


@dataclass
class Message:
    """`inline` are the ids of attachments that an embed or component shows and that are not listed a second time;
    `addressee` is the only person who sees an ephemeral message. `reference_channel_id` is for what a system message
    points at in another channel.
    """

    id: str
    channel_id: str
    author_id: str
    created_at: float
    kind: int = 0
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    inline: frozenset[str] = frozenset()
    reactions: dict[str, list[str]] = field(default_factory=dict)
    mentions: list[str] = field(default_factory=list)
    mention_everyone: bool = False
    reference_id: str | None = None
    reference_channel_id: str | None = None
    nonce: str | int | None = None
    flags: int = 0
    edited_at: float | None = None
    origin: Origin | None = None
    addressee: str | None = None

    @property
    def listed(self) -> list[Attachment]:
        return [attachment for attachment in self.attachments if attachment.id not in self.inline]

    @property
    def loading(self) -> bool:
        return bool(self.flags & LOADING)


@dataclass(frozen=True)
class Outcome:
    """What the bot's acknowledgement means to the person who waits: docs/standin.md lists the states."""

    interaction_id: str
    state: str
    message_id: str | None = None
    modal: Json | None = None
    choices: tuple[Json, ...] = ()
    error: str | None = None


@dataclass
class Interaction:
    """`original_id` is the message @original means; `deferred` is None, "thinking" or "update"."""

    id: str
    token: str
    kind: int
    person_id: str
    channel_id: str
    data: Json
    created_at: float
    outcome: asyncio.Future[Outcome]
    name: str = ""
    message_id: str | None = None
    acknowledged: bool = False
    deferred: str | None = None
    original_id: str | None = None
    modal: Json | None = None
