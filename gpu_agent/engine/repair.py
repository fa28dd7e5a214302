"""A picture that could not be decoded, or came out as nothing, is decoded again from its last latents: in tiles where
memory ran out, with a float32 decoder where half precision overflowed. No step is made twice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from traceback import clear_frames
from typing import Any

import numpy as np
import torch

from gpu_agent.engine import rungs
from gpu_agent.engine.checkpoint import Checkpoint
from gpu_agent.engine.fault import Fault, out_of_memory

FLOAT32 = "float32-vae"
TILED = "tiled-vae"
Draw = Callable[[Checkpoint | None], Any]


@dataclass(frozen=True)
class Decoded:
    """Pixels that show something, and what they needed besides: `repaired` as the receipt has it, and whether memory
    ran out while decoding in one piece."""

    pixels: Any
    repaired: str = ""
    tiled: bool = False


def decoded(pipeline: Any, model: str, draw: Draw, last: Callable[[], Checkpoint | None]) -> Decoded:
    """`draw` renders, from the beginning or from a checkpoint; `last` is the moment after the latest step so far.

    Raises what `draw` raises, and Fault picture-black for pixels that are nothing with a float32 decoder too.
    """
    drawing = _Drawing(pipeline.vae, draw, last)
    pixels, repaired = drawing.pixels(None), ""
    if cause(pixels) and _finished(last()) and _short(pipeline.vae):
        with float32(pipeline.vae):
            pixels, repaired = drawing.pixels(last()), FLOAT32
    if found := cause(pixels):
        raise Fault("picture-black", {"model": model, "cause": found})
    return Decoded(pixels, repaired or (TILED if drawing.tiled else ""), drawing.tiled)


def cause(pixels: Any) -> str:
    """Why these pixels are no picture, or nothing: not-a-number, all-black or one-colour."""
    if not np.isfinite(pixels).all():
        return "not-a-number"
    if not pixels.any():
        return "all-black"
    return "one-colour" if (pixels == pixels.reshape(-1, pixels.shape[-1])[0]).all() else ""


@contextmanager
def float32(vae: Any) -> Iterator[None]:
    """In here the decoder computes in float32. Its weights are short again afterwards, bit for bit: both short formats
    go into float32 and back unchanged."""
    decode, tensors = vae.decode, [*vae.parameters(), *vae.buffers()]
    kinds = [tensor.dtype for tensor in tensors]

    def exact(latents: torch.Tensor, *given: Any, **named: Any) -> Any:
        _cast(tensors, [torch.float32 if kind.is_floating_point else kind for kind in kinds])
        try:
            return decode(latents.float(), *given, **named)
        finally:  # between decodings the pipeline reads from the decoder what precision it should work at
            _cast(tensors, kinds)

    vae.decode = exact
    try:
        yield
    finally:
        del vae.decode


def _cast(tensors: list[torch.Tensor], kinds: list[torch.dtype]) -> None:
    for tensor, kind in zip(tensors, kinds, strict=True):
        tensor.data = tensor.data.to(kind)


def _short(vae: Any) -> bool:
    return any(tensor.dtype in (torch.float16, torch.bfloat16) for tensor in vae.parameters())


def _finished(checkpoint: Checkpoint | None) -> bool:
    return checkpoint is not None and checkpoint.step == checkpoint.of


class _Drawing:
    """Draws; where memory runs out after the last step, draws from there in tiles, and in tiles from then on."""

    def __init__(self, vae: Any, draw: Draw, last: Callable[[], Checkpoint | None]) -> None:
        self._vae, self._draw, self._last = vae, draw, last
        self.tiled = False

    def pixels(self, checkpoint: Checkpoint | None) -> Any:
        try:
            return self._draw(checkpoint)
        except Exception as error:
            if not out_of_memory(error) or not _finished(self._last()) or self._vae.use_tiling:
                raise
            clear_frames(error.__traceback__)  # they hold the tensors that filled the memory
        rungs.in_tiles(self._vae)
        self.tiled = True
        return self._draw(self._last())
