"""The header of a GGUF file: its notes, and the names, shapes and quantization of its tensors.

The format's own library believes every count it reads and can be kept busy for ever by a short file; this reads on
only while there is something to read.
"""

import struct
from collections.abc import Callable
from math import prod
from typing import IO, Any, NamedTuple

MAGIC = b"GGUF"
LONGEST = 32_000_000
_VERSIONS = (2, 3)
_MOST_TENSORS = 65_536
_MOST_NOTES = 4_096
_LONGEST_NAME = 65_536
_MOST_DIMENSIONS = 8
_MOST_WORDS = 1_000_000  # of a vocabulary; the largest in use have a quarter of that
_MOST_BYTES = 2**50
_STRING, _ARRAY = 8, 9
# The format's scalars by their number: little-endian, as every file in use is.
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
# Quantizations by their number: name, weights in a block, bytes of a block. Those that the engine reads.
QUANTIZATIONS = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    20: ("IQ4_NL", 32, 18),
    23: ("IQ4_XS", 256, 136),
    30: ("BF16", 1, 2),
}


class Broken(Exception):
    """The header contradicts itself; the text says how."""


class Tensor(NamedTuple):
    """Lengths as PyTorch counts them, the format's name for the numbers, and bytes in the file."""

    shape: tuple[int, ...]
    kind: str
    bytes: int


def read(stream: IO[bytes], size: int) -> tuple[dict[str, Tensor], dict[str, str], int]:
    """Tensors, the notes that are words or numbers, and how long the file must be; `stream` stands behind MAGIC.

    A quantization that the engine cannot read keeps its number as its kind and 0 bytes. Raises Broken.
    """
    take = _taker(stream, min(size, LONGEST))
    version = take("I")
    if version not in _VERSIONS:
        raise Broken(f"it is of version {version} of the format")
    tensor_count, note_count = take("Q"), take("Q")
    if tensor_count > _MOST_TENSORS or note_count > _MOST_NOTES:
        raise Broken("it claims more tensors than a model has")
    notes: dict[str, str] = {}
    for _ in range(note_count):
        name = _string(take)
        note = _value(take, take("I"))
        if note is not None:
            notes[name] = note
    tensors, end = _tensors(take, tensor_count)
    return tensors, notes, _aligned(stream.tell(), notes) + end


Take = Callable[[str], Any]


def _taker(stream: IO[bytes], limit: int) -> Take:
    """Reads one value of a struct format, or that many bytes for one like `12s`; never beyond `limit`."""

    def take(form: str) -> Any:
        width = struct.calcsize("<" + form)
        if stream.tell() + width > limit:
            raise Broken("its header does not end where it should")
        raw = stream.read(width)
        if len(raw) < width:
            raise Broken("its header ends too soon")
        return struct.unpack("<" + form, raw)[0]

    return take


def _string(take: Take) -> str:
    length = take("Q")
    if length > _LONGEST_NAME:
        raise Broken("a name in it is longer than names are")
    text: bytes = take(f"{length}s")
    return text.decode(errors="replace")


def _value(take: Take, kind: int) -> str | None:
    """A note as text; None for a list, which is only passed over."""
    if kind == _STRING:
        return _string(take)
    if kind in _SCALARS:
        return str(take(_SCALARS[kind]))
    if kind != _ARRAY:
        raise Broken("a note in it is of no known kind")
    of, count = take("I"), take("Q")
    if of in _SCALARS:
        _skip(take, count * struct.calcsize("<" + _SCALARS[of]))
    elif of == _STRING and count <= _MOST_WORDS:
        for _ in range(count):
            _skip(take, take("Q"))
    else:
        raise Broken("a list in it is of no known kind or length")
    return None


def _skip(take: Take, width: int) -> None:
    if width > LONGEST:
        raise Broken("a list in it is longer than a header")
    take(f"{width}s")


def _tensors(take: Take, count: int) -> tuple[dict[str, Tensor], int]:
    tensors: dict[str, Tensor] = {}
    end = 0
    for _ in range(count):
        name = _string(take)
        dimensions = take("I")
        if dimensions > _MOST_DIMENSIONS or name in tensors:
            raise Broken("a tensor of its header does not add up")
        shape = tuple(take("Q") for _ in range(dimensions))[::-1]  # the format counts from the other end
        tensor = _tensor(shape, take("I"))
        tensors[name] = tensor
        end = max(end, take("Q") + tensor.bytes)
    if end > _MOST_BYTES:
        raise Broken("it claims more bytes than a disk has")
    return tensors, end


def _tensor(shape: tuple[int, ...], number: int) -> Tensor:
    kind, block, width = QUANTIZATIONS.get(number, (str(number), 1, 0))
    if (shape and shape[-1] % block) or prod(shape) > _MOST_BYTES:
        raise Broken("a tensor of its header does not add up")
    return Tensor(shape, kind, prod(shape) // block * width)


def _aligned(position: int, notes: dict[str, str]) -> int:
    try:
        alignment = int(notes.get("general.alignment", "32"))
    except ValueError:
        alignment = 0
    if alignment <= 0 or alignment & (alignment - 1):
        raise Broken("its alignment is none")
    return -(-position // alignment) * alignment
