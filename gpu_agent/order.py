"""One picture to render, and everything that is needed to render it again.

Lengths are in pixels, strengths and shares 0..1. Inputs (source, mask, control, reference) are named by the SHA-256 of
their bytes, which travel before the order does.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from gpu_agent.value import Id, Message, Sha256, Side

Mode = Literal["text", "image", "inpaint", "control", "video", "animate"]
ControlKind = Literal["canny", "depth", "pose"]
Share = Annotated[float, Field(ge=0, le=1)]
MOST_LORAS = 8


class Lora(Message):
    """A LoRA of the tower's shelf, by its id there."""

    id: str = Field(min_length=1, max_length=128)
    weight: float = Field(default=1.0, ge=-4, le=4)


class Control(Message):
    """What a ControlNet holds on to. `prepared` says that the image is such a map already: nothing is detected in it.
    `until` is the share of the steps it acts in."""

    kind: ControlKind
    image: Sha256
    prepared: bool = False
    strength: float = Field(default=1.0, ge=0, le=2)
    until: Share = 1.0


class Reference(Message):
    """A picture whose look is taken over (IP-Adapter)."""

    image: Sha256
    strength: Share = 0.6


class Start(Message):
    """Go on from a checkpoint of this or another job: `step` steps are done."""

    job: Id
    step: int = Field(ge=1, le=200)


class Order(Message):
    """One picture or clip. `asked` is the person's own prompt, `prompt` the one with cues woven in.

    `strength` is how far an image is changed: 0 leaves it, 1 forgets it. The mask is white where something new is
    drawn. `keep_at` names steps whose checkpoint stays, for a later `start`; `frames` above 1 asks for a clip.
    """

    job: Id
    model: str = Field(max_length=64)
    prompt: str = Field(max_length=8000)
    asked: str = Field(default="", max_length=8000)
    negative: str = Field(default="", max_length=8000)
    seed: int = Field(ge=0, lt=2**32)
    width: Side
    height: Side
    steps: int = Field(ge=1, le=200)
    guidance: float = Field(ge=0, le=50)
    source: Sha256 | None = None
    mask: Sha256 | None = None
    strength: Share = 0.6
    control: Control | None = None
    reference: Reference | None = None
    loras: tuple[Lora, ...] = Field(default=(), max_length=MOST_LORAS)
    frames: int = Field(default=1, ge=1, le=257)
    start: Start | None = None
    keep_at: tuple[Annotated[int, Field(ge=1, le=200)], ...] = Field(default=(), max_length=8)

    @model_validator(mode="after")
    def _a_mask_lies_on_something(self) -> Self:
        if self.mask is not None and self.source is None:
            raise ValueError("a mask needs a source image")
        if self.frames > 1 and (self.mask is not None or self.control is not None):
            raise ValueError("a clip takes a source image at most")
        return self

    @property
    def mode(self) -> Mode:
        """What is done, by what was sent along."""
        if self.frames > 1:
            return "animate" if self.source is not None else "video"
        if self.control is not None:
            return "control"
        if self.mask is not None:
            return "inpaint"
        return "image" if self.source is not None else "text"

    @property
    def inputs(self) -> tuple[str, ...]:
        """The digests of all that has to be there before the work begins."""
        further = [extra.image for extra in (self.control, self.reference) if extra is not None]
        return tuple(dict.fromkeys(digest for digest in (self.source, self.mask, *further) if digest is not None))


class Worn(Message):
    """A LoRA as it was used. `how` is `slot` (swapped into a fixed place) or `loaded`."""

    id: str
    sha256: Sha256
    weight: float
    how: Literal["slot", "loaded"]


class Receipt(Message):
    """Everything needed to render the same picture again; travels in `Done` and inside the picture itself.

    `dropped` is the end of the prompt that the tokenizers cut off, `fell` the rung that ran out of memory before this
    one, `resumed_at` the step a checkpoint was taken up at, `repaired` what a bad first result needed, `lossy` what
    costs precision, `levers` what was done to make it faster.
    """

    order: Order
    model_name: str
    weights_sha256: Sha256
    pipeline: str
    scheduler: str
    dtype: str
    device: str
    threads: int
    plan: str
    compiled: bool
    prompt_truncated: bool = False
    versions: dict[str, str]
    licence: str = ""
    commercial: bool = True
    revision: str = ""
    files: dict[str, Sha256] = Field(default_factory=dict)
    loras: tuple[Worn, ...] = ()
    dropped: str = ""
    fell: str = ""
    resumed_at: int | None = None
    repaired: str = ""
    lossy: tuple[str, ...] = ()
    levers: tuple[str, ...] = ()
