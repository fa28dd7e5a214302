"""Messages on a byte stream: magic, header length, payload length, header (JSON), payload (bytes), checksum.

No input or output here: `pack` gives bytes, a `FrameReader` takes whatever arrived and gives whole frames. Anything
printed before the first frame (a login banner) is skipped, up to 4 KiB; after that, a wrong byte is an error.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from gpu_agent.value import Message
from gpu_agent.wire import MAX_CHUNK, decode, encode

MAGIC = b"DRK1"
MAX_HEADER = 1024 * 1024
MAX_BANNER = 4096
_lengths = struct.Struct(">II")
_checksum = struct.Struct(">I")
_FIXED = len(MAGIC) + _lengths.size


class FrameError(Exception):
    """The stream is not made of our frames; `kind` is banner, size, checksum or message. The line must be closed."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind


@dataclass(frozen=True)
class Frame:
    """A message and the bytes that came with it."""

    message: Message
    payload: bytes = b""


def pack(message: Message, payload: bytes = b"") -> bytes:
    """One frame. Raises FrameError("size") above the bounds."""
    header = encode(message)
    _check_sizes(len(header), len(payload))
    body = _lengths.pack(len(header), len(payload)) + header + payload
    return MAGIC + body + _checksum.pack(zlib.crc32(body))


def _check_sizes(header: int, payload: int) -> None:
    if header > MAX_HEADER or payload > MAX_CHUNK:
        raise FrameError("size", f"header of {header} and payload of {payload} bytes")


class FrameReader:
    """Collects bytes until whole frames are there."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._begun = False

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that these bytes complete. Raises FrameError on the first that is not ours."""
        self._buffer += data
        while (frame := self._take()) is not None:
            yield frame

    def _take(self) -> Frame | None:
        if not self._begun:
            self._skip_banner()
        if not self._begun or len(self._buffer) < _FIXED:
            return None
        if not self._buffer.startswith(MAGIC):
            raise FrameError("banner", "bytes between two frames that belong to neither")
        header, payload = _lengths.unpack_from(self._buffer, len(MAGIC))
        _check_sizes(header, payload)
        whole = _FIXED + header + payload + _checksum.size
        if len(self._buffer) < whole:
            return None
        raw = bytes(self._buffer[:whole])
        del self._buffer[:whole]
        return _open(raw, header)

    def _skip_banner(self) -> None:
        at = self._buffer.find(MAGIC)
        if at > MAX_BANNER or (at < 0 and len(self._buffer) > MAX_BANNER):
            raise FrameError("banner", "something prints on login before the agent speaks")
        if at >= 0:
            del self._buffer[:at]
            self._begun = True


def _open(raw: bytes, header: int) -> Frame:
    body, checksum = raw[len(MAGIC) : -_checksum.size], raw[-_checksum.size :]
    if _checksum.pack(zlib.crc32(body)) != checksum:
        raise FrameError("checksum", "a frame arrived damaged")
    try:
        message = decode(body[_lengths.size : _lengths.size + header])
    except ValueError as error:
        raise FrameError("message", str(error)) from error
    return Frame(message, body[_lengths.size + header :])
