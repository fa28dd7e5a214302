"""The twins of all models, built once for all tests of this room that ask for them."""

from pathlib import Path

import pytest

from tests.engine.twins.house import Twins

# What diffusers itself does that its own next version will not like.
_THEIRS = "ignore:`FluxPosEmbed`:FutureWarning"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.filterwarnings(_THEIRS))


@pytest.fixture(scope="session")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Twins:
    return Twins(tmp_path_factory.mktemp("twins"))
