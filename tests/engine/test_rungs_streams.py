"""How weights are sent to a card while it computes: decided here, done by diffusers."""

from types import SimpleNamespace
from typing import Any

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest
import torch
from torch import nn

from gpu_agent.engine import rungs
from gpu_agent.planner import Plan

BYTES = 4 * 10 * 10


def sent(monkeypatch: pytest.MonkeyPatch, device: str, free: int, rung: str = "leaf-offload") -> dict[str, Any]:
    """What diffusers is asked for, for a part of BYTES bytes."""
    asked: dict[str, Any] = {}
    monkeypatch.setattr(rungs, "apply_group_offloading", lambda part, **how: asked.update(how))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free))
    rungs.join(nn.Linear(10, 10, bias=False), Plan(rung=rung, device=device, dtype="bfloat16"))
    return asked


@pytest.mark.parametrize(("free", "sparing"), [(2 * BYTES, False), (2 * BYTES - 1, True)])
def test_a_card_fetches_the_next_weights_while_it_computes(
    free: int, sparing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of memory it can read by itself: all made ready at once where there is twice as much, else bit by bit."""
    asked = sent(monkeypatch, "cuda", free)
    assert (asked["use_stream"], asked["record_stream"], asked["low_cpu_mem_usage"]) == (True, True, sparing)
    assert (asked["onload_device"], asked["offload_device"]) == (torch.device("cuda"), torch.device("cpu"))


@pytest.mark.parametrize("device", ["cpu", "mps"])
def test_devices_without_streams_are_not_asked_for_any(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """There the same is done one after the other."""
    assert not {"use_stream", "record_stream", "low_cpu_mem_usage"} & sent(monkeypatch, device, 10**9).keys()


def test_the_last_rung_takes_no_memory_for_what_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """One leaf at a time, on a card too."""
    asked = sent(monkeypatch, "cuda", 10**9, rung="sequential")
    assert asked["offload_type"] == "leaf_level"
    assert not {"use_stream", "record_stream", "low_cpu_mem_usage"} & asked.keys()
