"""`/compare` and `/grid` over the wire: one group, cells that differ in nothing but what is compared."""

from typing import Any

import pytest

from bot.ledger import jobs
from bot.nouns import Group, Job
from tests.chat.people import Studio
from tests.chat.people import studio as studio
from tests.chat.shelves import stocked
from tests.chat.stage import Stage
from tests.chat.test_permuting import again, pressed, queued
from tests.ledger import lookups


async def group(studio: Studio, job: Job) -> Group:
    async with studio.db.reading() as connection:
        assert await lookups.card_of_ask(connection, job.ask) is not None
        return (await jobs.manner(connection, job.ask)).group


async def test_models_draw_the_same_side_by_side(studio: Studio) -> None:
    """One group: same words, seed and slug; each model with its own steps, in its size nearest to what was asked."""
    await stocked(studio.db)
    said = await studio.run("compare", prompt="a fox", first="demo", second="large", third="turbo", size="256x200")
    found = await studio.jobs()
    assert [(job.label, job.model, job.width, job.height, job.steps) for job in found] == [
        ("Demo", "demo", 256, 200, 8), ("Large", "large", 512, 512, 8), ("Turbo", "turbo", 256, 256, 4),
    ]  # fmt: skip
    assert len({(job.ask, job.seed, job.slug, job.prompt) for job in found}) == 1
    assert await group(studio, found[0]) is Group.COMPARE
    for word in ("3 pictures", "to compare: Demo, Large, Turbo, 3 sizes, seed", "• Turbo", "Vote with the reactions"):
        assert word in said


async def test_a_shape_is_each_models_own(studio: Studio) -> None:
    """A word or a proportion means something to every model; one that it cannot draw becomes its nearest."""
    await stocked(studio.db)
    await studio.run("compare", prompt="a fox", first="demo", second="large", size="16:9")
    assert [(job.width, job.height) for job in await studio.jobs()] == [(168, 96), (1360, 768)]
    await studio.run("compare", prompt="a fox", first="demo", second="large", size="100:1")
    assert [(job.width, job.height) for job in await studio.jobs()][2:] == [(256, 64), (2048, 512)]


@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        ("compare", {"first": "demo", "second": "demo"}, "“demo” stands there twice"),
        ("compare", {"first": "demo", "second": "none"}, "no model “none”"),
        ("compare", {"first": "demo", "second": "large", "size": "big"}, "is not a size"),
        ("compare", {"first": "demo", "second": "large", "prompt": "a {b,c}"}, "braces are for `/imagine`"),
        ("grid", {"across": "sampler: a, b"}, "is not an axis"),
        ("grid", {"across": "steps: 4, x"}, "“x” cannot be steps"),
        ("grid", {"across": "steps: 4"}, "at least two different values"),
        ("grid", {"across": "steps: 4, 8", "down": "steps: 5, 6"}, "Both axes are steps"),
        ("grid", {"across": "steps: 4, 8", "steps": 5}, "steps is an axis of this grid already"),
        ("grid", {"across": "steps: 1,2,3,4,5", "down": "seed: 1,2,3,4"}, "20 pictures, and at most 16"),
        ("grid", {"across": "model: demo, none"}, "no model “none”"),
        ("grid", {"across": "style: ink, inc"}, "no style “inc”"),
        ("grid", {"across": "steps: 4, 8", "model": "turbo", "negative": "people"}, "does not heed a negative prompt"),
        ("grid", {"across": "guidance: 0, 1", "negative": "people"}, "only with guidance above 1"),
        ("grid", {"across": "steps: 4, 8", "prompt": "a {b,c}"}, "braces are for `/imagine`"),
        ("grid", {"across": "steps: 4, 8", "size": "12x64"}, "Try "),
    ],
)
async def test_what_cannot_be_compared_is_refused(
    studio: Studio, command: str, options: dict[str, Any], words: str
) -> None:
    """All or nothing, with a sentence."""
    await stocked(studio.db)
    assert words in await studio.run(command, **({"prompt": "a fox"} | options))
    assert await studio.jobs() == []


async def test_a_grid_has_a_labelled_cell_for_each_combination(studio: Studio) -> None:
    """Row by row, with the same seed everywhere."""
    await stocked(studio.db)
    await studio.run("grid", prompt="a fox", across="guidance: 1, 2", down="steps: 5, 10")
    found = await studio.jobs()
    assert [(job.label, job.guidance, job.steps) for job in found] == [
        ("guidance 1 · steps 5", 1.0, 5), ("guidance 2 · steps 5", 2.0, 5),
        ("guidance 1 · steps 10", 1.0, 10), ("guidance 2 · steps 10", 2.0, 10),
    ]  # fmt: skip
    assert len({(job.ask, job.seed, job.slug) for job in found}) == 1
    assert await group(studio, found[0]) is Group.GRID


async def test_models_styles_and_seeds_are_axes_too(studio: Studio) -> None:
    """Models draw their own sizes; none is a style like the others."""
    await stocked(studio.db)
    await studio.run("grid", prompt="a fox", across="model: demo, turbo", down="style: ink, none", size="256x256")
    found = await studio.jobs()
    assert [(job.label, job.model, job.style, job.prompt == "a fox") for job in found] == [
        ("model demo · style ink", "demo", "ink", False), ("model turbo · style ink", "turbo", "ink", False),
        ("model demo · no style", "demo", None, True), ("model turbo · no style", "turbo", None, True),
    ]  # fmt: skip
    await studio.run("grid", prompt="a fox", across="seed: 3, 9")
    assert [job.seed for job in (await studio.jobs())[4:]] == [3, 9]


async def test_a_negative_prompt_stands_in_the_cells_where_it_acts(studio: Studio) -> None:
    """The others do not claim to have heeded it."""
    await stocked(studio.db)
    await studio.run("grid", prompt="a fox", across="guidance: 1, 2", negative="people")
    assert [job.negative for job in await studio.jobs()] == ["", "people"]


async def test_a_large_grid_is_confirmed_also_after_a_restart(stage: Stage) -> None:
    """Sent twice, it is one question; the cells are accepted with the seed they were asked about with."""
    options = {"prompt": "a fox", "across": "steps: 4, 8, 12", "down": "guidance: 2, 3"}
    async with stage.bot():
        outcome = await stage.standin.member("ada").run(stage.channel, "grid", options)
        assert "This makes 6 pictures:" in await stage.answered(outcome)
        await again(stage, outcome)
    async with stage.bot():
        said = await pressed(stage, stage.standin.world.messages[str(outcome.message_id)])
        assert "6 pictures of" in said
        assert "`/style save`" in said
        assert len({job.seed for job in await queued(stage)}) == 1


async def test_a_comparison_that_comes_twice_is_one(stage: Stage) -> None:
    """The same request gives the same jobs, also in the next process."""
    options = {"prompt": "a fox", "first": "demo", "second": "sdxl"}
    async with stage.bot():
        outcome = await stage.standin.member("ada").run(stage.channel, "compare", options)
        await stage.answered(outcome)
        await again(stage, outcome)
    async with stage.bot():
        await again(stage, outcome)
        assert [job.model for job in await queued(stage)] == ["demo", "sdxl"]
