"""May this model draw this order at all: its own limits, used by the bot as advice and by the tower as the decision.

Whether there is memory for it is `gpu_agent.placing`'s question; what both answer with is defined here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gpu_agent.order import Order
from gpu_agent.stock import ShelfLora, ShelfModel
from gpu_agent.value import Facts

RUNGS = ("resident", "text-out", "quantized", "streamed", "model-offload", "leaf-offload", "sequential")
Text = Literal["card", "out", "streamed"]


@dataclass(frozen=True)
class Refusal:
    """Why not, as a kind and the facts its sentence needs; the facts name what would do where there is something."""

    kind: str
    facts: Facts


@dataclass(frozen=True)
class Plan:
    """How a model is placed on its device, and the bytes that is expected to take.

    `rung` is one of RUNGS, `format` the quantization of the denoiser (fp8, int8, nf4, gguf or empty), `dtype` float32
    on a processor and bfloat16 on a card. `text` says where the text encoders are: they stay on the `card`; each comes
    there whole only while it encodes and lies in the machine's memory otherwise (`out`); or they are sent there leaf
    by leaf, because the largest does not fit beside the rest (`streamed`). `tiled` decodes tiles of 512 pixels.

    `peak` is of the card and `ram` of the machine, `budget` what `peak` had to stay within, all in bytes; `seconds`
    is None where nothing tells. `because` says in words why no rung above would do, each behind the rung's name; before
    them, behind a format's name, that it was asked for or why it cannot be had.
    """

    rung: str
    device: str
    dtype: str
    format: str = ""
    text: Text = "card"
    tiled: bool = False
    sliced: bool = False
    peak: int = 0
    ram: int = 0
    budget: int = 0
    seconds: float | None = None
    because: tuple[str, ...] = ()


def refuse(model: ShelfModel, order: Order) -> Refusal | None:
    """The first reason this order cannot be rendered by this model, or None."""
    checks = (_refuse_mode, _refuse_size, _refuse_pixels, _refuse_frames, _refuse_steps, _refuse_prompt)
    return next((refusal for check in checks if (refusal := check(model, order)) is not None), None)


def refuse_loras(order: Order, model: ShelfModel, loras: Sequence[ShelfLora]) -> Refusal | None:
    """The first LoRA of the order that the shelf does not have, or that was trained for other models than this.

    A LoRA or model of no known family is given the benefit of the doubt.
    """
    here = {lora.id: lora for lora in loras}
    fits = [lora.id for lora in loras if lora.family == model.family] or ["none"]
    for asked in order.loras:
        if asked.id not in here:
            return Refusal("unknown-lora", {"lora": asked.id, "model": model.id, "known": ", ".join(fits)})
        family = here[asked.id].family
        if family and model.family and family != model.family:
            facts: Facts = {"lora": asked.id, "family": family, "model": model.id, "known": ", ".join(fits)}
            return Refusal("lora-family", facts)
    return None


def nearest(pixels: int, model: ShelfModel) -> int:
    """The side length closest to `pixels` that the model can draw."""
    rounded = round(pixels / model.multiple) * model.multiple
    return max(model.smallest, min(model.largest, rounded))


def nearest_size(width: int, height: int, model: ShelfModel) -> str:
    """The size closest to this one that the model can draw; where both sides cannot be kept, their proportion is."""
    width, height = nearest(width, model), nearest(height, model)
    if model.most_pixels and width * height > model.most_pixels:
        share = float(model.most_pixels / (width * height)) ** 0.5
        width, height = _at_most(width * share, model), _at_most(height * share, model)
        # a side that could not shrink so far leaves the rest to the other one
        width, height = min(width, _at_most(model.most_pixels / height, model)), height
        height = min(height, _at_most(model.most_pixels / width, model))
    return f"{width}x{height}"


def _at_most(pixels: float, model: ShelfModel) -> int:
    return max(model.smallest, int(pixels // model.multiple) * model.multiple)


def _refuse_mode(model: ShelfModel, order: Order) -> Refusal | None:
    facts: Facts = {"model": model.id, "mode": order.mode, "modes": ", ".join(model.modes)}
    if order.mode not in model.modes:
        return Refusal("mode-missing", facts)
    if order.control is not None and order.control.kind not in model.controls:
        kinds = ", ".join(model.controls) or "none"
        return Refusal("control-missing", {"model": model.id, "control": order.control.kind, "controls": kinds})
    if order.reference is not None and not model.reference:
        return Refusal("reference-missing", {"model": model.id})
    return None


def _refuse_size(model: ShelfModel, order: Order) -> Refusal | None:
    size = (order.width, order.height)
    facts: Facts = {
        "model": model.id,
        "width": order.width,
        "height": order.height,
        "multiple": model.multiple,
        "smallest": model.smallest,
        "largest": model.largest,
        "nearest": nearest_size(order.width, order.height, model),
    }
    if any(not model.smallest <= side <= model.largest for side in size):
        return Refusal("size-range", facts)
    if any(side % model.multiple for side in size):
        return Refusal("size-multiple", facts)
    return None


def _refuse_pixels(model: ShelfModel, order: Order) -> Refusal | None:
    if not model.most_pixels or order.width * order.height <= model.most_pixels:
        return None
    size = {"width": order.width, "height": order.height}
    would_do = nearest_size(order.width, order.height, model)
    return Refusal("size-pixels", {"model": model.id, **size, "most": model.most_pixels, "nearest": would_do})


def _refuse_frames(model: ShelfModel, order: Order) -> Refusal | None:
    if order.frames == 1:
        return None
    step, most = model.frame_step, model.most_frames
    would_do = min(max(round((order.frames - 1) / step), 1), (most - 1) // step) * step + 1
    facts: Facts = {"model": model.id, "frames": order.frames, "most": most, "step": step, "nearest": would_do}
    if order.frames > most:
        return Refusal("frames-range", facts)
    return Refusal("frames-step", facts) if (order.frames - 1) % step else None


def _refuse_steps(model: ShelfModel, order: Order) -> Refusal | None:
    least, most = model.least_steps, model.most_steps
    if not least <= order.steps <= most:
        would_do = max(least, min(most, order.steps))
        facts: Facts = {"model": model.id, "steps": order.steps, "least": least, "most": most, "nearest": would_do}
        return Refusal("steps-range", facts)
    if order.start is not None and order.start.step >= order.steps:
        return Refusal("start-late", {"step": order.start.step, "steps": order.steps})
    return None


def _refuse_prompt(model: ShelfModel, order: Order) -> Refusal | None:
    length = max(len(order.prompt), len(order.asked))
    if not order.prompt.strip():
        return Refusal("prompt-empty", {"model": model.id})
    if length > model.prompt_limit:
        return Refusal("prompt-length", {"model": model.id, "length": length, "limit": model.prompt_limit})
    return None
