"""The weights that ship, and their pipeline."""

from pathlib import Path
from typing import Any

import pytest

from gpu_agent import catalogue, shelf
from gpu_agent.engine.tiny import sheet


@pytest.fixture(scope="session")
def weights() -> Path:
    place = shelf.folder(catalogue.load()["demo"])
    assert place is not None
    return place


@pytest.fixture(scope="module")
def pipeline(weights: Path) -> Any:
    return sheet.pipeline(weights)
