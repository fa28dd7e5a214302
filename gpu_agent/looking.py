"""One file of a folder, looked at: what it is, or why it cannot be used. Only its header is read, and once, as long as
it does not change."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath

from pydantic_core import from_json

from gpu_agent import folders, header, kinds, lora_kinds
from gpu_agent.folders import Seen
from gpu_agent.header import Header, HeaderFault
from gpu_agent.kinds import Kind
from gpu_agent.lora_kinds import LoraKind
from gpu_agent.naming import clean
from gpu_agent.value import Facts

# Names that libraries give, which say nothing; the folder's name says more.
_NAMELESS = {"model", "diffusion_pytorch_model", "pytorch_lora_weights", "pytorch_model", "adapter_model", "lora"}
_SHARD = re.compile(r"-\d{5}-of-\d{5}$")
_DENOISERS = ("transformer", "unet")
_LONGEST_INDEX = 65_536  # of which more would be no JSON, and the name is done without
_KEPT = 65_536  # answers; a library of so many files is larger than any that was heard of


@dataclass(frozen=True)
class RefusedFile:
    """A file or folder that cannot be used: why, as a kind and the facts its sentence needs. `facts` has its name."""

    path: Path
    kind: str
    facts: Facts


@dataclass(frozen=True)
class Look:
    """What a file is. `path` is the file, or the folder of a whole pipeline; `name` and `licence` are fit to be shown.
    `format` is safetensors or gguf, `bytes` what its tensors take."""

    path: Path
    name: str
    kind: Kind | LoraKind
    format: str
    bytes: int
    licence: str = ""
    triggers: tuple[str, ...] = ()
    variant: str = ""


def look(seen: Seen) -> Look | RefusedFile | None:
    """None for what is nothing to draw with, and lies where nobody would expect that."""
    suffix = seen.path.suffix.casefold()
    if suffix in folders.PICKLED:
        return _refused(seen.path, "file-pickled", {"suffix": suffix})
    if suffix in folders.RENAMED:
        return _refused(seen.path, "file-renamed", {"suffix": suffix})
    if _SHARD.search(seen.path.stem):
        return _refused(seen.path, "file-shard", {}) if seen.drawing else None
    found = _read(seen.path, seen.size, seen.changed)
    if found is None and seen.drawing:
        return _refused(seen.path, "file-unknown", {})
    return found


@lru_cache(maxsize=_KEPT)
def _read(path: Path, _size: int, _changed: int) -> Look | RefusedFile | None:
    """Size and time of change are part of the key, so that a file that was replaced is read anew."""
    whole = path.name == folders.INDEX
    try:
        return _pipeline(path.parent) if whole else _file(path)
    except HeaderFault as fault:
        return _refused(path.parent if whole else path, fault.kind, fault.facts)


def _file(path: Path) -> Look | None:
    inside = header.read(path)
    kind = lora_kinds.lora_kind(inside) or kinds.kind_of(inside, path.stem)
    if kind is None:
        return None
    licence = clean(inside.notes.get("modelspec.license", ""))
    triggers = lora_kinds.triggers(inside.notes) if isinstance(kind, LoraKind) else ()
    return Look(path, _name(path, inside), kind, inside.format, inside.bytes, licence, triggers)


def _pipeline(folder: Path) -> Look:
    """A folder in the form of diffusers: its denoiser says what it is. Raises HeaderFault."""
    for part in _DENOISERS:
        files = sorted((folder / part).glob("*.safetensors"))
        variants = {_variant(file) for file in files}
        variant = "" if "" in variants else min(variants, default="")
        headers = [header.read(file) for file in files if _variant(file) == variant]
        if headers:
            tensors = {name: tensor for each in headers for name, tensor in each.tensors.items()}
            size = sum(each.bytes for each in headers)
            kind = kinds.kind_of(Header(tensors, {}, "safetensors", size), folder.name)
            if kind is not None:
                return Look(folder, _folders_name(folder), kind, "safetensors", size, variant=variant)
    raise HeaderFault("file-unknown", {})


def _folders_name(folder: Path) -> str:
    """Its own name; where that is only a number, the one of the repository it came from."""
    try:
        index = from_json((folder / folders.INDEX).read_bytes()[:_LONGEST_INDEX])
    except (OSError, ValueError):
        index = None
    noted = index.get("_name_or_path") if isinstance(index, dict) and folders.OWN.fullmatch(folder.name) else None
    return clean(PurePath(noted).name if isinstance(noted, str) else folder.name) or "pipeline"


def _variant(file: Path) -> str:
    """The part of a name like `model.fp16-00001-of-00002.safetensors` that says how exact its numbers are."""
    return _SHARD.sub("", file.stem).partition(".")[2]


def _name(path: Path, inside: Header) -> str:
    """The file's own name; where a library gave that, what its maker called it, else its folder's."""
    if path.stem.casefold() not in _NAMELESS:
        return clean(path.stem) or "file"
    noted = inside.notes.get("modelspec.title") or inside.notes.get("ss_output_name") or ""
    own = "" if folders.OWN.fullmatch(path.parent.name) else path.parent.name
    return clean(noted) or clean(own) or clean(path.stem)


def _refused(path: Path, kind: str, facts: Facts) -> RefusedFile:
    return RefusedFile(path, kind, {"file": clean(path.name, 128) or "?", **facts})
