"""Every message between bot and agent: frozen, tagged, bounded, and readable as JSON.

Sizes are in bytes, durations in seconds, lengths of pictures in pixels. Bytes (previews, chunks) never travel
inside a message but as the payload of its frame; see `gpu_agent.frames`. `tests/golden/wire` holds one example
of each message.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from gpu_agent.order import Order, Receipt
from gpu_agent.stock import Gpu, ShelfLora, ShelfModel
from gpu_agent.value import Facts, Id, Message, Sha256

PROTOCOL = 2
MAX_CHUNK = 256 * 1024


class Hello(Message):
    type: Literal["hello"] = "hello"
    protocol: int
    bot: Id
    shelf: str = ""


class Ready(Message):
    """`boot` changes whenever the daemon starts anew; `held` names the jobs it knows, running or spooled."""

    type: Literal["ready"] = "ready"
    protocol: int
    boot: Id
    agent: str
    gpus: tuple[Gpu, ...]
    disk_free: int
    shelf: str
    held: tuple[Id, ...]


class Shelf(Message):
    type: Literal["shelf"] = "shelf"
    digest: str
    models: tuple[ShelfModel, ...]
    loras: tuple[ShelfLora, ...] = ()


class Offer(Message):
    """The bot has an input (source, mask, reference) of this digest; the agent answers `Need`."""

    type: Literal["offer"] = "offer"
    sha256: Sha256
    bytes: int = Field(ge=1, le=64 * 1024 * 1024)


class Need(Message):
    """Send from this offset; an offset equal to the size means the agent has it all."""

    type: Literal["need"] = "need"
    sha256: Sha256
    offset: int = Field(ge=0)


class Chunk(Message):
    """Payload: the bytes from `offset` on. `total` is the size of the whole."""

    type: Literal["chunk"] = "chunk"
    sha256: Sha256
    offset: int = Field(ge=0)
    total: int = Field(ge=0)


class Submit(Message):
    type: Literal["submit"] = "submit"
    epoch: int = Field(ge=1)
    order: Order


class Next(Message):
    """From the daemon to its worker alone: this order comes after the one in hand, and may be prepared beside it."""

    type: Literal["next"] = "next"
    order: Order


class Accepted(Message):
    """`ahead` counts the orders that will be rendered before this one; 0 means it is being rendered."""

    type: Literal["accepted"] = "accepted"
    job: Id
    epoch: int
    ahead: int


class Refused(Message):
    """The agent will not do what was asked. `job` is empty when the refusal is about the line itself."""

    type: Literal["refused"] = "refused"
    job: Id | Literal[""]
    kind: str
    facts: Facts = Field(default_factory=dict)


class Progress(Message):
    """`phase` is words for a person. `step` is 0 until the first step is done; `share` is 0..1 of the phase.

    `hold` is why an order waits although a card has nothing else to do, with its facts. Payload: a small JPEG of how
    the picture looks by now, or nothing.
    """

    type: Literal["progress"] = "progress"
    job: Id
    phase: Literal["waiting", "loading", "encoding", "rendering", "decoding", "saving"]
    detail: str = ""
    step: int = 0
    of: int = 0
    share: float | None = None
    hold: str = ""
    facts: Facts = Field(default_factory=dict)


class Done(Message):
    """The picture waits in the spool under its digest, and so does the `poster` of a clip. `peak` memory in bytes,
    `joules` None where unmeasured."""

    type: Literal["done"] = "done"
    job: Id
    epoch: int
    sha256: Sha256
    bytes: int
    receipt: Receipt
    seconds: float
    peak: int
    joules: float | None = None
    media: Literal["image/png", "video/mp4"] = "image/png"
    poster: Sha256 | None = None


class Failed(Message):
    type: Literal["failed"] = "failed"
    job: Id
    epoch: int
    kind: str
    facts: Facts = Field(default_factory=dict)
    worth_retrying: bool = False


class Cancel(Message):
    type: Literal["cancel"] = "cancel"
    job: Id


class Cancelled(Message):
    """The order ended without a picture. Also the answer for a job the agent does not know."""

    type: Literal["cancelled"] = "cancelled"
    job: Id
    epoch: int


class Fetch(Message):
    """Send the picture from `offset` on, in `Chunk`s, until its total is reached."""

    type: Literal["fetch"] = "fetch"
    sha256: Sha256
    offset: int = Field(ge=0)


class Thanks(Message):
    """The bot holds the outcome durably: the spool may forget this job."""

    type: Literal["thanks"] = "thanks"
    job: Id


class Status(Message):
    """Asked empty by the bot, answered filled by the agent. `hold` is why nothing is rendered now, `notes` what a
    person should know of the cards (heat, throttling)."""

    type: Literal["status"] = "status"
    asked: bool = False
    rendering: tuple[Id, ...] = ()
    waiting: tuple[Id, ...] = ()
    spooled: tuple[Id, ...] = ()
    warm: str = ""
    gpus: tuple[Gpu, ...] = ()
    disk_free: int = 0
    worker_alive: bool = False
    hold: str = ""
    facts: Facts = Field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Release(Message):
    """Give the VRAM back now; a running render is finished first."""

    type: Literal["release"] = "release"


class Stay(Message):
    """Do not sleep for this many seconds from now; 0 lets the agent sleep again when it sees fit."""

    type: Literal["stay"] = "stay"
    seconds: float = Field(ge=0, le=86400)


class Rest(Message):
    """A person asks the tower to sleep. Answered by `Resting`, or `Refused` while it has work or must stay."""

    type: Literal["rest"] = "rest"


class Resting(Message):
    """The tower sleeps in this many seconds unless an order arrives first."""

    type: Literal["resting"] = "resting"
    seconds: float


class Ping(Message):
    """Answered by the same `Ping`: proves that the daemon, not only the line, is alive."""

    type: Literal["ping"] = "ping"
    nonce: str = Field(default="", max_length=40)


AnyMessage = Annotated[
    Hello | Ready | Shelf | Offer | Need | Chunk | Submit | Next | Accepted | Refused | Progress | Done | Failed
    | Cancel | Cancelled | Fetch | Thanks | Status | Release | Stay | Rest | Resting | Ping,
    Field(discriminator="type"),
]  # fmt: skip

_adapter: TypeAdapter[Any] = TypeAdapter(AnyMessage)


def encode(message: Message) -> bytes:
    """The message as compact JSON."""
    return message.model_dump_json().encode()


def decode(header: bytes) -> Message:
    """The message of this JSON. Raises `pydantic.ValidationError` (a ValueError) when it is none of ours."""
    message: Message = _adapter.validate_json(header)
    return message
