"""A hub to fetch from, with an empty cache."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants

from tests.agent.hub.fetching import CHUNK, FILES
from tests.agent.hub.standin import Hub, Repo, hub


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub with one model, and a client that knows no other hub and has an empty cache."""
    with hub() as standing:
        standing.repos["someone/model"] = Repo(dict(FILES))
        monkeypatch.setattr(constants, "ENDPOINT", standing.url)
        template = standing.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", CHUNK)  # the file is smaller than one of its own
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "nobody"))
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield standing
