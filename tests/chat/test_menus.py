"""The commands of a message's menu, on pictures and on what is none."""

import pytest

from bot.demo.discord.values import Message, Outcome
from bot.nouns import Verdict
from bot.texts import menus as texts
from tests.chat.people import until
from tests.chat.shelves import stocked
from tests.chat.stage import Stage
from tests.chat.test_buttons import open_jobs
from tests.chat.test_varying import ABLE

MENUS = (texts.REMIX, texts.AGAIN, texts.WHY, texts.REASON)


async def choose(stage: Stage, message: Message, name: str, who: str = "ada") -> Outcome:
    return await stage.standin.member(who).use(message.id, name)


async def fill(stage: Stage, asked: Outcome, **values: str) -> str:
    assert asked.state == "modal", asked
    outcome = await stage.standin.member("ada").submit(asked.interaction_id, values)
    return await stage.answered(outcome)


async def test_a_picture_is_remixed_from_its_menu(stage: Stage) -> None:
    """The form holds its words and a strength, is read after a restart, and empty words keep the picture's own."""
    await stocked(stage.db, *ABLE)
    async with stage.bot():
        job, message = await stage.posted("a fox")
        first, second = [await choose(stage, message, texts.REMIX) for _ in range(2)]
        assert "a fox" in str(first.modal)
    async with stage.bot():
        assert "Accepted" in await fill(stage, first, prompt="an owl", strength="0,25")
        assert "Accepted" in await fill(stage, second, prompt="", strength="1")
        new = await open_jobs(stage)
    asked = {(one.asked, one.extras.strength, one.parent) for one in new}
    assert asked == {("an owl", 0.25, job.id), ("a fox", 1.0, job.id)}


@pytest.mark.parametrize("strength", ["much", "1.5", "-1", "nan"])
async def test_a_strength_that_is_none_is_explained(stage: Stage, strength: str) -> None:
    """Nothing is asked for."""
    await stocked(stage.db, *ABLE)
    async with stage.bot():
        _, message = await stage.posted()
        said = await fill(stage, await choose(stage, message, texts.REMIX), prompt="", strength=strength)
        assert "is no strength. Write a number from 0" in said
        assert await open_jobs(stage) == []


async def test_the_other_menus_do_what_the_buttons_do(stage: Stage) -> None:
    """Ask again, Why, and a reason, under a picture of any age."""
    async with stage.bot():
        job, message = await stage.posted("a fox", slug="fox")
    async with stage.bot():
        assert "Accepted 1 picture of **fox**" in await stage.answered(await choose(stage, message, texts.AGAIN))
        assert "a fox" in await stage.answered(await choose(stage, message, texts.WHY))
        await fill(stage, await choose(stage, message, texts.REASON), reason="too dark")
        assert await stage.judged(job) == {stage.ada: (Verdict.REJECT, "too dark")}


@pytest.mark.parametrize("name", MENUS)
async def test_a_message_without_a_picture_says_so_privately(stage: Stage, name: str) -> None:
    """A person's words, and the bot's own card as well: its buttons act on an ask and not on a picture."""
    async with stage.bot():
        (job,) = await stage.ask()
        card = await stage.card(job)
        words = stage.standin.member("grace").post(stage.channel, "hello")
        for message in (words, card):
            outcome = await choose(stage, message, name)
            assert "shows no picture of mine" in await stage.answered(outcome)
            answer = stage.standin.world.messages[outcome.message_id or ""]
            assert answer.addressee == stage.standin.member("ada").id
        assert len(await open_jobs(stage)) == 1


async def test_a_menu_under_a_picture_shown_again_means_the_same_picture(stage: Stage) -> None:
    """Posted once more for everybody, it is as good as the first post."""
    async with stage.bot():
        _, first = await stage.posted("a fox", slug="fox")
        ada = stage.standin.member("ada")
        await stage.answered(await ada.run(stage.channel, "show", {"what": "fox", "public": True}))
        await until(lambda: len([one for one in stage.said() if one.attachments]) == 2)
        (again,) = [one for one in stage.said() if one.attachments and one.id != first.id]
        assert "Accepted" in await stage.answered(await choose(stage, again, texts.AGAIN))
        assert len(await open_jobs(stage)) == 1
