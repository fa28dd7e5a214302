"""Orders for every way of drawing, with the images they bring along."""

import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from gpu_agent.catalogue import Model
from gpu_agent.order import Control, Lora, Order, Reference

LORA, REFERENCE, NEGATIVE = "lora", "reference", "negative"


def ways(model: Model) -> tuple[str, ...]:
    """All that an entry claims, by a word each: its modes (one for each kind of ControlNet), a reference picture, a
    negative prompt, and LoRAs, which every model takes."""
    modes = [str(mode) for mode in model.modes if mode != "control"]
    kinds = [str(kind) for kind in model.controlnets]
    extras = [(REFERENCE, model.adapter is not None), (NEGATIVE, model.negative_acts)]
    return (*modes, *kinds, *(way for way, claimed in extras if claimed), LORA)


class Orders:
    """Orders whose images are put where an engine looks for them, or are kept to be sent."""

    def __init__(self, inputs: Path) -> None:
        inputs.mkdir(parents=True, exist_ok=True)
        self._inputs = inputs

    def order(self, model: Model, way: str, job: str = "job", **own: Any) -> Order:
        """A valid order of this model for one of its ways; `own` replaces fields."""
        usual: dict[str, Any] = {
            "job": job,
            "model": model.id,
            "prompt": "a red boat on the sea",
            "seed": 5,
            "width": model.width,
            "height": model.height,
            "steps": model.steps,
            "guidance": model.guidance,
            "frames": model.frames,
        }
        if model.modes == ("animate",):  # it draws nothing without a first frame
            usual["source"] = self.image("striped")
        return Order(**{**usual, **self._brought(way), **own})

    def image(self, kind: str) -> str:
        """The digest of an image of this kind, which lies among the inputs then."""
        stream = BytesIO()
        _PICTURES[kind]().save(stream, "PNG")
        digest = hashlib.sha256(stream.getvalue()).hexdigest()
        (self._inputs / digest).write_bytes(stream.getvalue())
        return digest

    def content(self, digest: str) -> bytes:
        return (self._inputs / digest).read_bytes()

    def _brought(self, way: str) -> dict[str, Any]:
        if way in ("image", "animate"):
            return {"source": self.image("striped"), "strength": 0.5, "steps": 4}
        if way == "inpaint":
            return {"source": self.image("striped"), "mask": self.image("left"), "strength": 0.5, "steps": 4}
        if way in ("canny", "depth", "pose"):
            return {"control": Control.model_validate({"kind": way, "image": self.image("striped")})}
        if way == REFERENCE:
            return {"reference": Reference(image=self.image("round"))}
        if way == NEGATIVE:
            return {"negative": "blurred, grey"}
        return {}


def wearing(model: Model, weight: float) -> dict[str, Any]:
    """The LoRA that bears its model's name."""
    return {"loras": (Lora(id=model.id, weight=weight),)}


def _striped() -> Image.Image:
    return Image.linear_gradient("L").resize((64, 64)).point(lambda value: value * 5 % 256).convert("RGB")


def _round() -> Image.Image:
    return Image.radial_gradient("L").resize((64, 64)).convert("RGB")


def _half(box: tuple[int, int, int, int]) -> Image.Image:
    mask = Image.new("L", (64, 64))
    mask.paste(255, box)
    return mask


_PICTURES: dict[str, Callable[[], Image.Image]] = {
    "striped": _striped,
    "round": _round,
    "red": lambda: Image.new("RGB", (64, 64), "red"),
    "left": lambda: _half((0, 0, 32, 64)),
    "top": lambda: _half((0, 0, 64, 32)),
}
