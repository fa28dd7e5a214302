"""The moments of a picture: when its text encoders, its denoiser and its decoder began and ended.

On a card these are the card's own times, told by events in its queue, so that looking costs no waiting; elsewhere they
are the machine's. What a network does is seen from outside of it: nothing inside a compiled one changes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import get_ident
from time import perf_counter
from typing import Any, Literal

import torch

from gpu_agent.engine.bench import rate
from gpu_agent.engine.families.family import Family

What = Literal["text", "denoise", "decode"]
WHAT: tuple[What, ...] = ("text", "denoise", "decode")


class Moment:
    """A point in time on the device; marking it again moves it."""

    def __init__(self, device: str) -> None:
        self._event = torch.cuda.Event(enable_timing=True) if device == "cuda" else None
        self._time = 0.0
        self.mark()

    def mark(self) -> None:
        if self._event is None:
            self._time = perf_counter()
        else:
            self._event.record()

    def since(self, earlier: "Moment") -> float:
        """Seconds. Both have to be over."""
        if self._event is None or earlier._event is None:
            return self._time - earlier._time
        return float(earlier._event.elapsed_time(self._event)) / 1000


@dataclass(frozen=True)
class Busy:
    """The device at work on one thing for one picture, in seconds after the watch began."""

    picture: int
    what: What
    begin: float
    end: float


@dataclass
class _Seen:
    picture: int
    what: What
    begin: Moment
    end: Moment


class Watch:
    """Sees every picture that a pipeline draws from now on. `picture` is the number of the one that is being drawn.

    All evaluations of a picture are one piece of work. Text encoders and decoders may work on another picture beside,
    in a thread of its own, so each of their calls is a piece for itself.
    """

    def __init__(self, pipeline: Any, family: Family, device: str) -> None:
        self.picture = 0
        self._device, self._began = device, Moment(device)
        self._seen: list[_Seen] = []
        self._open: dict[tuple[int, What], _Seen] = {}
        for name, part in pipeline.components.items():
            if not isinstance(part, torch.nn.Module):
                continue
            if name.startswith("text_encoder"):
                self._hook(part, "text")
            elif name in family.denoisers:
                self._hook(part, "denoise")
        pipeline.vae.decode = self._around(pipeline.vae.decode)

    def busy(self) -> tuple[Busy, ...]:
        """All that was seen, in order of its beginning. Waits for the device."""
        rate.settled(self._device)
        began = self._began
        seen = [Busy(each.picture, each.what, each.begin.since(began), each.end.since(began)) for each in self._seen]
        return tuple(sorted(seen, key=lambda busy: busy.begin))

    def seconds(self, picture: int) -> dict[What, float]:
        """What each took of this picture; 0 for what was not done at all, such as a prompt that was known already."""
        mine = [busy for busy in self.busy() if busy.picture == picture]
        return {what: sum(busy.end - busy.begin for busy in mine if busy.what == what) for what in WHAT}

    def _hook(self, part: torch.nn.Module, what: What) -> None:
        part.register_forward_pre_hook(lambda *_: self._begin(what))
        part.register_forward_hook(lambda *_: self._end(what))

    def _around(self, decode: Callable[..., Any]) -> Callable[..., Any]:
        def decoded(*given: Any, **named: Any) -> Any:
            self._begin("decode")
            answer = decode(*given, **named)
            self._end("decode")
            return answer

        return decoded

    def _begin(self, what: What) -> None:
        now = self._open.get((get_ident(), what))
        if now is None or what != "denoise" or now.picture != self.picture:
            now = _Seen(self.picture, what, Moment(self._device), Moment(self._device))
            self._open[get_ident(), what] = now
            self._seen.append(now)

    def _end(self, what: What) -> None:
        self._open[get_ident(), what].end.mark()


def idle(busy: tuple[Busy, ...]) -> float:
    """The share of the time from the first to the last of these in which the device did none of them."""
    if not busy:
        return 0.0
    covered, reached = 0.0, busy[0].begin
    for each in busy:
        covered += max(0.0, each.end - max(each.begin, reached))
        reached = max(reached, each.end)
    whole = reached - busy[0].begin
    return 1 - covered / whole if whole else 0.0
