"""Presets: their words are woven in once, settings stand where a person gave none, the negative where it acts."""

import json

import pytest

from bot.errors import BatchFault, NotRenderable, Unclear
from bot.intake import presets
from bot.intake.accept import Intake
from bot.intake.drafts import draft
from bot.ledger import presets as rows
from bot.ledger import towers
from bot.ledger.database import Database
from bot.nouns import Job, Preset
from bot.taste.compose import asked_negative
from bot.texts import failures
from gpu_agent.order import Lora
from gpu_agent.stock import ShelfLora
from tests import made
from tests.clock import FakeClock
from tests.intake.asking import WHO, ask, file, item, shelf
from tests.ledger import lookups

INK = Preset(name="ink-wash", prompt="ink wash of {prompt}, white paper", negative="color", person=made.ADA)
SHARP = Preset(
    name="sharp", model="demo", width=64, height=96, steps=12, guidance=3.0, loras=(Lora(id="x"),), person=made.ADA
)
HEEDING = made.shelf_model()
LORAS = tuple(ShelfLora(id=name, family="", bytes=1) for name in "xy")
DEAF = made.shelf_model(id="deaf", negative_acts=False, guidance=1.0)


async def saved(db: Database, *found: Preset) -> None:
    async with db.transaction() as connection:
        for preset in found:
            await rows.save(connection, preset, preset.person or 0, 1.0)


async def offered(db: Database) -> None:
    async with db.transaction() as connection:
        ready, told = shelf(HEEDING, DEAF)
        await towers.saw(connection, "tower", ready, told.model_copy(update={"loras": LORAS}), 1.0)


async def accepted(intake: Intake, **changes: object) -> Job:
    return (await intake.accept(ask(**changes)))[0]


async def test_the_words_are_woven_in_once_and_the_persons_own_stay_theirs(db: Database, intake: Intake) -> None:
    """`asked` is what the person typed; asking again weaves anew, never twice."""
    await saved(db, INK)
    await offered(db)
    first = await accepted(intake, prompt="a fox", negative="people", style="ink-wash")
    assert (first.asked, first.prompt, first.style) == ("a fox", "ink wash of a fox, white paper", "ink-wash")
    assert (first.negative, asked_negative(first)) == ("people, color", "people")
    (second,) = await intake.again(first.id, key="again", asker=made.GRACE)
    assert (second.asked, second.prompt, second.negative) == (first.asked, first.prompt, first.negative)


@pytest.mark.parametrize(
    ("changes", "negative"),
    [
        ({}, "color"),
        ({"negative": "any color"}, "any color"),
        ({"guidance": 1.0}, ""),
        ({"model": "deaf"}, ""),
        ({"model": "deaf", "guidance": 5.0}, ""),
        ({"negative": "x" * 296}, "x" * 296),
    ],
)
async def test_a_styles_negative_is_used_only_where_it_acts(
    db: Database, intake: Intake, changes: dict[str, object], negative: str
) -> None:
    """Not without guidance, not with a model that heeds none, not twice, and not where it is too long."""
    await saved(db, INK)
    await offered(db)
    assert (await accepted(intake, style="ink-wash", **changes)).negative == negative


async def test_settings_stand_where_the_person_gave_none(db: Database, intake: Intake) -> None:
    """The person's own choices win, each by itself."""
    await saved(db, SHARP)
    await offered(db)
    plain = await accepted(intake, style="sharp")
    assert (plain.model, plain.width, plain.height, plain.steps, plain.guidance) == ("demo", 64, 96, 12, 3.0)
    assert plain.extras.loras == (Lora(id="x"),)
    own = await accepted(intake, key="k2", style="sharp", width=128, height=64, guidance=0.0, loras=(Lora(id="y"),))
    assert (own.width, own.height, own.steps, own.guidance) == (128, 64, 12, 0.0)
    assert own.extras.loras == (Lora(id="y"),)


async def test_with_another_model_only_the_words_count(db: Database, intake: Intake) -> None:
    """Steps and sizes were found for the preset's own model."""
    await saved(db, SHARP.model_copy(update={"prompt": "{prompt}, sharp"}))
    await offered(db)
    job = await accepted(intake, style="sharp", model="deaf")
    assert (job.model, job.width, job.steps, job.extras.loras) == ("deaf", DEAF.width, DEAF.steps, ())
    assert job.prompt.endswith(", sharp")


