"""The judge is right about drawings, and at a loss when captions are shuffled."""

from collections.abc import Iterator
from random import Random

import numpy as np
import pytest

from gpu_agent.engine.tiny.drawing import draw
from gpu_agent.engine.tiny.judge import Opinion, Picture, judge, seen_things
from gpu_agent.engine.tiny.scene import Group, Item, Scene, sample

Answers = dict[str, list[bool]]


@pytest.fixture(scope="module")
def drawn() -> list[tuple[Scene, Picture]]:
    lot = Random(21)
    found = [sample(lot, 0.4, style="") for _ in range(700)]
    return [(scene, draw(scene, lot)) for scene in found]


def answers(opinions: Iterator[Opinion]) -> Answers:
    collected: Answers = {}
    for opinion in opinions:
        for name, answer in vars(opinion).items():
            if answer is not None:
                collected.setdefault(name, []).append(answer)
    return collected


def test_drawings_are_judged_right(drawn: list[tuple[Scene, Picture]]) -> None:
    """At least 99 of 100 answers about pictures that are right say so."""
    found = answers(judge(picture, scene) for scene, picture in drawn)
    assert set(found) == {"colour", "count", "ground", "side", "shape"}
    assert all(len(given) >= 60 for given in found.values())
    assert sum(map(sum, found.values())) / sum(map(len, found.values())) >= 0.995
    assert {name: np.mean(given) >= 0.98 for name, given in found.items()} == dict.fromkeys(found, True)


def test_shuffled_captions_are_judged_wrong(drawn: list[tuple[Scene, Picture]]) -> None:
    """A picture of something else does no better than chance: about one count in three, one side in three."""
    pictures = [picture for _, picture in drawn]
    Random(1).shuffle(pictures)
    found = answers(judge(picture, scene) for (scene, _), picture in zip(drawn, pictures, strict=True))
    chance = {"colour": 0.15, "count": 0.45, "ground": 0.12, "side": 0.45, "shape": 0.2}
    assert {name: np.mean(given) < chance[name] for name, given in found.items()} == dict.fromkeys(chance, True)


def test_a_big_moon_stands_where_it_reaches() -> None:
    """A crescent's weight lies left of the middle between its ends."""
    moon = Item("moon", "red", 0.62, 0.5, 0.31)
    scene = Scene((Group(1, "moon", "red"),), "white", "", "", "big", "right", 0.6, (moon,), True)
    assert judge(draw(scene, Random(2)), scene).side


def test_a_star_of_the_night_at_the_rim_is_no_thing() -> None:
    """It is the colour of the sky around it that lies behind its line."""
    scene = Scene((), "sky", "night", "", "", "", 0.6, (), True)
    sky = draw(scene, Random(4))
    sky[120:123, :5] = 250
    assert seen_things(sky) == []


@pytest.mark.parametrize(("colour", "named", "right"), [("white", False, True), ("white", True, False)])
def test_a_colour_that_nobody_named_may_be_any_usual_one(colour: str, named: bool, right: bool) -> None:
    """A moon is yellow or white; who asks for a yellow one gets no white one."""
    asked = Scene((Group(1, "moon", "yellow", named),), "blue", "", "", "", "", 0.6, (), True)
    shown = Scene(
        (Group(1, "moon", colour),), "blue", "", "", "", "", 0.6, (Item("moon", colour, 0.5, 0.5, 0.2),), True
    )
    assert judge(draw(shown, Random(5)), asked).colour is right
