"""How every command is answered: acknowledged before anything else, and quiet when it is late."""

from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.demo.discord.rules import unhurried
from bot.ledger import towers
from tests.chat.people import Studio, batch_file, open_studio, until
from tests.chat.people import studio as studio

ITEMS = batch_file([{"slug": "fox", "prompt": "a fox"}])
COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("imagine", {"prompt": "a fox"}),
    ("queue", {}),
    ("tower status", {}),
    ("tower wake", {}),
    ("batch render", {"file": ITEMS}),
    ("schedule add", {"what": "batch", "file": ITEMS, "when": "daily 02:00"}),
    ("schedule list", {}),
    ("schedule remove", {"entry": "gone"}),
]


async def test_acknowledged_is_not_accepted(studio: Studio) -> None:
    """While the ledger is busy the person already sees "thinking", and nothing is promised yet."""
    async with studio.db.transaction():
        outcome = await studio.start("imagine", prompt="a fox")
        assert outcome.state == "deferred"
        assert await studio.jobs() == []
    assert "Accepted" in (await studio.answered(outcome)).content
    assert len(await studio.jobs()) == 1


async def test_every_command_survives_a_token_that_ran_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The sentence is lost, what was asked is not, and it is tried once and not in a loop."""
    async with open_studio(tmp_path, replace(unhurried(), token_seconds=-1.0)) as studio:
        for number, (command, options) in enumerate(COMMANDS, 1):
            await studio.start(command, **options)
            await until(partial(answered, studio, number))
        tries = Counter(edit.path for edit in edits(studio))
        assert {edit.status for edit in edits(studio)} == {401}
        assert (len(tries), max(tries.values())) == (len(COMMANDS), 2)  # that a page was refused is told once, in words
        assert [job.batch for job in await studio.jobs()] == [None]
        async with studio.db.reading() as connection:
            assert await towers.wish_of(connection, "tower") == "wake"
            assert len(list(await connection.execute_fetchall("SELECT * FROM rota_drafts"))) == 1
    assert not [record for record in caplog.records if record.exc_info]


def answered(studio: Studio, times: int) -> bool:
    return len({edit.path for edit in edits(studio)}) == times


def edits(studio: Studio) -> list[Any]:
    return studio.standin.log.of("PATCH", "/messages/@original")
