"""The judge is right about drawings, and at a loss when captions are shuffled."""

from collections.abc import Iterator
from random import Random

import numpy as np
import pytest

from gpu_agent.engine.tiny.drawing import draw
from gpu_agent.engine.tiny.judge import Opinion, Picture, judge
from gpu_agent.engine.tiny.scene import Scene, sample

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
    assert sum(map(sum, found.values())) / sum(map(len, found.values())) >= 0.99
    assert {name: np.mean(given) >= 0.97 for name, given in found.items()} == dict.fromkeys(found, True)


def test_shuffled_captions_are_judged_wrong(drawn: list[tuple[Scene, Picture]]) -> None:
    """A picture of something else does no better than chance: about one count in three, one side in three."""
    pictures = [picture for _, picture in drawn]
    Random(1).shuffle(pictures)
    found = answers(judge(picture, scene) for (scene, _), picture in zip(drawn, pictures, strict=True))
    chance = {"colour": 0.15, "count": 0.45, "ground": 0.12, "side": 0.45, "shape": 0.2}
    assert {name: np.mean(given) < chance[name] for name, given in found.items()} == dict.fromkeys(chance, True)
