"""What holds for every model, order and card: hypothesis looks for the one for which it does not."""

from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gpu_agent import estimate
from gpu_agent.cards import GB
from gpu_agent.measured import Measurements, Taken, case
from gpu_agent.order import Control, Lora, Order
from gpu_agent.placing import place
from gpu_agent.planner import RUNGS, Plan, Refusal
from gpu_agent.stock import Gpu, ShelfModel
from tests.agent.test_placing import MODELS, card, order

GIB = 2**30


@dataclass(frozen=True)
class Asked:
    model: ShelfModel
    order: Order


@st.composite
def asks(draw: st.DrawFn) -> Asked:
    """Any model with any size it draws, and sometimes with extras."""
    model = draw(st.sampled_from(list(MODELS.values())))
    own: dict[str, Any] = {}
    for side in ("width", "height"):
        steps = (model.largest - model.smallest) // model.multiple
        own[side] = model.smallest + model.multiple * draw(st.integers(0, steps))
    if model.frames > 1:
        own["frames"] = 1 + model.frame_step * draw(st.integers(1, (model.most_frames - 1) // model.frame_step))
    elif draw(st.booleans()):
        own["loras"] = tuple(Lora(id=str(number)) for number in range(draw(st.integers(0, 4))))
        own["control"] = draw(st.sampled_from([None, Control(kind="canny", image="0" * 64)]))
    return Asked(model, order(model, **own))


@st.composite
def gpus(draw: st.DrawFn) -> Gpu:
    """Any memory, architecture and kind of card."""
    arch, name = draw(st.sampled_from([("sm86", "RTX 3070"), ("sm89", "RTX 4090"), ("sm90", "NVIDIA H200"), ("", "?")]))
    free, ram = draw(st.integers(GB // 4, 150 * GB)), draw(st.integers(4 * GB, 300 * GB))
    unified = draw(st.sampled_from([False, False, False, True]))
    return Gpu(name=name, arch=arch, total=free + GB, free=free, ram=ram, ram_free=ram, unified=unified)


def height(found: Plan | Refusal) -> int:
    """How far down: a refusal is below every rung."""
    return RUNGS.index(found.rung) if isinstance(found, Plan) else len(RUNGS)


@given(asks(), gpus())
def test_no_plan_goes_above_its_budget(asked: Asked, gpu: Gpu) -> None:
    """Neither the card's nor the machine's memory is promised twice."""
    found = place(asked.model, asked.order, gpu)
    if isinstance(found, Plan):
        assert found.peak <= found.budget <= gpu.free
        assert gpu.unified or found.ram <= gpu.ram_free


@given(asks(), gpus(), st.integers(0, 100 * GB), st.integers(0, 200 * GB))
def test_more_memory_never_leads_lower(asked: Asked, gpu: Gpu, card: int, machine: int) -> None:
    """Nobody buys a larger card to be refused, or to wait longer."""
    more = {"free": gpu.free + card, "total": gpu.total + card}
    more |= {"ram": gpu.ram + machine, "ram_free": gpu.ram_free + machine}
    larger = gpu.model_copy(update=more)
    assert height(place(asked.model, asked.order, larger)) <= height(place(asked.model, asked.order, gpu))


@given(asks(), gpus())
def test_each_fall_ends_strictly_lower_until_nothing_is_left(asked: Asked, gpu: Gpu) -> None:
    """Running out of memory again and again ends in a refusal, and never on the same rung twice."""
    rungs: list[int] = []
    found = place(asked.model, asked.order, gpu)
    while isinstance(found, Plan):
        rungs.append(RUNGS.index(found.rung))
        found = place(asked.model, asked.order, gpu, below=found.rung)
        assert not isinstance(found, Plan) or found.tiled or min(asked.order.width, asked.order.height) <= 512
    assert rungs == sorted(set(rungs))


@given(asks(), gpus(), st.integers(1, 200 * GB))
def test_a_measured_peak_replaces_the_estimate(asked: Asked, gpu: Gpu, peak: int) -> None:
    """What a render really took on this card decides whether its rung is taken again; the next ones are unmeasured."""
    first = place(asked.model, asked.order, gpu)
    if not isinstance(first, Plan) or first.device != "cuda":
        return
    known = Measurements().after_render(case(asked.order, first, gpu), peak, 1.0)
    again = place(asked.model, asked.order, gpu, measured=known)
    if peak + estimate.CONTEXT > first.budget:
        assert again != first
    else:
        assert isinstance(again, Plan)
        assert again.rung == first.rung


@given(asks(), gpus())
def test_a_rung_that_ran_out_is_passed_over_until_there_is_more_memory(asked: Asked, gpu: Gpu) -> None:
    """For this size and any larger; a tenth more memory is worth another try."""
    first = place(asked.model, asked.order, gpu)
    if not isinstance(first, Plan):
        return
    known = Measurements().after_running_out(case(asked.order, first, gpu), first.budget)
    again = place(asked.model, asked.order, gpu, measured=known)
    if isinstance(again, Plan):
        assert _way(again) != _way(first)
        assert (again.rung, again.format) != (first.rung, first.format) or again.tiled > first.tiled
    roomier = gpu.model_copy(update={"free": int(gpu.free * 1.5), "total": int(gpu.total * 1.5), "ram": 2 * gpu.ram})
    assert height(place(asked.model, asked.order, roomier, measured=known)) <= height(first)


def _way(plan: Plan) -> tuple[str, str, bool]:
    return plan.rung, plan.format, plan.tiled


def test_running_out_says_nothing_of_smaller_pictures() -> None:
    """They may well fit on the same rung."""
    model, gpu = MODELS["sdxl"], card(12)
    large, small = order(model), order(model, width=768, height=768)
    first = place(model, large, gpu)
    assert isinstance(first, Plan)
    known = Measurements().after_running_out(case(large, first, gpu), first.budget)
    smaller = place(model, small, gpu, measured=known)
    assert isinstance(smaller, Plan)
    assert smaller.rung == first.rung == "resident"
    larger = place(model, order(model, width=1152), gpu, measured=known)
    assert isinstance(larger, Plan)
    assert (first.tiled, larger.rung, larger.tiled) == (False, "resident", True)
    known = known.after_running_out(case(order(model), larger, gpu), first.budget)
    lower = place(model, order(model, width=1152), gpu, measured=known)
    assert isinstance(lower, Plan)
    assert lower.rung != "resident"
    assert "resident: ran out of memory here before" in lower.because


def test_measured_seconds_replace_the_cards_rate() -> None:
    """Half the steps take half the time."""
    model, gpu = MODELS["z-image-turbo"], card(24)
    first = place(model, order(model), gpu)
    assert isinstance(first, Plan)
    known = Measurements().after_render(case(order(model), first, gpu), 1, per_step=0.5)
    again = place(model, order(model, steps=4), gpu, measured=known)
    assert isinstance(again, Plan)
    assert again.seconds == 2.0
    assert first.seconds is not None
    assert 2.8 < first.seconds < 2.8 / 0.5  # the floor of 463 TFLOP at this card's full rate, and half of that rate


def test_the_processors_own_peak_is_not_believed() -> None:
    """A process cannot forget its highest memory: that of another model would be counted for this one."""
    gpu = Gpu(name="processor", total=16 * GIB, free=16 * GIB)
    asked = order(MODELS["demo"])
    first = place(MODELS["demo"], asked, gpu)
    assert isinstance(first, Plan)
    known = Measurements({case(asked, first, gpu): Taken(peak=100 * GB)})
    assert place(MODELS["demo"], asked, gpu, measured=known) == first
