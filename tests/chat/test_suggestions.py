"""What is suggested while a person types, over the wire: ranked, in time, and accepted as it is."""

import pytest

from bot.nouns import Ask, Preset
from tests.chat.people import Studio
from tests.chat.people import studio as studio
from tests.chat.shelves import DEMO, TURBO, stocked
from tests.intake.test_presets import saved


async def values(studio: Studio, option: str, typed: str, command: str = "imagine", **options: str) -> list[str]:
    return list((await studio.offered(command, option, typed, **options)).values())


async def test_models_on_a_disk_come_first_and_among_them_those_used_lately(studio: Studio) -> None:
    """What is nowhere yet comes last, and typing finds it all the same."""
    await stocked(studio.db)
    assert await values(studio, "model", "") == ["demo", "turbo", "large", "demo-away"]
    await studio.run("imagine", prompt="a fox", model="large")
    assert await values(studio, "model", "") == ["large", "demo", "turbo", "demo-away"]
    assert await values(studio, "model", "demo-") == ["demo-away"]
    assert await values(studio, "fourth", "turb", "compare") == ["turbo"]


async def test_the_twenty_sixth_model_is_found_by_typing(studio: Studio) -> None:
    """Discord shows 25."""
    many = [DEMO.model_copy(update={"id": f"m{number}", "name": f"Model {number}"}) for number in range(40)]
    await stocked(studio.db, *many)
    assert len(await values(studio, "model", "")) == 25
    assert "m39" in await values(studio, "model", "39")


async def test_recent_prompts_come_back_whole(studio: Studio) -> None:
    """Newest first, one's own alone; one that is too long for a suggestion is asked for by reference."""
    long = "a fox " * 30 + "{really}"
    await studio.run("imagine", prompt=long, model="sdxl")
    await studio.run("imagine", prompt="an owl")
    await studio.run("imagine", prompt="an owl")
    await studio.run("imagine", "grace", prompt="a secret")
    owl, reference = await values(studio, "prompt", "")
    assert owl == "an owl"
    assert reference.startswith("=")
    assert await values(studio, "prompt", "a fox a") == [reference]
    await studio.run("imagine", prompt=reference, model="sdxl")
    assert (await studio.jobs())[-1].asked == long
    assert "no such job" in await studio.run("imagine", "grace", prompt=reference)


async def test_a_suggested_prompt_asks_for_that_prompt_alone(studio: Studio) -> None:
    """Braces of a prompt that was meant literally are not expanded when it is asked for again."""
    await studio.run("imagine", prompt="a \\{b,c\\}")
    (value,) = await values(studio, "prompt", "")
    await studio.run("imagine", prompt=value)
    await studio.run("compare", prompt=value, first="demo", second="sdxl")
    assert {job.asked for job in await studio.jobs()} == {"a {b,c}"}


async def test_a_prompt_of_several_lines_keeps_them(studio: Studio) -> None:
    """A command's option is one line; the reference stands for all of them."""
    (job,) = await studio.client.intake.accept(
        Ask("k", "a fox\nin the snow", int(studio.standin.member("ada").id), 1, int(studio.channel))
    )
    assert await studio.offered("imagine", "prompt", "a fox in") == {"a fox in the snow": f"={job.id}"}


async def test_loras_are_completed_behind_the_comma(studio: Studio) -> None:
    """Those that fit the model, each once, with the weight that was typed; triggers find them, too."""
    await stocked(studio.db)
    assert await values(studio, "loras", "") == ["ink", "old-paper", "unsorted"]
    assert await values(studio, "loras", "pap") == ["old-paper"]
    assert await values(studio, "loras", "inky") == ["ink"]
    assert await values(studio, "loras", "ink:0.5, ") == ["ink:0.5, old-paper", "ink:0.5, unsorted"]
    assert await values(studio, "loras", "ink:0.5,old:0.7") == ["ink:0.5, old-paper:0.7"]
    assert await values(studio, "loras", "", model="turbo") == ["unsorted", "speed"]
    await saved(studio.db, Preset(name="quick", model="turbo", person=1))
    assert await values(studio, "loras", "", style="quick") == ["unsorted", "speed"]
    assert await values(studio, "size", "def", style="quick") == ["512x512"]
    (value,) = await values(studio, "loras", "ink:0.5, pap")
    await studio.run("imagine", prompt="a fox", loras=value)
    assert [lora.id for lora in (await studio.jobs())[0].extras.loras] == ["ink", "old-paper"]


async def test_styles_are_offered_with_ones_own_first(studio: Studio) -> None:
    """Where something is to be replaced or removed, only those that people saved."""
    grace = int(studio.standin.member("grace").id)
    await saved(studio.db, Preset(name="zebra", person=grace), Preset(name="wash", person=1))
    for who, first in (("ada", ["wash", "zebra"]), ("grace", ["zebra", "wash"])):
        offered = await studio.offered("imagine", "style", "", who)
        assert list(offered.values())[:3] in ([*first, "photo"], [*sorted(first, reverse=True), "photo"])
    assert list((await studio.offered("style remove", "name", "", "grace")).values()) == ["zebra", "wash"]
    assert "watercolor" in await values(studio, "style", "paper texture")


async def test_slugs_and_archetypes_are_ones_own_of_lately(studio: Studio) -> None:
    """The newest first; kinds of subject that everybody knows come behind."""
    await studio.run("imagine", prompt="a", slug="snow-fox", archetype="badge")
    await studio.run("imagine", prompt="b", slug="arctic-snow", archetype="badge")
    await studio.run("imagine", "grace", prompt="c", slug="snow-owl")
    assert await values(studio, "slug", "snow") == ["snow-fox", "arctic-snow"]
    assert await values(studio, "slug", "") == ["arctic-snow", "snow-fox"]
    assert (await values(studio, "archetype", ""))[:2] == ["badge", "single-subject hero"]


async def test_axes_are_completed_value_by_value(studio: Studio) -> None:
    """First what can be an axis, then its models or styles, each once."""
    await stocked(studio.db, DEMO, TURBO)
    assert "steps: 4, 8, 16" in await values(studio, "across", "", "grid")
    assert await values(studio, "across", "model:", "grid") == ["model: demo", "model: turbo"]
    assert await values(studio, "across", "model: demo, ", "grid") == ["model: demo, turbo"]
    assert (await values(studio, "down", "style: photo, in", "grid"))[0] == "style: photo, ink"
    assert await values(studio, "across", "steps: 4", "grid") == []


@pytest.mark.parametrize("option", ["prompt", "model", "size", "style", "loras", "slug", "archetype"])
async def test_suggestions_survive_whatever_was_typed(studio: Studio, option: str) -> None:
    """Half a word, markup, a lone colon: there may be nothing to suggest, but never an error."""
    await stocked(studio.db)
    for typed in (":", ",", "=", "(", "\\", "{a,", "x" * 99):
        assert len(await values(studio, option, typed)) <= 25


async def test_everything_suggested_is_short_enough(studio: Studio) -> None:
    """The referee of the stand-in looks at each; none is lost for being long in name only."""
    await stocked(studio.db)
    await studio.run("imagine", prompt="an owl " * 14 + "!")
    (name,) = await studio.offered("imagine", "prompt", "")
    assert len(name) <= 100
