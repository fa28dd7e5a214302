"""The files of a model: all there, unchanged where the catalogue knows their digests, and one digest over them."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError, safe_open

from gpu_agent import shelf
from gpu_agent.catalogue import Model
from gpu_agent.engine.extras import digest_known, file_digest
from gpu_agent.engine.fault import Fault

if TYPE_CHECKING:
    from gpu_agent.engine.parts import Parts

SUFFIXES = {".json", ".safetensors", ".txt", ".model", ".jinja"}
_WEIGHTS = {".safetensors", ".gguf"}
_READERS = 4


@dataclass(frozen=True)
class Digests:
    """SHA-256 of every file of a model by its name, and one over all of them."""

    whole: str
    files: dict[str, str]


def require(model: Model) -> Path:
    """The model's folder, complete. Raises Fault weights-missing, weights-pickled or weights-damaged; nothing is ever
    downloaded from here."""
    for file in (model.file, model.denoiser, model.denoiser_2):
        if file is not None and file.suffix.casefold() not in _WEIGHTS:
            raise Fault("weights-pickled", {"model": model.id, "name": model.name, "file": file.name})
        if file is not None and file.is_file() and not shelf.whole(file):
            raise _damaged(model, file.name)
    place = shelf.folder(model)
    if place is None or not shelf.present(model):
        raise _cut_short(model, place) or missing(model)
    return place


def missing(model: Model) -> Fault:
    """The fault of a model whose files are not all here."""
    kind, where = _source(model)
    return Fault("weights-missing", {"model": model.id, "name": model.name, "source": kind, "where": where})


def _cut_short(model: Model, place: Path | None) -> Fault | None:
    """What is there but not whole has to be fetched again, which is another advice than for what is not there."""
    found = sorted(place.glob("*/*.safetensors")) if place is not None else []
    broken = (file.relative_to(place).as_posix() for file in found if place is not None and not shelf.whole(file))
    return next((_damaged(model, name) for name in broken), None)


def digests(model: Model, parts: "Parts") -> Digests:
    """Of every file the pipeline reads.

    Raises Fault weights-damaged at the first file that is not the one the catalogue names, or not readable.
    """
    found: dict[str, str] = {}
    files = sorted(_files(parts).items())
    with ThreadPoolExecutor(_READERS, thread_name_prefix="files") as pool:  # a drive gives more to several at once
        read = pool.map(lambda each: file_digest(each[1]), files)
        for (name, file), digest in zip(files, read, strict=True):
            found[name] = digest
            if model.sha256.get(name, digest) != digest:
                raise _damaged(model, name)
            if file.suffix == ".safetensors" and not _readable(file):
                raise _damaged(model, name)
    whole = "".join(f"{name} {digest}\n" for name, digest in found.items())
    return Digests(hashlib.sha256(whole.encode()).hexdigest(), found)


def unread(parts: "Parts") -> int:
    """Bytes of the files whose digests are not known yet."""
    return sum(file.stat().st_size for file in _files(parts).values() if not digest_known(file))


def _damaged(model: Model, file: str) -> Fault:
    return Fault("weights-damaged", {"model": model.id, "name": model.name, "file": file})


def _source(model: Model) -> tuple[str, str]:
    """Enough for a person on the tower to find the place; paths are given as the models file has them."""
    if model.repo is not None:
        return "repo", model.repo
    return ("folder", str(model.folder)) if model.folder is not None else ("package", str(model.package))


def _files(parts: "Parts") -> dict[str, Path]:
    """By names that tell no one where they lie: the folder's own, or the part's and the file's."""
    found = {shelf.INDEX: parts.place / shelf.INDEX}
    for name, wanted in parts.known.items():
        home = parts.home(name)
        read = {file for file in home.rglob("*") if file.suffix in SUFFIXES - _WEIGHTS} if wanted is not None else set()
        for file in read:
            found[f"{name}/{file.relative_to(home).as_posix()}"] = file
        for file in parts.files(name) if wanted is not None else ():
            found[f"{name}/{file.name}"] = file
    for lora in map(shelf.beside, parts.model.fused):
        if lora is not None:
            found[f"fused/{lora.name}"] = lora
    if parts.model.file is not None:
        found[parts.model.file.name] = parts.model.file
    return found


def _readable(file: Path) -> bool:
    """The format's own check of a file's header: offsets, types and shapes that agree with each other."""
    try:
        with safe_open(file, framework="pt"):
            return True
    except SafetensorError:
        return False
