"""The values the rooms hand to one another. Times are UTC seconds, ids of Discord are ints, sizes are pixels."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.asked import NO_EXTRAS as NO_EXTRAS
from bot.asked import PLAIN as PLAIN
from bot.asked import Ask as Ask
from bot.asked import Extras as Extras
from bot.asked import Group as Group
from bot.asked import Manner as Manner
from bot.asked import Preset as Preset
from bot.batched import Batch as Batch
from bot.batched import BatchItem as BatchItem
from bot.batched import Outlook as Outlook
from bot.batched import Share as Share
from bot.decided import decided as decided
from bot.heard import Heard as Heard
from bot.heard import Wake as Wake
from bot.judged import CHOICE as CHOICE
from bot.judged import PASTED as PASTED
from bot.judged import WORDS as WORDS
from bot.judged import Cue as Cue
from bot.judged import CueEdit as CueEdit
from bot.judged import CueState as CueState
from bot.judged import CueVerb as CueVerb
from bot.judged import Judgement as Judgement
from bot.judged import Learned as Learned
from bot.judged import Mark as Mark
from bot.judged import ReasonEdit as ReasonEdit
from bot.judged import Scope as Scope
from bot.judged import Verdict as Verdict
from bot.judged import choice as choice
from bot.judged import choice_of as choice_of
from bot.proven import CueName as CueName
from bot.proven import Figure as Figure
from bot.proven import Report as Report
from bot.proven import Trial as Trial
from bot.routed import Opinion as Opinion
from bot.routed import Proposal as Proposal
from bot.routed import Route as Route
from bot.routed import Routed as Routed
from bot.routed import RouteEdit as RouteEdit
from bot.routed import RouteVerb as RouteVerb
from bot.routed import RouteWhy as RouteWhy
from bot.routed import Tally as Tally
from bot.timed import Cost as Cost
from bot.timed import Enclosure as Enclosure
from bot.timed import Expected as Expected
from bot.timed import Failure as Failure
from bot.timed import RotaEntry as RotaEntry
from bot.timed import RotaKind as RotaKind
from bot.timed import Slot as Slot
from bot.timed import SlotOutcome as SlotOutcome
from bot.timed import WindowScope as WindowScope
from bot.timed import Yield as Yield
from gpu_agent.order import Order, Receipt
from gpu_agent.value import Facts


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


@dataclass(frozen=True, slots=True)
class Job:
    """One picture to render; `asked` is the person's prompt, `prompt` the composed one.

    `style_negative` is what the style put behind the person's negative prompt, `routed` how the model was found for an
    ask that named none. After a failure that may pass it is queued again, for the `retries`th time since `retried_at`,
    and its error says why; `again` is the failed job of a batch in whose place it is.
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
    routed: Routed | None = None
    retries: int = 0
    retried_at: float | None = None
    again: str | None = None

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


IMPORTED = "imported"
"""The plan in the receipt of a picture that was rendered elsewhere, and its model where nobody said which it was."""

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

    `text` is the words of an ANNOUNCEMENT, for a CANCELLATION the number of further jobs that it tells, for a VERSION
    the slug, and for a SHEET that was said what of it may change. `person` is whose schedule an ANNOUNCEMENT is about.
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
    person: int | None = None

    @property
    def nonce(self) -> str:
        """Discord returns the first message to whoever sends the same nonce again within minutes; ≤ 25 characters."""
        return _NONCE_LETTER[self.kind] + self.id
