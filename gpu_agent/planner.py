"""May this order be rendered, and how: pure arithmetic over the model's limits, used by the bot as advice and by
the tower as the decision."""

from dataclasses import dataclass

from gpu_agent.order import Order
from gpu_agent.stock import ShelfModel
from gpu_agent.value import Facts


@dataclass(frozen=True)
class Refusal:
    """Why not, as a kind and the facts its sentence needs; the facts name a size that would do where there is one."""

    kind: str
    facts: Facts


@dataclass(frozen=True)
class Plan:
    """How a model is placed on its device, and the bytes that is expected to take.

    `rung` is one of RUNGS, `format` the quantization of the denoiser (fp8, int8, nf4, gguf or empty), `dtype` float32
    on a processor and bfloat16 on a card. `because` says in words why no rung above would do.
    """

    rung: str
    device: str
    dtype: str
    format: str = ""
    tiled: bool = False
    sliced: bool = False
    peak: int = 0
    ram: int = 0
    because: tuple[str, ...] = ()


RUNGS = ("resident", "text-out", "quantized", "streamed", "model-offload", "leaf-offload", "sequential")


def plan(device: str) -> Plan:
    """Whole model on the device, at the precision the device is fast at."""
    return Plan(rung="resident", device=device, dtype="float32" if device == "cpu" else "bfloat16")


def refuse(model: ShelfModel, order: Order) -> Refusal | None:
    """The first reason this order cannot be rendered by this model, or None."""
    return _refuse_size(model, order) or _refuse_prompt(model, order)


def nearest(pixels: int, model: ShelfModel) -> int:
    """The side length closest to `pixels` that the model can draw."""
    rounded = round(pixels / model.multiple) * model.multiple
    return max(model.smallest, min(model.largest, rounded))


def _refuse_size(model: ShelfModel, order: Order) -> Refusal | None:
    size = (order.width, order.height)
    facts: Facts = {
        "model": model.id,
        "width": order.width,
        "height": order.height,
        "multiple": model.multiple,
        "smallest": model.smallest,
        "largest": model.largest,
        "nearest": f"{nearest(order.width, model)}x{nearest(order.height, model)}",
    }
    if any(not model.smallest <= side <= model.largest for side in size):
        return Refusal("size-range", facts)
    if any(side % model.multiple for side in size):
        return Refusal("size-multiple", facts)
    return None


def _refuse_prompt(model: ShelfModel, order: Order) -> Refusal | None:
    length = max(len(order.prompt), len(order.asked))
    if not order.prompt.strip():
        return Refusal("prompt-empty", {"model": model.id})
    if length > model.prompt_limit:
        return Refusal("prompt-length", {"model": model.id, "length": length, "limit": model.prompt_limit})
    return None
