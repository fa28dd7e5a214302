"""Finished pictures and how each job ended, on disk until the bot says thanks.

    pictures/<sha256>.png      written by the worker; a clip is an .mp4, its poster a .poster
    outcomes/<job>.json        Done, Failed or Cancelled, written here once the job has ended

Every file appears whole or not at all. Not safe against several threads by itself: the desk's lock guards it.
"""

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from gpu_agent.value import Message
from gpu_agent.wire import Cancelled, Done, Failed, decode, encode

Outcome = Done | Failed | Cancelled
SUFFIXES = {"image/png": ".png", "video/mp4": ".mp4"}
POSTER = ".poster"
_log = logging.getLogger(__name__)


class Spool:
    """The folder of one daemon. Opening it sweeps what a killed process left half done."""

    def __init__(self, root: Path) -> None:
        self.pictures = folder(root / "pictures")
        self._outcomes = folder(root / "outcomes")
        self._known: dict[str, Outcome] = {outcome.job: outcome for outcome in self._load()}
        self._sweep()

    def jobs(self) -> tuple[str, ...]:
        """The jobs whose end waits for thanks, in no order."""
        return tuple(self._known)

    def outcome(self, job: str) -> Outcome | None:
        """How this job ended, or None when it did not end here."""
        return self._known.get(job)

    def keep(self, outcome: Outcome) -> None:
        """On disk when this returns. With a full disk it is kept in memory alone: a restart then forgets the job,
        and a forgotten job is sent again."""
        self._known[outcome.job] = outcome
        try:
            write(self._file(outcome.job), encode(outcome))
        except OSError:
            _log.exception("the outcome of job %s could not be written", outcome.job)

    def forget(self, job: str) -> None:
        """The outcome goes first: a picture without an outcome is swept, an outcome without a picture would lie."""
        gone = self._known.pop(job, None)
        self._file(job).unlink(missing_ok=True)
        if isinstance(gone, Done):
            for file in set(self._files(gone)) - self._wanted():
                file.unlink(missing_ok=True)

    def read(self, sha256: str, offset: int, most: int) -> tuple[bytes, int]:
        """At most so many bytes of the picture, clip or poster from the offset on, and its size. Raises
        FileNotFoundError.

        The file is opened for each piece, so that nothing keeps a picture that was thanked for meanwhile.
        """
        with self._named(sha256).open("rb") as stream:
            total = os.fstat(stream.fileno()).st_size
            stream.seek(offset)
            return stream.read(most), total

    def _named(self, sha256: str) -> Path:
        """Whichever of them has this digest."""
        names = [self.pictures / f"{sha256}{suffix}" for suffix in (*SUFFIXES.values(), POSTER)]
        return next((name for name in names if name.is_file()), names[0])

    def _files(self, done: Done) -> Iterator[Path]:
        yield self.pictures / f"{done.sha256}{SUFFIXES[done.media]}"
        if done.poster is not None:
            yield self.pictures / f"{done.poster}{POSTER}"

    def _file(self, job: str) -> Path:
        """Hexadecimal, because some systems fold the case of names and keep others for devices."""
        return self._outcomes / f"{job.encode().hex()}.json"

    def _wanted(self) -> set[Path]:
        ends = [outcome for outcome in self._known.values() if isinstance(outcome, Done)]
        return {file for done in ends for file in self._files(done)}

    def _load(self) -> Iterator[Outcome]:
        for file in sorted(self._outcomes.glob("*.json")):
            outcome = _read(file)
            if isinstance(outcome, Outcome) and self.whole(outcome):
                yield outcome
            else:
                _log.warning("%s is no outcome with its files: removed", file.name)
                file.unlink()

    def whole(self, outcome: Outcome) -> bool:
        """Are the files that it tells of on disk? Another job's thanks may have taken the same picture away."""
        return not isinstance(outcome, Done) or all(file.is_file() for file in self._files(outcome))

    def _sweep(self) -> None:
        wanted = self._wanted()
        for file in [*self.pictures.iterdir(), *self._outcomes.glob("*.part")]:
            if file not in wanted:
                file.unlink()


def _read(file: Path) -> Message | None:
    try:
        return decode(file.read_bytes())
    except ValueError:
        return None


def folder(path: Path) -> Path:
    """The folder; it and every folder above it that was not there are made for this user alone."""
    if not path.is_dir():
        folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def write(path: Path, content: bytes) -> None:
    """The file is whole under its name, and stays so through a power cut, when this returns."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    settle(part, path)


def settle(part: Path, path: Path) -> None:
    """Give a written and synced file its name. Windows keeps a new name through a power cut without being asked."""
    os.replace(part, path)
    if sys.platform != "win32":
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
