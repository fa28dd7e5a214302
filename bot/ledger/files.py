"""Pictures on the bot's own disk, named by the sha256 of their bytes; a name that exists is whole."""

import hashlib
import os
import secrets
from pathlib import Path

from bot.errors import PictureBroken


class Files:
    """`<root>/ab/ab12….png`; a download grows in `<root>/incoming/` and moves when its digest is right."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / f"{sha256}.png"

    def has(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def part(self, sha256: str) -> Path:
        """Where the bytes of an unfinished transfer collect; its size is the offset to resume from."""
        return self._incoming / f"{sha256}.part"

    def received(self, sha256: str) -> int:
        """Bytes already here of an unfinished transfer."""
        part = self.part(sha256)
        return part.stat().st_size if part.exists() else 0

    def append(self, sha256: str, data: bytes) -> None:
        with self.part(sha256).open("ab") as file:
            file.write(data)

    def keep(self, sha256: str) -> Path:
        """The transfer is complete: checked, synced, moved to its name. Raises PictureBroken and forgets the part.

        A picture that is here already stays as it is, so that asking again after a crash does no harm.
        """
        if self.has(sha256):
            return self.path(sha256)
        part = self.part(sha256)
        found = hashlib.sha256(part.read_bytes()).hexdigest()
        if found != sha256:
            part.unlink()
            raise PictureBroken(sha256=sha256, found=found)
        return self._name(part, sha256)

    def store(self, data: bytes) -> str:
        """These bytes, whole; gives their digest. Two at once with the same bytes do not meet in one file."""
        sha256 = hashlib.sha256(data).hexdigest()
        if not self.has(sha256):
            part = self._incoming / f"{sha256}.{secrets.token_hex(4)}"
            try:
                part.write_bytes(data)
                self._name(part, sha256)
            finally:
                part.unlink(missing_ok=True)  # what a full disk left behind; named, it is not here any more
        return sha256

    def remove(self, sha256: str) -> None:
        """Removing what is gone is no error."""
        self.path(sha256).unlink(missing_ok=True)

    def _name(self, part: Path, sha256: str) -> Path:
        with part.open("rb") as file:
            os.fsync(file.fileno())
        path = self.path(sha256)
        path.parent.mkdir(exist_ok=True)
        _sync(self.root)  # the folder's own name must outlive a power cut too
        part.replace(path)
        _sync(path.parent)
        return path


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
