"""What is loaded beside a model when an order asks for it: where on this machine it lies, and which files it is."""

import hashlib
import re
from pathlib import Path

from safetensors import SafetensorError
from transformers.utils.hub import cached_file

from gpu_agent import shelf
from gpu_agent.catalogue import Encoder, Model, Weights
from gpu_agent.engine.fault import Fault
from gpu_agent.order import Order

CONFIG = "config.json"
REFERENCE = "reference"
# What the libraries raise for files that are not there, not whole, or of another shape than their class.
_FOLDERS = re.compile(r"(?<![\w.])([A-Za-z]:)?([\\/][^\\/\s'\"]+)*[\\/](?=[^\\/\s'\"])")
BROKEN = (OSError, SafetensorError, ValueError, RuntimeError, LookupError, TypeError, AttributeError)

_MOST_DIGESTS = 1024
_digests_known: dict[tuple[Path, int, int], str] = {}


def place(weights: Weights, name: str = "") -> Path:
    """The folder that holds the file `name` of these weights, in the hub's cache or where the entry says.

    Raises OSError where it is not on this machine; nothing is ever fetched from here.
    """
    return _folder(_where(weights), weights.subfolder, name or weights.file or CONFIG, weights)


def encoder_place(adapter: Encoder) -> Path:
    """The same for the image encoder of an IP-Adapter."""
    where = adapter.encoder_repo or _where(adapter)
    return _folder(where, adapter.encoder, CONFIG, None if adapter.encoder_repo else adapter)


def digests(model: Model, order: Order) -> dict[str, str]:
    """SHA-256 of the weights that this order's ControlNet and reference picture are drawn with, by what they are."""
    found: dict[str, str] = {}
    if order.control is not None and order.control.kind in model.controlnets:
        net = model.controlnets[order.control.kind]
        found |= _digests(order.control.kind, place(net), net.file or "diffusion_pytorch_model.safetensors")
    if order.reference is not None and model.adapter is not None:
        found |= _digests(REFERENCE, place(model.adapter), model.adapter.file)
        found |= _digests("encoder", encoder_place(model.adapter), "model.safetensors")
    return found


def fault(model: Model, extra: str, error: Exception) -> Fault:
    """What to tell of an error while this extra was loaded."""
    if isinstance(error, OSError):
        return Fault("extra-missing", {"model": model.id, "extra": extra})
    return Fault("extra-unfit", {"model": model.id, "extra": extra, "fault": first_line(error)})


def first_line(error: Exception) -> str:
    """What a library's error says first; files are told by their names, as people far from here read it."""
    words = (str(error).strip().splitlines() or [""])[0] or type(error).__name__
    return _FOLDERS.sub("", words)[:160]


def file_digest(file: Path) -> str:
    """SHA-256 of a file; an unchanged one is read once."""
    key = _state(file)
    found = _digests_known.get(key)
    if found is None:
        with file.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if len(_digests_known) >= _MOST_DIGESTS:
            _digests_known.clear()
        _digests_known[key] = found
    return found


def digest_known(file: Path) -> bool:
    """Was it read already, as it is now?"""
    return _state(file) in _digests_known


def _state(file: Path) -> tuple[Path, int, int]:
    stat = file.stat()
    return file, stat.st_size, stat.st_mtime_ns


def _where(weights: Weights) -> str:
    return str(weights.repo or shelf.home(weights))


def _folder(where: str, subfolder: str, name: str, weights: Weights | None) -> Path:
    revision = (weights.revision or None) if weights is not None else None
    found = cached_file(where, name, subfolder=subfolder, revision=revision, local_files_only=True)
    if found is None:
        raise FileNotFoundError(name)
    return Path(found).parent


def _digests(what: str, folder: Path, name: str) -> dict[str, str]:
    """Of this file, or of the parts it comes in."""
    parts = (
        [folder / name] if (folder / name).is_file() else sorted(folder.glob(f"{Path(name).stem}-*-of-*.safetensors"))
    )
    return {f"{what}/{file.name}": file_digest(file) for file in parts}
