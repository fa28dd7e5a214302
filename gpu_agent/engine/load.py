"""A catalogue entry becomes a pipeline on its device: from safetensors and GGUF alone, without running code of the
model's own, and without a network."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

from gpu_agent import shelf
from gpu_agent.catalogue import Model
from gpu_agent.engine import modes, weights
from gpu_agent.planner import Plan

_READ, _BUILT = 0.4, 0.95  # shares of the wait: files read and checked, parts built; the rest moves to the device
Report = Callable[[float], None]


@dataclass(frozen=True)
class Loaded:
    """A pipeline ready to be called, and what a receipt says about it."""

    model: Model
    plan: Plan
    pipeline: Any
    weights: weights.Digests
    revision: str


def load(model: Model, plan: Plan, report: Report) -> Loaded:
    """`report` gets the share (0..1) done. Raises Fault weights-missing, weights-damaged or pipeline-unfit."""
    _quiet()
    report(0.0)
    place = weights.require(model)
    digests = weights.digests(model, place, lambda share: report(share * _READ))
    try:
        pipeline = _build(model, place, getattr(torch, plan.dtype), report)
    except OSError as error:  # how both libraries say that a file is not there, or only as a pickle
        raise weights.missing(model) from error
    report(1.0)
    return Loaded(model, plan, pipeline, digests, _revision(model, place))


def _build(model: Model, place: Path, dtype: torch.dtype, report: Report) -> Any:
    """The heavy parts one by one, to know how far we are; the pipeline then takes them and reads the rest itself."""
    wanted = modes.pipeline_class(model, _usual(model, place))
    heavy = _heavy_parts(place)
    total, built = sum(heavy.values()) or 1, 0
    parts: dict[str, Any] = {}
    for name, size in heavy.items():
        part_class = _part_class(place, name)
        if part_class is not None:
            parts[name] = part_class.from_pretrained(place / name, dtype=dtype, use_safetensors=True)
        built += size
        report(_READ + (_BUILT - _READ) * built / total)
    pipeline = wanted.from_pretrained(
        place, dtype=dtype, use_safetensors=True, trust_remote_code=False, local_files_only=True, **parts
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _usual(model: Model, place: Path) -> str:
    """The class named by the entry, or the one of the folder's index."""
    return str(_index(place).get("_class_name")) if model.pipeline == "auto" else model.pipeline


def _heavy_parts(place: Path) -> dict[str, int]:
    """Bytes of weights per part, for the parts that have any."""
    parts = shelf.components(place)
    sizes = {name: sum(file.stat().st_size for file in (place / name).glob("*.safetensors")) for name in parts}
    return {name: size for name, size in sizes.items() if size}


def _part_class(place: Path, name: str) -> Any:
    """The class the index names, of the two libraries; None for others (a pipeline's own checkers)."""
    library, wanted = _index(place)[name]
    return getattr({"diffusers": diffusers, "transformers": transformers}.get(library), wanted, None)


def _index(place: Path) -> dict[str, Any]:
    index: dict[str, Any] = json.loads((place / shelf.INDEX).read_bytes())
    return index


def _revision(model: Model, place: Path) -> str:
    """The commit of a snapshot in the hub's cache, which bears it as its name."""
    return place.name if model.repo is not None and place.parent.name == "snapshots" else model.revision


def _quiet() -> None:
    """The libraries' notices and bars are for programmers; ours go to people, by `report`."""
    for logging in (diffusers.utils.logging, transformers.utils.logging):
        logging.set_verbosity_error()
        logging.disable_progress_bar()
