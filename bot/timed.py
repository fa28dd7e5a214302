"""What is due when: entries of the rota, each of a kind, and what became of their moments."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gpu_agent.value import Facts


class RotaKind(StrEnum):
    """BATCH renders a file, WINDOW renders what waits, DIGEST and REPORT look back, REMINDER names open reviews."""

    BATCH = "batch"
    WINDOW = "window"
    DIGEST = "digest"
    REMINDER = "reminder"
    REPORT = "report"


class WindowScope(StrEnum):
    """Whose waiting jobs a window is for: those of its owner or of everybody, all of them or only those of batches."""

    NONE = ""
    MY_BATCHES = "my-batches"
    MINE = "mine"
    BATCHES = "batches"
    EVERYTHING = "everything"


class SlotOutcome(StrEnum):
    """What became of one moment of an entry. NOTHING was to be done, or to be said."""

    SERVED = "served"
    LATE = "late"
    MISSED = "missed"
    REFUSED = "refused"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class RotaEntry:
    """Something that is due again and again. `cron` is five fields in `zone`; a batch's `items` is its checked file.

    `next_at` is its next moment, None until the rota has worked it out; `due_at` is when the rota has to look at it,
    which is before that while the moment is to be announced `lead` seconds ahead. Moments count from `since` on.
    `grace` is how many seconds late it may still be done, None for what the settings say. `until` is the window's end
    as cron fields; an `open` one opened at `opened_at` and closes at `closes_at`, and what was rendered meanwhile is to
    be told as long as `opened_at` stands. `wanted_at` is when somebody wanted it to be done at once. `daily` is how
    many pictures a day its owner might ask for when it was made, 0 for any number.
    """

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
    kind: RotaKind = RotaKind.BATCH
    since: float = 0.0
    due_at: float | None = None
    lead: float = 0.0
    grace: float | None = None
    scope: WindowScope = WindowScope.NONE
    until: str = ""
    paused_at: float | None = None
    wanted_at: float | None = None
    open: bool = False
    opened_at: float | None = None
    closes_at: float | None = None

    @property
    def begins(self) -> float:
        """From here on its moments count, in UTC seconds."""
        return max(self.since, self.created_at)


@dataclass(frozen=True, slots=True)
class Slot:
    """One moment that was served, missed or refused; it never comes again."""

    entry: str
    at: float
    outcome: SlotOutcome
    told_at: float


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A picture that goes with an announcement, drawn when it is said: `kind` says how, `facts` what of."""

    notice: str
    kind: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why `count` jobs failed; `facts` are those of one of them."""

    kind: str
    facts: Facts
    count: int


@dataclass(frozen=True, slots=True)
class Yield:
    """What came of jobs. Failed ones in whose place others were tried are not counted.

    Deleted pictures are among the rendered, but neither kept nor open. The cards took `joules` in the seconds that were
    `measured`, and nobody knows how many in the `unmeasured` ones.
    """

    rendered: int = 0
    failed: int = 0
    cancelled: int = 0
    kept: int = 0
    rejected: int = 0
    open: int = 0
    measured: float = 0.0
    joules: float = 0.0
    unmeasured: float = 0.0
    failures: tuple[Failure, ...] = ()

    @property
    def seconds(self) -> float:
        """How long the cards rendered."""
        return self.measured + self.unmeasured


@dataclass(frozen=True, slots=True)
class Cost:
    """What rendering took, and what a hosted API would have taken instead, in the settings' currency."""

    watt_hours: float
    money: float
    hosted: float
    currency: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What a moment will take: `seconds` is None where nobody knows yet, `wakes` whether a tower has to be woken, None
    where none is watched. `opens` is when the window opens for which the pictures will have to wait, if there is one.
    """

    pictures: int
    seconds: float | None = None
    wakes: bool | None = None
    opens: float | None = None
