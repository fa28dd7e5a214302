"""A catalogue entry becomes a pipeline on its device: from safetensors alone, without running code of the model's
own, and without a network."""

import inspect
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
from gpu_agent.engine import weights
from gpu_agent.engine.fault import Fault
from gpu_agent.planner import Plan

NEEDED = {"prompt", "num_inference_steps", "generator", "callback_on_step_end", "output_type"}
_READ, _BUILT = 0.4, 0.95  # shares of the wait: files read and checked, parts built; the rest moves to the device
Report = Callable[[float], None]


@dataclass(frozen=True)
class Loaded:
    """A pipeline ready to be called, and what a receipt says about it."""

    model: Model
    plan: Plan
    pipeline: Any
    weights_sha256: str


def load(model: Model, plan: Plan, report: Report) -> Loaded:
    """`report` gets the share (0..1) done. Raises Fault weights-missing, weights-damaged or pipeline-unfit."""
    _quiet()
    report(0.0)
    place = weights.require(model)
    digest = weights.digest(model, place, lambda share: report(share * _READ))
    try:
        pipeline = _build(model, place, getattr(torch, plan.dtype), report)
    except OSError as error:  # how both libraries say that a file is not there, or only as a pickle
        raise weights.missing(model) from error
    pipeline.to(plan.device)
    report(1.0)
    return Loaded(model, plan, pipeline, digest)


def _build(model: Model, place: Path, dtype: torch.dtype, report: Report) -> Any:
    """The heavy parts one by one, to know how far we are; the pipeline then takes them and reads the rest itself."""
    pipeline_class = _pipeline_class(model, place)
    heavy = _heavy_parts(place)
    total, built = sum(heavy.values()) or 1, 0
    parts: dict[str, Any] = {}
    for name, size in heavy.items():
        part_class = _part_class(place, name)
        if part_class is not None:
            parts[name] = part_class.from_pretrained(place / name, dtype=dtype, use_safetensors=True)
        built += size
        report(_READ + (_BUILT - _READ) * built / total)
    pipeline = pipeline_class.from_pretrained(
        place, dtype=dtype, use_safetensors=True, trust_remote_code=False, local_files_only=True, **parts
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _pipeline_class(model: Model, place: Path) -> Any:
    """The named class, or the one of the folder's index; one that can neither report steps nor be seeded is unfit."""
    wanted = model.pipeline
    if wanted == "auto":
        wanted = str(_index(place).get("_class_name"))
    found = getattr(diffusers, wanted, None)
    if not (inspect.isclass(found) and issubclass(found, diffusers.DiffusionPipeline)):
        raise Fault("pipeline-unfit", {"model": model.id, "pipeline": wanted, "lacks": "everything"})
    lacks = NEEDED - set(inspect.signature(found.__call__).parameters)
    if lacks:
        raise Fault("pipeline-unfit", {"model": model.id, "pipeline": wanted, "lacks": ", ".join(sorted(lacks))})
    return found


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


def _quiet() -> None:
    """The libraries' notices and bars are for programmers; ours go to people, by `report`."""
    for logging in (diffusers.utils.logging, transformers.utils.logging):
        logging.set_verbosity_error()
        logging.disable_progress_bar()
