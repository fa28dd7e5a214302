"""Everything that people can set off: done twice, too late, with a void token, by somebody without the right.

The tower is off all the while.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import NoneType

import aiohttp
import discord
import pytest

from bot.demo.discord.refusals import Mistake
from bot.demo.discord.rules import unhurried
from bot.demo.discord.values import Outcome
from bot.errors import NotAdministrator, NotYours, RoleLacking
from bot.texts import failures
from tests.chat import trouble
from tests.chat.conftest import open_stage
from tests.chat.people import until
from tests.chat.sweep import Case, Scene, components, everything
from tests.chat.sweep_cases import GROUPS

# A form that came too late, or twice, cannot be shown; the library writes that into the log.
EXPECTED = (NoneType, discord.HTTPException, aiohttp.ClientError, OSError)
IN_TIME = ("answered", "deferred", "updated")


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_stage(tmp_path, unhurried()) as stage, stage.bot():
        made = Scene(stage)
        await made.open()
        yield made


def test_templates_are_written_out() -> None:
    """Words to choose from, each for itself; ids and numbers as what they are."""
    assert list(components(r"(?P<verb>a|b):(?P<id>[0-9a-z]{16})")) == ["a:…", "b:…"]
    assert list(components(r"x:go:(?P<step>[0-7])")) == ["x:go:…"]
    assert list(components(r"s:(?P<w>ask|see):(?P<k>role)")) == ["s:ask:role", "s:see:role"]


async def test_everything_has_a_case(scene: Scene) -> None:
    """A new command, button, menu or form without one fails here; so does a case of something that is gone."""
    assert sorted(set(everything(scene.stage.client, scene.member("ada")))) == sorted(
        name for group in GROUPS.values() for name in group
    )


async def sound(scene: Scene, case: Case, outcome: Outcome, times: int = 1) -> str:
    """What is wrong with how the person was answered in time; empty when nothing is."""
    if outcome.state == "modal":
        return "" if case.opens else "a form nobody expects"
    if case.opens or outcome.state not in IN_TIME:
        return f"no form, or nothing in time: {outcome}"
    words, private = await scene.told(outcome, times)
    return "" if private and words else f"the answer is not private, or empty: {words}"


async def play(scene: Scene, case: Case, times: int = 1) -> tuple[str, int]:
    """Ada does it, the bot hears it so many times: what is wrong, and how many jobs came of it."""
    deed = await case.begin(scene, "ada")
    before = await scene.count()
    wrong = await sound(scene, case, await deed(), times)
    return wrong, await scene.settled(before, int(case.renders))


Mode = Callable[[Scene, Case], Awaitable[str]]


async def twice(scene: Scene, case: Case) -> str:
    """Once; told to the bot twice; acknowledged into the void: as many jobs each time."""
    wrong, once = await play(scene, case)
    if wrong or (once > 0) != case.renders:
        return wrong or f"{once} jobs"
    with trouble.everything_twice(scene.standin):
        wrong, made = await play(scene, case, times=2)
    if wrong or made != once:
        return wrong or f"{made} jobs where it should be {once}"
    trouble.lose(scene.standin, cut=True)
    wrong, made = await play(scene, case)
    return wrong or ("" if made == once else f"{made} jobs where it should be {once}")


async def late(scene: Scene, case: Case) -> str:
    """Discord knows the interaction no more: what was asked for is accepted all the same."""
    deed = await case.begin(scene, "ada")
    before, known = await scene.count(), len(scene.standin.log.exchanges)
    with trouble.too_late(scene.standin):
        outcome = await deed()
        await until(lambda: any("/callback" in one.path for one in scene.standin.log.exchanges[known:]))
    made = await scene.settled(before, int(case.renders))
    wrong, again = await play(scene, case)
    return wrong or (
        "" if (outcome.state, made) == ("failed", again) else f"{outcome.state}, {made} jobs, then {again}"
    )


async def void(scene: Scene, case: Case) -> str:
    """Acknowledged, and then not a word can be said: nothing but the sentence is lost."""
    deed = await case.begin(scene, "ada")
    before, known = await scene.count(), len(scene.standin.log.exchanges)
    with trouble.worn_out(scene.standin):
        outcome = await deed()
        if outcome.state == "deferred":
            await until(lambda: any(one.status == 401 for one in scene.standin.log.exchanges[known:]))
    made = await scene.settled(before, int(case.renders))
    return "" if (made > 0) == case.renders else f"{made} jobs"


async def powerless(scene: Scene, case: Case) -> str:
    """Grace may nothing: she does not see the command, or hears privately why not."""
    try:
        deed = await case.begin(scene, "grace")
        nobody = await scene.strip("grace")
        before = await scene.count()
        outcome = await deed()
        wrong = await sound(scene, case, outcome)
        made = await scene.settled(before, 0)
    except Mistake:
        return ""
    finally:
        await scene.relax()
    words = (await scene.told(outcome))[0] if case.denied else ""
    denied = not case.denied or any(one in words for one in denials(nobody))
    return wrong or ("" if denied and not made else f"{made} jobs, and told: {words}")


def denials(nobody: int) -> list[str]:
    lacking = [RoleLacking(what=what, roles=str(nobody)) for what in ("ask", "review")]
    return ["Only ", *map(failures.sentences, (*lacking, NotAdministrator(), NotYours()))]


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("mode", [twice, late, void, powerless], ids=lambda mode: mode.__name__)
async def test_sweep(scene: Scene, mode: Mode, group: str, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is lost and nothing done twice; whoever can be answered is, privately, in words; nothing breaks."""
    wrong = {}
    for name, case in GROUPS[group].items():
        try:
            wrong[name] = await mode(scene, case)
        except (AssertionError, TimeoutError, LookupError, ValueError, RuntimeError) as error:
            wrong[name] = f"{type(error).__name__}: {error}"
    assert {name: said for name, said in wrong.items() if said} == {}
    assert [str(error) for error in map(failure, caplog.records) if not isinstance(error, EXPECTED)] == []


def failure(record: logging.LogRecord) -> BaseException | None:
    """What went wrong at the bottom of it."""
    error = record.exc_info[1] if record.exc_info else None
    return (error.__cause__ or error) if error else None
