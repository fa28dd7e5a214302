"""One model after another, as long as there is time."""

from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter

import torch

from gpu_agent.catalogue import Model
from gpu_agent.config import Config
from gpu_agent.engine import place
from gpu_agent.engine.bench import rate
from gpu_agent.engine.bench.row import Measuring
from gpu_agent.engine.bench.subject import LeftOut
from gpu_agent.engine.bench.told import Bench
from gpu_agent.engine.bench.wanted import Instruments, Wanted
from gpu_agent.engine.fault import Fault

_LIBRARIES = ("torch", "triton", "diffusers", "transformers", "torchao")


def measured(wanted: Wanted, config: Config, root: Path, instruments: Instruments) -> Bench:
    """Everything that there is time for. `root` is where engines keep what they learn."""
    device, until = place.device(), perf_counter() + 60 * wanted.minutes
    dtype = torch.float32 if device == "cpu" else torch.bfloat16
    instruments.said("a matrix product")
    reached = rate.product(device, dtype)
    named = str(dtype).removeprefix("torch.")
    found = Bench(place.name(device), instruments.driver, named, reached, dict(_versions()))
    measuring = Measuring(wanted, config, root, instruments, device, reached, until)
    for done, model in enumerate(wanted.models):
        found = _with(found, model, replace(measuring, models=len(wanted.models) - done))
        place.give_back(device)
        if state := instruments.state():
            found = replace(found, states=(*found.states, f"after {model.id}: {state}"))
    return found


def _with(found: Bench, model: Model, measuring: Measuring) -> Bench:
    """One row more, or why there is none."""
    try:
        if perf_counter() > measuring.until:
            raise LeftOut(f"{model.name} was left out: the time was up. Allow more with --minutes.")
        return replace(found, rows=(*found.rows, measuring.row(model)))
    except LeftOut as error:
        words = str(error)
    except Fault as fault:
        words = measuring.instruments.sentence(fault.kind, fault.facts)
    except Exception as error:  # one model that a library fails on is no reason to lose the others
        words = f"{model.name} failed ({(str(error).strip().splitlines() or ['no words'])[0][:160]})."
    return replace(found, left_out=(*found.left_out, words))


def _versions() -> list[tuple[str, str]]:
    def of(library: str) -> str:
        try:
            return version(library)
        except PackageNotFoundError:
            return "not installed"

    return [(library, of(library)) for library in _LIBRARIES]
