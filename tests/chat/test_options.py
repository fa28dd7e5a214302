"""The options of `/imagine`: each reaches the job, and each refusal says what would do."""

from typing import Any

import pytest

from bot.ledger import jobs
from bot.nouns import Group, Job, Manner
from gpu_agent.order import Lora
from tests.chat.people import Studio
from tests.chat.people import studio as studio
from tests.chat.shelves import stocked


async def manner(studio: Studio, job: Job) -> Manner:
    async with studio.db.reading() as connection:
        return await jobs.manner(connection, job.ask)


async def test_every_option_reaches_the_job(studio: Studio) -> None:
    """As it was typed, beside what was always there."""
    await stocked(studio.db)
    options: dict[str, Any] = {"model": "demo", "steps": 12, "guidance": 3.5, "negative": "people", "style": "photo"}
    await studio.run("imagine", prompt="a fox", loras="ink:0.5, old-paper", spoiler=True, ping=True, **options)
    (job,) = await studio.jobs()
    assert (job.steps, job.guidance, job.style) == (12, 3.5, "photo")
    assert job.negative.startswith("people, ")
    assert job.prompt.startswith("a fox, photograph")
    assert job.extras.loras == (Lora(id="ink", weight=0.5), Lora(id="old-paper"))
    assert await manner(studio, job) == Manner(Group.SEEDS, spoiler=True, ping=True)


async def test_without_options_nothing_is_hidden_and_nobody_is_pinged(studio: Studio) -> None:
    """A ping and a cover are wishes."""
    await studio.run("imagine", prompt="a fox")
    (job,) = await studio.jobs()
    assert await manner(studio, job) == Manner()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"model": "turbo", "negative": "people"},
            ["turbo does not heed a negative", "that does: demo"],
        ),
        ({"guidance": 1.0, "negative": "people"}, ["only with guidance above 1, and it is 1", "its usual is 2"]),
        ({"loras": "inc:0.5"}, ["no LoRA “inc”", "those for demo: ink, old-paper"]),
        ({"loras": "speed"}, ["trained for fast models, which demo is not", "ink"]),
        ({"loras": "ink:9"}, ["cannot be read as LoRAs", "-4 to 4"]),
        ({"loras": ",".join(f"a{number}" for number in range(9))}, ["up to 8"]),
        ({"style": "pixle"}, ["no style “pixle”", "pixel"]),
        ({"size": "100:1"}, ["draws nothing near 100:1", "Try "]),
        ({"size": "0:1"}, ["768x512 or 16:9"]),
    ],
)
async def test_what_does_not_go_together_is_refused(studio: Studio, options: dict[str, Any], words: list[str]) -> None:
    """Nothing is stored, and the private sentence says why and what would do."""
    await stocked(studio.db)
    said = await studio.run("imagine", prompt="a fox", **options)
    assert await studio.jobs() == []
    for word in words:
        assert word in said


async def test_a_blank_negative_is_none(studio: Studio) -> None:
    """Spaces ask for nothing that could be refused."""
    await stocked(studio.db)
    await studio.run("imagine", prompt="a fox", model="turbo", negative="  ")
    assert len(await studio.jobs()) == 1


async def test_a_proportion_is_a_size(studio: Studio) -> None:
    """About as many pixels as the model likes, in that shape."""
    await stocked(studio.db)
    await studio.run("imagine", prompt="a fox", model="large", size="16:9")
    (job,) = await studio.jobs()
    assert (job.width, job.height) == (1360, 768)


async def test_the_size_follows_the_model_of_the_style(studio: Studio) -> None:
    """A style that names a model is looked at before the shape is."""
    await stocked(studio.db)
    await studio.run("style save", name="grand", model="large")
    await studio.run("imagine", prompt="a fox", style="grand", size="square")
    (job,) = await studio.jobs()
    assert (job.model, job.width, job.height) == ("large", 1024, 1024)


async def test_again_stays_hidden(studio: Studio) -> None:
    """What somebody covered is covered when it is asked for again; nobody else is pinged for it."""
    await studio.run("imagine", prompt="a fox", spoiler=True, ping=True)
    (job,) = await studio.jobs()
    (second,) = await studio.client.intake.again(job.id, key="again", asker=job.asker)
    assert await manner(studio, second) == Manner(spoiler=True)
