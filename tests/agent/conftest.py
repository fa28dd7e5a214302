"""What several tests of the tower's program need."""

import pytest

from gpu_agent import shelf


@pytest.fixture
def nothing_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The LoRA that ships is not among what is found here."""
    monkeypatch.setattr(shelf, "OWN", tmp_path_factory.mktemp("own"))
