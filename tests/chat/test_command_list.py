"""The commands as Discord knows them, and what is said when Discord remembers one that is gone."""

import asyncio
import sqlite3

import pytest

from bot.chat import autocomplete
from bot.demo.discord.values import Json
from tests.chat.people import Studio
from tests.chat.people import studio as studio

COMMANDS = (
    "animate batch block blocked compare cue gallery grid imagine mine privacy queue remix review route schedule setup "
    "show stats style taste tower unblock upscale why"
)
ON_MESSAGES = ["Ask again", "Give a reason", "Remix this", "Why this picture?"]


def every_option(command: Json) -> list[Json]:
    """The options of a command and of its subcommands, all levels."""
    options: list[Json] = command.get("options") or []
    return options + [below for option in options for below in every_option(option)]


async def test_the_commands_are_known_to_the_guild_alone(studio: Studio) -> None:
    """They apply at once there, and make sense nowhere else: a card needs a channel of a guild."""
    known = studio.standin.world.commands.values()
    assert sorted(command["name"] for command in known if command["type"] == 1) == COMMANDS.split()
    assert sorted(command["name"] for command in known if command["type"] == 3) == ON_MESSAGES
    assert {command.get("guild_id") for command in known} == {studio.standin.world.guild.id}


async def test_everything_is_described_and_bounded(studio: Studio) -> None:
    """No option shows discord.py's dots for a description, and numbers say how far they go."""
    for command in studio.standin.world.commands.values():
        for item in [command, *every_option(command)] if command["type"] == 1 else ():
            assert 5 < len(item["description"]) <= 100
            if item.get("type") == 4 and item in every_option(command):
                assert {"min_value", "max_value"} <= set(item)


async def test_a_command_that_is_gone_is_explained(studio: Studio) -> None:
    """Discord's clients remember commands for a while; running one of those is answered."""
    command = next(iter(studio.standin.world.commands.values()))
    studio.standin.world.commands["1"] = {**command, "id": "1", "name": "paint", "options": []}
    assert "Reload Discord" in await studio.run("paint")


@pytest.mark.parametrize("option", ["prompt", "model", "size", "style", "loras", "slug", "archetype"])
async def test_late_suggestions_are_none(studio: Studio, monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    """A ledger that is busy for a while does not keep Discord waiting."""
    monkeypatch.setattr(autocomplete, "_IN_TIME", 0.05)
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    async with studio.db.reading() as connection:
        busy = asyncio.ensure_future(connection.execute_fetchall(endless))
        assert await studio.offered("imagine", option, "") == {}
        await connection.interrupt()
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            await busy


async def test_failing_suggestions_are_none(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    """Typing goes on undisturbed, and the log tells why nothing was suggested."""
    async with studio.db.transaction() as connection:
        await connection.execute("ALTER TABLE jobs RENAME TO burnt")
    assert await studio.offered("imagine", "slug", "") == {}
    assert "no such table: jobs" in caplog.text
