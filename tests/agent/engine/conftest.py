"""One engine for all tests of this room: importing torch and loading the small model happens once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gpu_agent import catalogue
from gpu_agent.engine.engine import Drawn, Engine
from gpu_agent.order import Order
from gpu_agent.wire import Progress
from tests.agent import tiny_models

Draw = Callable[[Order], Drawn]


def silent(_progress: Progress) -> None:
    """For renders whose progress is not looked at."""


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine(catalogue.load())


@pytest.fixture(scope="session")
def draw(engine: Engine) -> Draw:
    return lambda order: engine.draw(order, silent)


@pytest.fixture(scope="session")
def sd_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.stable_diffusion(tmp_path_factory.mktemp("sd"))


@pytest.fixture(scope="session")
def flux_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.flux(tmp_path_factory.mktemp("flux"))
