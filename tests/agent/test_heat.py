"""What slows a card down, in words."""

from types import SimpleNamespace
from typing import Any

import pytest

from gpu_agent import heat
from tests.agent.nvidia import Nvml, chip, use

POWER_CAP, THERMAL, BRAKE = 0x4, 0x20, 0x80
NAME = "NVIDIA GeForce RTX 3070"


def noted(patch: pytest.MonkeyPatch, reasons: int = 0, clock: int = 1700, work: int = 99, **answers: Any) -> str:
    """What is said of a card that is read like this."""
    usual: dict[str, Any] = {
        "Temperature": lambda sensor: 89,
        "ClockInfo": lambda kind: clock,
        "MaxClockInfo": lambda kind: 2100,
    }
    usual |= {"CurrentClocksEventReasons": reasons, "UtilizationRates": SimpleNamespace(gpu=work)}
    use(patch, Nvml(chip(name=NAME, **{**usual, **answers})))
    reading = heat.read("GPU-aaa")
    assert reading is not None
    return heat.note(reading)


def test_heat_and_power_are_told_and_an_ordinary_limit_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every card at work keeps to its power limit."""
    assert noted(monkeypatch, POWER_CAP) == ""
    assert noted(monkeypatch, THERMAL | POWER_CAP) == f"{NAME} is 89 °C and slows itself down"
    assert noted(monkeypatch, BRAKE) == f"{NAME} gets less power than it needs and slows itself down"


def test_a_clock_far_below_its_own_is_told_only_of_a_card_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that waits for the processor may well slow down."""
    assert noted(monkeypatch, clock=900) == f"{NAME} runs at 900 of 2100 MHz, at 89 °C"
    assert noted(monkeypatch, clock=900, work=40) == ""
    assert noted(monkeypatch, clock=1300) == ""


def test_an_older_driver_calls_it_throttling(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bits under the former name."""
    reading: dict[str, Any] = {"CurrentClocksThrottleReasons": THERMAL, "Temperature": lambda sensor: 90}
    use(monkeypatch, Nvml(chip(name="Card A", **reading)))
    seen = heat.read("GPU-aaa")
    assert seen is not None
    assert heat.note(seen) == "Card A is 90 °C and slows itself down"


def test_a_card_that_tells_nothing_is_not_complained_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one that has only a name, nor none at all."""
    use(monkeypatch, Nvml(chip()))
    seen = heat.read("GPU-aaa")
    assert seen is not None
    assert heat.note(seen) == ""
    assert heat.read("") is None