async def test_an_unknown_style_is_refused_with_the_nearest(db: Database, intake: Intake) -> None:
    """A slip of the finger finds what was meant, also in a file, where its place is told."""
    await saved(db, INK)
    with pytest.raises(NotRenderable) as refused:
        await intake.accept(ask(style="ink-wsh"))
    assert "There is no style “ink-wsh”. Choose one of: ink-wash" in failures.sentences(refused.value)
    with pytest.raises(BatchFault) as faulty:
        await intake.batches.accept("b.json", file(item(1, style="ink-wsh")), key="k", **WHO)
    assert "field “style”: There is no style" in failures.sentences(faulty.value)


async def test_words_that_are_too_long_together_are_refused(db: Database, intake: Intake) -> None:
    """The sentence says that it is the style that makes them so."""
    await offered(db)
    await saved(db, INK)
    with pytest.raises(NotRenderable) as refused:
        await intake.accept(ask(prompt="x" * 290, style="ink-wash"))
    assert "the style “ink-wash” have 315 characters together" in failures.sentences(refused.value)
    with pytest.raises(NotRenderable, match="length=301"):
        await intake.accept(ask(prompt="x" * 301, style="ink-wash"))


async def test_a_file_may_name_styles(db: Database, intake: Intake) -> None:
    """Also as a default, also one that ships, and a proportion is of the preset's model."""
    await offered(db)
    await saved(db, SHARP.model_copy(update={"model": "deaf"}))
    data = {"defaults": {"style": "ink-wash", "aspect": "1:1"}, "items": [item(1), item(2, style="sharp")]}
    await saved(db, INK)
    await intake.batches.accept("b.json", json.dumps(data).encode(), key="k", **WHO)
    async with db.reading() as connection:
        first, second = await lookups.unfinished(connection)
    assert (first.style, first.prompt) == ("ink-wash", "ink wash of 1 red boats, white paper")
    assert (second.style, second.model, second.steps) == ("sharp", "deaf", 12)


async def test_a_removed_style_is_still_there_for_pictures_that_were_made_in_it(
    db: Database, intake: Intake, clock: FakeClock
) -> None:
    """The button Again works for ever; nobody is offered the style any more, and its name is free."""
    await saved(db, INK)
    job = await accepted(intake, style="ink-wash")
    async with db.transaction() as connection:
        assert await rows.remove(connection, "ink-wash", clock.now())
        assert not await rows.remove(connection, "ink-wash", clock.now())
        assert await rows.owner(connection, "ink-wash") is None
    assert "ink-wash" not in await intake.styles()
    (second,) = await intake.again(job.id, key="again", asker=made.ADA)
    assert second.prompt == job.prompt
    await saved(db, INK.model_copy(update={"prompt": "new {prompt}"}))
    assert (await intake.styles())["ink-wash"].prompt == "new {prompt}"


def test_what_ships_is_sound() -> None:
    """Each has a place for the person's words, a plain name, and asks for nothing that belongs to one model."""
    assert len(presets.shipped()) >= 8
    for name, preset in presets.shipped().items():
        assert preset.prompt == presets.template(preset.prompt)
        assert preset == Preset(name=name, prompt=preset.prompt, negative=preset.negative)
        drafted = draft(ask(style=name, prompt="a fox"), [HEEDING], 8, styles=presets.shipped())
        assert drafted.worded.count("a fox") == 1


@pytest.mark.parametrize(
    ("words", "template"),
    [
        ("ink,  white\npaper", "{prompt}, ink, white paper"),
        ("ink of {prompt}, paper", "ink of {prompt}, paper"),
        ("  ", "{prompt}"),
    ],
)
def test_words_become_a_template(words: str, template: str) -> None:
    """Without a place for them, the person's words come first."""
    assert presets.template(words) == template


@pytest.mark.parametrize(("words", "kind"), [("{prompt} and {prompt}", "preset-twice"), ("x" * 1000, "preset-length")])
def test_what_is_no_template_is_refused(words: str, kind: str) -> None:
    """With a kind of its own for each reason."""
    with pytest.raises(Unclear) as refused:
        presets.template(words)
    assert refused.value.kind == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [("", "preset-name"), ("a b", "preset-name"), ("x" * 33, "preset-name"), ("ink", "preset-ships")],
)
def test_what_is_no_name_is_refused(name: str, kind: str) -> None:
    """Names are typed into commands; those that ship are taken."""
    with pytest.raises(Unclear) as refused:
        presets.named(name)
    assert refused.value.kind == kind
    assert presets.named(" Ink-2 ") == "ink-2"
