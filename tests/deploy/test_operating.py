"""docs/operating.md promises nothing that the program does not have."""

import re
import shutil
import sqlite3
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import errors
from bot import settings as configuration
from bot.chat import towers
from bot.ledger.database import Database
from bot.people.needed import NEEDED
from bot.texts.failures import plain
from gpu_agent import catalogue
from gpu_agent import config as agent_config
from tests.deploy.commands import ROOT, assert_they_exist, commands

PAGE = ROOT / "docs" / "operating.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?ms)^```(\w+)\n(.*?)^```", TEXT)
SPANS = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", re.sub(r"(?ms)^```.*?^```", "", TEXT))]


def blocks(language: str) -> list[str]:
    return [content for name, content in BLOCKS if name == language]


def words() -> set[str]:
    """The first column of the tables of what may be wrong."""
    rows = re.findall(r"(?m)^\| ((?:`[a-z-]+`(?:, )?)+) \|", TEXT)
    return {word for row in rows for word in re.findall(r"`([a-z-]+)`", row)}


def leaves(kind: type[errors.DarkroomError]) -> set[str]:
    below = kind.__subclasses__()
    return {kind.kind} if not below else set().union(*(leaves(one) for one in below))


def test_every_command_of_the_page_exists_with_its_options() -> None:
    """A newcomer types what stands there."""
    found = commands("\n".join([*blocks("sh"), *SPANS]))
    assert {(one.program, one.verbs) for one in found} >= {
        ("darkroom", ("check",)),
        ("darkroom", ("tower", "trust")),
        ("darkroom", ("batch", "check")),
        ("gpu-agent", ("serve",)),
        ("gpu-agent", ("models",)),
    }
    assert_they_exist(found)


def test_every_tower_command_of_the_page_exists() -> None:
    """`/tower …` in Discord."""
    found = {verb for span in SPANS for verb in re.findall(r"/tower ([a-z]+)", span)}
    assert found
    assert all(towers.group.get_command(verb) for verb in found)


_READERS: dict[str, Callable[[Path], object]] = {
    "model": catalogue.load,
    "models": agent_config.load,
    "tower": configuration.load,
}


def test_every_toml_of_the_page_loads(tmp_path: Path) -> None:
    """Settings of the bot and of the agent, and models of the tower."""
    loaded = []
    for number, content in enumerate(blocks("toml")):
        file = tmp_path / f"{number}.toml"
        file.write_text(content, encoding="utf-8")
        whose = next((key for key in _READERS if key in tomllib.loads(content)), "tower")
        loaded.append(whose)
        assert _READERS[whose](file)
    assert set(loaded) == set(_READERS)


def test_every_environment_name_of_the_page_is_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown one is refused at start, so the page must not name one."""
    names = set(re.findall(r"DARKROOM_([A-Z]+)__([A-Z_]+)", TEXT))
    assert names
    for table, key in names:
        field = configuration.Settings.model_fields[table.lower()].default
        assert key.lower() in type(field).model_fields


def test_the_invitation_asks_for_what_the_bot_needs_and_no_more() -> None:
    """`darkroom check` would miss one, and an owner would rightly object to another."""
    (number,) = re.findall(r"permissions=(\d+)", TEXT)
    assert int(number) == sum(NEEDED.values())


def test_every_link_and_file_of_the_project_is_there() -> None:
    """Links, and the paths below deploy/ in commands."""
    linked = [target for target in re.findall(r"\]\(([^)]+)\)", TEXT) if "://" not in target]
    named = re.findall(r"(?<![\w/.])deploy/[\w./-]*\w", TEXT)
    assert linked
    assert named
    assert all((PAGE.parent / target).exists() for target in linked)
    assert all((ROOT / name).exists() for name in named)


def test_every_trouble_of_tower_settings_and_ledger_has_its_remedy() -> None:
    """And each word of the tables is one that the bot can say."""
    troubles = leaves(errors.TowerTrouble) | leaves(errors.LedgerTrouble) | leaves(errors.BadSettings)
    assert troubles <= words()
    unknown = plain("no-such-kind", {}).replace("no-such-kind", "{}")
    assert [word for word in sorted(words()) if plain(word, {}) == unknown.format(word)] == []


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="no sqlite3 here; the bot's installer brings it")
async def test_the_backup_is_whole_though_the_bot_has_the_ledger_open(tmp_path: Path) -> None:
    """What was committed is in it, also what still lies in the WAL."""
    (statement,) = re.findall(r'sqlite3 -readonly \S+ "([^"]+)"', TEXT)
    path, copy = tmp_path / "darkroom.db", tmp_path / "backup.db"
    async with Database(path) as db:
        async with db.transaction() as connection:
            await connection.execute("INSERT INTO remembered VALUES ('key', 'value')")
        into = re.sub(r"'[^']+'", f"'{copy}'", statement)
        subprocess.run(["sqlite3", "-readonly", str(path), into], check=True)
    with sqlite3.connect(copy) as copied:
        assert copied.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copied.execute("SELECT value FROM remembered").fetchall() == [("value",)]
    copied.close()
    async with Database(copy):
        pass
