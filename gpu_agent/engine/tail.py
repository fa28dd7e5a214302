"""What a pipeline does after its last step, apart from the steps: the decoder's call, and from there to pixels.

Each class of pipelines has its own way to the decoder (scales, patches, means) and nearly all the same one from there.
So the call is caught as the pipeline makes it, and whether the rest is the usual one is seen at the first picture,
which is drawn whole: only where both ways gave the same bits, later pictures are left before their decoder.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch

from gpu_agent.engine import timeline

Decode = Callable[..., Any]
_known: WeakKeyDictionary[Any, set[type]] = WeakKeyDictionary()


class _Left(Exception):
    """The pipeline has come to its decoder."""


@dataclass(frozen=True)
class Undecoded:
    """A picture before its decoder. `decode` is the decoder's own way, whoever stands before it by now; `reached` is
    the point of the card's work where the latents are there."""

    pipeline: Any
    decode: Decode
    given: tuple[Any, ...]
    named: dict[str, Any]
    reached: Any

    def pixels(self, decode: Decode | None = None) -> Any:
        """Float array (height, width, 3), values 0..1, by a stream of its own where there is a card."""
        with timeline.span("decode"), _apart(self.reached, self.given), torch.no_grad():
            return _finished(self.pipeline, (decode or self.decode)(*self.given, **self.named))


class Lesson:
    """What the decoder of one whole picture was seen to give."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline, self._dtype = pipeline, pipeline.vae.dtype
        self._seen: list[Any] = []
        self._ended: Callable[[], None] = lambda: None

    def hear(self, decode: Decode, *given: Any, **named: Any) -> Any:
        self._ended = timeline.begun("decode")
        answer = decode(*given, **named)
        as_it_was = self._pipeline.vae.dtype == self._dtype  # some lift it for the decoder alone
        new = hasattr(self._pipeline, "image_processor") and not known(self._pipeline)
        self._seen.append(answer if as_it_was and new and _still(answer) else None)
        return answer

    def compare(self, pixels: Any) -> None:
        """Would the usual way have brought these very pixels?"""
        self._ended()
        if len(self._seen) == 1 and self._seen[0] is not None:
            with torch.no_grad():
                ours = _finished(self._pipeline, self._seen[0])
            if np.array_equal(ours, pixels):
                _known.setdefault(self._pipeline.vae, set()).add(type(self._pipeline))
        self._seen.clear()


def known(pipeline: Any) -> bool:
    """Was the usual way seen to be this pipeline's?"""
    return type(pipeline) in _known.get(pipeline.vae, ())


@contextmanager
def learning(pipeline: Any) -> Iterator[Lesson]:
    """In here the pipeline draws a whole picture."""
    lesson = Lesson(pipeline)
    with _before(pipeline.vae, lesson.hear):
        yield lesson


@contextmanager
def leaving(pipeline: Any, left: Callable[[Undecoded], None]) -> Iterator[None]:
    """In here the pipeline is left at its decoder, and `left` gets what it would have decoded. Nothing that follows in
    the block is done."""

    def leave(decode: Decode, *given: Any, **named: Any) -> Any:
        left(Undecoded(pipeline, decode, given, named, _now(given)))
        raise _Left

    try:
        with _before(pipeline.vae, leave):
            yield
    except _Left:
        return


@contextmanager
def _before(vae: Any, heard: Callable[..., Any]) -> Iterator[None]:
    """In here `heard` gets the decoder, and what that is called with."""
    own, there = vae.decode, vars(vae).get("decode")
    vae.decode = lambda *given, **named: heard(own, *given, **named)
    try:
        yield
    finally:
        if there is None:
            del vae.decode
        else:
            vae.decode = there


def _still(answer: Any) -> bool:
    """One picture, or a clip of one frame."""
    return isinstance(answer, tuple) and (answer[0].ndim == 4 or answer[0].shape[2] == 1)


def _finished(pipeline: Any, answer: Any) -> Any:
    image = answer[0] if answer[0].ndim == 4 else answer[0][:, :, 0]
    return pipeline.image_processor.postprocess(image, output_type="np")[0]


def _now(given: tuple[Any, ...]) -> Any:
    if not any(isinstance(value, torch.Tensor) and value.is_cuda for value in given):
        return None
    reached = torch.cuda.Event()
    reached.record()
    return reached


@contextmanager
def _apart(reached: Any, given: tuple[Any, ...]) -> Iterator[None]:
    """On a card: by another stream than the steps', as soon as that is there. What the steps' stream gave must not be
    used again before."""
    if reached is None:
        yield
        return
    stream = _stream()
    stream.wait_event(reached)
    for value in given:
        if isinstance(value, torch.Tensor):
            value.record_stream(stream)
    with torch.cuda.stream(stream):
        yield


@cache
def _stream() -> Any:
    """One for all pictures: each stream keeps memory for itself."""
    return torch.cuda.Stream()
