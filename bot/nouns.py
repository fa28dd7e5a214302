"""The values the rooms hand to one another. Times are UTC seconds, ids of Discord are ints, sizes are pixels."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.judged import WORDS as WORDS
from bot.judged import Cue as Cue
from bot.judged import CueEdit as CueEdit
from bot.judged import CueState as CueState
from bot.judged import CueVerb as CueVerb
from bot.judged import Judgement as Judgement
from bot.judged import Learned as Learned
from bot.judged import Mark as Mark
from bot.judged import Scope as Scope
from bot.judged import Verdict as Verdict
from bot.preset import Preset as Preset
from gpu_agent.order import Control, Lora, Order, Receipt, Reference, Start
from gpu_agent.stock import Gpu
from gpu_agent.value import Facts, Message, Sha256


class JobState(StrEnum):
    QUEUED = "queued"
    RENDERING = "rendering"
    RENDERED = "rendered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class NoticeKind(StrEnum):
    """What the bot has to say. CARD waits and is edited; PICTURE, FAILURE and CANCELLATION each end one job.

    REPOST shows a job's picture once more; VERSION shows the current one of a slug, and is edited for a better one.
    """

    CARD = "card"
    PICTURE = "picture"
    FAILURE = "failure"
    CANCELLATION = "cancellation"
    ANNOUNCEMENT = "announcement"
    SHEET = "sheet"
    REPOST = "repost"
    VERSION = "version"


class Group(StrEnum):
    """What the pictures of one ask are to one another."""

    SEEDS = ""
    PROMPTS = "prompts"
    COMPARE = "compare"
    GRID = "grid"


class Extras(Message):
    """What an order has beyond words and sizes, as `Order` names and bounds it. Pictures lie in the bot's files."""

    source: Sha256 | None = None
    mask: Sha256 | None = None
    strength: float = 0.6
    control: Control | None = None
    reference: Reference | None = None
    loras: tuple[Lora, ...] = ()
    frames: int = 1
    start: Start | None = None
    keep_at: tuple[int, ...] = ()


NO_EXTRAS = Extras()


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person or the rota wants, before it is accepted. The same `key` is accepted once, however often sent.

    `style` names a preset whose words are woven into the prompt, `parent` the job whose picture this comes from,
    `label` the cell of a comparison or grid. `loras` win over those of `extras`.
    """

    key: str
    prompt: str
    asker: int
    guild: int
    channel: int
    model: str | None = None
    width: int | None = None
    height: int | None = None
    seed: int | None = None
    count: int = 1
    slug: str | None = None
    archetype: str | None = None
    negative: str = ""
    steps: int | None = None
    guidance: float | None = None
    loras: tuple[Lora, ...] = ()
    extras: Extras = NO_EXTRAS
    style: str | None = None
    parent: str | None = None
    label: str = ""

    def whole(self) -> Extras:
        """The extras with the LoRAs that count."""
        return self.extras.model_copy(update={"loras": self.loras}) if self.loras else self.extras


@dataclass(frozen=True, slots=True)
class Manner:
    """How an ask's pictures are posted: hidden until clicked, and with a ping for the person who asked."""

    group: Group = Group.SEEDS
    spoiler: bool = False
    ping: bool = False


PLAIN = Manner()


@dataclass(frozen=True, slots=True)
class Batch:
    """Many asks from one file. `entry` and `slot` are set when the rota sent it."""

    id: str
    key: str
    name: str
    asker: int
    guild: int
    channel: int
    created_at: float
    entry: str | None = None
    slot: float | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One picture to render; `asked` is the person's prompt, `prompt` the composed one.

    `style_negative` is what the style put behind the person's negative prompt.
    """

    id: str
    ask: str
    index: int
    asker: int
    guild: int
    channel: int
    slug: str
    model: str
    asked: str
    prompt: str
    negative: str
    seed: int
    width: int
    height: int
    steps: int
    guidance: float
    created_at: float
    archetype: str | None = None
    batch: str | None = None
    cues: tuple[Cue, ...] = ()
    state: JobState = JobState.QUEUED
    epoch: int = 1
    tower: str | None = None
    boot: str | None = None
    ended_at: float | None = None
    cancel_wanted: bool = False
    error_kind: str | None = None
    error_facts: Facts = field(default_factory=dict)
    extras: Extras = NO_EXTRAS
    parent: str | None = None
    style: str | None = None
    style_negative: str = ""
    label: str = ""

    def order(self) -> Order:
        """What is sent over the wire."""
        return Order(
            job=self.id,
            model=self.model,
            prompt=self.prompt,
            asked=self.asked,
            negative=self.negative,
            seed=self.seed,
            width=self.width,
            height=self.height,
            steps=self.steps,
            guidance=self.guidance,
            **dict(self.extras),
        )


@dataclass(frozen=True, slots=True)
class InLine:
    """As much of a waiting job as decides its turn; ten thousand of them are read in a moment."""

    id: str
    asker: int
    batch: str | None
    model: str
    created_at: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished picture; its file lies under `sha256`. `message` is the Discord message once it is posted.

    A clip has `media` video/mp4 and a still in the file `poster`. Of a deleted one only this row is left.
    """

    job: str
    sha256: str
    bytes: int
    receipt: Receipt
    seconds: float
    peak: int
    joules: float | None
    created_at: float
    message: int | None = None
    media: str = "image/png"
    poster: str | None = None
    deleted_at: float | None = None
    deleted_by: int | None = None


SHOWING = (NoticeKind.PICTURE, NoticeKind.REPOST)
"""The notices whose message shows a picture, so that what people do under it counts for the picture's job."""

_NONCE_LETTER = {
    NoticeKind.CARD: "c",
    NoticeKind.PICTURE: "p",
    NoticeKind.FAILURE: "f",
    NoticeKind.CANCELLATION: "x",
    NoticeKind.ANNOUNCEMENT: "a",
    NoticeKind.SHEET: "s",
    NoticeKind.REPOST: "r",
    NoticeKind.VERSION: "v",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to say, once. Exactly one of ask, job, batch names what it is about, or none for plain words.

    `text` is the words of an ANNOUNCEMENT, for a CANCELLATION the number of further jobs that it tells, and for a
    VERSION the slug.
    """

    id: str
    kind: NoticeKind
    channel: int
    created_at: float
    ask: str | None = None
    job: str | None = None
    batch: str | None = None
    text: str = ""
    first_tried_at: float | None = None
    said_at: float | None = None
    message: int | None = None

    @property
    def nonce(self) -> str:
        """Discord returns the first message to whoever sends the same nonce again within minutes; ≤ 25 characters."""
        return _NONCE_LETTER[self.kind] + self.id


@dataclass(frozen=True, slots=True)
class RotaEntry:
    """A batch that is due again and again. `cron` is five fields in `zone`, `items` the file's checked text, `daily` what
    its owner might ask for in a day, 0 for anything. `next_at` is None until the rota has worked it out."""

    id: str
    name: str
    words: str
    cron: str
    zone: str
    items: str
    asker: int
    guild: int
    channel: int
    created_at: float
    next_at: float | None
    daily: int = 0


@dataclass(frozen=True, slots=True)
class Wake:
    """One attempt to wake a tower. `seconds` to ready is None until it is; `rung` is how far it came."""

    id: int
    tower: str
    asked_at: float
    seconds: float | None
    rung: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What a tower said of itself when it last answered: its agent's version, its cards, free bytes on its disk."""

    agent: str
    gpus: tuple[Gpu, ...]
    disk_free: int
    seen_at: float
