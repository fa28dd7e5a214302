"""The twins of all models, built once for all tests of this room that ask for them."""

import pytest

from tests.engine.twins.house import Twins


@pytest.fixture(scope="session")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Twins:
    return Twins(tmp_path_factory.mktemp("twins"))
