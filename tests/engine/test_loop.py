"""Between two steps nobody looks at a tensor: a card that is given its work ahead of time would wait."""

# mypy: disable-error-code="no-untyped-call"

from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import diffusers
import pytest
import torch
from torch._subclasses.fake_tensor import DataDependentOutputException, FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from gpu_agent import catalogue
from gpu_agent.config import Speed
from gpu_agent.engine import progression
from gpu_agent.engine.beside import AtOnce, Work
from gpu_agent.engine.checkpoint import Origin
from gpu_agent.engine.checkpoint_folder import Checkpoints
from gpu_agent.engine.keeper import Keeper
from gpu_agent.engine.load import load
from gpu_agent.engine.preview import Previews
from gpu_agent.engine.render import Drawing, Keeping
from gpu_agent.engine.warm import Warm
from gpu_agent.order import Order
from gpu_agent.planner import Plan
from gpu_agent.wire import Progress
from tests.agent.engine.conftest import into
from tests.engine.schedulers import FLOW, NOISE

_LOOKS = {"_local_scalar_dense", "nonzero", "is_nonzero", "equal", "item", "masked_select", "unique"}


class Looks(TorchDispatchMode):
    """Notes what makes a machine wait for its card: values that are read, and copies that are waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name, named = func.overloadpacket.__name__, kwargs or {}
        if name in _LOOKS or (name in ("_to_copy", "copy_") and self._waits(name, args, named)):
            self.seen.append(name)
        return func(*args, **named)

    @staticmethod
    def _waits(name: str, args: Any, named: dict[str, Any]) -> bool:
        source = args[1] if name == "copy_" else args[0]
        target = args[0].device if name == "copy_" else named.get("device") or source.device
        waited = not (named.get("non_blocking") or (name == "copy_" and len(args) > 2 and args[2]))
        return isinstance(source, torch.Tensor) and source.is_cuda and torch.device(target).type == "cpu" and waited


class Aside:
    """Work that is put off, as it is on a card; nothing of it is done."""

    def __init__(self) -> None:
        self.given: list[Work] = []

    def fetched(self, tensor: torch.Tensor) -> torch.Tensor:
        return torch.empty(tensor.shape, dtype=tensor.dtype).copy_(tensor, non_blocking=True)

    def after(self, work: Work) -> None:
        self.given.append(work)

    def step_ended(self) -> None:
        """Nobody runs ahead here."""

    def __enter__(self) -> "Aside":
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        """What was put off stays undone."""


def _order(**own: Any) -> Order:
    usual = {"job": "j1", "model": "demo", "prompt": "a red circle", "seed": 5, "width": 128, "height": 128}
    return Order(**{**usual, "steps": 6, "guidance": 2.0, **own})


def _keeper(folder: Path, order: Order, beside: Any, every: float) -> Keeper:
    origin = Origin(order=order, weights_sha256="w" * 64, pipeline="p", scheduler="s")
    return Keeper(Checkpoints(folder), origin, torch.Generator("cpu"), every, beside=beside)


@pytest.fixture(scope="module")
def warm() -> Warm:
    plan = Plan(rung="resident", device="cpu", dtype="float32")
    return Warm(load(catalogue.load()["demo"], plan, lambda share: None), Speed())


def test_the_count_sees_what_makes_a_machine_wait() -> None:
    """Values read, and copies that are not put off; and no others."""
    with FakeTensorMode(), Looks() as looks:
        tensor = torch.ones(3, device="cuda")
        torch.empty(3).copy_(tensor, non_blocking=True)
        assert looks.seen == []
        tensor.cpu()
        with pytest.raises(DataDependentOutputException):
            tensor.sum().item()
    assert looks.seen == ["_to_copy", "_local_scalar_dense"]


def test_keeping_and_showing_read_nothing_from_a_card(tmp_path: Path, warm: Warm) -> None:
    """Latents of a card, a checkpoint and a preview due after each step: all of it is put off."""
    aside, order = Aside(), _order(keep_at=(1, 2))
    previews = Previews(warm.loaded.pipeline, warm.family, order, every=0.0, beside=aside)
    keeper = _keeper(tmp_path, order, aside, every=0.0)
    scheduler: Any = diffusers.DPMSolverMultistepScheduler()
    with FakeTensorMode(allow_non_fake_inputs=True), Looks() as looks:
        scheduler.model_outputs = [torch.ones(1, 4, 16, 16, device="cuda"), None]
        for index in range(2):
            latents = torch.ones(1, 4, 16, 16, device="cuda")
            keeper.step_ended(SimpleNamespace(scheduler=scheduler, num_timesteps=2), index, {"latents": latents})
            previews.of(latents)
    assert looks.seen == []
    assert len(aside.given) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_whole_render_reads_no_value_after_a_step(
    tmp_path: Path, warm: Warm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything of ours that runs between two steps of a real pipeline, counted there."""
    seen: list[str] = []
    ended = Drawing._step_ended

    def counted(drawing: Drawing, *given: Any) -> Any:
        with Looks() as looks:
            found = ended(drawing, *given)
        seen.extend(looks.seen)
        return found

    monkeypatch.setattr(Drawing, "_step_ended", counted)
    order = _order()
    told: list[Progress] = []
    keeping = Keeping(Checkpoints(tmp_path), Origin(order=order, weights_sha256="w", pipeline="p", scheduler="s"), 60.0)
    given = {"prompt": order.prompt, "num_inference_steps": 6, "width": 128, "height": 128}
    drawing = Drawing(warm, warm.loaded.pipeline, given, keeping, into(told), lambda: False)
    drawing.pixels(None)
    assert seen == []
    assert [each.phase for each in told] == ["encoding", *["rendering"] * 6, "decoding"]


@pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # numpy, of how the library calls it
@pytest.mark.parametrize("make", [*NOISE.values(), *FLOW.values()], ids=[*NOISE, *(f"flow {name}" for name in FLOW)])
def test_a_scheduler_that_was_told_where_it_begins_looks_no_more(make: Callable[[], Any]) -> None:
    """It finds no index in its steps, and makes the same ones."""
    runs = []
    for told in (False, True):
        scheduler: Any = make()
        if told:
            progression.begun(scheduler)
        scheduler.set_timesteps(4)
        looked = _looked(scheduler)
        generator = torch.Generator("cpu").manual_seed(0)
        latents = torch.randn((1, 4, 8, 8), generator=generator)
        for time in scheduler.timesteps:
            answer = latents * 0.1
            latents = scheduler.step(answer, time, latents, **_noise(scheduler, generator)).prev_sample
        runs.append((latents, len(looked)))
    assert torch.equal(runs[0][0], runs[1][0])
    assert runs[1][1] == 0


def _looked(scheduler: Any) -> list[Any]:
    """The times that it looks for from now on."""
    looked: list[Any] = []
    find = getattr(scheduler, "index_for_timestep", None)

    def seen(time: Any, *given: Any) -> Any:
        looked.append(time)
        return find(time, *given) if find is not None else None

    scheduler.index_for_timestep = seen
    return looked


def _noise(scheduler: Any, generator: torch.Generator) -> dict[str, Any]:
    takes = "generator" in type(scheduler).step.__code__.co_varnames
    return {"generator": generator} if takes else {}


def test_where_nothing_runs_ahead_work_is_done_at_once() -> None:
    """On a processor the order of words is that of the steps, as it was."""
    done: list[int] = []
    with AtOnce() as beside:
        for step in range(3):
            beside.after(partial(done.append, step))
            assert done[-1] == step
            beside.step_ended()
    assert done == [0, 1, 2]
