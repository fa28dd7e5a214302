"""What is asked for when a picture is varied, enlarged, animated or referred to."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import NotRenderable, PictureDeleted
from bot.intake import variations
from bot.intake.drafts import draft
from bot.intake.variations import Origin, Wish
from bot.nouns import Extras, Picture
from gpu_agent.order import Control, Lora, Reference
from gpu_agent.stock import ShelfModel
from tests import made
from tests.ledger.rows import NOW

WISH = Wish("k", made.GRACE, 1, 9)
OWN = made.shelf_model(id="demo", modes=("text", "image"), largest=256, reference=True)
LARGE = made.shelf_model(id="large", modes=("text", "image", "inpaint"), largest=1024, negative_acts=False)
CLIPS = made.shelf_model(
    id="clips", modes=("video", "animate"), width=832, height=480, multiple=16, largest=1280, frames=81, most_frames=121
)
JOB = made.job(extras=Extras(loras=(Lora(id="ink"),)), style="noir", archetype="hero", negative="blur")
FILE = "ab" * 32
BASE = Origin(FILE, JOB.width, JOB.height, JOB)


def picture(**own: object) -> Picture:
    return replace(Picture(JOB.id, FILE, 1, made.receipt(JOB.order()), 1.0, 1, None, NOW), **own)  # type: ignore[arg-type]


def test_a_variation_begins_with_its_picture_and_keeps_its_words() -> None:
    """Prompt, slug, archetype, style, LoRAs, size and settings stay; the seed is left open, and the parent is named."""
    ask = variations.varied(variations.origin(JOB, picture()), [OWN, LARGE], WISH)
    assert (ask.prompt, ask.slug, ask.archetype, ask.style, ask.seed) == (JOB.asked, JOB.slug, "hero", "noir", None)
    assert (ask.steps, ask.guidance, ask.negative) == (JOB.steps, JOB.guidance, "blur")
    assert (ask.key, ask.asker, ask.channel, ask.parent) == ("k", made.GRACE, 9, JOB.id)
    assert (ask.extras.source, ask.extras.strength, ask.extras.loras) == (FILE, 0.5, JOB.extras.loras)


def test_another_model_gets_none_of_what_was_its_own() -> None:
    """Where the picture's model cannot, one that can takes words and size, but no LoRAs, steps or negative prompt."""
    ask = variations.varied(BASE, [made.shelf_model(id="demo"), LARGE], WISH)
    assert (ask.model, ask.steps, ask.guidance, ask.negative, ask.extras.loras) == ("large", None, None, "", ())


def test_a_picture_is_enlarged_to_twice_its_size_as_far_as_the_model_goes() -> None:
    """Proportions stay where a side meets the model's end."""
    ask = variations.enlarged(BASE, [OWN], WISH)
    assert (ask.width, ask.height, ask.extras.strength) == (256, 256, 0.3)
    wide = variations.enlarged(replace(BASE, width=200, height=96), [OWN], WISH)
    assert (wide.width, wide.height) == (256, 120)


def test_nothing_larger_is_said_in_words() -> None:
    """With the largest the model draws of this shape; where another model draws larger ones, that does it."""
    full = replace(BASE, width=256, height=192)
    for models, wanted in (([OWN], None), ([OWN, LARGE], "demo")):
        with pytest.raises(NotRenderable) as refused:
            variations.enlarged(full, models, WISH, wanted)
        assert (refused.value.kind, refused.value.facts["largest"]) == ("nothing-larger", "256x192")
    other = variations.enlarged(full, [OWN, LARGE], WISH)
    assert (other.model, other.width, other.height) == ("large", 512, 384)


@pytest.mark.parametrize(("size", "wanted"), [((128, 128), (640, 640)), ((256, 128), (896, 448))])
def test_a_clip_keeps_the_shape_of_its_picture(size: tuple[int, int], wanted: tuple[int, int]) -> None:
    """In a size its model draws, with its frames; it is an ask that intake takes."""
    ask = variations.animated(replace(BASE, width=size[0], height=size[1]), [OWN, CLIPS], WISH)
    assert (ask.width, ask.height) == wanted
    assert (ask.model, ask.extras.frames, ask.extras.source) == ("clips", 81, FILE)
    assert draft(replace(ask, style=None), [OWN, CLIPS], 8).model.id == "clips"


