"""The suite for a card is whole, although no card is here: it is found, its models can be built, and it says why it
does not run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gpu_agent import catalogue
from gpu_agent.engine.bench import sizes
from tests.gpu.conftest import NO_CARD

ROOT = Path(__file__).parents[2]
SHIPPED = [model for model in catalogue.load() if model.repo is not None]
PARTS = [(model.id, part.name) for model in SHIPPED for part in model.parts]


def test_without_a_card_the_suite_skips_with_one_sentence() -> None:
    """Every test of it is collected, none fails, and the reason says what to do."""
    command = [sys.executable, "-m", "pytest", "tests/gpu", "-q", "-p", "no:cacheprovider"]
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout
    reasons = [line for line in told.splitlines() if line.startswith("SKIPPED")]
    assert all(NO_CARD in line for line in reasons)
    assert sum(int(line.split("[")[1].split("]")[0]) for line in reasons) >= 50
    assert told.splitlines()[-1].split()[1] == "skipped"


def test_the_other_tests_do_not_meet_it(request: pytest.FixtureRequest) -> None:
    """Where only the whole is run, nothing of it is counted."""
    if "tests/gpu" not in request.config.args:
        assert not [item for item in request.session.items if "gpu" in item.path.parent.name]


@pytest.mark.parametrize(("model_id", "part"), PARTS)
def test_every_part_of_every_model_can_be_built_at_its_full_size(model_id: str, part: str) -> None:
    """Nothing of the catalogue is left out of the suite."""
    assert callable(sizes.builder(model_id, part))
