"""A ledger written out and made again is the same ledger."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import aiosqlite
import pytest

from bot.errors import DumpUnfit, LedgerTooNew, LedgerUnreachable
from bot.ledger import dump, remembered, verdicts
from bot.ledger.database import Database
from bot.ledger.migrations import STEPS, migrate
from bot.ledger.restore import restore
from bot.nouns import JobState, Mark, Verdict
from tests.ledger.rows import ADA, NOW, finish, insert, job

NASTY = 'a "fox", \\N and \\\\\n\r\nüñ雪,,"'


@pytest.fixture
async def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "darkroom.db"
    async with Database(path) as db:
        await insert(
            db,
            job(asked=NASTY, prompt="", seed=2**32 - 1, guidance=0.1 + 0.2),
            job("job2", index=1),
            job("job3", index=2),
        )
        async with db.transaction() as connection:
            await finish(connection, job(), JobState.RENDERED, NOW + 0.125, message=2**62 + 1)
            await verdicts.set_mark(connection, Mark(2**62 + 1, "job1", ADA, "❌", Verdict.REJECT, "too dark"), NOW)
            await remembered.put(connection, "long", "x" * 300_000)
    return path


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(path) as raw:
        return {
            name: raw.execute(f'SELECT rowid, * FROM "{name}" ORDER BY rowid').fetchall() for name in dump.tables(raw)
        }


def as_file(ledger: Path, place: Path) -> Path:
    file = place / "out.jsonl"
    file.write_text("".join(f"{line}\n" for line in dump.as_lines(ledger)), encoding="utf-8")
    return file


def as_folder(ledger: Path, place: Path) -> Path:
    dump.as_csv(ledger, place / "out")
    return place / "out"


Written = Callable[[Path, Path], Path]


@pytest.mark.parametrize("written", [as_file, as_folder])
async def test_nothing_is_lost_on_the_way(ledger: Path, tmp_path: Path, written: Written) -> None:
    """Every row of every table, with the number that tells which came first; and the bot opens it."""
    again = tmp_path / "again.db"
    count = await restore(written(ledger, tmp_path), again)
    assert rows(again) == rows(ledger)
    assert count == sum(map(len, rows(ledger).values())) > 8
    async with Database(again) as db, db.reading() as connection:
        assert await remembered.get(connection, "long") == "x" * 300_000


@pytest.mark.parametrize("written", [as_file, as_folder])
async def test_a_running_bot_is_not_disturbed(ledger: Path, tmp_path: Path, written: Written) -> None:
    """It is written out while the ledger is open, and of what is not committed nothing is seen."""
    async with Database(ledger) as db:
        async with db.transaction() as connection:
            await remembered.put(connection, "half", "a")
            source = await asyncio.to_thread(written, ledger, tmp_path)
        await restore(source, tmp_path / "again.db")
    assert "half" not in [row[1] for row in rows(tmp_path / "again.db")["remembered"]]


async def test_what_an_earlier_program_wrote_is_brought_up(tmp_path: Path) -> None:
    """Its rows get what later steps gave to such rows."""
    old = tmp_path / "old.db"
    async with aiosqlite.connect(old, isolation_level=None) as connection:
        await migrate(connection, 9)
        await connection.execute("INSERT INTO remembered VALUES ('bot', 'me')")
        await connection.execute("INSERT INTO asks VALUES ('a1', 'key', NULL, 1.0)")
    await restore(as_file(old, tmp_path), tmp_path / "new.db")
    new = rows(tmp_path / "new.db")
    assert new["remembered"][0][1:] == ("bot", "me")
    assert len(new["asks"][0]) > 5
    with sqlite3.connect(tmp_path / "new.db") as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (len(STEPS),)


async def test_a_ledger_that_is_there_is_never_written_over(ledger: Path, tmp_path: Path) -> None:
    before = ledger.read_bytes()
    with pytest.raises(FileExistsError):
        await restore(as_file(ledger, tmp_path), ledger)
    assert ledger.read_bytes() == before


HEAD = json.dumps({"kind": dump.KIND, "schema": len(STEPS)})
_OF_ASK = '"id": "a", "key": "k", "created_at": 1.0, "kind": "", "ping": 0'
ASK = '{"table": "asks", "row": {"batch": %s, "spoiler": %s, ' + _OF_ASK + "}}"


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (["{}"], "out.jsonl"),
        (["[]"], "out.jsonl"),
        ([json.dumps({"kind": "other", "schema": 1})], "out.jsonl"),
        ([HEAD, "nonsense"], "line 2"),
        ([HEAD, '{"table": "nowhere", "row": {"a": 1}}'], "line 2"),
        ([HEAD, '{"table": "remembered", "row": {"key": "a"}}'], "line 2"),
        ([HEAD, ASK % ("null", "0"), ASK % ("null", "0")], "line 3"),
        ([HEAD, ASK % ("null", "7")], "line 2"),
        ([HEAD, ASK % ('"none"', "0")], "table asks"),
        ([HEAD, '{"table": "remembered", "row": {"key": "a", "value": 123456789012345678901234567890}}'], "line 2"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_left(tmp_path: Path, lines: list[str], place: str) -> None:
    """By its line; there is no ledger afterwards, not even half of one."""
    file = tmp_path / "out.jsonl"
    file.write_text("\n".join(lines) + "\n")
    with pytest.raises(DumpUnfit) as caught:
        await restore(file, tmp_path / "new.db")
    assert place in str(caught.value.facts["place"])
    assert [left.name for left in tmp_path.iterdir()] == ["out.jsonl"]


async def test_a_later_programs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text(json.dumps({"kind": dump.KIND, "schema": len(STEPS) + 1}))
    with pytest.raises(LedgerTooNew):
        await restore(tmp_path / "out.jsonl", tmp_path / "new.db")


def test_what_is_no_ledger_is_not_written_out(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("not a database at all, but long enough to be looked at as one" * 20)
    for path in (tmp_path / "notes.db", tmp_path / "none.db"):
        with pytest.raises(LedgerUnreachable):
            list(dump.as_lines(path))
