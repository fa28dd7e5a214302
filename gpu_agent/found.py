"""What the folders of the settings hold, as entries of the catalogue and LoRAs of the shelf.

A checkpoint or denoiser that is found becomes an entry like the shipped one of its kind, with its own weights.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from gpu_agent import catalogue, folders
from gpu_agent.catalogue import Catalogue, Model
from gpu_agent.folders import Unseen
from gpu_agent.kinds import HALF, Kind, table
from gpu_agent.looking import Look, RefusedFile, look
from gpu_agent.lora_kinds import LoraKind
from gpu_agent.naming import LONGEST_NAME, clean, slug, unique
from gpu_agent.stock import Part, ShelfLora

UNKNOWN_LICENCE = "unknown: see its maker"
_SETTINGS = 20_000_000  # what tokenizers and settings beside the weights take, at most


@dataclass(frozen=True)
class FoundLora:
    """A LoRA in one of the folders, as the bot sees it, the file itself, and the rank of its largest layer."""

    shelf: ShelfLora
    path: Path
    rank: int = 0


@dataclass
class Found:
    """What was found so far; `models` has no entry of the catalogue itself."""

    models: dict[str, Model] = field(default_factory=dict)
    loras: dict[str, FoundLora] = field(default_factory=dict)
    beside: list[Look] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)


def find(roots: Iterable[Path], known: Catalogue) -> Found:
    """All that lies in these folders, in the order of their names; ids that `known` has are never given again."""
    found, bases = Found(), _Bases(known)
    halves: list[tuple[Look, Kind]] = []
    for seen in folders.walk(roots):
        what = RefusedFile(seen.path, "folder-unseen", _place(seen)) if isinstance(seen, Unseen) else look(seen)
        match what:
            case RefusedFile():
                found.refused.append(what)
            case Look(kind=LoraKind() as lora):
                _add_lora(found, what, lora)
            case Look(kind=Kind(role="denoiser", half=half) as kind) if half and what.path.is_file():
                halves.append((what, kind))
            case Look(kind=Kind(role="denoiser") as kind):
                _add_model(found, what, kind, bases)
            case Look():
                found.beside.append(what)
    _add_pairs(found, halves, bases)
    return found


class _Bases:
    """The entries that found weights are modelled on: the user's own where it says where the rest is, else ours."""

    def __init__(self, known: Catalogue) -> None:
        self.known = known

    def __getitem__(self, entry: str) -> Model:
        own = self.known.models.get(entry)
        return own if own is not None and (own.repo or own.folder) else _shipped()[entry]


@cache
def _shipped() -> Catalogue:
    with as_file(files("gpu_agent").joinpath("found.toml")) as place:
        return catalogue.load(place)


def _place(unseen: Unseen) -> dict[str, Any]:
    return {"folder": clean(str(unseen.path), 256), "fault": unseen.fault}


def _add_lora(found: Found, what: Look, lora: LoraKind) -> None:
    if not lora.family:
        found.refused.append(_unsupported(what, f"a LoRA for {lora.says}"))
        return
    lora_id = unique(slug(what.name), found.loras, str(what.path))
    shown = ShelfLora(id=lora_id, family=lora.family, bytes=what.bytes, triggers=what.triggers)
    found.loras[lora_id] = FoundLora(shown, what.path, lora.rank)


def _add_model(found: Found, what: Look, kind: Kind, bases: _Bases) -> None:
    if not kind.entry:
        found.refused.append(_unsupported(what, kind.says))
        return
    base = bases[kind.entry]
    own: dict[str, Any]
    if what.path.is_dir():
        own = {"folder": what.path, "repo": None, "revision": "", "files": (), "variant": what.variant}
    elif kind.whole:
        own = {"file": what.path, "download": _SETTINGS}
    elif _has_two_denoisers(base):
        found.refused.append(RefusedFile(what.path, "file-half", {"file": what.name, "is": kind.says}))
        return
    else:
        own = {"denoiser": what.path, **_replaced(base, (what,))}
    _add(found, base, what, own, bases)


def _add_pairs(found: Found, halves: list[tuple[Look, Kind]], bases: _Bases) -> None:
    """Two files that differ in high and low are one model; one of them alone is none."""
    pairs: dict[tuple[str, str], dict[str, Look]] = {}
    for what, kind in halves:
        pairs.setdefault((kind.entry, _without_half(what.name)), {}).setdefault(kind.half, what)
    for (entry, name), pair in pairs.items():
        base = bases[entry]
        if len(pair) < 2:
            alone = next(iter(pair.values()))
            found.refused.append(RefusedFile(alone.path, "file-half", {"file": alone.name, "is": base.name}))
            continue
        high, low = pair["high"], pair["low"]
        own = {"denoiser": high.path, "denoiser_2": low.path, **_replaced(base, (high, low))}
        _add(found, base, high, own, bases, name)


def _add(found: Found, base: Model, what: Look, own: dict[str, Any], bases: _Bases, name: str = "") -> None:
    name = name or what.name
    wanted = slug(name)
    model_id = unique(wanted, {*bases.known.models, *found.models}, str(what.path))
    licence = {
        "licence": what.licence or UNKNOWN_LICENCE,
        "commercial": base.commercial and what.licence.casefold().replace(" ", "-") in table().free_licences,
    }
    update = {"id": model_id, "name": name[:LONGEST_NAME], **licence, "sha256": {}, **own}
    found.models[model_id] = base.model_copy(update=update)


def _has_two_denoisers(base: Model) -> bool:
    """Does this kind of model have two denoisers?"""
    return sum(part.role == "denoiser" for part in base.parts) > 1


def _replaced(base: Model, given: tuple[Look, ...]) -> dict[str, Any]:
    """The parts with the denoisers as their files have them, and what is left to be fetched. A file in safetensors is
    read at the precision of any other; one in GGUF stays as small as it is."""
    files = iter(given)
    parts = tuple(_replaced_part(part, next(files, None)) if part.role == "denoiser" else part for part in base.parts)
    rest = sum(part.bytes for part in base.parts if part.role != "denoiser")
    return {"parts": parts, "download": rest + _SETTINGS}


def _replaced_part(part: Part, given: Look | None) -> Part:
    if given is None or given.format != "gguf":
        return part
    return part.model_copy(update={"bytes": given.bytes, "format": "gguf"})


def _without_half(name: str) -> str:
    found = HALF.search(name.casefold())
    return name[: found.start()].rstrip("-_ .") + name[found.end() :] if found else name


def _unsupported(what: Look, says: str) -> RefusedFile:
    return RefusedFile(what.path, "file-unsupported", {"file": clean(what.path.name, 128), "is": says})
