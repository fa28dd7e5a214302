"""Without a card nothing here runs, and says so once for all; with one, what was measured is written down."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import torch

from gpu_agent.engine import place
from tests.engine.twins.house import Twins

NO_CARD = "there is no CUDA card here; on a machine with one, run: make test-gpu"
Row = tuple[str, str, str, str]
_ROWS: list[Row] = []
_GB = 10**9


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", default="", help="Write what the card took to this Markdown file.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if not item.path.is_relative_to(here):
            continue
        item.add_marker(pytest.mark.timeout(1800))
        item.add_marker(pytest.mark.filterwarnings("default"))  # what libraries say of cards is not for here
        if not torch.cuda.is_available():
            item.add_marker(pytest.mark.skip(reason=NO_CARD))


def pytest_sessionfinish(session: pytest.Session) -> None:
    path = session.config.getoption("--record")
    if not path or not _ROWS:
        return
    head = f"# A card, {datetime.now(UTC):%Y-%m-%d}\n\n{torch.cuda.get_device_name()}, torch {torch.__version__}.\n\n"
    table = [("what", "plan", "estimated", "measured"), ("---",) * 4, *_ROWS]
    lines = "".join("| " + " | ".join(row) + " |\n" for row in table)
    Path(path).write_text(head + lines, encoding="utf-8")


@pytest.fixture(scope="session")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Twins:
    return Twins(tmp_path_factory.mktemp("twins"))


@pytest.fixture
def record() -> Callable[[str, str, int, int], None]:
    """Keeps a line for the record: what, by which plan, bytes estimated and bytes measured."""

    def keep(what: str, plan: str, estimated: int, measured: int) -> None:
        _ROWS.append((what, plan, f"{estimated / _GB:.1f} GB", f"{measured / _GB:.1f} GB"))

    return keep


@pytest.fixture(autouse=True)
def empty_card() -> Iterator[None]:
    """Each test begins with the whole card, and leaves it so."""
    place.give_back("cuda")
    torch.cuda.set_per_process_memory_fraction(1.0)
    torch.cuda.reset_peak_memory_stats()
    yield
    place.give_back("cuda")
    torch.cuda.set_per_process_memory_fraction(1.0)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for row in _ROWS:
        terminalreporter.write_line("  ".join(row))
