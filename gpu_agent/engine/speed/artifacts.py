"""What was compiled stays on disk, beside the checkpoints: the next start of the agent reads it instead of compiling.

One file for each model, version and card, whole or not at all: its name says what its content has to be.
"""

import hashlib
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import torch

from gpu_agent.engine.speed.pulled import COMPILED, Pulled

FOLDER = "compiled"
MOST = 2 * 10**9  # bytes of all files; a large model's is some tens of megabytes
_LETTERS = 32
_WORKPLACE = "TORCHINDUCTOR_CACHE_DIR"
_log = logging.getLogger(__name__)


class Artifacts:
    """The files in `folder`. What is wrong with one is logged and costs compiling anew, never a picture."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self._folder, self._most = folder, most
        self._written: dict[str, Path] = {}
        self._taken: set[str] = set()
        self._missed = 0

    @contextmanager
    def around(self, weights: str, pulled: Pulled) -> Iterator[None]:
        """Around every render of the model with these weights: what is known goes in before, what was compiled anew is
        written after. Nothing happens for a model that is not compiled."""
        if COMPILED not in pulled.levers:
            yield
            return
        key = _key(weights)
        try:
            self._take(key)
            yield
        finally:
            self._keep(key)

    def _take(self, key: str) -> None:
        if key in self._taken:
            return
        self._taken.add(key)
        self._missed = _misses()
        try:
            _own_workplace(self._folder)
            for file in _newest_first(self._folder, key):
                self._read(file)
        except OSError as error:
            _log.warning("%s cannot be read (%s): models are compiled anew.", self._folder, error.strerror)

    def _read(self, file: Path) -> None:
        content = file.read_bytes()
        if _digest(content) != file.stem[-_LETTERS:] or torch.compiler.load_cache_artifacts(content) is None:
            _log.warning("%s is damaged and was removed: its model is compiled anew.", file)
            file.unlink(missing_ok=True)
            return
        os.utime(file)  # the files that are used longest ago go first

    def _keep(self, key: str) -> None:
        if self._missed == _misses():
            return
        self._missed = _misses()
        from torch._dynamo.convert_frame import compile_lock

        with compile_lock:  # a decoder may be compiled beside this
            saved = torch.compiler.save_cache_artifacts()  # of everything since the process began
        if saved is None or len(saved[0]) > self._most:
            return
        try:
            self._write(key, saved[0])
        except OSError as error:
            _log.warning("What was compiled cannot be kept in %s (%s).", self._folder, error.strerror)

    def _write(self, key: str, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        place = self._folder / f"{key}-{_digest(content)}.bin"
        part = self._folder / f"{place.stem}.{os.getpid()}.part"
        try:
            part.write_bytes(content)
            os.replace(part, place)
        finally:
            part.unlink(missing_ok=True)
        before = self._written.get(key, place)
        if before != place:
            before.unlink(missing_ok=True)  # all of it is in the new one
        self._written[key] = place
        _bound(self._folder, self._most)


def _key(weights: str) -> str:
    """What has to be the same for the compiler's answer to be the same; as it can be part of a file's name."""
    card = torch.cuda.get_device_name() if torch.cuda.is_available() else "processor"
    return _digest("\n".join((torch.__version__, _triton(), card, weights)).encode())


def _triton() -> str:
    for name in ("triton", "triton-windows", "pytorch-triton"):
        try:
            return f"{name} {version(name)}"
        except PackageNotFoundError:
            continue
    return ""


def _misses() -> int:
    """Graphs that were not found anywhere since the process began."""
    from torch._dynamo.utils import counters

    return int(counters["inductor"]["fxgraph_cache_miss"])


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_LETTERS]


def _newest_first(folder: Path, key: str = "") -> list[Path]:
    return sorted(folder.glob(f"{key}*-*.bin"), key=lambda file: file.stat().st_mtime_ns, reverse=True)


def _bound(folder: Path, most: int) -> None:
    total = 0
    for file in _newest_first(folder):
        total += file.stat().st_size
        if total > most:
            file.unlink(missing_ok=True)


def _own_workplace(folder: Path) -> None:
    """Where the compiler unpacks and works, unless the machine's owner named a place: torch's own is in the folder of
    temporary files, where another account might have put something before. Those of ended processes are removed."""
    from torch._inductor.runtime.cache_dir_utils import default_cache_dir

    if os.environ.get(_WORKPLACE) not in (None, default_cache_dir()):
        return
    for left in folder.glob("work-*"):
        process = left.name.removeprefix("work-")
        if process.isdigit() and not psutil.pid_exists(int(process)):
            shutil.rmtree(left, ignore_errors=True)
    os.environ[_WORKPLACE] = str(folder.absolute() / f"work-{os.getpid()}")
