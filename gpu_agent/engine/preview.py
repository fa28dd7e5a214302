"""How a render looks by now, as a small JPEG: now and then, cheap, and never at the render's expense."""

import logging
from collections.abc import Callable
from io import BytesIO
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

import torch
from PIL import Image

from gpu_agent.engine.beside import AtOnce, Beside
from gpu_agent.engine.families import colours
from gpu_agent.engine.families.family import Family
from gpu_agent.order import Order

EVERY = 1.0  # seconds between two
LONGEST, MOST_BYTES = 256, 20 * 1024
_QUALITIES = (75, 50, 30, 10)  # pure noise is what JPEG is worst at
_log = logging.getLogger(__name__)
_lines: WeakKeyDictionary[Any, torch.Tensor] = WeakKeyDictionary()


class Previews:
    """Those of one render. Made before the first step: what it costs to know an autoencoder's colours is paid once,
    while that may still use the device. They are drawn `beside` the steps."""

    def __init__(
        self,
        pipeline: Any,
        family: Family,
        order: Order,
        clock: Callable[[], float] = monotonic,
        every: float = EVERY,
        beside: Beside | None = None,
    ) -> None:
        self._pipeline, self._family, self._order = pipeline, family, order
        self._clock, self._every = clock, every
        self._beside = beside or AtOnce()
        self._sent = clock()
        self._line = self._tried(lambda: line(pipeline.vae))

    def of(self, latents: torch.Tensor) -> Callable[[], bytes]:
        """A JPEG of the latents as the pipeline's callback gets them, or nothing while it is too early for one. What
        is given back draws it: call that where `beside` does its work."""
        if self._line is None or self._clock() - self._sent < self._every:
            return lambda: b""
        self._sent = self._clock()
        own = self._tried(lambda: self._beside.fetched(self._family.latents(self._pipeline, latents, self._order)))
        return lambda: b"" if own is None else self._tried(lambda: self._drawn(own)) or b""

    def _drawn(self, own: torch.Tensor) -> bytes:
        if self._line is None:
            return b""
        seen = colours.shown(colours.for_decoder(self._pipeline.vae, own), self._line)
        return jpeg(seen, self._order.width, self._order.height)

    def _tried(self, look: Callable[[], Any]) -> Any:
        """A picture that cannot be previewed is still worth drawing; it is not tried a second time."""
        try:
            return look()
        except Exception:
            _log.exception("no previews of %s", self._order.model)
            self._line = None
            return None


def line(vae: Any) -> torch.Tensor:
    """How this autoencoder's latents become colours, looked at once."""
    if vae not in _lines:
        _lines[vae] = colours.fitted(vae)
    return _lines[vae]


def jpeg(seen: torch.Tensor, width: int, height: int) -> bytes:
    """Colours 0..1 as (3, h, w) become a JPEG in the proportions of a picture of this size, at most MOST_BYTES."""
    pixels = (seen * 255).round().to(torch.uint8).permute(1, 2, 0).contiguous()
    share = min(1.0, LONGEST / max(width, height))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    image = Image.fromarray(pixels.numpy()).resize(size, Image.Resampling.BICUBIC)
    content = b""
    for quality in _QUALITIES:
        stream = BytesIO()
        image.save(stream, "JPEG", quality=quality)
        content = stream.getvalue()
        if len(content) <= MOST_BYTES:
            break
    return content
