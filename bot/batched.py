"""A batch, the file it was made of and that file's items. Times are UTC seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Batch:
    """Many asks from one file. `entry` and `slot` are set when the rota sent it.

    `digest` is the sha256 of the file, "" where that is not kept; `thread` is where its pictures are posted, once there
    is one; while `paused_at` is set, no further job of it is begun.
    """

    id: str
    key: str
    name: str
    asker: int
    guild: int
    channel: int
    created_at: float
    entry: str | None = None
    slot: float | None = None
    digest: str = ""
    thread: int | None = None
    paused_at: float | None = None


@dataclass(frozen=True, slots=True)
class BatchItem:
    """An item of a batch's file: `number` is its place there, from 1, `digest` that of what it asks for.

    Members of a `cluster` must look alike. Its jobs are those of `ask`.
    """

    batch: str
    number: int
    slug: str
    digest: str
    cluster: str | None
    ask: str


@dataclass(frozen=True, slots=True)
class Share:
    """The pictures of one model among those of a file.

    `load` is how many seconds loading it takes, None while that is not known; `seconds` render the pictures, but for
    so many of which it is `unknown`.
    """

    model: str
    pictures: int
    load: float | None
    seconds: float
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a file's pictures will probably take, models in the order in which they are rendered; times in seconds.

    `wake` is until the towers are up, 0 when they are. `span` is from the first waking to the last picture, as far as
    each part is known. `ahead` pictures of others wait or render as well; `ready` is the moment at which all will be
    there, None while something of that is not known. `opens` is when the window does for which they will wait.
    """

    shares: tuple[Share, ...]
    wake: float | None
    span: float
    ahead: int = 0
    ready: float | None = None
    opens: float | None = None

    @property
    def pictures(self) -> int:
        return sum(share.pictures for share in self.shares)

    @property
    def rendering(self) -> float:
        """Seconds of rendering, as far as they are known."""
        return sum(share.seconds for share in self.shares)

    @property
    def awake(self) -> float:
        """Seconds in which the towers wake up or load, as far as they are known."""
        return (self.wake or 0.0) + sum(share.load or 0.0 for share in self.shares)

    @property
    def known(self) -> bool:
        """Whether every part is known."""
        return self.wake is not None and all(share.load is not None and not share.unknown for share in self.shares)
