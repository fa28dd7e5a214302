"""What is lossy is named, with what it was measured to cost here."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gpu_agent.config import Speed
from gpu_agent.engine.compare import differences
from gpu_agent.engine.families.known import PLAIN
from gpu_agent.engine.speed import lossy
from gpu_agent.engine.speed.fidelity import Fidelity, bare, compared
from gpu_agent.planner import Plan
from tests.agent import made

WEIGHTS, OTHERS = "a" * 64, "b" * 64
PLAN = Plan(rung="resident", device="cuda", dtype="bfloat16")


@pytest.fixture
def fidelity(tmp_path: Path) -> Fidelity:
    return Fidelity(tmp_path / "fidelity.json")


def test_decibels_are_those_of_the_mean_error() -> None:
    """A tenth apart everywhere is 20 dB, a hundredth 40, nothing is without end; sizes must agree."""
    black = np.zeros((4, 4, 3), np.float32)
    assert compared(black, black + 0.1) == pytest.approx(20, abs=1e-5)
    assert compared(black, black + 0.01) == pytest.approx(40, abs=1e-5)
    assert compared(black, black) == math.inf
    with pytest.raises(ValueError, match="draw both in one size"):
        compared(black, black[:2])


def test_what_was_measured_is_said_of_these_weights_and_no_others(fidelity: Fidelity) -> None:
    """A figure belongs to the weights and the lever that it was measured with."""
    fidelity.keep(WEIGHTS, "fp8 weights, not measured here", [33.14])
    assert fidelity.told(WEIGHTS, ["fp8 weights", "decoded in tiles"]) == (
        "fp8 weights, 33.1 dB here",
        "decoded in tiles, not measured here",
    )
    assert fidelity.told(OTHERS, ["fp8 weights"]) == ("fp8 weights, not measured here",)


def test_several_pictures_count_by_their_mean_error(fidelity: Fidelity) -> None:
    """One bad picture is not hidden behind identical ones."""
    fidelity.keep(WEIGHTS, "int8 weights", [20.0, math.inf])
    assert fidelity.known(WEIGHTS, "int8 weights") == pytest.approx(20 + 10 * math.log10(2))
    fidelity.keep(WEIGHTS, "int8 weights", [math.inf])
    assert fidelity.told(WEIGHTS, ["int8 weights"]) == ("int8 weights, identical here",)


def test_a_worker_knows_what_another_process_measured(fidelity: Fidelity, tmp_path: Path) -> None:
    """Without a restart; nothing that was measured before is lost."""
    other = Fidelity(tmp_path / "fidelity.json")
    other.keep(WEIGHTS, "fp8 weights", [30.0])
    fidelity.keep(OTHERS, "fp8 weights", [40.0])
    assert [each.known(weights, "fp8 weights") for each in (fidelity, other) for weights in (WEIGHTS, OTHERS)] == [
        pytest.approx(30.0),
        pytest.approx(40.0),
    ] * 2


def test_a_spoilt_file_is_set_aside(fidelity: Fidelity, tmp_path: Path) -> None:
    """No picture fails for it, and what it held can still be looked at."""
    (tmp_path / "fidelity.json").write_text("[{")
    assert fidelity.known(WEIGHTS, "fp8 weights") is None
    assert (tmp_path / "fidelity.damaged").read_text() == "[{"
    assert not (tmp_path / "fidelity.json").exists()


def test_a_file_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    """The picture is drawn all the same, and its receipt says that nothing was measured."""
    nowhere = Fidelity(tmp_path / "missing" / "fidelity.json")
    nowhere.keep(WEIGHTS, "fp8 weights", [30.0])
    assert nowhere.told(WEIGHTS, ["fp8 weights"]) == ("fp8 weights, not measured here",)


def test_everything_that_cost_precision_is_told(fidelity: Fidelity) -> None:
    """Weights, levers and tiles, in this order; nothing where there was nothing."""
    told = lossy.told(replace(PLAN, format="fp8"), ("sage attention",), True, WEIGHTS, fidelity)
    assert [bare(each) for each in told] == ["fp8 weights", "sage attention", "decoded in tiles"]
    assert lossy.told(PLAN, (), False, WEIGHTS, fidelity) == ()


def test_each_lossy_lever_is_switched_on_alone() -> None:
    """Over settings that are exact in all else, so that a measurement is of that one lever."""
    mixed = Speed(quantize="int8", step_cache="first-block", attention="sage", graphs=True)
    assert lossy.exact(mixed) == Speed(graphs=True)
    ways = lossy.alone(mixed)
    assert ways["fp8"] == Speed(graphs=True, quantize="fp8")
    assert ways["taylor-seer"] == Speed(graphs=True, step_cache="taylor-seer")
    assert len(ways) == len(set(map(repr, ways.values()))) == 4


def test_weights_that_were_to_be_short_and_are_not_are_told() -> None:
    """With the plan's reason; weights that are short as asked need no word."""
    asked = Speed(quantize="fp8")
    refused = replace(PLAN, because=("fp8: asked for in the settings, but this device does not multiply such numbers",))
    assert lossy.pull(None, refused, PLAIN, asked).notes == (
        "Weights are not shortened to fp8: this device does not multiply such numbers.",
    )
    assert lossy.pull(None, replace(PLAN, format="nf4"), PLAIN, asked).notes == (
        "Weights are not shortened to fp8: there was no room for that.",
    )
    assert lossy.pull(None, replace(PLAN, format="fp8"), PLAIN, asked).notes == ()
    assert lossy.pull(None, PLAN, PLAIN, Speed()).notes == ()


def test_a_new_measurement_is_no_difference_between_two_renders() -> None:
    """The same lever changed the pixels in the same way, whatever is known of it since."""
    then, measured, other = (
        made.receipt().model_copy(update={"lossy": (said,)})
        for said in ("fp8 weights, not measured here", "fp8 weights, 33.1 dB here", "int8 weights, 33.1 dB here")
    )
    assert differences(then, measured) == ()
    assert [(each.then, each.now) for each in differences(then, other)] == [("fp8 weights", "int8 weights")]
