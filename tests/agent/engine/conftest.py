"""One engine for all tests of this room: importing torch and loading the small model happens once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gpu_agent.engine.engine import Drawn, Engine
from gpu_agent.engine.render import Report
from gpu_agent.order import Order
from gpu_agent.wire import Progress
from tests.agent import tiny_models

Draw = Callable[[Order], Drawn]


def silent(_progress: Progress, _preview: bytes = b"") -> None:
    """For renders whose progress is not looked at."""


def into(told: list[Progress]) -> Report:
    """A report that keeps what it is told."""

    def keep(progress: Progress, preview: bytes = b"") -> None:
        told.append(progress)

    return keep


@pytest.fixture(scope="session")
def engine() -> Engine:
    return tiny_models.engine()


@pytest.fixture(scope="session")
def draw(engine: Engine) -> Draw:
    return lambda order: engine.draw(order, silent)


@pytest.fixture(scope="session")
def sd_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.stable_diffusion(tmp_path_factory.mktemp("sd"))


@pytest.fixture(scope="session")
def flux_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.flux(tmp_path_factory.mktemp("flux"))
