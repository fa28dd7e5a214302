"""The form behind Edit: it opens with what was asked, and what is sent asks anew in whichever process it arrives."""

from typing import Any

import pytest

from bot.demo.discord.modal_form import form
from bot.demo.discord.values import Json, Message, Outcome
from bot.ledger import jobs
from bot.nouns import Extras, Job
from gpu_agent.order import Start
from tests.chat.stage import Stage
from tests.chat.test_permuting import again, queued


async def opened(stage: Stage, job: Job, message: Message) -> tuple[Outcome, dict[str, Json]]:
    """The form, and its inputs by their ids."""
    outcome = await stage.standin.member("ada").click(message.id, f"edit:{job.id}")
    assert outcome.state == "modal", outcome
    assert outcome.modal is not None
    return outcome, {one["custom_id"]: one for one in form(outcome.modal)["inputs"]}


async def sent(stage: Stage, outcome: Outcome, **values: str) -> Outcome:
    return await stage.standin.member("ada").submit(outcome.interaction_id, values)


async def test_the_form_opens_with_what_was_asked(stage: Stage) -> None:
    """The person's own words, without what cues and styles added; the negative where it acts."""
    async with stage.bot():
        job, message = await stage.posted(slug="fox", seed=7, guidance=2.0, negative="people", style="ink")
        _, inputs = await opened(stage, job, message)
        filled = {name: one["value"] for name, one in inputs.items()}
        assert filled == {"prompt": "a fox", "negative": "people", "slug": "fox", "seed": "7"}
        deaf, shown = await stage.posted("an owl", guidance=1.0)
        _, inputs = await opened(stage, deaf, shown)
        assert list(inputs) == ["prompt", "slug", "seed"]


async def test_what_is_sent_asks_anew_with_everything_else_as_it_was(stage: Stage) -> None:
    """Also in a process that never opened the form: it is a child of the picture, in the same settings."""
    more: dict[str, Any] = {
        "steps": 9,
        "guidance": 2.0,
        "width": 96,
        "height": 128,
        "style": "ink",
        "archetype": "hero",
    }
    async with stage.bot():
        job, message = await stage.posted(slug="fox", seed=7, **more)
        outcome, _ = await opened(stage, job, message)
    async with stage.bot():
        said = await stage.answered(
            await sent(stage, outcome, prompt="a red fox", negative="snow", slug="fox", seed="7")
        )
        assert "Accepted 1 picture of **fox**" in said
        (made,) = await queued(stage)
    assert (made.asked, made.parent, made.seed, made.slug) == ("a red fox", job.id, 7, "fox")
    assert (made.steps, made.guidance, made.width, made.height) == (9, 2.0, 96, 128)
    assert (made.style, made.archetype) == ("ink", "hero")
    assert made.negative.startswith("snow, ")


async def test_an_empty_seed_is_any_and_braces_are_letters(stage: Stage) -> None:
    """A form asks for one picture."""
    async with stage.bot():
        job, message = await stage.posted(seed=7)
        outcome, _ = await opened(stage, job, message)
        await stage.answered(await sent(stage, outcome, prompt="a {red,blue} fox", slug="other", seed=""))
        (made,) = await queued(stage)
    assert (made.asked, made.slug) == ("a {red,blue} fox", "other")
    assert made.seed != 7


async def test_a_render_that_went_on_from_a_checkpoint_begins_at_its_beginning(stage: Stage) -> None:
    """Other words do not fit a picture that is half done."""
    async with stage.bot():
        extras = Extras(start=Start(job="0" * 16, step=2), keep_at=(4,))
        job, message = await stage.posted(extras=extras)
        outcome, _ = await opened(stage, job, message)
        await stage.answered(await sent(stage, outcome, prompt="a red fox", slug=job.slug, seed=""))
        (made,) = await queued(stage)
    assert made.extras == Extras()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"seed": "lucky"}, "lucky cannot be a seed"),
        ({"seed": "4294967296"}, "4294967296 cannot be a seed"),
        ({"slug": "../x"}, "cannot be a slug"),
        ({"prompt": "x" * 3000}, "3000 characters"),
    ],
)
async def test_what_cannot_be_asked_is_refused(stage: Stage, values: dict[str, str], words: str) -> None:
    """Nothing is stored; the form can be opened again."""
    async with stage.bot():
        job, message = await stage.posted()
        outcome, _ = await opened(stage, job, message)
        said = await stage.answered(
            await sent(stage, outcome, **({"prompt": "a fox", "slug": "x", "seed": ""} | values))
        )
        assert words in said
        assert await queued(stage) == []


async def test_a_form_that_is_sent_twice_asks_once(stage: Stage) -> None:
    """Discord may send an event again, also to the next process."""
    async with stage.bot():
        job, message = await stage.posted()
        outcome, _ = await opened(stage, job, message)
        submitted = await sent(stage, outcome, prompt="a red fox", slug="x", seed="")
        await stage.answered(submitted)
        await again(stage, submitted)
    async with stage.bot():
        await again(stage, submitted)
        assert len(await queued(stage)) == 1


async def test_a_prompt_that_no_form_holds_is_told(stage: Stage) -> None:
    """Discord's inputs end at 4000 characters."""
    async with stage.bot():
        job, message = await stage.posted()
        async with stage.db.transaction() as connection:
            await connection.execute("UPDATE jobs SET asked = ? WHERE id = ?", ("x" * 4001, job.id))
        outcome = await stage.standin.member("ada").click(message.id, f"edit:{job.id}")
        assert "4001 characters, and a form holds at most 4000" in await stage.answered(outcome)


async def test_a_covered_picture_stays_covered(stage: Stage) -> None:
    """Whoever edits it did not uncover it."""
    async with stage.bot():
        job, message = await stage.posted()
        async with stage.db.transaction() as connection:
            await connection.execute("UPDATE asks SET spoiler = 1, ping = 1 WHERE id = ?", (job.ask,))
        outcome, _ = await opened(stage, job, message)
        await stage.answered(await sent(stage, outcome, prompt="a red fox", slug="x", seed=""))
        (made,) = await queued(stage)
        async with stage.db.reading() as connection:
            manner = await jobs.manner(connection, made.ask)
    assert (manner.spoiler, manner.ping) == (True, False)
