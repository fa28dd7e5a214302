"""The figures in their smallest form, so that none of them rots: what they count is checked, never how long it took."""

import asyncio
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.ledger import migrations, verdicts
from bot.ledger.database import Database
from tests.agent.sshd import needs_sshd
from tests.bench import __main__ as program
from tests.bench import accepts, acknowledge, demo, history, keeping, learning, memory, questions, render, table, wire
from tests.bench.figure import Figure, Row, percentile, ratio, spread
from tests.bench.history import Size
from tests.ledger.test_plans import PICKED, plan


def samples(figure: Figure) -> dict[str, int]:
    """How many samples each measured row rests on; every one of them is above nothing."""
    measured = [row for row in figure.rows if row.unit]
    assert all(row.value > 0 for row in measured), measured
    return {row.what: row.samples for row in measured}


def test_the_engine_and_a_bare_call_draw_the_same_picture(tmp_path: Path) -> None:
    """Otherwise the two would not have done the same work."""
    figure = render.measure(tmp_path, pictures=2, steps=2)
    assert set(samples(figure).values()) == {2}
    assert figure[render.ALIKE] == 2


def test_previews_and_checkpoints_are_measured_for_each_size(tmp_path: Path) -> None:
    """A preview, its share of a second, a checkpoint and an idle step; what was written stays bounded."""
    figure = keeping.measure(tmp_path, rounds=2)
    assert set(samples(figure).values()) == {2}
    assert len(figure.rows) == 4 * len(keeping.LATENTS)
    assert len(list(tmp_path.glob("checkpoints/*/*"))) == 2


@needs_sshd
def test_both_ways_of_copying_give_whole_pictures(tmp_path: Path) -> None:
    """A fetch and an scp a turn, the warming turn not counted."""
    figure = wire.measure(tmp_path, sides=(64, 128), rounds=2)
    assert set(samples(figure).values()) == {2}
    assert [row.value for row in figure.rows if "whole copies" in row.what] == [4, 4]


