"""What a file of weights is: a denoiser, a whole checkpoint, or something that stands beside one. `kinds.toml` has
the rows; nothing here knows a model by name."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gpu_agent.gguf_header import QUANTIZATIONS, Tensor
from gpu_agent.header import Header, HeaderFault

Role = Literal["denoiser", "control", "adapter", "embedding", "vae", "text", "vision"]
HALF = re.compile(r"(high|low)(?:[-_ ]?noise)|(?<![a-z])(high|low)(?![a-z])")  # in a name of small letters


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _KindRow(_Row):
    role: Role
    says: str = Field(alias="is")
    entry: str = ""
    has: tuple[str, ...]
    shape: tuple[tuple[str, int, int], ...] = ()
    named: str = ""
    halves: bool = False
    texts: tuple[str, ...] = ()


class _QuantizedRow(_Row):
    says: str = Field(alias="is")
    pattern: str


class LoraRow(_Row):
    """The layers by which a LoRA is known; `kinds.toml` says what the fields mean."""

    says: str = Field(alias="is")
    family: str = ""
    layer: str
    inner: tuple[int, ...] = ()
    outer: tuple[int, ...] = ()
    also: tuple[str, ...] = ()


class _Table(_Row):
    prefixes: tuple[str, ...]
    vaes: tuple[str, ...]
    free_licences: tuple[str, ...]
    quantized: tuple[_QuantizedRow, ...]
    kind: tuple[_KindRow, ...]
    lora: tuple[LoraRow, ...]


@dataclass(frozen=True)
class Kind:
    """`entry` is the shipped model whose place the weights take, empty where there is none; `says` is its name for
    people. `whole` files hold autoencoder and text encoders, too; `half` is high or low for one of two denoisers."""

    role: Role
    says: str
    entry: str = ""
    whole: bool = False
    half: str = ""


@cache
def table() -> _Table:
    """The rows, read once."""
    return _Table.model_validate(tomllib.loads(files("gpu_agent").joinpath("kinds.toml").read_text(encoding="utf-8")))


def kind_of(header: Header, stem: str) -> Kind | None:
    """What the file is; `stem` is its name without the suffix. None for what no row knows.

    Raises HeaderFault file-quantized for weights in a form that the engine cannot read, gguf-type for such a GGUF.
    """
    tensors = header.tensors
    prefix = next((prefix for prefix in table().prefixes if any(name.startswith(prefix) for name in tensors)), "")
    for row in table().kind:
        if _fits(row, tensors, prefix, stem.casefold()):
            if row.role == "denoiser":
                _refuse_quantized(tensors, prefix)
            return Kind(row.role, row.says, row.entry, _whole(row, tensors), _half(row, stem))
    return None


def _fits(row: _KindRow, tensors: Mapping[str, Tensor], prefix: str, stem: str) -> bool:
    def found(name: str) -> Tensor | None:
        return tensors.get(prefix + name) or tensors.get(name)

    def long(name: str, axis: int) -> int | None:
        tensor = found(name)
        return tensor.shape[axis] if tensor is not None and axis < len(tensor.shape) else None

    if not all(found(name) for name in row.has):
        return False
    if any(long(name, axis) != length for name, axis, length in row.shape):
        return False
    return not row.named or re.search(row.named, stem) is not None


def _refuse_quantized(tensors: Mapping[str, Tensor], prefix: str) -> None:
    mine = {name: tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    for row in table().quantized:
        pattern = re.compile(row.pattern)
        if any(pattern.search(name) for name in mine):
            raise HeaderFault("file-quantized", {"how": row.says})
    strange = {tensor.kind for tensor in mine.values() if tensor.kind.isdigit()}
    if strange:
        known = ", ".join(name for name, _, _ in QUANTIZATIONS.values())
        raise HeaderFault("gguf-type", {"type": ", ".join(sorted(strange)), "known": known})


def _whole(row: _KindRow, tensors: Mapping[str, Tensor]) -> bool:
    """Are all other parts in the same file, and readable? If not, they are taken from elsewhere."""
    if not row.texts or not any(name.startswith(table().vaes) for name in tensors):
        return False
    scaled = [re.compile(quantized.pattern) for quantized in table().quantized]
    texts = [name for name in tensors if name.startswith(row.texts)]
    there = all(any(name.startswith(text) for name in texts) for text in row.texts)
    return there and not any(pattern.search(name) for name in texts for pattern in scaled)


def _half(row: _KindRow, stem: str) -> str:
    found = HALF.search(stem.casefold()) if row.halves else None
    return (found[1] or found[2]) if found else ""
