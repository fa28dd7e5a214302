"""The energy of each picture: the card's own count where it has one, else its power added up over time. Joules."""

import time
from collections.abc import Callable
from threading import Lock

from gpu_agent import nvml
from gpu_agent.frames import Frame
from gpu_agent.wire import Cancelled, Done, Failed, Progress


class Meter:
    """One card's energy, in joules that only grow. `sample` is called every few seconds while the card works."""

    def __init__(self, card: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._card, self._clock = card, clock
        self._lock = Lock()
        self._added, self._sampled_at, self._watts = 0.0, clock(), 0.0

    def read(self) -> float | None:
        """None for a card that tells neither its energy nor its power."""
        counted = nvml.ask(self._card, "TotalEnergyConsumption")
        return self.sample() if counted is None else float(counted) / 1000

    def sample(self) -> float | None:
        """Adds what the power of the last and of this moment make of the time between them."""
        milliwatts = nvml.ask(self._card, "PowerUsage")
        if milliwatts is None:
            return None
        with self._lock:
            now, watts = self._clock(), float(milliwatts) / 1000
            self._added += (now - self._sampled_at) * (self._watts + watts) / 2
            self._sampled_at, self._watts = now, watts
            return self._added


class Metered:
    """Stands between a worker and whoever hears it, and writes into each Done what its picture took.

    From the first word about an order until the card is free: what is done afterwards, the processor does, while the
    card draws the next. Decoding beside that, a few hundredths of a picture, counts with the next.
    """

    def __init__(self, read: Callable[[], float | None], heard: Callable[[Frame], None]) -> None:
        self._read, self._heard = read, heard
        self._job = ""  # the one that is being drawn
        self._began: float | None = None
        self._took: dict[str, float | None] = {}

    def __call__(self, frame: Frame) -> None:
        match frame.message:
            case Progress(job=job, phase="saving"):
                self._close(job)
            case Progress(job=job) if job != self._job:
                self._job, self._began = job, self._read()
            case Done(job=job) as done:
                self._close(job)
                frame = Frame(done.model_copy(update={"joules": self._took.pop(job, None)}), frame.payload)
            case Failed(job=job) | Cancelled(job=job):
                self._close(job)
                self._took.pop(job, None)
        self._heard(frame)

    def _close(self, job: str) -> None:
        if job != self._job:
            return
        now = self._read()
        self._took[job] = None if now is None or self._began is None else now - self._began
        self._job = ""
