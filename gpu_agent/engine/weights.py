"""The files of a model: all there, unchanged where the catalogue knows their digests, and one digest over them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from safetensors import SafetensorError, safe_open

from gpu_agent import shelf
from gpu_agent.catalogue import Model
from gpu_agent.engine.fault import Fault

SUFFIXES = {".json", ".safetensors", ".txt", ".model", ".jinja"}


@dataclass(frozen=True)
class Digests:
    """SHA-256 of every file of a model by its name, and one over all of them."""

    whole: str
    files: dict[str, str]


def require(model: Model) -> Path:
    """The model's folder, complete. Raises Fault("weights-missing"); nothing is ever downloaded from here."""
    place = shelf.folder(model)
    if place is None or not shelf.present(model):
        raise missing(model)
    return place


def missing(model: Model) -> Fault:
    """The fault of a model whose files are not all here."""
    kind, where = _source(model)
    return Fault("weights-missing", {"model": model.id, "name": model.name, "source": kind, "where": where})


def digests(model: Model, place: Path, report: Callable[[float], None]) -> Digests:
    """Of every file the pipeline reads; `report` gets the share (0..1) of bytes read.

    Raises Fault("weights-damaged") at the first file that is not the one the catalogue names, or not readable.
    """
    files = _files(place)
    total = sum(file.stat().st_size for file in files.values()) or 1
    found: dict[str, str] = {}
    read = 0
    for name, file in sorted(files.items()):
        found[name] = _file_digest(file, file.stat().st_size, file.stat().st_mtime_ns)
        if model.sha256.get(name, found[name]) != found[name]:
            raise _damaged(model, name)
        if file.suffix == ".safetensors" and not _readable(file):
            raise _damaged(model, name)
        read += file.stat().st_size
        report(read / total)
    whole = "".join(f"{name} {digest}\n" for name, digest in found.items())
    return Digests(hashlib.sha256(whole.encode()).hexdigest(), found)


def _damaged(model: Model, file: str) -> Fault:
    return Fault("weights-damaged", {"model": model.id, "name": model.name, "file": file})


def _source(model: Model) -> tuple[str, str]:
    """Enough for a person on the tower to find the place; paths are given as the models file has them."""
    if model.repo is not None:
        return "repo", model.repo
    return ("folder", str(model.folder)) if model.folder is not None else ("package", str(model.package))


def _files(place: Path) -> dict[str, Path]:
    parts = [place / part for part in shelf.components(place)]
    found = [place / shelf.INDEX, *(file for part in parts for file in part.rglob("*") if file.is_file())]
    return {file.relative_to(place).as_posix(): file for file in found if file.suffix in SUFFIXES}


def _readable(file: Path) -> bool:
    """The format's own check of a file's header: offsets, types and shapes that agree with each other."""
    try:
        with safe_open(file, framework="pt"):
            return True
    except SafetensorError:
        return False


@lru_cache(maxsize=512)
def _file_digest(file: Path, _size: int, _changed: int) -> str:
    """Size and time of change are part of the key: a model that comes back is not read twice, a changed one is."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
