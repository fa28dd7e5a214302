"""The values that a bench becomes. Seconds, bytes, joules, decibels; nothing here is a figure that was not measured."""

from dataclasses import dataclass

from gpu_agent.engine.bench.counted import Work


@dataclass(frozen=True)
class Took:
    """Pictures drawn one way. `median`, `p95` and `slowest` are of seconds from the call to pixels; the others are
    medians, and `rest` is what is neither text, denoiser nor decoder. `png` comes on top."""

    runs: int
    median: float
    p95: float
    slowest: float
    text: float
    denoise: float
    decode: float
    rest: float
    png: float
    peak: int
    joules: float | None = None


@dataclass(frozen=True)
class Pulled:
    """One lever more than the line before: what a picture takes then, and how far it is from the reference: the largest
    difference of a colour (0..1), and decibels where there is one. Differences are None where nothing real was drawn
    with. `missing` says why it could not be had."""

    lever: str
    median: float | None
    largest: float | None = None
    decibels: float | None = None
    missing: str = ""


@dataclass(frozen=True)
class First:
    """The first picture of a model that lay on the disk: seconds of it all, the weights' bytes, and the bytes a second
    that the disk gave (None where that could not be measured)."""

    seconds: float
    bytes: int
    disk: float | None


@dataclass(frozen=True)
class Row:
    """One model. `work` is of one picture as it was measured (`steps` steps), `floor` its seconds at the card's own
    rate, both None where it could not be counted. `whole` is false for clips, which are timed by the step.

    `compiled` is seconds of the first picture, compilers included; `slowest` the slowest timed one over the median;
    `recompiled` how many graphs were built while pictures were timed; `idle` the share of a batch in which the card had
    nothing to do between two pictures. `traced` says where a picture's time goes.
    """

    model: str
    name: str
    width: int
    height: int
    frames: int
    steps: int
    whole: bool
    random: bool
    plan: str
    ours: Took
    compiled: float
    recompiled: int
    slowest: float
    plain: Took | None = None
    work: Work | None = None
    floor: float | None = None
    idle: float | None = None
    first: First | None = None
    levers: tuple[str, ...] = ()
    lossy: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    pulled: tuple[Pulled, ...] = ()
    traced: tuple[str, ...] = ()

    @property
    def per(self) -> int:
        """What all seconds of this row are divided by: a clip is told by the step."""
        return 1 if self.whole else self.steps


@dataclass(frozen=True)
class Bench:
    """All of a run. `rate` is operations a second of a matrix product in `dtype`; `left_out` has a sentence for each
    model that was asked for and is not here; `states` is what the card said of itself while it worked."""

    device: str
    driver: str
    dtype: str
    rate: float
    versions: dict[str, str]
    rows: tuple[Row, ...] = ()
    left_out: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
