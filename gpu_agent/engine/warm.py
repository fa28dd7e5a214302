"""A model that is loaded and placed: which pipeline stands over its parts for an order, and what those wear."""

from collections import OrderedDict
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import torch

from gpu_agent.catalogue import ControlNet
from gpu_agent.config import Speed
from gpu_agent.engine import control, lora, modes, reference, rungs
from gpu_agent.engine.encode import Embeddings
from gpu_agent.engine.families.known import family
from gpu_agent.engine.fault import Fault
from gpu_agent.engine.inputs import Brought
from gpu_agent.engine.load import Loaded
from gpu_agent.engine.speed import levers, step_cache
from gpu_agent.engine.speed.pulled import Pulled
from gpu_agent.order import ControlKind, Order, Worn
from gpu_agent.planner import RUNGS, Plan
from gpu_agent.shelf import FoundLora, Stock

_MOST_NETS = 12 * 10**9  # bytes of ControlNets that stay loaded


@dataclass(frozen=True)
class Dressed:
    """A pipeline ready for one order, the arguments that come from what it wears, and what it wears."""

    pipeline: Any
    arguments: dict[str, Any]
    worn: tuple[Worn, ...]


class Warm:
    """One order at a time; parts, embeddings, nets and maps stay from one to the next."""

    def __init__(self, loaded: Loaded, speed: Speed) -> None:
        self.loaded = loaded
        self.family = family(loaded.model.family)
        self._scheduler, self._speed = loaded.pipeline.scheduler.config, speed
        self._embeddings, self._maps, self._nets = Embeddings(), control.Maps(), _Nets(loaded)
        self._worn: tuple[Worn, ...] = ()
        self._referral = reference.Referral()
        rungs.settle(loaded.pipeline, loaded.plan, self.family)
        self._pulled = levers.pull(loaded.pipeline, loaded.plan, self.family, speed)

    @property
    def pulled(self) -> Pulled:
        """What makes it fast, as it has turned out so far."""
        return self._pulled.now()

    def serves(self, plan: Plan) -> bool:
        """Can an order of this plan be drawn as the model lies?"""
        return rungs.same_place(self.loaded.plan, plan)

    def could_serve(self, plan: Plan) -> bool:
        """It lies lower than this plan would have it: that takes less memory and draws the same, only slower."""
        own = self.loaded.plan
        alike = (own.format, own.dtype, own.device) == (plan.format, plan.dtype, plan.device)
        return alike and RUNGS.index(own.rung) > RUNGS.index(plan.rung)

    def dressed(self, order: Order, brought: Brought, plan: Plan, stock: Stock) -> Dressed:
        """Raises Fault unknown-lora, lora-unfit, mode-missing, extra-missing and those of the maps."""
        loaded = self.loaded
        kind = order.control.kind if order.control is not None else None
        net = self._nets.used(kind)
        self._referral.refer(loaded.pipeline, loaded.model, order.reference.strength if order.reference else None)
        wanted = modes.pipeline_class(loaded.model, modes.named(loaded.model, order, type(loaded.pipeline).__name__))
        further = {"controlnet": net} if net is not None else {}
        same = wanted is type(loaded.pipeline)
        pipeline = loaded.pipeline if same else modes.over(loaded.pipeline, wanted, **further)
        rungs.tile(pipeline, plan)
        self.family.sized(pipeline, order)
        self._worn = lora.wear(loaded.pipeline, _wanted(order, stock), self._worn, loaded.model.family)
        self._embeddings.attach(pipeline, self._worn)
        told = self._held(pipeline, order, brought)
        if brought.reference is not None:
            told |= reference.picture(pipeline, loaded.model, brought.reference)
        return Dressed(pipeline, told, self._worn)

    def skipping(self, pipeline: Any, order: Order) -> AbstractContextManager[Pulled]:
        """In here the pipeline may guess steps of this order instead of computing them, if the settings say so and
        the order has enough of them; gives what the receipt says of it."""
        branches = self.loaded.model.negative_acts and order.guidance > self.family.guides_above
        return step_cache.skipping(pipeline, self.loaded.plan, self.family, self._speed, order, branches)

    def fresh_scheduler(self, pipeline: Any) -> Any:
        """What one picture leaves in its scheduler shapes no other."""
        pipeline.scheduler = type(self.loaded.pipeline.scheduler).from_config(self._scheduler)
        return pipeline.scheduler

    def _held(self, pipeline: Any, order: Order, brought: Brought) -> dict[str, Any]:
        """What a ControlNet's pipeline is told."""
        if order.control is None or brought.control is None:
            return {}
        name = "control_image" if "control_image" in modes.parameters(pipeline) else "image"
        return {
            name: self._maps.map_for(order.control, brought.control),
            "controlnet_conditioning_scale": order.control.strength,
            "control_guidance_end": order.control.until,
            "control_mode": self.loaded.model.controlnets[order.control.kind].union,
        }


def _wanted(order: Order, stock: Stock) -> list[tuple[FoundLora, float]]:
    known = {found.shelf.id: found for found in stock.loras}
    for wanted in order.loras:
        if wanted.id not in known:
            facts = {"lora": wanted.id, "model": order.model, "known": ", ".join(known) or "none"}
            raise Fault("unknown-lora", dict(facts))
    return [(known[wanted.id], wanted.weight) for wanted in order.loras]


class _Nets:
    """The ControlNets of one model that were used last; only the one in use is on the device."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._known: OrderedDict[ControlKind, tuple[ControlNet, Any]] = OrderedDict()

    def used(self, kind: ControlKind | None) -> Any:
        """The net of this kind on its device, None for no kind or one that the model has not."""
        entry = self._loaded.model.controlnets.get(kind) if kind is not None else None
        found = next((net for own, net in self._known.values() if entry is not None and control.same(own, entry)), None)
        for _, net in self._known.values():
            if net is not found:
                net.to("cpu")
        if kind is None or entry is None:
            return None
        if found is None:
            found = self._loaded_net(kind)
        self._known[kind] = (entry, found)
        self._known.move_to_end(kind)
        self._bound()
        return rungs.join(found, self._loaded.plan)

    def _loaded_net(self, kind: ControlKind) -> Any:
        loaded = self._loaded
        denoiser = getattr(loaded.pipeline, next(iter(family(loaded.model.family).denoisers)), None)
        return control.net_for(loaded.model, kind, getattr(torch, loaded.plan.dtype), denoiser)

    def _bound(self) -> None:
        while len(self._known) > 1 and self._bytes() > _MOST_NETS:
            self._known.popitem(last=False)

    def _bytes(self) -> int:
        """One net may stand for several kinds."""
        nets = {id(net): net for _, net in self._known.values()}
        return sum(values.nbytes for net in nets.values() for values in net.parameters())
