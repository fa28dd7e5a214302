"""Where checkpoints lie, and for how long.

    <root>/<job, hexadecimal>/<step>-<last|kept>-<start of its SHA-256>.safetensors

The name says whether the content is whole, so no file is synced: one that a power cut spoilt is passed over, and the
render starts anew. The `last` ones of a job go when it ends; those its order asked to keep stay until the whole folder
holds too much.
"""

import hashlib
import logging
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from gpu_agent.engine.checkpoint import Checkpoint, Origin
from gpu_agent.engine.checkpoint_file import packed, read
from gpu_agent.engine.fault import Fault
from gpu_agent.order import Start

MOST, MOST_BYTES = 64, 4 * 2**30
_OF_ONE_JOB = 2  # the last, and the one before it, for when the last is spoilt
_log = logging.getLogger(__name__)


class Checkpoints:
    """The folder of one tower; several workers may use it at once. `most` files of `most_bytes` altogether."""

    def __init__(self, root: Path, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._root, self._most, self._most_bytes = root, most, most_bytes

    def save(self, checkpoint: Checkpoint, kept: bool) -> None:
        """Whole under its name, or not there at all. Raises OSError."""
        content = packed(checkpoint)
        home = self._home(checkpoint.origin.order.job)
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = home / f"{os.getpid()}.part"
        part.write_bytes(content)
        name = f"{checkpoint.step:05d}-{'kept' if kept else 'last'}-{_digest(content)}.safetensors"
        os.replace(part, home / name)
        for file in _oldest_first(home.glob("*-last-*"))[:-_OF_ONE_JOB]:
            file.unlink(missing_ok=True)
        self._bound(home / name)

    def last(self, origin: Origin, device: str) -> Checkpoint | None:
        """The latest from which this very render can be gone on with, or None: then it starts anew."""
        found = (_whole(file, device) for file in self._latest_first(origin.order.job))
        return next((each for each in found if each is not None and each.origin.same(origin)), None)

    def at(self, start: Start, origin: Origin, device: str) -> Checkpoint:
        """The one that an order asks to go on from. Raises Fault checkpoint-missing or checkpoint-unfit."""
        facts: dict[str, str | int | float | bool | None] = {"job": start.job, "step": start.step}
        files = self._latest_first(start.job)
        for file in files:
            checkpoint = _whole(file, device) if _step(file) == start.step else None
            if checkpoint is not None:
                misfit = origin.misfit(checkpoint.origin)
                if misfit is not None:
                    raise Fault("checkpoint-unfit", {**facts, **misfit})
                return checkpoint
        there = ", ".join(map(str, sorted({_step(file) for file in files})))
        raise Fault("checkpoint-missing", {**facts, "there": there or "none"})

    def done(self, job: str) -> None:
        """The job has ended: only what it asked to keep stays. What cannot be removed now goes when it is old."""
        home = self._home(job)
        with suppress(OSError):
            for file in (*home.glob("*-last-*"), *home.glob("*.part")):
                file.unlink(missing_ok=True)
            if not any(home.glob("*.safetensors")):
                shutil.rmtree(home)

    def _home(self, job: str) -> Path:
        """Hexadecimal, because some systems fold the case of names and keep others for devices."""
        return self._root / job.encode().hex()

    def _latest_first(self, job: str) -> list[Path]:
        try:
            return sorted(self._home(job).glob("[0-9]*-*-*.safetensors"), reverse=True)
        except OSError:  # no folder any more, or one that may not be read
            return []

    def _bound(self, newest: Path) -> None:
        """The oldest go, whoever they belong to; never the one that was just written."""
        files = _oldest_first(self._root.glob("*/*.safetensors"))
        sizes = {file: _size(file) for file in files}
        for file in files:
            if len(sizes) <= self._most and sum(sizes.values()) <= self._most_bytes:
                break
            if file != newest:
                file.unlink(missing_ok=True)
                del sizes[file]
                with suppress(OSError):  # others of the job are still there
                    file.parent.rmdir()


def _whole(file: Path, device: str) -> Checkpoint | None:
    """None, and a line in the log, for a file that is not what it was when it was written."""
    try:
        if not file.stem.endswith(_digest(file.read_bytes())):
            raise ValueError("its content is not the one its name tells")
        return read(file, device)
    except (OSError, ValueError) as error:
        _log.warning("checkpoint %s is of no use and passed over: %s", file.name, error)
        return None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _step(file: Path) -> int:
    return int(file.name.partition("-")[0])


def _size(file: Path) -> int:
    """Another worker may have removed it meanwhile."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _oldest_first(files: Iterable[Path]) -> list[Path]:
    def age(file: Path) -> tuple[int, str]:
        try:
            return file.stat().st_mtime_ns, file.name
        except OSError:
            return 0, file.name

    return sorted(files, key=age)
