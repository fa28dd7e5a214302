"""What a picture from elsewhere says of itself: A1111's and Forge's line of parameters, and ComfyUI's graph, as text.

Nothing of it is run or looked up: a graph is a table of nodes, walked from the sampler to the words it was given. What
cannot be read is left out; it is never an error, because the picture is what is wanted.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, PngImagePlugin

_MOST = 200_000  # characters of one text
_NODES = 2000
_DEEP = 20  # nodes between a sampler and its words
_PAIR = re.compile(r'\s*([A-Z][\w /-]*):\s*("(?:\\.|[^"\\])*"|[^,]*)(?:,|$)')
_NEGATIVE = "\nNegative prompt:"
_EXIF, _COMMENT = 0x8769, 0x9286
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning)
_Graph = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What it says; empty or None where it says nothing. `model` is the name of the weights' file or so."""

    prompt: str = ""
    negative: str = ""
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    sampler: str = ""
    model: str = ""


NOTHING = Said()


def read(data: bytes) -> Said:
    """What the file's own texts tell. The pixels are not unpacked."""
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            texts = {name: str(image.info[name]) for name in ("parameters", "prompt") if name in image.info}
            if "parameters" not in texts and (comment := _comment(image)):
                texts["parameters"] = comment
    except _BROKEN:
        return NOTHING
    if text := texts.get("parameters", "")[:_MOST]:
        return parameters(text)
    return graph(texts.get("prompt", ""))


def _comment(image: Image.Image) -> str:
    """Where JPEG and WebP have that line."""
    if isinstance(image, PngImagePlugin.PngImageFile):
        return ""
    raw = image.getexif().get_ifd(_EXIF).get(_COMMENT)
    if not isinstance(raw, bytes) or len(raw) < 8:
        return raw if isinstance(raw, str) else ""
    return raw[8:].decode("utf-16-be" if raw.startswith(b"UNICODE") else "utf-8", "replace").strip("\x00")


def parameters(text: str) -> Said:
    """Words, then perhaps `Negative prompt: …`, and a last line `Steps: 20, Sampler: Euler, CFG scale: 7, Seed: 1`."""
    body, _, last = text.strip().rpartition("\n")
    if "Steps:" not in last:
        body, last = text.strip(), ""
    words, _, negative = f"\n{body}".partition(_NEGATIVE)
    known = {name: value.strip('"') for name, value in _PAIR.findall(last)}
    return Said(
        _clean(words),
        _clean(negative),
        _whole(known.get("Seed")),
        _whole(known.get("Steps")),
        _number(known.get("CFG scale")),
        _clean(known.get("Sampler", ""))[:80],
        _clean(known.get("Model", ""))[:200],
    )


def graph(text: str) -> Said:
    """ComfyUI's nodes by number, each with its class and inputs; an input `["6", 0]` comes from node 6."""
    try:
        nodes = json.loads(text[: _MOST * 10]) if text else None
    except (ValueError, RecursionError):
        return NOTHING
    if not isinstance(nodes, dict) or len(nodes) > _NODES:
        return NOTHING
    samplers = [one for one in nodes.values() if "KSampler" in str(_class(one)) or "SamplerCustom" in str(_class(one))]
    inputs = _inputs(samplers[0]) if samplers else {}
    return Said(
        _clean(_words(nodes, inputs.get("positive") or inputs.get("guider"))),
        _clean(_words(nodes, inputs.get("negative"))),
        _whole(_value(nodes, inputs.get("seed", inputs.get("noise_seed", inputs.get("noise"))), "noise_seed")),
        _whole(_value(nodes, inputs.get("steps"), "steps")),
        _number(_value(nodes, inputs.get("cfg"), "cfg")),
        _clean(inputs.get("sampler_name"))[:80],
        _clean(_model(nodes))[:200],
    )


def _class(node: Any) -> Any:
    return node.get("class_type") if isinstance(node, dict) else None


def _inputs(node: Any) -> _Graph:
    inputs = node.get("inputs") if isinstance(node, dict) else None
    return inputs if isinstance(inputs, dict) else {}


def _from(nodes: _Graph, link: Any) -> Any:
    """The node an input comes from."""
    return nodes.get(str(link[0])) if isinstance(link, list) and link else None


def _words(nodes: _Graph, link: Any) -> str:
    """The text of the nearest node upwards that has one."""
    found = [_from(nodes, link)]
    for _ in range(_DEEP):
        for node in found:
            for name in ("text", "string", "prompt", "clip_l", "t5xxl", "text_g"):
                if isinstance(value := _inputs(node).get(name), str) and value.strip():
                    return value
        found = [up for node in found for up in _above(nodes, node)][:_NODES]
    return ""


def _above(nodes: _Graph, node: Any) -> Iterator[Any]:
    for link in _inputs(node).values():
        if (up := _from(nodes, link)) is not None:
            yield up


def _value(nodes: _Graph, value: Any, name: str) -> Any:
    """The value itself, or that of the node it comes from."""
    return _inputs(_from(nodes, value)).get(name) if isinstance(value, list) else value


def _model(nodes: _Graph) -> Any:
    names = ("ckpt_name", "unet_name", "model_name")
    return next((one for node in nodes.values() for name in names if (one := _inputs(node).get(name))), "")


def _clean(value: Any) -> str:
    """One line of at most 8000 characters that can be shown and kept."""
    text = value if isinstance(value, str) else ""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:8000]


def _whole(value: Any) -> int | None:
    """A seed may be longer than any model here takes; then there is none."""
    number = _number(value)
    return int(number) if number is not None and 0 <= number < 2**32 and number == int(number) else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if number == number and abs(number) < 2**64 else None
