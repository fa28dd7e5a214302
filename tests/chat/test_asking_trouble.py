"""Every way of asking for a group, when the token is void, when the person may not ask, and when the tower is off."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.demo.discord.rules import Rules, unhurried
from bot.ledger import people
from bot.ledger.people import Block
from bot.settings import PeopleTable
from tests.chat.conftest import open_stage
from tests.chat.people import Studio, open_studio, until
from tests.chat.people import studio as studio
from tests.chat.stage import Stage, eventually
from tests.chat.test_permuting import SIX, pressed, question, queued, render

ASKS: list[tuple[str, dict[str, Any]]] = [
    ("imagine", {"prompt": "a {red, blue} boat"}),
    ("compare", {"prompt": "a fox", "first": "demo", "second": "sdxl"}),
    ("grid", {"prompt": "a fox", "across": "steps: 4, 8"}),
]
LATE = [replace(unhurried(), ack_seconds=-1.0), replace(unhurried(), token_seconds=-1.0)]


@pytest.mark.parametrize("rules", LATE)
@pytest.mark.parametrize(("command", "options"), ASKS)
async def test_an_answer_that_comes_too_late_loses_no_group(
    tmp_path: Path, rules: Rules, command: str, options: dict[str, Any]
) -> None:
    """It costs the sentence, never the jobs."""
    async with open_studio(tmp_path, rules) as studio:
        await studio.start(command, **options)
        assert len(await studio.accepted(2)) == 2
        await until(lambda: studio.standin.log.of("PATCH", "@original"))


async def test_a_press_whose_answer_comes_too_late_still_counts(tmp_path: Path) -> None:
    """The jobs are there, and the button says so when it is pressed again."""
    rules = unhurried()
    async with open_stage(tmp_path, rules) as stage, stage.bot():
        message = await question(stage)
        stage.standin.world.rules = replace(rules, token_seconds=-1.0)
        await stage.standin.member("ada").click(message.id, render(message))
        await eventually(lambda: queued(stage), lambda found: len(found) == 6)
        await until(lambda: [one for one in stage.standin.log.of("PATCH", "@original") if one.status == 401])


@pytest.mark.parametrize(
    ("command", "options"),
    [*ASKS, ("imagine", {"prompt": SIX}), ("style save", {"name": "mine", "prompt": "x"})],
)
async def test_who_is_blocked_asks_for_nothing(studio: Studio, command: str, options: dict[str, Any]) -> None:
    """Neither at once nor through a question or a style; the sentence is private."""
    await blocked(studio, "grace")
    said = await studio.run(command, "grace", **options)
    assert "block" in said.lower()
    assert await studio.jobs() == []
    assert "Nobody saved one yet" in await studio.run("style list")


async def test_who_was_blocked_behind_the_question_asks_for_nothing(stage: Stage) -> None:
    """What counts is who they are when they press."""
    async with stage.bot():
        message = await question(stage)
        async with stage.db.transaction() as connection:
            await people.block(connection, Block(stage.ada, 1, "", stage.clock.now()))
        assert "block" in (await pressed(stage, message)).lower()
        assert await queued(stage) == []


async def test_nobody_is_asked_whether_they_want_more_than_they_may_have(stage: Stage) -> None:
    """A button that can only fail is not shown."""
    stage.settings = stage.settings.model_copy(update={"people": PeopleTable(daily=5)})
    async with stage.bot():
        message = await question(stage)
        assert message.components == []
        assert "5" in message.content


@pytest.mark.parametrize(("command", "options"), ASKS)
async def test_a_tower_that_is_off_keeps_nobody_from_asking(
    studio: Studio, command: str, options: dict[str, Any]
) -> None:
    """The models are those of the catalogue until a tower told its own; what is asked waits for it."""
    assert "Accepted 2 pictures" in await studio.run(command, **options)
    assert len(await studio.jobs()) == 2


async def blocked(studio: Studio, who: str) -> None:
    person = int(studio.standin.member(who).id)
    async with studio.db.transaction() as connection:
        await people.block(connection, Block(person, 1, "", studio.client.clock.now()))
