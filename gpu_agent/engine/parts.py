"""The parts of a pipeline, each from where its weights are: the model's folder, a file that takes a part's place, one
file with all of it, or a folder of its own."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

from gpu_agent import shelf
from gpu_agent.catalogue import Model
from gpu_agent.engine import quantize, weights
from gpu_agent.engine.families.known import family
from gpu_agent.engine.fault import Fault, out_of_memory
from gpu_agent.planner import Plan

_LIBRARIES = {"diffusers": diffusers, "transformers": transformers}


@dataclass(frozen=True)
class Parts:
    """Where each part of one model comes from."""

    model: Model
    place: Path

    @cached_property
    def index(self) -> dict[str, Any]:
        index: dict[str, Any] = json.loads((self.place / shelf.INDEX).read_bytes())
        return index

    @cached_property
    def known(self) -> dict[str, Any]:
        """The class of each part, those that come from elsewhere too; None for what a pipeline brings code of its own
        for (checkers of pictures): it is left out."""
        listed = {name: value for name, value in self.index.items() if isinstance(value, list) and value[0]}
        found = {name: getattr(_LIBRARIES.get(library), wanted, None) for name, (library, wanted) in listed.items()}
        return found | {name: getattr(transformers, part.net) for name, part in self.model.components.items()}

    @cached_property
    def replaced(self) -> dict[str, Path]:
        """Files that take the place of a part's weights."""
        files = (self.model.denoiser, self.model.denoiser_2)
        return {name: file for name, file in zip(self.denoisers(), files, strict=False) if file is not None}

    def heavy(self) -> dict[str, int]:
        """Bytes of weights for each part that has any, as far as they do not come from one file with all of it."""
        sizes = {name: sum(file.stat().st_size for file in self.files(name)) for name in self.known}
        return {name: size for name, size in sizes.items() if size and self.known[name] is not None}

    def files(self, name: str) -> list[Path]:
        """The files with this part's weights: of several sets, the variant's, or else those without any."""
        if name in self.replaced:
            return [self.replaced[name]]
        if self.model.file is not None and name not in self.model.components:
            return []
        found = sorted(self.home(name).glob("*.safetensors"))
        marked = [file for file in found if self._marked(file)]
        return marked or [file for file in found if file.name.count(".") == 1]

    def _marked(self, file: Path) -> bool:
        return bool(self.model.variant) and f".{self.model.variant}" in file.name

    def home(self, name: str) -> Path:
        """The folder of a part's settings, and of its weights where nothing replaces them."""
        if name in self.model.components:
            return shelf.beside(self.model.components[name]) or Path()
        return self.place / name

    def built(self, name: str, plan: Plan) -> Any:
        """The part in the machine's memory. Raises Fault weights-unfit for weights that are of something else."""
        if name in self.replaced:
            return self.taken(name, self.replaced[name], plan)
        file = self.files(name)[0]
        variant = self.model.variant if self._marked(file) else None
        with fitting(self.model, file):
            how = self._how(name, plan.format, plan) | {"output_loading_info": True}
            part, found = self.known[name].from_pretrained(
                self.home(name), variant=variant, use_safetensors=True, **how
            )
            require_all(part, found["missing_keys"])
        return part

    def taken(self, name: str, file: Path, plan: Plan) -> Any:
        """The part out of a single file, which may hold others, too."""
        short = "gguf" if file.suffix.casefold() == ".gguf" else plan.format
        with fitting(self.model, file):
            how = self._how(name, short, plan)
            part = self.known[name].from_single_file(str(file), config=str(self.place), subfolder=name, **how)
            require_all(part)
        return part

    def denoisers(self) -> list[str]:
        return [name for name in family(self.model.family).denoisers if name in self.known]

    def _how(self, name: str, short: str, plan: Plan) -> dict[str, Any]:
        """Only denoisers are worth short numbers."""
        how: dict[str, Any] = {"dtype": getattr(torch, plan.dtype), "local_files_only": True}
        if short and name in self.denoisers():
            how["quantization_config"] = quantize.config(short, how["dtype"])
        return how

    def light(self) -> dict[str, Any]:
        """Parts without weights that the folder does not hold, and nothing for those that are left out."""
        left_out = {name: None for name, found in self.known.items() if found is None}
        elsewhere = {name for name in self.model.components if not self.files(name)}
        return left_out | {name: self.known[name].from_pretrained(self.home(name)) for name in elsewhere}


@contextmanager
def fitting(model: Model, file: Path) -> Iterator[None]:
    """Whatever the libraries say of weights that are not those of this part is one fault (they have dozens of words
    for it); memory that is full is another."""
    try:
        yield
    except OSError as error:  # how both libraries say that a file is not there, or only as a pickle
        raise weights.missing(model) from error
    except Exception as error:
        if isinstance(error, Fault) or out_of_memory(error):
            raise
        words = (str(error).strip().splitlines() or [""])[0][:160]
        facts = {"model": model.id, "name": model.name, "file": file.name, "fault": words or type(error).__name__}
        raise Fault("weights-unfit", dict(facts)) from error


def require_all(part: Any, missing: Iterable[str] = ()) -> None:
    """A file that lacks a layer leaves its place empty, or filled by chance (`missing`); neither must be drawn with.
    Two names for the same numbers are no lack."""
    own = dict(part.named_parameters(remove_duplicate=False))
    chance = {name for name in missing if name in own}
    there = {values.data_ptr() for name, values in own.items() if name not in chance} if chance else set()
    lacking = [name for name, values in own.items() if values.is_meta]
    lacking += [name for name in sorted(chance) if own[name].data_ptr() not in there]
    if lacking:
        raise ValueError(f"it lacks {len(lacking)} of the weights, {lacking[0]} for one")
