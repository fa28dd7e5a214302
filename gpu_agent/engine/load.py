"""A catalogue entry becomes a pipeline in the machine's memory: from safetensors and GGUF alone, without running code
of the model's own, and without a network."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import Any

import diffusers
import torch
import transformers
from diffusers.models import modeling_utils

from gpu_agent.catalogue import Model
from gpu_agent.engine import fuse, modes, weights
from gpu_agent.engine.fault import Fault
from gpu_agent.engine.parts import Parts, fitting, require_all
from gpu_agent.planner import Plan

_BUILT = 0.95  # share of the wait until the parts are built; then they move to the device
Report = Callable[[float], None]


@dataclass(frozen=True)
class LoadTimes:
    """What loading took, in seconds: `read` all `bytes` of the files once, by several threads and beside the rest (0
    bytes where their digests were known already), `built` the parts out of them."""

    bytes: int
    read: float
    built: float

    @property
    def rate(self) -> float:
        """Bytes a second that the drive, or the machine's memory of it, gave; 0 where nothing was read."""
        return self.bytes / self.read if self.read else 0.0


@dataclass(frozen=True)
class Loaded:
    """A pipeline, and what a receipt says about its weights."""

    model: Model
    plan: Plan
    pipeline: Any
    digests: weights.Digests
    revision: str
    times: LoadTimes = LoadTimes(0, 0.0, 0.0)


Loading = Callable[[Model, Plan, Report], Loaded]


def load(model: Model, plan: Plan, report: Report) -> Loaded:
    """`report` gets the share (0..1) done, up to where the parts are to be placed.

    Raises Fault weights-missing, weights-damaged, weights-unfit or pipeline-unfit.
    """
    quiet()
    report(0.0)
    began, parts = perf_counter(), Parts(model, weights.require(model))
    wanted = modes.pipeline_class(model, _usual(parts))
    reading = Future[_Read]()
    Thread(target=_read, args=(reading, model, parts), name="digests", daemon=True).start()
    build = _whole if model.file is not None else _build
    try:
        pipeline = build(parts, wanted, plan, report)
        fuse.fuse(pipeline, model)
    except Fault as fault:
        raise reading.exception() or fault from fault  # a file that is not the right one explains all else
    built, read = perf_counter() - began, reading.result()
    pipeline.set_progress_bar_config(disable=True)
    times = LoadTimes(read.bytes, read.seconds, built)
    return Loaded(model, plan, pipeline, read.digests, _revision(model, parts.place), times)


@dataclass(frozen=True)
class _Read:
    digests: weights.Digests
    bytes: int
    seconds: float


def _read(reading: "Future[_Read]", model: Model, parts: Parts) -> None:
    """Beside the building, which reads the same files and computes little. Nothing is drawn before both are done."""
    began, unread = perf_counter(), weights.unread(parts)
    try:
        digests = weights.digests(model, parts)
        reading.set_result(_Read(digests, unread, perf_counter() - began if unread else 0.0))
    except BaseException as error:
        reading.set_exception(error)


def _build(parts: Parts, wanted: Any, plan: Plan, report: Report) -> Any:
    """The heavy parts one by one, to know how far we are; the pipeline then takes them and reads the rest itself."""
    built = _heavy(parts, plan, report)
    with fitting(parts.model, parts.place):
        return wanted.from_pretrained(
            parts.place,
            dtype=getattr(torch, plan.dtype),
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            **parts.light(),
            **built,
        )


def _whole(parts: Parts, wanted: Any, plan: Plan, report: Report) -> Any:
    """One file holds nearly all; the folder tells how its parts are built."""
    file = parts.model.file
    assert file is not None
    short = {name: parts.taken(name, file, plan) for name in parts.denoisers()} if plan.format else {}
    with fitting(parts.model, file):
        pipeline = wanted.from_single_file(
            str(file),
            config=str(parts.place),
            dtype=getattr(torch, plan.dtype),
            local_files_only=True,
            **parts.light(),
            **_heavy(parts, plan, report),
            **short,
        )
        for part in pipeline.components.values():
            if isinstance(part, torch.nn.Module):
                require_all(part)
        return pipeline


def _heavy(parts: Parts, plan: Plan, report: Report) -> dict[str, Any]:
    sizes = parts.heavy()
    total, done = sum(sizes.values()) or 1, 0
    built: dict[str, Any] = {}
    for name, size in sizes.items():
        built[name] = parts.built(name, plan)
        done += size
        report(_BUILT * done / total)
    return built


def _usual(parts: Parts) -> str:
    """The class named by the entry, or the one of the folder's index."""
    return str(parts.index.get("_class_name")) if parts.model.pipeline == "auto" else parts.model.pipeline


def _revision(model: Model, place: Path) -> str:
    """The commit of a snapshot in the hub's cache, which bears it as its name."""
    return place.name if model.repo is not None and place.parent.name == "snapshots" else model.revision


def quiet() -> None:
    """The libraries' notices and bars are for programmers; ours go to people, by `report`. Parts that lie in several
    files are read by several threads; transformers does that by itself, diffusers asks the environment when it is
    imported, which is too early for us."""
    vars(modeling_utils)["HF_ENABLE_PARALLEL_LOADING"] = True
    for logging in (diffusers.utils.logging, transformers.utils.logging):
        logging.set_verbosity_error()
        logging.disable_progress_bar()
