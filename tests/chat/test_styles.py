"""`/style` over the wire: what is saved can be asked with, and only who saved it, or a moderator, changes it."""

from typing import Any

import pytest

from tests.chat.people import Studio
from tests.chat.people import studio as studio
from tests.chat.shelves import stocked
from tests.chat.stage import Stage


async def test_what_is_saved_can_be_asked_with_by_everybody(studio: Studio) -> None:
    """Words and settings, told back as they were understood."""
    await stocked(studio.db)
    said = await studio.run(
        "style save", name="Wash", prompt="ink wash, white paper", model="demo", size="96x128", steps=9, loras="ink:0.5"
    )
    assert "Saved the style **wash**: “{prompt}, ink wash, white paper”, demo, 96×128, 9 steps, ink:0.5" in said
    await studio.run("imagine", "grace", prompt="a fox", style="wash")
    (job,) = await studio.jobs()
    assert (job.prompt, job.asked, job.style) == ("a fox, ink wash, white paper", "a fox", "wash")
    assert (job.width, job.height, job.steps, job.extras.loras[0].weight) == (96, 128, 9, 0.5)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "a b", "prompt": "x"}, "cannot be a style's name"),
        ({"name": "ink", "prompt": "x"}, "comes with Darkroom"),
        ({"name": "mine"}, "nothing in this style yet"),
        ({"name": "mine", "prompt": "{prompt} {prompt}"}, "more than once"),
        ({"name": "mine", "model": "none-such"}, "no model “none-such”"),
        ({"name": "mine", "size": "12x64"}, "Try "),
        ({"name": "mine", "size": "huge"}, "is not a size"),
        ({"name": "mine", "loras": "speed"}, "trained for fast models"),
        ({"name": "mine", "from_picture": "no such thing"}, "no such picture"),
        ({"name": "mine", "prompt": "x" * 400}, "reads at most 300"),
    ],
)
async def test_what_cannot_be_asked_with_is_not_saved(studio: Studio, options: dict[str, Any], words: str) -> None:
    """It is told now, and not to whoever uses the style."""
    await stocked(studio.db)
    assert words in await studio.run("style save", **options)
    assert "Nobody saved one yet" in await studio.run("style list")


async def test_a_style_belongs_to_whoever_saved_it(studio: Studio) -> None:
    """Others choose another name; moderators may remove it, and then its name is free."""
    await studio.run("style save", "grace", name="wash", prompt="ink wash")
    assert "Somebody else saved" in await studio.run("style save", name="wash", prompt="x")
    await studio.run("style save", "grace", name="wash", prompt="grey wash")
    assert "grey wash" in await studio.run("style show", name="wash")
    assert "Removed the style **wash**" in await studio.run("style remove", name="wash")
    assert "no style “wash”" in await studio.run("style remove", name="wash")
    assert "Saved" in await studio.run("style save", name="wash", prompt="x")
    assert "belongs to somebody else" in await studio.run("style remove", "grace", name="wash")
    assert "comes with Darkroom" in await studio.run("style remove", name="photo")


async def test_a_removed_style_cannot_be_asked_with(studio: Studio) -> None:
    """Only pictures that were made in it find it."""
    await studio.run("style save", name="wash", prompt="ink wash")
    await studio.run("style remove", name="wash")
    assert "no style “wash”" in await studio.run("imagine", prompt="a fox", style="wash")
    assert await studio.jobs() == []


async def test_styles_are_listed_and_shown(studio: Studio) -> None:
    """People's own, then those that ship; one of them with everything it says."""
    await studio.run("style save", name="wash", prompt="ink wash", negative="color @everyone", guidance=2.5)
    listed = await studio.run("style list")
    assert listed.index("• **wash**") < listed.index("come with Darkroom") < listed.index("• **photo**")
    shown = await studio.run("style show", name="wash")
    for word in (f"<@{studio.standin.member('ada').id}>", "ink wash", "guidance 2.5", "@\u200beveryone"):
        assert word in shown
    assert "comes with Darkroom" in await studio.run("style show", name="photo")


async def test_why_tells_of_the_style(stage: Stage) -> None:
    """Where each word of a prompt comes from, also of the negative one."""
    async with stage.bot():
        _, message = await stage.posted(style="ink", guidance=2.0)
        outcome = await stage.standin.member("ada").run(stage.channel, "why", {"picture": message.id})
        said = await stage.answered(outcome)
    assert "in the style **ink**" in said
    assert "and **photograph, color, gray wash, blur** in the negative prompt" in said


async def test_a_style_saved_twice_by_one_request_is_one(stage: Stage) -> None:
    """Also when the bot died in between, and in the process after it."""
    options = {"name": "wash", "prompt": "ink wash"}
    for _ in range(2):
        async with stage.bot():
            outcome = await stage.standin.member("ada").run(stage.channel, "style save", options)
            assert "Saved the style **wash**" in await stage.answered(outcome)
    assert list(await stage.intake.styles())[:1] == ["wash"]


@pytest.mark.parametrize("by", ["link", "id", "job"])
async def test_a_pictures_settings_become_a_style(stage: Stage, by: str) -> None:
    """The winner of a grid: model, size, steps, guidance, LoRAs and the words of its own style, not its prompt."""
    async with stage.bot():
        job, message = await stage.posted(steps=7, guidance=1.5, width=96, height=128, style="ink")
        place = f"https://discord.com/channels/{stage.standin.guild_id}/{message.channel_id}/{message.id}"
        named = {"link": place, "id": message.id, "job": job.id}[by]
        options = {"name": "best", "from_picture": named, "steps": 9}
        outcome = await stage.standin.member("ada").run(stage.channel, "style save", options)
        assert "Saved the style **best**" in await stage.answered(outcome)
    (again,) = await stage.ask("an owl", style="best")
    assert (again.model, again.width, again.height, again.steps, again.guidance) == (job.model, 96, 128, 9, 1.5)
    assert again.prompt == job.prompt.replace("a fox", "an owl") != "an owl"
