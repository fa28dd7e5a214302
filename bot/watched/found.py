"""A file of a watched folder with the pictures it names, read once it no longer changes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import BadInput, BatchFault, Refusal
from bot.intake import batchfile, references
from bot.ledger.files import Files
from bot.review import admit
from bot.settings import Limits
from bot.watched import folder


@dataclass(frozen=True, slots=True)
class Found:
    """`digest` is of the file and of all `pictures` beside it that it names: another one is another content.

    `fault` says why it is no batch file at all.
    """

    name: str
    data: bytes
    digest: str
    pictures: tuple[str, ...] = ()
    fault: Refusal | None = None


def read(place: Path, name: str, limits: Limits) -> Found:
    """Reads no more of the file than one byte over the limit. Raises OSError."""
    data, size = folder.read(place, name, limits.batch_bytes)
    if len(data) > limits.batch_bytes:
        fault = BatchFault(fault="batch-too-large", bytes=size, most=limits.batch_bytes)
        return Found(name, b"", _digest(data, size), fault=fault)
    try:
        opened = batchfile.opened(data, limits, name)
    except BatchFault as fault:
        return Found(name, data, _digest(data, size), fault=fault)
    pictures = tuple(one for one in opened.references if references.is_file(one))
    try:
        beside = [(one, _hashed(folder.picture(place, references.plain(one)))) for one in pictures]
    except BadInput as fault:
        return Found(name, data, _digest(data, size), pictures, fault)
    return Found(name, data, _digest(data, size, beside), pictures)


def unreadable(name: str, stamp: Sequence[folder.Stamp], why: str) -> Found:
    """A file that is there and cannot be read, as it is now: once its permissions are others it is another one."""
    digest = _hashed(f"unreadable {name} {stamp}".encode())
    return Found(name, b"", digest, fault=BatchFault(fault="batch-unreadable", why=why))


def brought(place: Path, found: Found, files: Files) -> dict[str, str]:
    """The pictures it names, in the bot's files: name → digest there. Raises BadInput, or OSError.

    One that does not lie there is left out, which the file's check tells with its place.
    """
    kept = {}
    for name in found.pictures:
        plain = references.plain(name)
        if (data := folder.picture(place, plain)) is not None:
            kept[plain] = files.store(admit.picture(data, name).png)
    return kept


def _digest(data: bytes, size: int, beside: Sequence[tuple[str, str]] = ()) -> str:
    named = (f"{name}\0{digest}" for name, digest in sorted(beside))
    return _hashed("\0".join([str(size), _hashed(data), *named]).encode())


def _hashed(data: bytes | None) -> str:
    """Of a picture that is not there, nothing."""
    return "" if data is None else hashlib.sha256(data).hexdigest()
