"""The bench on a card: what the project promises of speed, at full size with random weights."""

from pathlib import Path

import pytest

from gpu_agent import energy, nvml
from gpu_agent.config import Config
from gpu_agent.engine.bench.bench import measured
from gpu_agent.engine.bench.sizes import KNOWN
from gpu_agent.engine.bench.told import Row
from gpu_agent.engine.bench.wanted import Instruments, Wanted


def row(model_id: str, root: Path) -> Row:
    instruments = Instruments(
        energy.Meter(nvml.cards()[0]).read, lambda: "", nvml.driver(), lambda kind, facts: f"{kind}: {facts}", print
    )
    wanted = Wanted((KNOWN[model_id],), random=True, size=(1024, 1024), minutes=20)
    found = measured(wanted, Config(), root, instruments)
    assert not found.left_out
    return found.rows[0]


@pytest.mark.parametrize("model_id", ["z-image-turbo", "flux-schnell", "sdxl"])
def test_the_engine_is_faster_than_the_plain_call_and_never_builds_anew(model_id: str, tmp_path: Path) -> None:
    """Nothing is faster than its floor; no later picture waits for a compiler; the card waits for nobody."""
    found = row(model_id, tmp_path)
    assert found.plain is not None
    assert found.floor is not None
    assert found.floor < found.ours.median
    assert found.ours.median * 1.3 <= found.plain.median
    assert found.recompiled == 0
    assert found.slowest <= 1.2
    assert found.idle is not None
    assert found.idle <= 0.01
    assert found.ours.joules
