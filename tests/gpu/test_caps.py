"""Small cards, tried on a large one: the planner's answer holds, with nothing to spare but what it counted."""

from collections.abc import Callable

import pytest
import torch

from gpu_agent import placing
from gpu_agent.catalogue import described
from gpu_agent.engine import fall, place
from gpu_agent.engine.bench.sizes import KNOWN
from gpu_agent.engine.fault import out_of_memory
from gpu_agent.estimate import CONTEXT
from gpu_agent.order import Order
from gpu_agent.planner import Plan
from gpu_agent.stock import Gpu
from tests.engine.twins import playing
from tests.engine.twins.house import Twins
from tests.gpu import full_size

GB = 10**9
CASES = [(model, size) for model in ("sdxl", "z-image-turbo", "flux-schnell") for size in (8, 12, 16, 24)]


def order(model_id: str) -> Order:
    model = KNOWN[model_id]
    size = {"width": model.width, "height": model.height, "frames": model.frames, "steps": model.steps}
    return Order(job="j", model=model_id, prompt="a boat", seed=1, guidance=model.guidance, **size)


def card(size: int | None = None) -> Gpu:
    """This card, cut down to so many GB; four bits are left out, which only come from a file."""
    most = None if size is None else size * GB
    found = place.card("cuda", most)
    place.cap("cuda", found, most)
    return found.model_copy(update={"lacks": ("nf4",), "reserve": 1})


def planned(model_id: str, gpu: Gpu, below: str = "") -> Plan:
    found = placing.place(described(KNOWN[model_id], present=True), order(model_id), gpu, below=below)
    assert isinstance(found, Plan), found
    return found


def draw(twins: Twins, model_id: str, plan: Plan) -> playing.Pixels:
    whole = full_size.pipeline(twins, model_id, plan)
    torch.cuda.reset_peak_memory_stats()  # the card drew the weights, too
    return playing.pixels(whole, full_size.at_full_size(twins.model(model_id)))


@pytest.mark.parametrize(("model_id", "size"), CASES)
def test_a_plan_for_a_small_card_holds(
    model_id: str, size: int, twins: Twins, record: Callable[[str, str, int, int], None]
) -> None:
    """The render ends, and stays within the card."""
    plan = planned(model_id, card(size))
    draw(twins, model_id, plan)
    taken = place.peak("cuda") + CONTEXT
    record(f"{model_id} on {size} GB", " ".join((plan.rung, plan.format, plan.text)), plan.peak, taken)
    assert taken <= size * GB


@pytest.mark.parametrize("model_id", ["sdxl", "z-image-turbo", "wan22-ti2v-5b"])
def test_an_estimate_is_near_what_a_whole_model_takes(
    model_id: str, twins: Twins, record: Callable[[str, str, int, int], None]
) -> None:
    """Resident, on the whole card: not a quarter less than estimated, and never more."""
    plan = planned(model_id, card())
    assert plan.rung == "resident"
    draw(twins, model_id, plan)
    taken = place.peak("cuda") + CONTEXT
    record(model_id, plan.rung, plan.peak, taken)
    assert 0.75 * plan.peak <= taken <= plan.peak


def test_memory_that_is_really_full_is_answered_with_a_lower_rung(twins: Twins) -> None:
    """A whole Z-Image does not fit into 16 GB: the card says so, and the rung below draws the same as with room."""
    whole = planned("z-image-turbo", card())
    roomy = planned("z-image-turbo", card(), below=whole.rung)
    wanted = draw(twins, "z-image-turbo", roomy)
    small, plans = card(16), [whole]

    def attempt(plan: Plan) -> playing.Pixels:
        return draw(twins, "z-image-turbo", plan)

    def lower(failed: Plan) -> Plan:
        plans.append(planned("z-image-turbo", small, below=failed.rung))
        return plans[-1]

    found, fell = fall.falling(attempt, whole, lower, lambda: place.give_back("cuda"))
    assert (fell, plans[-1].rung) == ("resident", "text-out")
    assert torch.allclose(torch.from_numpy(found), torch.from_numpy(wanted), atol=0.02, equal_nan=True)


def test_the_cap_is_an_error_and_not_a_slow_render() -> None:
    """What this process may not have raises, though the card has it."""
    place.cap("cuda", place.card("cuda", 2 * GB), 2 * GB)
    with pytest.raises(torch.OutOfMemoryError) as error:
        torch.empty(3 * GB, dtype=torch.uint8, device="cuda")
    assert out_of_memory(error.value)
    assert torch.empty(GB, dtype=torch.uint8, device="cuda").numel() == GB
