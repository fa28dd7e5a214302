"""Folders that are not there and repositories that cannot be pulled: told when that lasts, and what works goes on."""

from pathlib import Path

import pytest

from bot.errors import GitRefused
from bot.yours import git as command
from tests.watched.yard import Yard, git

LONG = 700.0
WATCHED = ["prompts-batch-1.json"]


@pytest.fixture
def upstream(yard: Yard, tmp_path: Path) -> Path:
    """Where people push to; what is watched is a clone of it."""
    origin = tmp_path / "upstream"
    origin.mkdir()
    git(origin, "init", "-q")
    git(origin, "commit", "-q", "--allow-empty", "-m", "begin")
    git(tmp_path, "clone", "-q", str(origin), str(yard.place))
    yard.settings["git"] = True
    yard.again()
    return origin


async def test_what_is_pushed_is_pulled_and_taken(yard: Yard, upstream: Path) -> None:
    """Nobody touches the clone by hand, and nothing of it is moved."""
    (upstream / "prompts-batch-1.json").write_text('[{"slug": "fox", "prompt": "a fox"}]')
    git(upstream, "add", ".")
    git(upstream, "commit", "-q", "-m", "a batch")
    await yard.looks(3)
    assert await yard.batches() == WATCHED
    git(yard.place, "diff", "--exit-code", "HEAD")


async def test_a_repository_that_is_out_of_reach_is_told_once_when_it_lasts(yard: Yard, upstream: Path) -> None:
    """What lies there already is taken meanwhile; after it worked again, the next trouble is told again."""
    away = upstream.rename(upstream.with_name("away"))
    yard.lay("prompts-batch-1.json")
    await yard.looks(3)
    assert await yard.batches() == WATCHED
    assert len(await yard.said()) == 1
    await yard.clock.advance(LONG)
    await yard.looks(3)
    await _another_life(yard)
    assert [text.startswith("The watched repository watched cannot be") for text in await yard.said()] == [False, True]
    away.rename(upstream)
    await yard.looks(1)
    upstream.rename(away)
    await _another_life(yard)
    assert len(await yard.said()) == 3


async def test_a_folder_that_is_gone_is_told_once_when_it_lasts(yard: Yard) -> None:
    """A drive that is mounted late is nobody's business; when it is there, its files are taken."""
    away = yard.place.rename(yard.place.with_name("away"))
    await yard.looks(3)
    await yard.clock.advance(LONG / 2)
    await yard.looks(3)
    assert await yard.said() == []
    await yard.clock.advance(LONG / 2)
    await yard.looks(3)
    await _another_life(yard)
    (told,) = await yard.said()
    assert told.startswith("The watched folder watched cannot be read (No such file or directory).")
    away.rename(yard.place)
    yard.lay("prompts-batch-1.json")
    await yard.looks(3)
    assert await yard.batches() == WATCHED


async def test_what_git_says_never_shows_a_password(yard: Yard, upstream: Path) -> None:
    """Many have one in the address of their repository."""
    git(yard.place, "remote", "set-url", "origin", "http://ada:hunter2@localhost:1/x.git")
    with pytest.raises(GitRefused) as refused:
        await command.pull(yard.place)
    assert "hunter2" not in str(refused.value)
    assert "localhost" in str(refused.value)


async def _another_life(yard: Yard) -> None:
    yard.again()
    await yard.looks(1)
    await yard.clock.advance(LONG)
    await yard.looks(2)
