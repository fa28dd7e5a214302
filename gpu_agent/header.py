"""What a file of weights says about itself at its beginning. Nothing behind the header is ever read, and nothing in
it is believed that the file's own size speaks against: the files come from strangers."""

import stat
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pydantic_core import from_json

from gpu_agent import gguf_header
from gpu_agent.gguf_header import Broken, Tensor
from gpu_agent.value import Facts

# Checkpoints of 2500 tensors need a quarter of a megabyte, and some makers' notes a few more; the format would allow a
# hundred, which hostile JSON makes into gigabytes of memory.
LONGEST = 10_000_000
_LENGTH = struct.Struct("<Q")
_KINDS = {
    64: "F64 I64 U64 C64",
    32: "F32 I32 U32",
    16: "F16 BF16 I16 U16",
    8: "I8 U8 BOOL F8_E4M3 F8_E5M2 F8_E8M0 F8_E4M3FNUZ F8_E5M2FNUZ",
    6: "F6_E2M3 F6_E3M2",
    4: "F4",
}
_BITS = {kind: bits for bits, kinds in _KINDS.items() for kind in kinds.split()}
_MOST_NUMBERS = 2**50


class HeaderFault(Exception):
    """The file is not what its name says, or not whole; `kind` and `facts` are for the person's sentence."""

    def __init__(self, kind: str, facts: Facts) -> None:
        super().__init__(kind)
        self.kind, self.facts = kind, facts


@dataclass(frozen=True)
class Header:
    """`tensors` by name, in the file's order; `notes` are what its maker wrote beside them; `format` is the file's,
    safetensors or gguf; `bytes` is what the tensors take."""

    tensors: dict[str, Tensor]
    notes: dict[str, str]
    format: str
    bytes: int


def read(path: Path) -> Header:
    """The header of a safetensors or GGUF file; which of them it is, its first bytes say.

    Raises HeaderFault: file-unreadable, file-cut-short or file-damaged.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for somebody to write into it
            raise HeaderFault("file-unreadable", {"fault": "it is no file"})
        size = status.st_size
        with path.open("rb") as stream:
            if stream.read(len(gguf_header.MAGIC)) == gguf_header.MAGIC:
                tensors, notes, expected = gguf_header.read(stream, size)
                form = "gguf"
            else:
                stream.seek(0)
                tensors, notes, expected = _safetensors(stream, size)
                form = "safetensors"
    except OSError as error:
        raise HeaderFault("file-unreadable", {"fault": error.strerror or type(error).__name__}) from error
    except Broken as error:
        raise HeaderFault("file-damaged", {"fault": str(error)}) from error
    if size < expected:
        raise HeaderFault("file-cut-short", {"bytes": size, "expected": expected})
    if form == "safetensors" and size > expected:
        raise HeaderFault("file-damaged", {"fault": "it is longer than its header says"})
    return Header(tensors, notes, form, sum(tensor.bytes for tensor in tensors.values()))


def _safetensors(stream: IO[bytes], size: int) -> tuple[dict[str, Tensor], dict[str, str], int]:
    """Tensors, notes, and how long the file should be."""
    raw = stream.read(_LENGTH.size)
    if len(raw) < _LENGTH.size:
        raise HeaderFault("file-cut-short", {"bytes": size, "expected": _LENGTH.size})
    (length,) = _LENGTH.unpack(raw)
    start = _LENGTH.size + length
    text = stream.read(length) if length <= LONGEST else b"?"
    if text and not text.startswith(b"{"):
        raise Broken("it does not begin like a safetensors file")
    if len(text) < length:
        raise HeaderFault("file-cut-short", {"bytes": size, "expected": start})
    try:
        table = from_json(text)
    except (ValueError, RecursionError) as error:
        raise Broken("its header is not JSON") from error
    if not isinstance(table, dict):
        raise Broken("its header is not a table")
    notes = table.pop("__metadata__", None)
    notes = {} if notes is None else notes
    if not isinstance(notes, dict):
        raise Broken("its notes are not a table")
    tensors, data = _tensors(table)
    return tensors, {key: note for key, note in notes.items() if isinstance(note, str)}, start + data


def _tensors(table: dict[str, Any]) -> tuple[dict[str, Tensor], int]:
    """The tensors, and the bytes of data that they cover without gap or overlap. Raises Broken."""
    tensors, spans = {}, []
    for name, entry in table.items():
        tensor, begin, end = _tensor(entry)
        tensors[name] = tensor
        spans.append((begin, end))
    reached = 0
    for begin, end in sorted(spans):
        if begin != reached:
            raise Broken("its tensors overlap or leave gaps")
        reached = end
    return tensors, reached


def _tensor(entry: Any) -> tuple[Tensor, int, int]:
    try:
        kind, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        bits = _BITS[kind]
        count = 1
        if not isinstance(shape, list):
            raise TypeError
        for length in shape:
            # Booleans are numbers to Python, and a product of many lengths would never be done with.
            if type(length) is not int or length < 0 or count > _MOST_NUMBERS:
                raise TypeError
            count *= length
        if type(begin) is not int or type(end) is not int or (end - begin) * 8 != count * bits or begin < 0:
            raise TypeError
    except (TypeError, KeyError, ValueError) as error:
        raise Broken("a tensor of its header does not add up") from error
    return Tensor(tuple(shape), kind, end - begin), begin, end