def test_a_reference_lends_its_look_to_something_else() -> None:
    """The new words have a slug of their own, and no source to begin with."""
    ask = variations.referring(BASE, [LARGE, OWN], WISH, "a lighthouse")
    assert (ask.prompt, ask.slug, ask.model, ask.parent) == ("a lighthouse", None, "demo", JOB.id)
    assert (ask.extras.reference, ask.extras.source) == (Reference(image=FILE), None)


@pytest.mark.parametrize(
    ("models", "ways"),
    [
        ([OWN, CLIPS], ("vary", "upscale", "animate", "use")),
        ([LARGE], ("vary", "upscale")),
        ([OWN.model_copy(update={"largest": 128, "reference": False})], ("vary",)),
        ([made.shelf_model()], ()),
        ([CLIPS.model_copy(update={"present": False})], ()),
    ],
)
def test_only_what_the_shelf_can_do_is_offered(models: list[ShelfModel], ways: tuple[str, ...]) -> None:
    """A model without its weights offers nothing."""
    assert variations.ways(models, picture()) == ways


def test_nothing_is_made_of_a_clip_or_of_what_was_deleted() -> None:
    """A button pressed after that says so."""
    assert variations.ways([OWN, CLIPS], picture(media="video/mp4")) == ()
    with pytest.raises(PictureDeleted):
        variations.origin(JOB, picture(deleted_at=NOW))
    with pytest.raises(NotRenderable) as refused:
        variations.origin(JOB, picture(media="video/mp4"))
    assert refused.value.kind == "clip-still"


def test_a_shelf_that_cannot_says_so() -> None:
    """The button was drawn when it could."""
    with pytest.raises(NotRenderable) as refused:
        variations.animated(BASE, [OWN], WISH)
    assert (refused.value.kind, refused.value.facts) == ("model-unable", {"mode": "animate"})


def test_models_that_can_are_named_those_that_are_here_first() -> None:
    """For the refusal of a model that cannot."""
    away = OWN.model_copy(update={"id": "away", "present": False})
    assert variations.names([away, LARGE, OWN], "image") == ["large", "demo", "away"]
    assert variations.names([OWN], "control", "canny") == []


@pytest.mark.parametrize(
    ("extras", "kind", "able"),
    [
        (Extras(source=FILE), "mode-missing", "large, demo"),
        (Extras(control=Control(kind="canny", image=FILE)), "mode-missing", "none"),
        (Extras(reference=Reference(image=FILE)), "reference-missing", "demo"),
    ],
)
def test_what_a_model_cannot_is_refused_with_those_that_can(extras: Extras, kind: str, able: str) -> None:
    """The next step stands in the refusal itself."""
    ask = replace(variations.varied(BASE, [OWN], WISH), model="plain", style=None, extras=extras)
    with pytest.raises(NotRenderable) as refused:
        draft(ask, [made.shelf_model(id="plain"), LARGE, OWN], 8)
    assert (refused.value.kind, refused.value.facts["able"]) == (kind, able)


@settings(max_examples=300, deadline=None)
@given(
    size=st.tuples(st.integers(16, 4096), st.integers(16, 4096)),
    multiple=st.sampled_from([8, 16, 32, 64]),
    smallest=st.integers(1, 8),
    steps=st.integers(0, 40),
    most=st.sampled_from([0, 512 * 512, 1024 * 1024]),
)
def test_whatever_the_size_of_a_picture_its_variations_can_be_drawn(
    size: tuple[int, int], multiple: int, smallest: int, steps: int, most: int
) -> None:
    """Attached pictures have any size; the ask has one that the model draws, or says that it is as large as can be."""
    sides = {"multiple": multiple, "smallest": smallest * multiple, "largest": (smallest + steps) * multiple}
    usual = {"width": sides["smallest"], "height": sides["smallest"], "most_pixels": max(most, sides["smallest"] ** 2)}
    model = made.shelf_model(modes=("image", "animate"), frames=9, most_frames=17, **sides, **usual)
    base = Origin(FILE, *size)
    asks = [variations.remixed(base, [model], WISH), variations.animated(base, [model], WISH)]
    with suppress(NotRenderable):
        asks.append(variations.enlarged(base, [model], WISH))
    for ask in asks:
        draft(replace(ask, prompt="a fox"), [model], 8)
