"""An order becomes steps and pixels, with a word before the first step and one after each."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from math import nextafter
from typing import Any, Protocol

import torch
from PIL import Image

from gpu_agent.catalogue import Model
from gpu_agent.engine import progression, tail, timeline
from gpu_agent.engine.beside import AtOnce, Beside, beside
from gpu_agent.engine.checkpoint import Checkpoint, Origin
from gpu_agent.engine.checkpoint_folder import Checkpoints
from gpu_agent.engine.families.family import Family
from gpu_agent.engine.fault import Stopped
from gpu_agent.engine.inputs import Brought
from gpu_agent.engine.keeper import Keeper
from gpu_agent.engine.modes import masks_for_all, parameters
from gpu_agent.engine.preview import Previews
from gpu_agent.engine.resume import resumed
from gpu_agent.engine.warm import Warm
from gpu_agent.order import Order
from gpu_agent.wire import Progress

Asked = Callable[[], bool]


class Report(Protocol):
    """Who is told of each step; `preview` is a small JPEG or nothing."""

    def __call__(self, progress: Progress, preview: bytes = b"", /) -> None: ...


@dataclass(frozen=True)
class Keeping:
    """Where checkpoints of a render go, what they say they come from, and the seconds of work that a crash may cost."""

    folder: Checkpoints
    origin: Origin
    every: float


class Drawing:
    """One order, drawn by a pipeline that is dressed for it: from the beginning, or from a checkpoint. `underway` hears
    after the first step that a render has begun which neighbours may be prepared beside."""

    def __init__(
        self,
        warm: Warm,
        pipeline: Any,
        given: dict[str, Any],
        keeping: Keeping,
        report: Report,
        stopped: Asked,
        underway: Callable[[Any], None] = lambda pipeline: None,
    ) -> None:
        self._warm, self._pipeline, self._given = warm, pipeline, given
        self._keeping, self._order = keeping, keeping.origin.order
        self._report, self._stopped = report, stopped
        self._keeper: Keeper | None = None
        self._previews: Previews | None = None
        self._beside: Beside = AtOnce()
        self._denoised: Callable[[], None] = lambda: None
        self._underway, self._begun = underway, False

    def last(self) -> Checkpoint | None:
        """The moment after the latest step."""
        return self._keeper.last if self._keeper is not None else None

    def pixels(self, start: Checkpoint | None) -> Any:
        """Float array (height, width, 3), values 0..1, or one with frames before that. Raises Stopped at the first
        step after `stopped()` is true."""
        with tail.learning(self._pipeline) as lesson:
            drawn = self._called(start)
        pixels = (drawn.images if hasattr(drawn, "images") else drawn.frames)[0]
        lesson.compare(pixels)
        return pixels

    def left(self, at_decoder: Callable[[tail.Undecoded], None]) -> bool:
        """As `pixels` from the beginning, but up to the decoder alone, which is left to whom is given. False, and
        nothing is done, where it is not known how this pipeline goes on from there: it must have drawn a picture
        whole before."""
        if not tail.known(self._pipeline):
            return False
        self._called(None, tail.leaving(self._pipeline, at_decoder))
        return True

    def say(self, phase: Any, step: int, of: int, preview: bytes = b"") -> None:
        """Tell how far the order is, or raise Stopped."""
        self._go_on()
        self._tell(phase, step, of, preview)

    def _go_on(self) -> None:
        if self._stopped():
            raise Stopped

    def _called(self, start: Checkpoint | None, until: AbstractContextManager[None] | None = None) -> Any:
        """The noise is drawn on the processor: the same seed then means the same picture on every device."""
        order, pipeline = self._order, self._pipeline
        self.say("encoding", 0, order.steps)
        generator = torch.Generator("cpu").manual_seed(order.seed)
        torch.manual_seed(order.seed)  # for what pipelines draw without being given a generator
        scheduler = self._warm.fresh_scheduler(pipeline)
        progression.seeded(scheduler, generator)
        if order.source is None:
            progression.begun(scheduler)
        self._denoised, drawn = timeline.begun("denoise"), None
        with beside(self._warm.loaded.plan.device) as self._beside:
            self._stand_by(generator)
            denoisers = self._warm.family.denoisers
            way = resumed(pipeline, denoisers, start, order, generator, self._step_ended)
            with (
                until or nullcontext(),
                masks_for_all(pipeline),
                way as callback,
            ):  # which may end before the pipeline does
                drawn = pipeline(**self._given, generator=generator, callback_on_step_end=callback, output_type="np")
        return drawn

    def _stand_by(self, generator: torch.Generator) -> None:
        """Whoever keeps or shows something of this call."""
        order, keeping = self._order, self._keeping
        self._previews = Previews(self._pipeline, self._warm.family, order, beside=self._beside)
        self._keeper = Keeper(keeping.folder, keeping.origin, generator, keeping.every, beside=self._beside)

    def _step_ended(self, pipeline: Any, index: int, _timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
        """Nothing in here looks at a tensor: what does is told later, beside the steps that come."""
        assert self._keeper is not None
        assert self._previews is not None
        self._go_on()
        self._keeper.step_ended(pipeline, index, values)
        of, preview = evaluations(pipeline, self._order), self._previews.of(values["latents"])
        self._beside.after(lambda: self._tell("rendering", index + 1, of, preview()))
        if index + 1 == of:
            self._go_on()  # decoding takes its time, too
            self._beside.after(lambda: self._last_step(of))
        self._beside.step_ended()
        if not self._begun:
            self._begun = True
            self._underway(pipeline)
        return values

    def _last_step(self, of: int) -> None:
        self._denoised()
        self._tell("decoding", of, of)

    def _tell(self, phase: Any, step: int, of: int, preview: bytes = b"") -> None:
        share = step / of if phase == "rendering" else None
        self._report(Progress(job=self._order.job, phase=phase, step=step, of=of, share=share), preview)


def evaluations(pipeline: Any, order: Order) -> int:
    """How many times the network is really run: some schedulers take more than one evaluation for a step."""
    return int(getattr(pipeline, "num_timesteps", order.steps))


def arguments(pipeline: Any, model: Model, family: Family, order: Order, brought: Brought) -> dict[str, Any]:
    """What the order says, as far as this pipeline takes it: not every one knows a negative prompt or a guidance."""
    wanted: dict[str, Any] = {
        **model.arguments,
        "prompt": order.prompt,
        "num_inference_steps": order.steps,
        model.guidance_argument: order.guidance,
        "width": order.width,
        "height": order.height,
        "num_frames": order.frames,
        **_negative(model, family, order),
        **_images(order, brought),
    }
    return taken(pipeline, wanted)


def taken(pipeline: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    """Of these arguments, those that the pipeline knows."""
    known = parameters(pipeline)
    return {name: value for name, value in wanted.items() if name in known}


def most_tokens(pipeline: Any, given: dict[str, Any]) -> int | None:
    """The pipeline's own limit of a prompt's tokens, None if it has none."""
    own = parameters(pipeline).get("max_sequence_length")
    most = given.get("max_sequence_length", own.default if own is not None else None)
    return most if isinstance(most, int) else None


def _negative(model: Model, family: Family, order: Order) -> dict[str, Any]:
    words = order.negative or family.no_negative
    acts = model.negative_acts and order.guidance > family.guides_above
    return {"negative_prompt": words} if acts and words else {}


def _images(order: Order, brought: Brought) -> dict[str, Any]:
    """A pipeline that wants a mask and got none may change everything. One step at least is done, and only a strength
    of 1 forgets the image: with few steps, anything above the last but one would begin at pure noise, too."""
    if brought.source is None:
        return {}
    mask = brought.mask or Image.new("L", brought.source.size, 255)
    return {"image": brought.source, "mask_image": mask, "strength": _strength(order)}


def _strength(order: Order) -> float:
    steps, one = order.steps, 1 / order.steps
    if one * steps < 1:  # pipelines multiply again, and cut off: 49 times a 49th is less than one
        one = nextafter(one, 1.0)
    return 1.0 if order.strength == 1 else max(min(order.strength, (steps - 1) / steps), one)
