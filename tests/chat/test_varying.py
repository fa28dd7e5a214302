"""The buttons under a picture that make the next one, over the wire."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.demo.discord.values import Message, Outcome
from bot.ledger import people
from bot.nouns import Job, JobState
from bot.people.permits import Kind, What
from gpu_agent.order import Reference
from tests import made
from tests.chat.shelves import stocked
from tests.chat.stage import Stage, buttons, text
from tests.chat.test_buttons import job_now, open_jobs, press
from tests.chat.trouble import everything_twice

ABLE = (
    made.shelf_model(modes=("text", "image"), reference=True, largest=256),
    made.shelf_model(id="clips", name="Clips", modes=("animate",), frames=9, most_frames=17, largest=256),
)
ALL = ["again", "vary", "upscale", "edit", "animate", "use", "delete", "why", "origin"]


@asynccontextmanager
async def standing(stage: Stage, **more: Any) -> AsyncIterator[tuple[Job, Message]]:
    """A bot is up, with a picture from a tower that can do everything."""
    await stocked(stage.db, *ABLE)
    async with stage.bot():
        yield await stage.posted(**more)


async def only_new(stage: Stage) -> Job:
    (new,) = await open_jobs(stage)
    return new


async def test_a_picture_offers_what_the_shelf_can_do(stage: Stage) -> None:
    """Five buttons in a row; every one of them goes by the job's id alone."""
    async with standing(stage) as (job, message):
        assert buttons(message) == ALL
        assert [len(row["components"]) for row in message.components] == [5, 4]
        assert {one["custom_id"].split(":")[1] for row in message.components for one in row["components"]} == {job.id}


async def test_a_shelf_that_can_little_offers_little(stage: Stage) -> None:
    """Nothing is offered that would only be refused."""
    await stocked(stage.db, made.shelf_model())
    async with stage.bot():
        _, message = await stage.posted()
    assert buttons(message) == ["again", "edit", "delete", "why", "origin"]


@pytest.mark.parametrize(
    ("verb", "model", "size", "strength", "frames"),
    [("vary", "demo", 128, 0.5, 1), ("upscale", "demo", 256, 0.3, 1), ("animate", "clips", 128, 0.6, 9)],
)
async def test_the_next_picture_begins_with_this_one(
    stage: Stage, verb: str, model: str, size: int, strength: float, frames: int
) -> None:
    """The new ask is whoever's pressed: same words and slug, this picture as its source and as its parent."""
    async with standing(stage, prompt="a fox", slug="fox", seed=7) as (job, message):
        said = await stage.answered(await press(stage, message, verb, "grace"))
        new = await only_new(stage)
        parent = await stage.end_of(job)
    assert "Accepted 1 picture of **fox**" in said
    assert (new.asked, new.slug, new.parent) == ("a fox", "fox", job.id)
    assert (new.asker, new.channel) == (int(stage.standin.member("grace").id), job.channel)
    assert (new.model, new.width, new.height) == (model, size, size)
    assert (new.extras.strength, new.extras.frames) == (strength, frames)
    assert new.extras.source is not None
    assert stage.files.has(new.extras.source)
    assert parent is not None


async def look_of(stage: Stage, asked: Outcome, words: str) -> str:
    outcome = await stage.standin.member("ada").submit(asked.interaction_id, {"prompt": words})
    return await stage.answered(outcome)


async def test_a_picture_lends_its_look(stage: Stage) -> None:
    """The form asks what to draw; it is read in another life of the bot, too."""
    async with standing(stage) as (job, message):
        asked = await press(stage, message, "use")
        assert asked.state == "modal"
    async with stage.bot():
        assert "Accepted 1 picture" in await look_of(stage, asked, " a lighthouse ")
        new = await only_new(stage)
    assert (new.asked, new.parent, new.extras.source) == ("a lighthouse", job.id, None)
    assert isinstance(new.extras.reference, Reference)
    assert new.slug.startswith("lighthouse")


async def test_the_buttons_work_for_ever(stage: Stage) -> None:
    """On a message from before a restart that is months old, with the tower away."""
    async with standing(stage) as (_, message):
        pass
    stage.clock.skipped = 100 * 86_400.0
    async with stage.bot():
        for verb in ("vary", "upscale", "animate"):
            assert "Accepted" in await stage.answered(await press(stage, message, verb))
        assert len(await open_jobs(stage)) == 3


async def test_two_presses_are_two_asks_and_one_press_told_twice_is_one(stage: Stage) -> None:
    """Each press is a wish of its own; Discord repeating itself is none."""
    async with standing(stage) as (_, message):
        for _ in range(2):
            await stage.answered(await press(stage, message, "vary"))
        assert len(await open_jobs(stage)) == 2
        with everything_twice(stage.standin):
            await stage.answered(await press(stage, message, "vary"))
        assert len(await open_jobs(stage)) == 3
    seeds = [job.seed for job in await open_jobs(stage)]
    assert len(set(seeds)) == 3


async def test_who_may_not_ask_is_told_so_alone(stage: Stage) -> None:
    """The right is looked at when the button is pressed."""
    async with standing(stage) as (_, message):
        async with stage.db.transaction() as connection:
            await people.permit(connection, What.ASK, Kind.ROLE, [4242])
        said = await stage.answered(await press(stage, message, "vary", "grace"))
        assert await open_jobs(stage) == []
    assert "role" in said


async def test_a_shelf_that_changed_is_explained(stage: Stage) -> None:
    """The button stands on old messages when nothing can animate any more."""
    async with standing(stage) as (_, message):
        await stocked(stage.db, made.shelf_model())
        said = await stage.answered(await press(stage, message, "animate"))
        assert "None of the models on the tower can do this (animate)" in said
        assert await open_jobs(stage) == []


async def test_nothing_larger_is_said(stage: Stage) -> None:
    """An enlarged picture that is as large as can be names the model's bound."""
    large = made.shelf_model(id="large", modes=("image",), largest=512)
    await stocked(stage.db, *ABLE, large)
    async with stage.bot():
        _, message = await stage.posted(width=256, height=256)
        await stocked(stage.db, *ABLE)
        said = await stage.answered(await press(stage, message, "upscale"))
        assert "demo draws at most 256x256 of this shape" in said
        assert await open_jobs(stage) == []


async def test_a_child_tells_where_it_comes_from(stage: Stage) -> None:
    """With a link to the picture, its strength and its settings on the line of the receipt."""
    async with standing(stage, prompt="a fox", slug="fox") as (_, message):
        await stage.answered(await press(stage, message, "vary"))
        new = await only_new(stage)
        await stage.render(new)
        child = await stage.message(lambda: stage.end_of(new))
        assert (await job_now(stage, new)).state is JobState.RENDERED
    link = f"https://discord.com/channels/{stage.standin.guild_id}/{stage.channel}/{message.id}"
    assert f"from [fox]({link})" in text(child)
    assert "strength 0.5" in child.embeds[0]["footer"]["text"]
