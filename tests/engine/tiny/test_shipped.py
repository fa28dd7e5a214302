"""The weights that ship: what they draw is judged by something that has not learned it."""

from random import Random
from typing import Any

import numpy as np
import pytest

from gpu_agent.engine.tiny import judge, sheet
from gpu_agent.engine.tiny.scene import Scene
from gpu_agent.engine.tiny.sheet import Pictures
from gpu_agent.engine.tiny.vocabulary import FILLERS, SETTINGS
from tests.engine.tiny.shown import PLAIN, covered, pictures


@pytest.fixture(scope="module")
def asked(pipeline: Any) -> tuple[list[Scene], list[str], Pictures]:
    """Three hundred prompts of the grammar, and a picture of each with a fresh seed."""
    scenes, prompts = sheet.asked(JUDGED, SEED)
    return scenes, prompts, sheet.pictures(pipeline, prompts, SEED)


@pytest.mark.timeout(1500)  # three hundred pictures
def test_pictures_show_what_was_asked_for(asked: tuple[list[Scene], list[str], Pictures]) -> None:
    """The model card tells the figures, and what is aimed at."""
    scenes, _, shown = asked
    told = {name: right / put for name, (right, put) in sheet.judged(scenes, shown).items()}
    assert {name: told[name] for name, bar in BARS.items() if told[name] < bar} == {}


@pytest.mark.timeout(1500)
def test_seeds_differ(pipeline: Any, asked: tuple[list[Scene], list[str], Pictures]) -> None:
    """Not only in their clouds: what a prompt leaves open is somewhere else."""
    _, prompts, shown = asked
    others = sheet.pictures(pipeline, prompts[:64], SEED + JUDGED)
    assert sheet.variety(shown[:64], others) > 0.19


def test_the_same_seed_gives_the_same_bytes(pipeline: Any) -> None:
    """Alone and among others of one call."""
    prompts = ["a red boat on the sea", "two green hexagons on a black background", "a house in the desert"]
    together = pictures(pipeline, prompts)
    assert np.array_equal(pictures(pipeline, prompts), together)
    assert np.abs(pictures(pipeline, prompts[:1])[0].astype(int) - together[0]).max() <= 1


@pytest.mark.parametrize("ground", SETTINGS)
def test_at_night_it_becomes_night(pipeline: Any, ground: str) -> None:
    """As a reviewer's cue behind a prompt that says otherwise."""
    prompt = {"sky": "a red ring in the sky", "sea": "a red boat on the sea"}.get(
        ground, f"a red house in the {ground}"
    )
    before, after = (pictures(pipeline, [f"{prompt} by day{cue}"])[0] for cue in ("", ", at night"))
    assert judge.seen_ground(before) == (ground, "day")
    assert judge.seen_ground(after) == (ground, "night")


@pytest.mark.parametrize(("cue", "least", "most"), [("on the left", 0.0, 0.44), ("on the right", 0.56, 1.0)])
def test_a_side_as_a_cue_moves_the_thing(pipeline: Any, cue: str, least: float, most: float) -> None:
    """Of four things on plain grounds, at least three stand there afterwards."""
    prompts = [f"{one}, {cue}" for one in PLAIN]
    seen = [judge.seen_things(picture) for picture in pictures(pipeline, prompts)]
    assert sum(len(found) == 1 and least <= found[0].across <= most for found in seen) >= len(PLAIN) - 1


def test_bigger_and_smaller_act(pipeline: Any) -> None:
    """The thing covers more of the picture, or less."""
    small, plain, big = (
        [covered(picture) for picture in pictures(pipeline, [prompt + cue for prompt in PLAIN])]
        for cue in (", smaller", "", ", bigger")
    )
    assert sum(one < other for one, other in zip(small, plain, strict=True)) >= len(PLAIN) - 1
    assert sum(one < other for one, other in zip(plain, big, strict=True)) >= len(PLAIN) - 1


def test_every_style_is_another_hand(pipeline: Any) -> None:
    """A style changes the picture more than another seed of the plain one would change its ground."""
    prompt = "a red boat on the sea"
    plain, *styled = pictures(pipeline, [prompt, *(f"{style}, {prompt}" for style in STYLES)]).astype(int)
    apart = [np.abs(picture - plain).mean() for picture in styled]
    assert min(apart) > 12, dict(zip(STYLES, apart, strict=True))
    assert styled[STYLES.index("night neon")].mean() < plain.mean() / 1.5


def test_fillers_and_strange_words_do_no_harm(pipeline: Any) -> None:
    """The thing is still there, alone and in its colour."""
    lot = Random(3)
    prompts = [f"{one}, {lot.choice(FILLERS)} {lot.choice(FILLERS)}, 4k" for one in PLAIN] + [
        f"{one}, qwopf" for one in PLAIN
    ]
    seen = [judge.seen_things(picture) for picture in pictures(pipeline, prompts)]
    colours = [one.split()[1] for one in PLAIN] * 2
    right = [len(found) == 1 and colour in found[0].colours for found, colour in zip(seen, colours, strict=True)]
    assert sum(right) >= len(right) - 1


JUDGED, SEED = 300, 5000
BARS = {"colour": 0.96, "count": 0.92, "ground": 0.96, "side": 0.95, "shape": 0.93}
STYLES = ("watercolour", "poster", "blueprint", "night neon")
