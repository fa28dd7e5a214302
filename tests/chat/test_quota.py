"""Quotas over the wire: how much is left, when there is more, and that nobody gets around them."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from bot.demo.discord.changes import InteractionStarted
from bot.nouns import Job
from bot.people.quota import DAY
from tests.chat.people import batch_file, confirm
from tests.chat.rights import open_jobs, pressed, rules, started, told
from tests.chat.stage import Stage

ITEMS = [{"slug": f"fox-{number}", "prompt": "a fox"} for number in range(4)]


async def rendered(stage: Stage, items: Sequence[dict[str, Any]]) -> str:
    """Grace sends these and confirms them."""
    outcome = await started(stage, "batch render", file=batch_file(items))
    await stage.answered(outcome)
    return await confirm(stage.standin, stage.standin.world.messages[outcome.message_id or ""], "grace")


async def cancelled(stage: Stage, jobs: list[Job]) -> None:
    for job in jobs:
        await stage.intake.cancel(job.id, person=job.asker, moderator=False)


async def test_a_day_has_so_many_pictures(stage: Stage) -> None:
    """The refusal says how many left now, and when there is room: a day after the first of them."""
    rules(stage, daily=3)
    async with stage.bot():
        await told(stage, "imagine", prompt="a fox", count=2)
        (first, _) = await open_jobs(stage)
        said = await told(stage, "imagine", prompt="a fox", count=2)
        assert "One person may ask for 3 pictures in 24 hours" in said
        assert "1 left now" in said
        assert f"<t:{int(first.created_at + DAY) + 1}:R>" in said
        assert "Accepted 1" in await told(stage, "imagine", prompt="a fox")
        assert "Accepted" in await told(stage, "imagine", "ada", prompt="a fox")
        stage.clock.skipped += DAY + 1
        assert "Accepted 2" in await told(stage, "imagine", prompt="a fox", count=2)
    assert len(await open_jobs(stage)) == 6


async def test_failed_and_cancelled_pictures_are_given_back(stage: Stage) -> None:
    """Nothing has to be counted down or up: the rows are what counts."""
    rules(stage, daily=2)
    async with stage.bot():
        await told(stage, "imagine", prompt="a fox", count=2)
        first, second = await open_jobs(stage)
        assert "0 left now" in await told(stage, "imagine", prompt="a fox")
        await stage.fail(first, "render-failed")
        assert "Accepted 1" in await told(stage, "imagine", prompt="a fox")
        await cancelled(stage, [second])
        assert "Accepted 1" in await told(stage, "imagine", prompt="a fox")
        assert "0 left now" in await told(stage, "imagine", prompt="a fox")


async def test_what_was_rendered_counts_also_after_a_restart(stage: Stage) -> None:
    rules(stage, daily=1)
    async with stage.bot():
        await told(stage, "imagine", prompt="a fox")
        (job,) = await open_jobs(stage)
        await stage.render(job)
    async with stage.bot():
        assert "0 left now" in await told(stage, "imagine", prompt="a fox")


async def test_two_asks_at_once_cannot_both_take_the_last_one(stage: Stage) -> None:
    rules(stage, daily=5)
    async with stage.bot():
        said = await asyncio.gather(*(told(stage, "imagine", prompt=f"fox {number}") for number in range(12)))
    assert sum("Accepted" in one for one in said) == 5
    assert len(await open_jobs(stage)) == 5


async def test_an_ask_that_arrives_twice_is_no_second_one(stage: Stage) -> None:
    """It is answered with what it was given the first time, not refused by its own pictures."""
    rules(stage, daily=1, at_once=1, cooldown=1000)
    async with stage.bot():
        outcome = await started(stage, "imagine", prompt="a fox")
        assert "Accepted" in await stage.answered(outcome)
        world = stage.standin.world
        world.tell(InteractionStarted(world.interactions[outcome.interaction_id]))
        await told(stage, "queue")
        assert "Accepted" in await stage.answered(outcome)
    assert len(await open_jobs(stage)) == 1


async def test_so_many_wait_and_render_at_once(stage: Stage) -> None:
    """Room is made by what ends; batches do not stand in the way."""
    rules(stage, at_once=2)
    async with stage.bot():
        assert "Accepted 4" in await rendered(stage, ITEMS)
        await told(stage, "imagine", prompt="a fox", count=2)
        mine = [job for job in await open_jobs(stage) if job.batch is None]
        said = await told(stage, "imagine", prompt="a fox")
        assert "2 do now, 0 left" in said
        await stage.render(mine[0])
        assert "Accepted 1" in await told(stage, "imagine", prompt="a fox")
        assert "Ask for 1 to 2" in await told(stage, "imagine", prompt="a fox", count=3)


async def test_there_is_a_pause_between_asks(stage: Stage) -> None:
    """It is told as a moment that Discord counts down to; failing gives it back, cancelling does not."""
    rules(stage, cooldown=600)
    async with stage.bot():
        await told(stage, "imagine", prompt="a fox")
        (job,) = await open_jobs(stage)
        assert f"Try again <t:{int(job.created_at + 600) + 1}:R>" in await told(stage, "imagine", prompt="a fox")
        await cancelled(stage, [job])
        assert "Try again" in await told(stage, "imagine", prompt="a fox")
        stage.clock.skipped += 601
        await told(stage, "imagine", prompt="a fox")
        (second,) = await open_jobs(stage)
        await stage.fail(second, "render-failed")
        assert "Accepted" in await told(stage, "imagine", prompt="a fox")


async def test_a_role_gives_more(stage: Stage) -> None:
    """As soon as somebody has it."""
    role = stage.standin.make_role("Patrons")
    rules(stage, daily=1, role=[{"id": int(role), "daily": 3}])
    async with stage.bot():
        assert "Ask for 1 to 1" in await told(stage, "imagine", prompt="a fox", count=2)
        stage.standin.world.give_role(stage.standin.member("grace").id, role)
        assert "Accepted 2" in await told(stage, "imagine", prompt="a fox", count=2)


async def test_again_counts_for_whoever_presses(stage: Stage) -> None:
    """Not for the one who asked first."""
    rules(stage, daily=1)
    async with stage.bot():
        job, message = await stage.posted(who="ada")
        assert "Accepted" in await pressed(stage, message, f"again:{job.id}")
        assert "0 left now" in await pressed(stage, message, f"again:{job.id}")


@pytest.mark.parametrize("daily", [3, 5])
async def test_batches_count_whole(stage: Stage, daily: int) -> None:
    """All of it is accepted or none."""
    rules(stage, daily=daily)
    async with stage.bot():
        if daily == 3:
            assert "Ask for 1 to 3" in await told(stage, "batch render", file=batch_file(ITEMS))
            assert await open_jobs(stage) == []
        else:
            assert "Accepted 4" in await rendered(stage, ITEMS)
            assert "1 left now" in await told(stage, "batch render", file=batch_file(ITEMS[:2], "other.json"))
            assert len(await open_jobs(stage)) == 4


async def test_what_never_fits_into_a_day_is_not_scheduled(stage: Stage) -> None:
    rules(stage, daily=3)
    async with stage.bot():
        said = await told(stage, "schedule add", what="batch", file=batch_file(ITEMS), when="daily 02:00")
        assert "Ask for 1 to 3" in said
        said = await told(stage, "schedule add", what="batch", file=batch_file(ITEMS[:3]), when="daily 02:00")
        assert "The next three moments would be" in said
