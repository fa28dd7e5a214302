"""What bots send along (source image, mask, control, reference), kept by digest until room is needed.

inputs/<sha256>                 whole and checked
inputs/<sha256>.<bytes>.part    as far as it has come; survives restarts, so that an upload goes on by offset
"""

import hashlib
import os
from collections.abc import Collection
from pathlib import Path
from threading import Lock

from gpu_agent.spool import folder, settle
from gpu_agent.wire import Chunk, Need, Offer, Refused

MOST_BYTES = 2 * 1024**3


class Inputs:
    """Safe for several threads: two bots may send the same input, and then help each other along."""

    def __init__(self, root: Path, most: int = MOST_BYTES) -> None:
        self._root, self._most = folder(root / "inputs"), most
        self._lock = Lock()
        self._pinned: dict[str, Collection[str]] = {}

    def offer(self, offer: Offer) -> Need | Refused:
        """Where to go on from; an offset equal to the size says that nothing is needed."""
        with self._lock:
            whole, part = self._root / offer.sha256, self._part(offer.sha256, offer.bytes)
            if whole.exists():
                os.utime(whole)
                return Need(sha256=offer.sha256, offset=offer.bytes)
            if offer.bytes > self._most:
                return Refused(job="", kind="input-too-large", facts={"bytes": offer.bytes, "most": self._most})
            part.touch()
            self._make_room(offer.bytes, part)
            return Need(sha256=offer.sha256, offset=part.stat().st_size)

    def take(self, chunk: Chunk, payload: bytes) -> Need | Refused | None:
        """Nothing to say while pieces come in order; Need at the end, and to set a wrong offset right."""
        with self._lock:
            part = self._part(chunk.sha256, chunk.total)
            if not part.exists():
                return self._missing(chunk)
            have = part.stat().st_size
            if chunk.offset != have:
                return Need(sha256=chunk.sha256, offset=have)
            if have + len(payload) > chunk.total:
                part.unlink()
                return Refused(job="", kind="input-too-long", facts={"sha256": chunk.sha256, "total": chunk.total})
            with part.open("ab") as stream:
                stream.write(payload)
                if have + len(payload) < chunk.total:
                    return None
                stream.flush()
                os.fsync(stream.fileno())
            return self._finish(part, chunk)

    def pin(self, job: str, digests: Collection[str]) -> str | None:
        """Keep these until `unpin`; or the first that is not here whole, and then none of them is kept."""
        with self._lock:
            files = {digest: self._root / digest for digest in digests}
            missing = next((digest for digest, file in files.items() if not file.exists()), None)
            if missing is None:
                self._pinned[job] = tuple(digests)
                for file in files.values():
                    os.utime(file)
            return missing

    def unpin(self, job: str) -> None:
        """This job needs its inputs no more; other jobs may."""
        with self._lock:
            self._pinned.pop(job, None)

    def _missing(self, chunk: Chunk) -> Need | Refused:
        """Somebody else may have sent the rest a moment ago."""
        if (self._root / chunk.sha256).exists():
            return Need(sha256=chunk.sha256, offset=chunk.total)
        return Refused(job="", kind="not-offered", facts={"sha256": chunk.sha256})

    def _finish(self, part: Path, chunk: Chunk) -> Need:
        with part.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if digest != chunk.sha256:
            part.write_bytes(b"")  # the offer stands; the bytes were not what it promised
            return Need(sha256=chunk.sha256, offset=0)
        settle(part, self._root / chunk.sha256)
        return Need(sha256=chunk.sha256, offset=chunk.total)

    def _part(self, sha256: str, size: int) -> Path:
        return self._root / f"{sha256}.{size}.part"

    def _make_room(self, wanted: int, but: Path) -> None:
        """The input that was longest not asked for goes first, one that an order still needs never. Started ones count
        as much as was promised."""
        others = sorted((file for file in self._root.iterdir() if file != but), key=lambda file: file.stat().st_mtime)
        held = sum(_promised(file) for file in others)
        needed = {digest for digests in self._pinned.values() for digest in digests}
        for file in [file for file in others if file.name not in needed]:
            if held + wanted <= self._most:
                return
            held -= _promised(file)
            file.unlink()


def _promised(file: Path) -> int:
    return int(file.suffixes[0][1:]) if file.suffix == ".part" else file.stat().st_size
