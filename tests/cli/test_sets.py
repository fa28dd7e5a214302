"""`darkroom batch export` and `import`, beside a running bot and into another ledger."""

import asyncio
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.ledger.database import Database
from bot.nouns import Batch
from tests.yours import judged
from tests.yours.sets import Studio
from tests.yours.test_nightly import out
from tests.yours.test_sets import reviewed


def told(*words: str) -> str:
    done = CliRunner().invoke(app, ["batch", *words])
    assert done.exit_code == 0, done.output
    return done.output


def refused(*words: str) -> str:
    done = CliRunner().invoke(app, ["batch", *words])
    assert done.exit_code == 1, done.output
    return done.output


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    return tmp_path


async def studio(home: Path) -> Batch:
    async with Database(home / "one" / "darkroom.db") as db:
        return (await reviewed(Studio(db, home / "one")))[0]


async def test_out_and_in_and_out_is_the_same_file(home: Path) -> None:
    """By the id or the file's name; what came of it is told; a second time everything is known."""
    batch = await studio(home)
    first, second = judged.settings(home / "one"), judged.settings(home / "two")
    file, again = home / "set.zip", home / "again.zip"

    def run() -> None:
        said = told("export", batch.id, str(file), "--config", str(first))
        assert "prompts-batch-3.json: 4 pictures, 3 of 4 decided, 2 items in prompts-batch-4.json." in said
        assert "4 new pictures." in told("import", str(file), "--config", str(second))
        assert "4 were known already." in told("import", str(file), "--config", str(second))
        told("export", "prompts-batch-3.json", str(again), "--config", str(second))

    await asyncio.to_thread(run)
    with zipfile.ZipFile(file) as one, zipfile.ZipFile(again) as other:
        names = [name for name in one.namelist() if name != "prompts-batch-4.json"]  # the models differ
        assert {name: one.read(name) for name in names} == {name: other.read(name) for name in names}


async def test_a_folder_with_a_commit_and_back_from_it(home: Path) -> None:
    batch = await studio(home)
    first, second = judged.settings(home / "one"), judged.settings(home / "two")

    def run() -> None:
        said = told("export", batch.id, str(home / "sets"), "--beside", "--commit", "--config", str(first))
        assert "It is one commit." in said
        place = home / "sets" / f"prompts-batch-3-{batch.id[-6:]}"
        assert 'src="owl.png"' in (place / "review.html").read_text()
        assert len(out("log", "--format=%h", folder=place).split()) == 1
        assert "4 new pictures." in told("import", str(place), "--config", str(second))

    await asyncio.to_thread(run)


async def test_what_cannot_be_is_a_sentence(home: Path) -> None:
    await studio(home)
    config = str(judged.settings(home / "one"))

    def run() -> None:
        assert "There is no batch “x”." in refused("export", "x", str(home / "x.zip"), "--config", config)
        assert "set.json of the set cannot be read" in refused("import", str(home / "one"), "--config", config)
        assert "cannot be read" in refused("import", config, "--config", config)
        (home / "file").write_text("")
        said = refused("export", "prompts-batch-3.json", str(home / "file" / "x"), "--config", config)
        assert "Choose another place." in said

    await asyncio.to_thread(run)
