"""Blocks are compiled at their first picture: many small operations become few large ones.

What cannot be compiled here is drawn with as it was, and a sentence says so.
"""

import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

import torch
from torch.fx import GraphModule
from torch.utils import _pytree as pytree
from torch.utils._triton import has_triton

from gpu_agent.config import Speed
from gpu_agent.engine.families.family import Family
from gpu_agent.engine.speed import regions
from gpu_agent.engine.speed.lengths import any_length
from gpu_agent.engine.speed.pulled import COMPILED, Pulled
from gpu_agent.engine.speed.rotations import written_out
from gpu_agent.planner import Plan

GRAPHS = "graphs"
_WHOLE = ("resident", "text-out", "quantized", "streamed", "model-offload")  # rungs on which a block comes as one
_STAYING = ("resident", "text-out", "quantized")  # and on which its weights stay where they are
_GRAPHED = {"triton.cudagraphs": True}
_LONGEST = 160
_log = logging.getLogger(__name__)


def pull(pipeline: Any, plan: Plan, family: Family, speed: Speed) -> Pulled:
    """Compile the denoisers' blocks, and the decoder's; or the whole denoisers, where graphs are wanted and can be."""
    if not _wanted(plan, speed):
        return Pulled()
    hindrance = _hindrance(plan)
    if hindrance:
        return Pulled(notes=(f"The model is drawn without being compiled: {hindrance}.",))
    any_length()
    state = _State()
    denoisers = [part for part in (getattr(pipeline, name, None) for name in family.denoisers) if part is not None]
    against = _against_graphs(plan, speed, len(denoisers))
    graphs = speed.graphs and not against
    for part in denoisers:
        part.requires_grad_(False)  # a LoRA leaves weights so, and what was compiled for others would not serve again
        _graph(part, state) if graphs else _compile(regions.blocks(part), state)
    if plan.rung in _STAYING:
        _compile(regions.decoder_blocks(pipeline.vae), state)
    notes = (f"No graphs are recorded: {against}.",) if against else ()
    return Pulled((COMPILED, *((GRAPHS,) if graphs else ())), notes=notes, doubts=(state.doubt,))


@dataclass
class _State:
    """Of one model: why it is not drawn by compiled blocks any more, if so."""

    fault: str = ""

    def gave_up(self) -> bool:
        return bool(self.fault)

    def give_up(self, error: Exception) -> None:
        if self.fault:
            return
        cause = getattr(error, "inner_exception", error)  # what torch wraps up tells more than the wrapping
        said = next(iter(str(cause).strip().splitlines()), "")
        failed = f"the compiler failed with {type(cause).__name__}: {said}"[:_LONGEST].rstrip(".")
        self.fault = f"The model is drawn without being compiled: {failed}. Set compile to off to save the attempt."
        _log.warning("%s", self.fault)

    def doubt(self) -> tuple[tuple[str, ...], str] | None:
        """(levers that gave way, why), as `Pulled.now` asks."""
        return ((COMPILED, GRAPHS), self.fault) if self.fault else None


def _wanted(plan: Plan, speed: Speed) -> bool:
    """A processor gains little and compiles for long, so there somebody has to ask for it."""
    return speed.compile == "on" or (speed.compile == "auto" and plan.device.startswith("cuda"))


def _hindrance(plan: Plan) -> str:
    if plan.rung not in _WHOLE:
        return f"on the rung {plan.rung} its weights come and go layer by layer"
    if plan.rung not in _STAYING and plan.format:
        return f"on the rung {plan.rung}, weights in {plan.format} come and go"
    if not _python_supported():
        return "torch cannot compile for this Python"
    if plan.device.startswith("cuda") and not has_triton():
        return "there is no Triton for this card. Install triton (on Windows: triton-windows) for more speed"
    if plan.device == "cpu" and not _cpp_compiler():
        return "there is no C++ compiler. Install one for more speed"
    return ""


def _python_supported() -> bool:
    from torch._dynamo.eval_frame import is_dynamo_supported

    return bool(is_dynamo_supported())


def _cpp_compiler() -> bool:
    from torch._inductor.cpp_builder import get_cpp_compiler

    try:
        return bool(get_cpp_compiler())
    except Exception:  # its own classes differ between systems; whatever it was, there is none
        return False


def _against_graphs(plan: Plan, speed: Speed, denoisers: int) -> str:
    """Why not, if they are wanted. A graph repeats what was done once, at the very addresses."""
    if not speed.graphs:
        return ""
    if not plan.device.startswith("cuda"):
        return "only a CUDA card can"
    if plan.rung not in _STAYING or (plan.rung != "resident" and denoisers > 1):
        return f"on the rung {plan.rung} weights do not stay where they are"
    if speed.step_cache:
        return f"the step cache {speed.step_cache} decides at each step what is computed"
    return ""


def _compile(blocks: list[Any], state: _State) -> None:
    def made(plain: regions.Forward) -> regions.Forward:
        return _ready(plain, torch.compile(plain, dynamic=True, backend=inductor), state)

    for block in blocks:
        regions.keep_routing_out(block)
        regions.replace_forward(block, made)


def _graph(part: Any, state: _State) -> None:
    """The whole network as one: for each size of prompt and picture anew."""

    def made(plain: regions.Forward) -> regions.Forward:
        recorded = torch.compile(plain, dynamic=False, backend=inductor, options=dict(_GRAPHED))
        return _ready(plain, _copying(recorded), state)

    regions.replace_forward(part, made)


def _ready(plain: regions.Forward, faster: regions.Forward, state: _State) -> regions.Forward:
    return regions.with_way_back(plain, faster, state.gave_up, state.give_up)


def _copying(recorded: regions.Forward) -> regions.Forward:
    """The next replay writes where this one's answer is."""

    @wraps(recorded)
    def forward(*given: Any, **named: Any) -> Any:
        torch.compiler.cudagraph_mark_step_begin()
        return pytree.tree_map_only(torch.Tensor, torch.clone, recorded(*given, **named))

    return forward


def inductor(graph: GraphModule, inputs: list[Any], options: dict[str, Any] | None = None) -> Callable[..., Any]:
    """torch's own compiler, with pairs that are turned written out. What it warns of is for programmers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return write_code(written_out(graph), inputs, options)


def write_code(graph: GraphModule, inputs: list[Any], options: dict[str, Any] | None) -> Callable[..., Any]:
    """The one thing that needs a compiler of the machine's own; what is needed for it is read now, which takes long."""
    from torch._inductor.compile_fx import compile_fx

    made: Any = compile_fx(graph, inputs, config_patches=options)
    return cast("Callable[..., Any]", made)