def test_without_an_ssh_server_the_wire_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence in place of the table, not a failure of the whole run."""
    monkeypatch.setattr(wire, "SSHD", None)
    figure = wire.measure(tmp_path)
    assert figure.rows == ()
    assert "install openssh-server" in table.section(figure)


def test_a_storm_of_asks_is_acknowledged_and_kept(tmp_path: Path) -> None:
    """Thirty at once: nobody waits in vain, no job is lost, and one greedy person does not go first twice."""
    figure = acknowledge.measure(tmp_path, people=30, rounds=1)
    assert samples(figure)["Darkroom: acknowledged"] == samples(figure)["ten lines: answered"] == 30
    assert figure["Darkroom: not acknowledged in 3 s"] == figure["ten lines: not acknowledged in 3 s"] == 0
    assert figure["commits while the first storm was answered"] >= 30
    assert figure["jobs in the ledger"] == figure["jobs asked for"] == 29 + acknowledge.GREEDY
    assert figure["jobs lost"] == 0
    assert figure["different people among as many first places in line"] == 30


def test_accepts_are_counted_on_both_ledgers(tmp_path: Path) -> None:
    """Every block is in the ledger."""
    figure = accepts.measure(tmp_path, blocks=2, asks=3)
    assert set(samples(figure).values()) == {2}
    assert figure["jobs in the ledger with FULL"] == 6


def test_every_hot_question_is_put_to_both_ledgers(tmp_path: Path) -> None:
    """A median and a ratio for each."""
    figure = questions.measure(tmp_path, short=150, long=300, rounds=2)
    assert set(samples(figure)) == {what for name in questions.QUESTIONS for what in (name, f"{name}, long / short")}
    assert (figure["jobs in the short ledger"], figure["jobs in the long ledger"]) == (150, 300)


def test_every_question_of_learning_is_put_to_years_of_verdicts(tmp_path: Path) -> None:
    """A median for each; what the ledger holds is counted, and what a verdict adds to it."""
    figure = learning.measure(tmp_path, Size(verdicts=3000, jobs=600, cues=50), rounds=2)
    measured = samples(figure)
    assert [measured[name] for name in (*learning.QUESTIONS, learning.CHILD)] == [2] * (len(learning.QUESTIONS) + 1)
    assert [figure[f"{what} in the ledger"] for what in ("verdicts", "jobs", "edits of cues")] == [3000, 600, 50]
    assert 100 < figure["growth per verdict: mark, event, what counts, their indexes"] < 2000


async def test_years_of_verdicts_are_what_the_bot_would_have_written(tmp_path: Path) -> None:
    """What counts follows from the marks, all rows refer to others, and every index is there."""
    await asyncio.to_thread(history.build, tmp_path / "years.db", Size(verdicts=600, jobs=120, cues=25))
    async with Database(tmp_path / "years.db") as db, db.transaction() as connection:
        assert list(await connection.execute_fetchall("PRAGMA foreign_key_check")) == []
        before = await connection.execute_fetchall("SELECT * FROM verdict_now ORDER BY job, person")
        for person in range(1, history.PEOPLE + 1):
            await verdicts.set_aside(connection, person)
            await verdicts.count_again(connection, person)
        after = await connection.execute_fetchall("SELECT * FROM verdict_now ORDER BY job, person")
        assert [tuple(row) for row in after] == [tuple(row) for row in before]
        rows = await connection.execute_fetchall("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")
    assert sorted(str(row[0]) for row in rows) == sorted((await migrations.schema()).split(";\n\n"))[1:]


# Walked through, but no further than a limit that does not grow: the newest edits, the newest that was not kept. Pairs
# are what the report is about, and a tenth of the asks at most.
BOUNDED = (
    "SCAN cue_edits",
    "SCAN verdict_now USING INDEX verdict_now_unkept",
    "SCAN p USING INDEX sqlite_autoindex_pairs_1",
)


async def test_no_question_of_learning_walks_through_years(tmp_path: Path) -> None:
    """Rows are searched by an index, whatever was said before."""
    await asyncio.to_thread(history.build, tmp_path / "years.db", Size(verdicts=600, jobs=120, cues=25))
    walks = {}
    async with Database(tmp_path / "years.db") as db, db.transaction() as connection:
        for name, question in learning.QUESTIONS.items():
            steps = await plan(connection, lambda c, ask=question: ask(c, 7))  # type: ignore[misc]  # the question of this turn
            scans = [step for step in steps if step.startswith("SCAN") and not any(one in step for one in PICKED)]
            walks[name] = [step for step in scans if step not in BOUNDED]
    assert walks == {name: [] for name in learning.QUESTIONS}


def test_the_memory_of_every_process_is_found(tmp_path: Path) -> None:
    """Bot, daemon and worker; the worker is the one that drew."""
    figure = memory.measure(tmp_path, rounds=1)
    assert set(samples(figure).values()) == {1}
    assert figure["pictures drawn"] == 1
    assert figure["worker, model warm"] > figure["daemon beside its worker"]


def test_the_demo_is_measured_whole(tmp_path: Path) -> None:
    """One item, and its slug again; the tower was woken once, and the parts do not exceed the whole."""
    figure = demo.measure(tmp_path, rounds=1, items=1)
    assert set(samples(figure).values()) == {1}
    assert (figure["pictures posted"], figure["failed or cancelled"], figure["wakes"]) == (2, 0, 1)


def test_the_program_prints_markdown_and_writes_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine, then the figure that was asked for; the file has the same numbers."""
    figure = Figure("small", "Is it?", (spread("a", [1.0, 3.0], "s"),))
    monkeypatch.setattr(
        program, "FIGURES", {"small": lambda _folder: figure, "other": lambda _folder: pytest.fail("measured")}
    )
    told = _run("--only", "small", "--json", str(tmp_path / "f.json"))
    assert "SQLite" in told.splitlines()[0]
    assert "## small" in told
    stored = json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    assert stored["figures"][0]["rows"][0] == {
        "what": "a", "value": 2.0, "unit": "s", "samples": 2, "low": 1.5, "high": 2.5
    }  # fmt: skip


def test_an_unknown_figure_is_refused_with_the_known_ones() -> None:
    """Before anything is measured."""
    with pytest.raises(AssertionError, match="demo"):
        _run("--only", "nothing")


def test_medians_ratios_and_percentiles() -> None:
    """Computed as the library of statistics does, also from a single sample."""
    assert ratio("r", [2.0, 4.0, 6.0], [2.0, 2.0, 9.0]) == Row("r", 2.0, "×", 3)
    assert spread("one", [5.0], "s") == Row("one", 5.0, "s")
    assert percentile([float(number) for number in range(101)], 99) == 99
    assert percentile([7.0], 99) == 7.0


@pytest.mark.parametrize(
    ("value", "printed"), [(0.99734, "0.997"), (2.0, "2"), (1234.5, "1 234"), (100000, "100 000"), (0.0612, "0.0612")]
)
def test_numbers_are_printed_with_what_counts(value: float, printed: str) -> None:
    """Three figures, and thousands apart."""
    assert table.number(value) == printed


def _run(*arguments: str) -> str:
    """What the program prints. Raises AssertionError with its words when it ends with a failure."""
    app = typer.Typer()
    app.command()(program.bench)
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout
