"""One model, ready to be measured: its numbers lie where the plain call wants them, and the engine takes the same."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from gpu_agent import placing, shelf
from gpu_agent.catalogue import Model, described
from gpu_agent.engine import modes, place, quantize
from gpu_agent.engine.bench import copies, furnished, prompts
from gpu_agent.engine.families.known import family
from gpu_agent.engine.load import Loaded, Report, load, quiet
from gpu_agent.engine.weights import Digests
from gpu_agent.order import Order
from gpu_agent.planner import Plan

_CLIP_STEPS = 3  # of a clip's steps; one takes as long as another
_SHORT = 2


class LeftOut(Exception):
    """This model is not measured; the words say why, and what to do."""


@dataclass
class Subject:
    """`plan` is how the planner places the model here; only where it lies on its device whole can the plain call be
    made. `size` is what was asked for, for pictures."""

    model: Model
    device: str
    random: bool
    size: tuple[int, int] | None = None
    most: int | None = None
    whole: Any = field(default=None, init=False)
    digests: Digests = field(init=False)

    @property
    def clip(self) -> bool:
        return self.model.frames > 1

    @property
    def steps(self) -> int:
        return min(_CLIP_STEPS, self.model.steps) if self.clip else self.model.steps

    def order(self, number: int) -> Order:
        """The order of this number: another prompt and another seed for each."""
        width, height = self.size if self.size and not self.clip else (self.model.width, self.model.height)
        return Order(
            job=f"bench-{number}",
            model=self.model.id,
            prompt=prompts.prompt(number),
            seed=number,
            width=width,
            height=height,
            steps=self.steps,
            guidance=self.model.guidance,
            frames=self.model.frames,
        )

    def short(self, number: int) -> Order:
        """The order of this number with hardly any steps: enough to build what is built once for its shapes."""
        order = self.order(number)
        return order.model_copy(update={"steps": min(_SHORT, order.steps)})

    def plan(self) -> Plan:
        """Raises LeftOut for a model that this machine has no room for."""
        found = placing.place(described(self.model, present=True), self.order(0), place.card(self.device, self.most))
        if not isinstance(found, Plan):
            raise LeftOut(f"{self.model.name} does not fit into this machine's memory. Name a smaller model.")
        return found

    def ready(self) -> bool:
        """Build or load all of it, on the device where it fits whole. True where the plain call can be made. Raises
        LeftOut, and Fault for weights that are spoilt."""
        quiet()
        plan = self.plan()
        if self.model.pipelines:
            _class(self.model)
        if not self.random:
            if plan.rung != "resident" or plan.format:
                return False
            loaded = load(self.model, plan, lambda _: None)
            self.whole, self.digests = loaded.pipeline.to(self.device), loaded.digests
            return True
        if plan.rung != "resident":
            raise LeftOut(
                f"{self.model.name} does not lie whole on this card, and random weights are only measured so. "
                "Fetch its weights, or name a smaller model."
            )
        self._furnish(plan)
        return True

    def _furnish(self, plan: Plan) -> None:
        self.whole = self._furnished(getattr(torch, plan.dtype), self.device)
        named = hashlib.sha256(f"random {self.model.id}".encode()).hexdigest()
        self.digests = Digests(named, {})

    def _furnished(self, dtype: torch.dtype, device: str) -> Any:
        try:
            return furnished.pipeline(self.model, _class(self.model), dtype, device)
        except furnished.NoPlan as error:
            raise LeftOut(str(error)) from error

    def loads(self, model: Model, plan: Plan, report: Report) -> Loaded:
        """For the engine: the same numbers again, or the ordinary way from the disk where they do not lie there
        whole."""
        if self.whole is None:
            return load(model, plan, report)
        pipeline = copies.shared(self.whole)
        if plan.format:
            _shorten(pipeline, model, plan)
        return Loaded(model, plan, pipeline, self.digests, "")

    def weightless(self) -> Any:
        """The pipeline without numbers, to be counted. Raises LeftOut where nobody knows its shapes."""
        if self.whole is not None:
            return copies.weightless(self.whole)
        return self._furnished(torch.bfloat16, "meta")

    def files(self) -> list[Path]:
        """The weights on the disk."""
        folder = shelf.folder(self.model)
        return [] if folder is None or self.random else sorted(folder.rglob("*.safetensors"))


def _shorten(pipeline: Any, model: Model, plan: Plan) -> None:
    """The denoisers' weights, as loading them would."""
    from torchao.quantization import quantize_  # the planner asks for such weights only where it is installed

    short = quantize.config(plan.format, getattr(torch, plan.dtype)).quant_type
    for name in family(model.family).denoisers:
        if getattr(pipeline, name, None) is not None:
            quantize_(getattr(pipeline, name), short)


def _class(model: Model) -> str:
    named = model.pipelines.get("video" if model.frames > 1 else "text")
    if named is None:
        raise LeftOut(f"{model.name} starts from a picture, and the bench only from words. Name another model.")
    modes.pipeline_class(model, named)
    return named
