"""Where a model's files are, and whether all of them are there, told from names, sizes and headers alone: a tower with
a terabyte of weights answers at once. The digests of the contents are checked when a model is loaded."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from gpu_agent import header
from gpu_agent.catalogue import Model, Weights
from gpu_agent.header import HeaderFault

INDEX = "model_index.json"
_MALFORMED = (OSError, ValueError, TypeError, AttributeError, LookupError, RecursionError)  # other people's JSON
_LIBRARIES = ("diffusers", "transformers")  # parts of another come with a pipeline's own code, and are left out
_CONFIG = "config.json"  # of a part with weights; schedulers and tokenizers call theirs otherwise


def folder(model: Model) -> Path | None:
    """Where the model's diffusers folder is, or None for a repo that the hub's cache does not hold."""
    return home(model)


def home(weights: Model | Weights) -> Path | None:
    """The folder on this machine that a repo, folder or package names; None where the hub's cache lacks the repo."""
    if weights.folder is not None:
        return weights.folder
    if weights.package is not None:
        return Path(str(files("gpu_agent").joinpath(weights.package)))
    return None if weights.repo is None else _cached(weights.repo, weights.revision)


def present(model: Model) -> bool:
    """Is every part that the pipeline's index names on disk, with no weights file cut short?

    Of the parts that the model's own `file`, `denoiser` or `denoiser_2` holds, the folder needs the settings only.
    """
    own = [file for file in (model.file, model.denoiser, model.denoiser_2) if file is not None]
    place = folder(model)
    if place is None or not all(whole(file) for file in own):
        return False
    if any(not (place / name).is_file() for name in model.sha256) or any(beside(lora) is None for lora in model.fused):
        return False
    try:
        return _complete(model, place)
    except _MALFORMED:
        return False


def components(place: Path) -> Iterator[str]:
    """The parts of a pipeline's folder, by its index. Raises OSError or ValueError where there is no such index."""
    yield from _index(place)


def beside(weights: Weights) -> Path | None:
    """Where a ControlNet, an IP-Adapter or a part from elsewhere lies: its file, or else its folder. None where it is
    not on disk, or not whole."""
    place = home(weights)
    if place is None:
        return None
    inside = place / weights.subfolder
    if weights.file:
        return inside / weights.file if whole(inside / weights.file) else None
    try:
        return inside if _whole_part(inside, "", weighs=weights.bytes > 0) else None
    except _MALFORMED:
        return None


def whole(file: Path) -> bool:
    """Is this weights file there, and as long as its header says?"""
    try:
        status = file.stat()
    except (OSError, ValueError):
        return False
    return _sound(file, status.st_size, status.st_mtime_ns)


def _complete(model: Model, place: Path) -> bool:
    given = _given(model)
    index = _index(place)
    for name, library in index.items():
        part = place / name
        if name in given:
            fits = (part / _CONFIG).is_file()
        elif name in model.components:
            fits = beside(model.components[name]) is not None
        else:
            fits = library not in _LIBRARIES or _whole_part(part, model.variant, weighs=(part / _CONFIG).is_file())
        if not fits:
            return False
    missing = [part for name, part in model.components.items() if name not in index and beside(part) is None]
    return any(library in _LIBRARIES for library in index.values()) and not missing


def _given(model: Model) -> set[str]:
    """The parts whose weights are in the model's own files."""
    if model.file is not None:
        return {part.name for part in model.parts}
    files = [model.denoiser, model.denoiser_2]
    denoisers = [part.name for part in model.parts if part.role == "denoiser"] or ["transformer"]
    return {name for name, file in zip(denoisers, files, strict=False) if file is not None}


def _index(place: Path) -> dict[str, Any]:
    """The libraries of a pipeline's parts by their names."""
    table = json.loads((place / INDEX).read_bytes())
    return {name: value[0] for name, value in table.items() if isinstance(value, list) and value and value[0]}


@lru_cache(maxsize=65_536)
def _sound(file: Path, _size: int, _changed: int) -> bool:
    try:
        header.read(file)
    except HeaderFault:
        return False
    return True


def _cached(repo: str, revision: str) -> Path | None:
    """Where the hub's cache holds this repo. The hub's code comes with the engine: without one there is no cache."""
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, IncompleteSnapshotError, LocalEntryNotFoundError
    except ImportError:
        return None
    try:
        return Path(snapshot_download(repo, revision=revision or None, local_files_only=True))
    except IncompleteSnapshotError as error:  # it lacks some file of the repository: not always one that is needed
        return Path(error.snapshot_path)
    except (LocalEntryNotFoundError, HFValidationError):
        return None


def _whole_part(part: Path, variant: str, *, weighs: bool) -> bool:
    """Are the files of this part there? Of several sets of weights, those count that the engine will read: the ones of
    `variant`, and where there are none, those without any."""
    if not part.is_dir() or not any(part.iterdir()):
        return False
    for marked in (f".{variant}", "") if variant else ("",):
        weights = _weights(part, re.escape(marked))
        if weights:
            return all(whole(file) for file in weights)
    return not weighs


def _weights(part: Path, marked: str) -> set[Path]:
    """The files of one set, those too that its index names and that are not there."""
    file = re.compile(rf"[^.]+{marked}(-\d+-of-\d+)?\.safetensors")
    index = re.compile(rf"[^.]+({marked}\.safetensors\.index\.json|\.safetensors\.index{marked}\.json)")
    found = {path for path in part.glob("*.safetensors") if file.fullmatch(path.name)}
    for path in part.glob("*.json"):
        if index.fullmatch(path.name):
            found |= {part / name for name in json.loads(path.read_bytes())["weight_map"].values()}
    return found
