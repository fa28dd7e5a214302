"""Which program multiplies attention: the fastest that is here and agrees with torch's own, tried out at the start with
the model's real head sizes. Nothing is ever fetched for it.

The library sets one for the whole process as well; here only the model's own layers are told, so that an autoencoder
and other models keep theirs.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import attention_backend
from diffusers.models.attention_dispatch import AttentionBackendName, dispatch_attention_fn

from gpu_agent.config import Speed
from gpu_agent.engine.families.family import Family
from gpu_agent.engine.speed.pulled import Pulled
from gpu_agent.planner import Plan

NATIVE = "native"
EXACT, LOSSY = 0.01, 0.1  # how far apart from float32 they may be, as a share; half precision alone makes 0.003
_EXACT_ONES = ("_flash_3", "_native_cudnn", "flash", "xformers")  # the fastest cards' first
QUANTIZING = "sage"
_WORTH = 0.95  # of the time that torch's own takes: for less, a picture is not to change its roundings
_LENGTHS = ((589, 589), (589, 512))  # queries and keys: odd ones, and fewer keys than queries
_USUAL = 4096 + 512  # a picture of 1024 pixels and its prompt


@dataclass(frozen=True)
class Heads:
    """The heads of one attention layer: how many, and how many channels each."""

    count: int
    size: int


def pull(pipeline: Any, plan: Plan, family: Family, speed: Speed) -> Pulled:
    """For the denoisers whose attention can be chosen at all."""
    wanted = speed.attention
    if wanted == NATIVE or (wanted == "auto" and not plan.device.startswith("cuda")):
        return Pulled()
    parts = [part for name in family.denoisers if (part := getattr(pipeline, name, None)) is not None]
    heads = sorted({each for part in parts for each in _heads(part)}, key=lambda each: (each.size, each.count))
    if not heads:
        note = _left_out(wanted, "this model's attention cannot be chosen")
        return Pulled(notes=(note,) if wanted != "auto" else ())
    name, notes = _chosen(wanted, heads, plan, family)
    if name == NATIVE:
        return Pulled(notes=notes)
    for part in parts:
        with attention_backend(NATIVE):  # puts back what the whole process had
            part.set_attention_backend(name)
    lossy = (f"{name} attention",) if QUANTIZING in name else ()
    return Pulled(levers=(f"{name} attention",), lossy=lossy, notes=notes)


def fault(name: str, heads: Sequence[Heads], plan: Plan, masked: bool) -> str:
    """Why attention of this name will not do here, or nothing. `masked` ones are told which tokens do not count."""
    if name.endswith("_hub"):
        return "its code would have to be fetched from the network"
    if name not in {each.value for each in AttentionBackendName}:
        return "it is none that the library knows"
    try:
        apart = max(_apart(name, each, plan, masked) for each in heads)
    except Exception as error:  # each of these programs has its own ways to say that it cannot
        return (str(error).strip().splitlines() or [type(error).__name__])[0][:160].rstrip(".")
    most = LOSSY if QUANTIZING in name else EXACT
    return "" if apart <= most else f"it is {apart:.1%} apart from float32, and {most:.0%} would do"


def fastest(seconds: Mapping[str, float]) -> str:
    """By the seconds of one call. Torch's own stays where no other is faster by a twentieth."""
    best = min(seconds, key=lambda name: seconds[name])
    return best if seconds[best] < _WORTH * seconds[NATIVE] else NATIVE


def _chosen(wanted: str, heads: Sequence[Heads], plan: Plan, family: Family) -> tuple[str, tuple[str, ...]]:
    """The name, and a note for each that was wanted and will not do."""
    if wanted == "auto":
        return best([name for name in _EXACT_ONES if _present(name)], heads, plan, family.masked)
    reason = fault(wanted, heads, plan, family.masked)
    return (NATIVE, (_left_out(wanted, reason),)) if reason else (wanted, ())


