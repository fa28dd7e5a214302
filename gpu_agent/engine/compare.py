"""Two renders of one order: are they the same picture, and what was different about how they came about?"""

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

import av
import numpy as np
from PIL import Image

from gpu_agent.engine import picture, video
from gpu_agent.engine.speed.fidelity import bare
from gpu_agent.order import Receipt

NEAR = 30.0  # decibels: above, an eye has to search for what differs
_ONE_BY_ONE = ("pipeline", "scheduler", "dtype", "device", "threads", "plan", "compiled", "fell", "repaired")
_LISTS = ("levers", "lossy")


@dataclass(frozen=True)
class Difference:
    """One thing that was `then` and is `now`: `what` is a kind, `name` which one of several."""

    what: str
    name: str
    then: str
    now: str


@dataclass(frozen=True)
class Likeness:
    """`psnr` in decibels, None for pictures that are identical or of different sizes."""

    outcome: Literal["identical", "near", "different"]
    psnr: float | None


def receipt_in(content: bytes) -> Receipt:
    """The receipt inside a PNG or MP4 of ours. Raises ValueError for a file without one."""
    return video.read_receipt(content) if _is_clip(content) else picture.read_receipt(content)


def likeness(then: bytes, now: bytes, near: float = NEAR) -> Likeness:
    """How alike two PNG or MP4 files look: from `near` decibels on they are near. What a file says beside its pixels
    does not count. Raises ValueError for a file that cannot be read."""
    ours, theirs = _pixels(then), _pixels(now)
    if [frame.shape for frame in ours] != [frame.shape for frame in theirs]:
        return Likeness("different", None)
    pairs = zip(ours, theirs, strict=True)
    error = float(np.mean([np.square(one.astype(np.float64) - other).mean() for one, other in pairs]))
    if error == 0:
        return Likeness("identical", None)
    psnr = float(10 * np.log10(255**2 / error))
    return Likeness("near" if psnr >= near else "different", psnr)


def differences(then: Receipt, now: Receipt) -> tuple[Difference, ...]:
    """What may have changed pixels, what weighs most first. An older receipt is silent about what it did not know."""
    told = then.model_fields_set
    plain = [name for name in _ONE_BY_ONE if name in told and getattr(then, name) != getattr(now, name)]
    return (
        *_weights(then, now),
        *_loras(then, now),
        *(Difference(name, "", _words(getattr(then, name)), _words(getattr(now, name))) for name in plain),
        *_versions(then, now),
        *(found for name in _LISTS for found in _listed(name, then, now)),
        *_resumed(then, now),
    )


def _weights(then: Receipt, now: Receipt) -> list[Difference]:
    if then.weights_sha256 == now.weights_sha256:
        return []
    names = sorted(then.files.keys() | now.files.keys()) if then.files else []
    pairs = [(name, then.files.get(name, "")[:10], now.files.get(name, "")[:10]) for name in names]
    files = [Difference("file", *pair) for pair in pairs if pair[1] != pair[2]]
    return files or [Difference("weights", "", then.weights_sha256[:10], now.weights_sha256[:10])]


def _loras(then: Receipt, now: Receipt) -> list[Difference]:
    """Which ones and how strong is the order's; here it is whether they are the same files, worn the same way."""
    worn = {each.id: f"{each.how} {each.sha256[:10]}" for each in now.loras}
    pairs = [(each.id, f"{each.how} {each.sha256[:10]}", worn.get(each.id, "")) for each in then.loras]
    return [Difference("lora", *pair) for pair in pairs if pair[1] != pair[2]]


def _versions(then: Receipt, now: Receipt) -> list[Difference]:
    pairs = [(name, version, now.versions.get(name, "")) for name, version in then.versions.items()]
    return [Difference("version", *pair) for pair in pairs if pair[1] != pair[2]]


def _listed(name: str, then: Receipt, now: Receipt) -> list[Difference]:
    before, after = (tuple(map(bare, getattr(receipt, name))) for receipt in (then, now))
    if name not in then.model_fields_set or before == after:
        return []
    return [Difference(name, "", _words(", ".join(before)), _words(", ".join(after)))]


def _resumed(then: Receipt, now: Receipt) -> list[Difference]:
    if then.resumed_at == now.resumed_at:
        return []
    return [Difference("resumed", "", _words(then.resumed_at), _words(now.resumed_at))]


def _words(value: object) -> str:
    return "nothing" if value in ("", None) else str(value)


def _is_clip(content: bytes) -> bool:
    return content[4:8] == b"ftyp"


def _pixels(content: bytes) -> list[Any]:
    """Bytes (height, width, 3) of each frame; a picture is a single one."""
    try:
        if _is_clip(content):
            with av.open(BytesIO(content), "r", format="mp4") as file:
                return [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            return [np.asarray(image.convert("RGB"))]
    except (av.FFmpegError, OSError, SyntaxError) as error:
        raise ValueError("a file that cannot be read") from error
