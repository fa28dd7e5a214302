"""An order becomes steps and pixels, with a word before the first step and one after each."""

import inspect
from collections.abc import Callable
from typing import Any

import torch

from gpu_agent.engine.fault import Stopped
from gpu_agent.engine.load import Loaded
from gpu_agent.order import Order
from gpu_agent.wire import Progress

Report = Callable[[Progress], None]
Asked = Callable[[], bool]


def render(loaded: Loaded, order: Order, report: Report, stopped: Asked) -> Any:
    """Float array (height, width, 3), values 0..1. Raises Stopped at the first step after `stopped()` is true.

    The noise is drawn on the processor: the same seed then means the same picture on every device.
    """
    watch = _Watch(order, report, stopped)
    watch.say("encoding", 0, order.steps)
    generator = torch.Generator("cpu").manual_seed(order.seed)
    arguments = _arguments(loaded, order) | {"generator": generator, "callback_on_step_end": watch.step_ended}
    return loaded.pipeline(**arguments, output_type="np").images[0]


def evaluations(pipeline: Any, order: Order) -> int:
    """How many times the network is really run: some schedulers take more than one evaluation for a step."""
    return int(getattr(pipeline, "num_timesteps", order.steps))


def truncated(loaded: Loaded, prompt: str) -> bool:
    """Is the prompt longer than even the most patient of the pipeline's tokenizers reads?"""
    room = _parameters(loaded).get("max_sequence_length")
    bound = room.default if room is not None and isinstance(room.default, int) else None
    parts = loaded.pipeline.components.items()
    tokenizers = [part for name, part in parts if name.startswith("tokenizer") and part is not None]
    return bool(tokenizers) and all(
        len(tokenizer(prompt).input_ids) > min(tokenizer.model_max_length, bound or tokenizer.model_max_length)
        for tokenizer in tokenizers
    )


def _arguments(loaded: Loaded, order: Order) -> dict[str, Any]:
    """What the order says, as far as this pipeline takes it: not every one knows a negative prompt or a guidance."""
    wanted: dict[str, Any] = {
        "prompt": order.prompt,
        "num_inference_steps": order.steps,
        loaded.model.guidance_argument: order.guidance,
        "width": order.width,
        "height": order.height,
    }
    if loaded.model.negative_acts and order.negative:
        wanted["negative_prompt"] = order.negative
    return {name: value for name, value in wanted.items() if name in _parameters(loaded)}


def _parameters(loaded: Loaded) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(type(loaded.pipeline).__call__).parameters)


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
