"""Steps that are guessed from those before them instead of computed: for orders of twenty steps and more, of models
that are built of transformer blocks, and only if the settings say so.

first-block   the first block is always computed; where it does nearly the same as at the step before, the others are
              taken to do the same as well
taylor-seer   two steps of three are drawn on from the ones computed before them

The library's own caches do the work. They are laid on for one order and taken off after it, so that nothing of one
picture is left for the next; the two branches of a guided render never see each other's.
"""

import inspect
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from diffusers import CacheMixin, FirstBlockCacheConfig, TaylorSeerCacheConfig
from diffusers.hooks._helpers import TransformerBlockRegistry
from diffusers.hooks.hooks import CacheContext, HookRegistry
from diffusers.hooks.hooks import _set_cache_context as name_calls

from gpu_agent.config import Speed
from gpu_agent.engine.families.family import Family
from gpu_agent.engine.speed.pulled import Pulled
from gpu_agent.order import Order
from gpu_agent.planner import Plan

_log = logging.getLogger(__name__)

LEAST_STEPS = 20
_DIFFERS = 0.08  # of what the first block adds: published to cost little with FLUX.1 at 28 steps
_EVERY = 3  # steps for one that is computed
_ON_CARD = ("resident", "text-out", "quantized", "model-offload")
_LAST = ("proj_out", "final_layer")
_ONE = CacheContext("only")  # for pipelines that do not tell a guided render's branches apart


def pull(pipeline: Any, plan: Plan, family: Family, speed: Speed) -> Pulled:
    """Nothing yet: an order begins it. Only a note where it cannot be had with this model."""
    reason = _lacks(pipeline, plan, family, speed)
    return Pulled(notes=(f"No steps are skipped by {speed.step_cache}: {reason}.",) if reason else ())


@contextmanager
def skipping(pipeline: Any, plan: Plan, family: Family, speed: Speed, order: Order, branches: bool) -> Iterator[Pulled]:
    """In here the pipeline's denoisers skip what the settings allow for this order; gives what its receipt says.
    `branches` says that each step is computed with and without the prompt."""
    if not _for_order(speed, order) or _lacks(pipeline, plan, family, speed):
        yield Pulled()
    elif branches and not _tells_apart(pipeline, family):
        _log.info("no steps are skipped: %s does not tell its branches apart", type(pipeline).__name__)
        yield Pulled()
    else:
        with ExitStack() as stack:
            for denoiser in _denoisers(pipeline, family):
                stack.enter_context(_cached(denoiser, speed.step_cache))
            yield Pulled(levers=(f"{speed.step_cache} step cache",), lossy=(_words(speed.step_cache),))


def forget(denoiser: Any) -> None:
    """What was remembered of the steps so far shall not count: the next one follows on others."""
    registry = getattr(denoiser, "_diffusers_hook", None)
    if registry is not None:
        registry.reset_stateful_hooks()
        name_calls(denoiser, _ONE)


def _words(kind: str) -> str:
    return f"first-block step cache at {_DIFFERS}" if kind == "first-block" else f"taylor-seer step cache of {_EVERY}"


def _config(kind: str) -> Any:
    if kind == "first-block":
        return FirstBlockCacheConfig(threshold=_DIFFERS)
    return TaylorSeerCacheConfig(cache_interval=_EVERY, use_lite_mode=True, taylor_factors_dtype=torch.float32)


def _for_order(speed: Speed, order: Order) -> bool:
    """Nothing is gained by few steps. A ControlNet adds between blocks, which first-block would count twice."""
    added = speed.step_cache == "first-block" and order.control is not None
    return bool(speed.step_cache) and _steps(order) >= LEAST_STEPS and not added


def _steps(order: Order) -> int:
    """Those that are drawn: a picture that begins at another one begins late."""
    return int(order.steps * order.strength) if order.source is not None and order.frames == 1 else order.steps


def _lacks(pipeline: Any, plan: Plan, family: Family, speed: Speed) -> str:
    """Why this model goes without, or nothing."""
    if not speed.step_cache:
        return ""
    if plan.rung not in _ON_CARD:
        return f"on the rung {plan.rung} the blocks come one after another, and none may be left out"
    found = (_unfit(denoiser, speed.step_cache) for denoiser in _denoisers(pipeline, family))
    return next(filter(None, found), "")


def _unfit(denoiser: Any, kind: str) -> str:
    blocks, name = _blocks(denoiser), type(denoiser).__name__
    if len(blocks) < 2 or (kind == "taylor-seer" and _last(denoiser) is None):
        return f"{name} is not built of transformer blocks"
    if kind == "first-block" and not _alike(blocks):
        return f"the blocks of {name} are not of a kind that this cache knows"
    return ""


def _denoisers(pipeline: Any, family: Family) -> list[Any]:
    found = (getattr(pipeline, name, None) for name in family.denoisers)
    return [denoiser for denoiser in found if denoiser is not None]


def _blocks(denoiser: Any) -> list[Any]:
    """All that a step goes through, one after another, as far as it gives back all it was given."""
    lists = (part for name, part in denoiser.named_children() if name.endswith(("blocks", "layers")))
    blocks = [block for part in lists if isinstance(part, torch.nn.ModuleList) for block in part]
    return [block for block in blocks if not getattr(block, "context_pre_only", False)]


def _last(denoiser: Any) -> Any:
    """The layer that makes latents of what the blocks gave."""
    own = next((part for name, part in denoiser.named_children() if name in _LAST), None)
    several = getattr(denoiser, "all_final_layer", None)  # by patch size; pipelines use the first
    return own if own is not None or several is None else next(iter(several.values()))


def _alike(blocks: list[Any]) -> bool:
    """First-block adds what all later blocks did to what the first one gave: they must take and give the same."""
    try:
        known = [TransformerBlockRegistry.get(type(block)) for block in blocks]
    except ValueError:  # it was never registered with the library
        return False
    forms = {(each.return_hidden_states_index, each.return_encoder_hidden_states_index) for each in known}
    takes = all(each.hidden_states_argument_name in inspect.signature(each._cls.forward).parameters for each in known)
    return takes and len(forms) == 1


def _tells_apart(pipeline: Any, family: Family) -> bool:
    """The pipelines of models that know caches name their calls, if they do not join both branches in one."""
    names = "cache_context" in inspect.unwrap(type(pipeline).__call__).__code__.co_names
    return names or not any(isinstance(denoiser, CacheMixin) for denoiser in _denoisers(pipeline, family))


class _Steps(torch.nn.Module, CacheMixin):
    """What a cache is laid on, by the names that the library looks for, whatever the denoiser calls them."""

    def __init__(self, denoiser: Any) -> None:
        super().__init__()
        self.transformer_blocks = torch.nn.ModuleList(_blocks(denoiser))
        self.proj_out = _last(denoiser)


@contextmanager
def _cached(denoiser: Any, kind: str) -> Iterator[None]:
    """The library's hooks lie around a block's forward: around compiled code, too, where it is compiled."""
    registry: Any = HookRegistry.check_if_exists_or_initialize(denoiser)
    steps: Any = _Steps(denoiser)
    steps.enable_cache(_config(kind))
    try:
        registry.invalidate_child_registries_cache()  # or calls would be named to those that were there before
        name_calls(denoiser, _ONE)
        yield
    finally:
        steps.disable_cache()
        registry.invalidate_child_registries_cache()
