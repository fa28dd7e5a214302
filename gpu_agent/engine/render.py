"""An order becomes steps and pixels, with a word before the first step and one after each."""

from collections.abc import Callable
from typing import Any, Protocol

import torch
from PIL import Image

from gpu_agent.catalogue import Model
from gpu_agent.engine.families.family import Family
from gpu_agent.engine.fault import Stopped
from gpu_agent.engine.inputs import Brought
from gpu_agent.engine.modes import parameters
from gpu_agent.order import Order
from gpu_agent.wire import Progress

Asked = Callable[[], bool]


class Report(Protocol):
    """Who is told of each step; `preview` is a small JPEG or nothing."""

    def __call__(self, progress: Progress, preview: bytes = b"") -> None: ...


def render(pipeline: Any, arguments: dict[str, Any], order: Order, report: Report, stopped: Asked) -> Any:
    """Float array (height, width, 3), values 0..1, or one with frames before that. Raises Stopped at the first step
    after `stopped()` is true.

    The noise is drawn on the processor: the same seed then means the same picture on every device.
    """
    watch = _Watch(order, report, stopped)
    watch.say("encoding", 0, order.steps)
    generator = torch.Generator("cpu").manual_seed(order.seed)
    drawn = pipeline(**arguments, generator=generator, callback_on_step_end=watch.step_ended, output_type="np")
    return (drawn.images if hasattr(drawn, "images") else drawn.frames)[0]


def evaluations(pipeline: Any, order: Order) -> int:
    """How many times the network is really run: some schedulers take more than one evaluation for a step."""
    return int(getattr(pipeline, "num_timesteps", order.steps))


def arguments(pipeline: Any, model: Model, family: Family, order: Order, brought: Brought) -> dict[str, Any]:
    """What the order says, as far as this pipeline takes it: not every one knows a negative prompt or a guidance."""
    taken = parameters(pipeline)
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
        **_control(model, order, brought, "control_image" if "control_image" in taken else "image"),
    }
    return {name: value for name, value in wanted.items() if name in taken}


def _negative(model: Model, family: Family, order: Order) -> dict[str, Any]:
    words = order.negative or family.no_negative
    acts = model.negative_acts and order.guidance > family.guides_above
    return {"negative_prompt": words} if acts and words else {}


def _images(order: Order, brought: Brought) -> dict[str, Any]:
    """A pipeline that wants a mask and got none may change everything; one step at least is done."""
    if brought.source is None:
        return {}
    mask = brought.mask or Image.new("L", brought.source.size, 255)
    strength = max(order.strength, 1.001 / order.steps)
    return {"image": brought.source, "mask_image": mask, "strength": min(strength, 1.0)}


def _control(model: Model, order: Order, brought: Brought, name: str) -> dict[str, Any]:
    if order.control is None:
        return {}
    union = model.controlnets[order.control.kind].union
    wanted = {
        name: brought.control,
        "controlnet_conditioning_scale": order.control.strength,
        "control_guidance_end": order.control.until,
    }
    return wanted if union is None else wanted | {"control_mode": union}


class _Watch:
    """Stands beside the pipeline: reports each step, and ends the work when asked to."""

    def __init__(self, order: Order, report: Report, stopped: Asked) -> None:
        self._order, self._report, self._stopped = order, report, stopped

    def say(self, phase: Any, step: int, of: int) -> None:
        if self._stopped():
            raise Stopped
        share = step / of if phase == "rendering" else None
        self._report(Progress(job=self._order.job, phase=phase, step=step, of=of, share=share))

    def step_ended(self, pipeline: Any, index: int, _timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
        of = evaluations(pipeline, self._order)
        self.say("rendering", index + 1, of)
        if index + 1 == of:
            self.say("decoding", of, of)
        return values
