"""`darkroom cues`: what the next prompt will be composed with, told to other programs beside a running bot."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.ledger import cues, reasons, verdicts
from bot.ledger.database import Database
from bot.nouns import WORDS, CueEdit, CueVerb, JobState, Mark, ReasonEdit, Scope, Verdict
from tests.ledger.rows import ADA, finish, insert, job

NOW = 4_000_000_000.0  # after any clock: what was said lately has all its weight


def run(place: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["cues", *words, "--config", str(place / "darkroom.toml")])


@pytest.fixture
async def place(tmp_path: Path) -> Path:
    """A reason for the slug fox, and two cues by hand: of an archetype, and of another slug."""
    (tmp_path / "darkroom.toml").write_text(
        f'[discord]\nguild_id = 1\n[ledger]\npath = "{tmp_path / "darkroom.db"}"\n', encoding="utf-8"
    )
    async with Database(tmp_path / "darkroom.db") as db:
        await insert(db, job(slug="fox"))
        async with db.transaction() as connection:
            await finish(connection, job(slug="fox"), JobState.RENDERED, NOW, message=2**62 + 1)
            mark = Mark(2**62 + 1, "job1", ADA, WORDS, Verdict.REJECT, "at night")
            await verdicts.set_mark(connection, mark, NOW)
            for number, (scope, about, phrase) in enumerate(
                [(Scope.ARCHETYPE, "hero", "wide sky"), (Scope.SLUG, "owl", "asleep")]
            ):
                edit = CueEdit(f"k{number}", CueVerb.ADD, scope, about, phrase, ADA, NOW)
                await cues.record(connection, edit)
    return tmp_path


def test_the_cues_of_a_slug_and_of_what_it_belongs_to(place: Path) -> None:
    """Each with where it was learned; ids as text, as they are longer than many programs' numbers."""
    told = json.loads(run(place, "fox", "--archetype", "hero", "--json").output)
    assert told["slug"] == "fox"
    assert [(cue["phrase"], cue["scope"], cue["about"]) for cue in told["cues"]] == [
        ("at night", "slug", "fox"),
        ("wide sky", "archetype", "hero"),
    ]
    assert told["cues"][0]["messages"] == [str(2**62 + 1)]
    assert told["cues"][0]["links"] == [f"https://discord.com/channels/1/5/{2**62 + 1}"]
    assert [cue["phrase"] for cue in json.loads(run(place, "fox", "--json").output)["cues"]] == ["at night"]


async def test_it_knows_styles_and_promoted_reasons(place: Path) -> None:
    """As the bot does that composes the prompt."""
    async with Database(place / "darkroom.db") as db, db.transaction() as connection:
        await cues.record(connection, CueEdit("k9", CueVerb.ADD, Scope.STYLE, "ink", "in ink", ADA, NOW))
        await reasons.record(connection, ReasonEdit("k", True, "focus", ("at night",), ADA, NOW))
    told = json.loads((await asyncio.to_thread(run, place, "fox", "--style", "ink", "--json")).output)
    assert [cue["phrase"] for cue in told["cues"]] == ["sharp focus", "in ink"]


async def test_it_reads_beside_the_bot(place: Path) -> None:
    """The ledger is open elsewhere."""
    async with Database(place / "darkroom.db"):
        assert "at night  (slug fox" in (await asyncio.to_thread(run, place, "fox")).output
        assert (await asyncio.to_thread(run, place, "nobody")).output == "No cues act on this slug.\n"


def test_without_a_ledger_there_is_a_sentence(place: Path) -> None:
    (place / "darkroom.db").unlink()
    told = run(place, "fox")
    assert (told.exit_code, "cannot be opened" in told.output) == (1, True)
