"""`darkroom ledger export` and `import`, as somebody moves the bot to another machine."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.ledger.database import Database
from tests.ledger.rows import insert, job


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["ledger", *map(str, words)])


@pytest.fixture
async def ledger(tmp_path: Path) -> Path:
    async with Database(tmp_path / "darkroom.db") as db:
        await insert(db, job(), job("job2", index=1))
    return tmp_path / "darkroom.db"


@pytest.mark.parametrize("form", ["out.jsonl", "out"])
def test_a_ledger_moves(ledger: Path, tmp_path: Path, form: str) -> None:
    """Out, in, out again: the same lines; and the person reads how many rows and where the pictures belong."""
    told = run("export", tmp_path / form, "--ledger", ledger)
    assert (told.exit_code, "3 rows" in told.output, "pictures" in told.output) == (0, True, True)
    told = run("import", tmp_path / form, "--ledger", tmp_path / "new.db")
    assert (told.exit_code, "3 rows" in told.output) == (0, True)
    run("export", tmp_path / "first.jsonl", "--ledger", ledger)
    run("export", tmp_path / "second.jsonl", "--ledger", tmp_path / "new.db")
    assert (tmp_path / "first.jsonl").read_text() == (tmp_path / "second.jsonl").read_text()


def test_what_cannot_be_done_is_said_in_a_sentence(ledger: Path, tmp_path: Path) -> None:
    """Nothing is written over, and nothing half is left."""
    run("export", tmp_path / "out.jsonl", "--ledger", ledger)
    cases = {
        ("import", tmp_path / "out.jsonl", "--ledger", ledger): "is there already",
        ("import", tmp_path / "none.jsonl", "--ledger", tmp_path / "new.db"): "does not begin as an exported ledger",
        ("export", tmp_path / "x.jsonl", "--ledger", tmp_path / "none.db"): "cannot be opened",
        ("export", tmp_path / "none" / "x.jsonl", "--ledger", ledger): "Choose another place",
    }
    for words, sentence in cases.items():
        told = run(*words)
        assert told.exit_code == 1
        assert sentence in " ".join(told.output.split())
    assert not (tmp_path / "new.db").exists()
