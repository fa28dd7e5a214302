"""What was done for which job, from when to when: the way to see that neighbours overlap.

The times are the machine's. On a card they say when the work was given and when it was known to be done, which is what
a job waits for.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Lock
from time import perf_counter
from typing import Literal

What = Literal["load", "encode", "denoise", "decode", "png", "read"]
_MOST = 512


@dataclass(frozen=True)
class Span:
    """`begin` and `end` in seconds of a clock that never jumps; two spans of one timeline can be compared."""

    job: str
    what: What
    begin: float
    end: float

    def overlaps(self, other: "Span") -> bool:
        return self.begin < other.end and other.begin < self.end


class Timeline:
    """The latest spans of all threads, in the order in which they ended."""

    def __init__(self) -> None:
        self._spans: deque[Span] = deque(maxlen=_MOST)
        self._lock = Lock()

    def spans(self) -> tuple[Span, ...]:
        with self._lock:
            return tuple(self._spans)

    def of(self, job: str, what: What) -> tuple[Span, ...]:
        return tuple(span for span in self.spans() if (span.job, span.what) == (job, what))

    @contextmanager
    def working_on(self, job: str) -> Iterator[None]:
        """Spans of this thread, and of what it hands its context to, are of this job."""
        before = _current.set((self, job))
        try:
            yield
        finally:
            _current.reset(before)

    def add(self, span: Span) -> None:
        with self._lock:
            self._spans.append(span)


@contextmanager
def span(what: What) -> Iterator[None]:
    """Noted where a job is being worked on; elsewhere nothing happens."""
    ended = begun(what)
    try:
        yield
    finally:
        ended()


def begun(what: What) -> Callable[[], None]:
    """A span from now until what is given back is called, by whatever thread. Denoising begins when the words of its
    job are encoded, as all pipelines do that first."""
    found, begin = _current.get(), perf_counter()
    if found is None:
        return lambda: None
    timeline, job = found

    def ended() -> None:
        encoded = [each.end for each in timeline.of(job, "encode")] if what == "denoise" else []
        timeline.add(Span(job, what, max([begin, *encoded]), perf_counter()))

    return ended


_current: ContextVar[tuple[Timeline, str] | None] = ContextVar("current", default=None)