def best(
    names: Sequence[str], heads: Sequence[Heads], plan: Plan, masked: bool, length: int = _USUAL
) -> tuple[str, tuple[str, ...]]:
    """The fastest of these that agree with torch's own, or that one; and a note for each that does not agree. `length`
    is of the tokens that they are timed with."""
    reasons = {name: fault(name, heads, plan, masked) for name in names}
    notes = tuple(_left_out(name, reason) for name, reason in reasons.items() if reason)
    agreeing = [name for name, reason in reasons.items() if not reason]
    if not agreeing:
        return NATIVE, notes
    return fastest({name: _seconds(name, heads, plan, length) for name in (NATIVE, *agreeing)}), notes


def _left_out(name: str, reason: str) -> str:
    return f"Attention by {name} is left out and torch's own used: {reason}."


def _present(name: str) -> bool:
    """Is what it needs installed?"""
    try:
        with attention_backend(name):
            return True
    except (RuntimeError, ValueError):
        return False


def _heads(part: Any) -> Iterator[Heads]:
    """Of the layers that ask the library which program to use."""
    for layer in part.modules():
        if hasattr(getattr(layer, "processor", None), "_attention_backend") and hasattr(layer, "inner_dim"):
            yield Heads(layer.heads, layer.inner_dim // layer.heads)


def _apart(name: str, heads: Heads, plan: Plan, masked: bool) -> float:
    """The largest relative error that this has against float32."""
    with warnings.catch_warnings(), attention_backend(name):
        warnings.simplefilter("ignore")  # torch warns of each program that it is told not to use
        return max(_error(name, *drawn) for lengths in _LENGTHS for drawn in _drawn(heads, lengths, plan, masked))


def _error(name: str, given: Sequence[torch.Tensor], mask: torch.Tensor | None) -> float:
    exact = _attended(NATIVE, [each.float() for each in given], mask)
    found = _attended(name, given, mask).float()
    error = float((found - exact).norm() / exact.norm())
    return error if error == error else float("inf")  # what is no number agrees with nothing


def _attended(name: str, given: Sequence[torch.Tensor], mask: torch.Tensor | None = None) -> torch.Tensor:
    queries, keys, values = given
    backend = AttentionBackendName(name)
    found: torch.Tensor = dispatch_attention_fn(queries, keys, values, attn_mask=mask, backend=backend)
    return found


def _drawn(
    heads: Heads, lengths: tuple[int, int], plan: Plan, masked: bool
) -> Iterator[tuple[list[torch.Tensor], torch.Tensor | None]]:
    """Queries, keys and values, without a mask and, if there may be one, with the last keys left out."""
    given = _random(heads, lengths, plan)
    yield given, None
    if masked:
        mask = torch.ones(1, 1, 1, lengths[1], dtype=torch.bool, device=plan.device)
        mask[..., -lengths[1] // 8 :] = False
        yield given, mask


def _random(heads: Heads, lengths: tuple[int, int], plan: Plan) -> list[torch.Tensor]:
    generator = torch.Generator(plan.device).manual_seed(0)
    how: dict[str, Any] = {"generator": generator, "device": plan.device, "dtype": getattr(torch, plan.dtype)}
    queries, keys = lengths
    return [torch.randn(1, length, heads.count, heads.size, **how) for length in (queries, keys, keys)]


def _seconds(name: str, heads: Sequence[Heads], plan: Plan, length: int) -> float:
    """Of one call for each kind of head; without end where memory does not do for trying."""
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return sum(_timed(name, _random(each, (length, length), plan)) for each in heads)
    except RuntimeError:
        return float("inf")


def _timed(name: str, given: Sequence[torch.Tensor]) -> float:
    from torch.utils.benchmark import Timer  # with it come compilers, 5 MiB of them: only where something is timed

    def call() -> None:
        _attended(name, given)

    call()
    return float(Timer("call()", globals={"call": call}).timeit(10).median)
