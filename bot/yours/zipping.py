"""A set as a ZIP, or as several that are each no larger than somebody takes. The same set always gives the same bytes.

All of these functions take as long as reading every picture: call them in a thread.
"""

import os
import secrets
import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import IO

from bot.yours.bundle import Part

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a ZIP knows
_UNIX = 3
_MODE = 0o644 << 16
_HEAD = 256  # bytes that a file costs besides its own, with twice its name
_LEVEL = 9
_PACKED = {".png", ".mp4", ".jpg"}  # would not get smaller


def write(parts: Sequence[Part], file: Path) -> int:
    """The ZIP, whole or as it was before; gives its bytes. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        with unfinished.open("wb") as opened:
            _pack(parts, opened)
            opened.flush()
            os.fsync(opened.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return file.stat().st_size


def whole(parts: Sequence[Part], most: int) -> bytes | None:
    """The ZIP if it has at most `most` bytes. No more than that is ever held."""
    if sum(_size(part) for part in parts) > most:
        return None
    data = _zip(parts)
    return data if len(data) <= most else None


def pieces(parts: Sequence[Part], most: int) -> tuple[list[bytes], list[str]]:
    """ZIPs of at most `most` bytes, to be unpacked into one folder, and the names of files that fit into none."""
    groups: list[list[Part]] = []
    room, left_out = 0, []
    for part in parts:
        size = _size(part)
        if size > most - _HEAD:
            left_out.append(part.name)
            continue
        if not groups or size > room:
            groups.append([])
            room = most - _HEAD
        groups[-1].append(part)
        room -= size
    return [_zip(group) for group in groups], left_out


def count(parts: Sequence[Part], most: int) -> int:
    """About how many pieces there will be, and rather fewer."""
    return -(-sum(_size(part) for part in parts) // most)


def _size(part: Part) -> int:
    """At most, in the ZIP."""
    stored = Path(part.name).suffix in _PACKED or isinstance(part.content, Path)
    body = part.size() if stored else len(zlib.compress(part.data(), _LEVEL))
    return body + _HEAD + 2 * len(part.name.encode())


def _zip(parts: Sequence[Part]) -> bytes:
    buffer = BytesIO()
    _pack(parts, buffer)
    return buffer.getvalue()


def _pack(parts: Sequence[Part], to: IO[bytes]) -> None:
    with zipfile.ZipFile(to, "w") as packed:
        for part in parts:
            packed.writestr(_entry(part.name), part.data(), compresslevel=_LEVEL)


def _entry(name: str) -> zipfile.ZipInfo:
    """Without a date, an owner or a system, which would differ."""
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system, entry.external_attr = _UNIX, _MODE
    entry.compress_type = zipfile.ZIP_STORED if Path(name).suffix in _PACKED else zipfile.ZIP_DEFLATED
    return entry
