"""What lossy levers were measured to cost on this tower: decibels of peak signal to noise against the same picture
drawn without them, and the JSON file in which they are kept.

Only real weights tell anything: with weights by chance, pictures differ as chance would have it.
"""

import math
import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ConfigDict, TypeAdapter

from gpu_agent.value import Message, Sha256

FILE = "fidelity.json"
_BEHIND = ", "  # no lever's own words have one


class _Entry(Message):
    """Decibels of each picture that a lever was measured with, on these weights."""

    model_config = ConfigDict(allow_inf_nan=True, ser_json_inf_nan="strings")  # beside what every message has

    weights: Sha256
    lever: str
    decibels: tuple[float, ...]


_FILE: TypeAdapter[tuple[_Entry, ...]] = TypeAdapter(tuple[_Entry, ...])
_Known = dict[tuple[str, str], tuple[float, ...]]


def compared(reference: Any, pixels: Any) -> float:
    """Decibels between two pictures or clips, float arrays (…, 3) of values 0..1: infinite for identical ones.

    Raises ValueError for pictures of different sizes.
    """
    one, other = np.asarray(reference, np.float64), np.asarray(pixels, np.float64)
    if one.shape != other.shape:
        raise ValueError(f"pictures of {one.shape} and {other.shape} cannot be compared: draw both in one size")
    return _decibels(float(np.square(one - other).mean()))


def bare(said: str) -> str:
    """A lever's own words, without what a receipt says about its measured fidelity."""
    return said.split(_BEHIND, 1)[0]


class Fidelity:
    """What was measured on this tower. A file that cannot be read is set aside, and one that cannot be written costs
    what was measured in this run alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def keep(self, weights: str, lever: str, decibels: Iterable[float]) -> None:
        """The figures of one measurement, one for each picture, in the place of those before it. `weights` is the
        receipt's digest and `lever` one of the receipt's `lossy`."""
        with self._lock:
            known = self._read() | {(weights, bare(lever)): tuple(decibels)}
            entries = tuple(_Entry(weights=key[0], lever=key[1], decibels=each) for key, each in known.items())
            part = self._path.with_suffix(f".{os.getpid()}.part")
            with suppress(OSError):
                part.write_bytes(_FILE.dump_json(entries))
                part.replace(self._path)

    def known(self, weights: str, lever: str) -> float | None:
        """Decibels of the mean error of all pictures measured with this lever on these weights here, None for none."""
        found = self._read().get((weights, bare(lever)), ())
        return _decibels(sum(10 ** (-each / 10) for each in found) / len(found)) if found else None

    def told(self, weights: str, levers: Iterable[str]) -> tuple[str, ...]:
        """The levers with what they cost here, as a receipt says it."""
        return tuple(f"{lever}{_BEHIND}{_words(self.known(weights, lever))}" for lever in levers)

    def _read(self) -> _Known:
        """Read each time: another process measures, and this one is to know of it without a restart."""
        try:
            entries = _FILE.validate_json(self._path.read_bytes())
        except OSError:
            return {}
        except ValueError:
            with suppress(OSError):
                self._path.replace(self._path.with_suffix(".damaged"))
            return {}
        return {(entry.weights, entry.lever): entry.decibels for entry in entries}


def _decibels(error: float) -> float:
    return 10 * math.log10(1 / error) if error else math.inf


def _words(decibels: float | None) -> str:
    if decibels is None:
        return "not measured here"
    return "identical here" if math.isinf(decibels) else f"{decibels:.1f} dB here"
