"""Scenes, captions and drawings: what the model learns from."""

from collections import Counter
from dataclasses import replace
from random import Random

import numpy as np
import numpy.typing as npt
import pytest

from gpu_agent.engine.tiny import grounds, tokens, vocabulary
from gpu_agent.engine.tiny.drawing import draw
from gpu_agent.engine.tiny.grammar import caption, spoiled
from gpu_agent.engine.tiny.scene import HORIZONS, Scene, laid_out, sample
from gpu_agent.engine.tiny.styles import HANDS


def scenes(count: int) -> list[Scene]:
    lot = Random(4)
    return [sample(lot) for _ in range(count)]


def test_a_lot_decides_scene_caption_and_every_pixel() -> None:
    """The same seed teaches the same lesson, on every machine and in every year."""
    first, second = Random(8), Random(8)
    for _ in range(12):
        one, other = sample(first), sample(second)
        assert one == other
        assert caption(one, first) == caption(other, second)
        assert np.array_equal(draw(one, first), draw(other, second))


def test_things_lie_inside_the_picture_and_apart_from_each_other() -> None:
    """What a caption counts can be counted."""
    for scene in scenes(800):
        for item in scene.items:
            assert item.half * 0.9 <= item.x <= 1 - item.half * 0.9
            assert item.y - item.half >= -0.02
            assert item.y + item.half <= 1.1
        for i, one in enumerate(scene.items):
            for other in scene.items[i + 1 :]:
                assert max(abs(one.x - other.x), abs(one.y - other.y)) > 1.6 * one.half


def test_what_a_caption_leaves_open_is_really_open() -> None:
    """Two drawings of one scene lie a quarter as far apart as those of two scenes, or a model could not learn it."""
    sets = [np.stack([drawn_anew(scene, turn) for scene in scenes(24)]).astype(np.int16) for turn in range(2)]
    between_scenes = [np.abs(pictures - np.roll(pictures, 5, axis=0)).mean() for pictures in sets]
    assert np.abs(sets[0] - sets[1]).mean() > 0.25 * np.mean(between_scenes)


def drawn_anew(known: Scene, turn: int) -> npt.NDArray[np.uint8]:
    """The same things on the same ground; places, sizes and all the rest by another lot."""
    lot = Random(turn)
    horizon = lot.uniform(*HORIZONS)
    items = laid_out(lot, known.groups, known.ground, horizon, known.size, known.side, loose=1.0)
    return draw(replace(known, style="", items=items, horizon=horizon), lot)


def test_no_thing_has_the_colour_of_its_ground() -> None:
    """A picture in which nothing can be seen teaches nothing."""
    for scene in scenes(800):
        assert all(group.colour != scene.ground for group in scene.groups)


def test_every_word_of_the_vocabulary_is_taught() -> None:
    """What the page of known words promises occurs in captions."""
    lot = Random(4)
    said = " ".join(caption(sample(lot), lot) for _ in range(5000))
    missing = [word for word in vocabulary.known() if word not in said]
    assert not missing


def test_a_side_in_the_caption_is_a_side_in_the_picture() -> None:
    """Left is left."""
    for scene in scenes(800):
        if scene.side:
            assert (scene.items[0].x < 0.5) == (scene.side == "left")


def test_a_wish_behind_everything_else_is_what_the_picture_shows() -> None:
    """Reviewers' cues stand there, also where the prompt says otherwise."""
    lot, seen = Random(4), Counter[str]()
    for scene in scenes(4000):
        *before, last = caption(scene, lot).split(", ")
        meaning = next((name for name, said in vocabulary.AFTERWARDS.items() if last in said), "")
        if meaning and before:
            assert meaning in (scene.size, scene.side, scene.time)
            seen[meaning] += 1
    assert all(seen[meaning] > 5 for meaning in vocabulary.AFTERWARDS)


def test_fillers_go_around_a_caption_and_leave_it_whole() -> None:
    """Words without meaning are added, none is taken away."""
    lot = Random(1)
    for _ in range(200):
        assert "a red circle" in spoiled("a red circle", lot)


@pytest.mark.parametrize("style", list(HANDS))
def test_every_style_is_another_hand(style: str) -> None:
    """The same scene looks different in each of them, and is neither black nor empty."""
    lot = Random(3)
    scene = sample(lot, 1.0, style="")
    pictures = {name: draw(Scene(**{**vars(scene), "style": name}), Random(5)) for name in HANDS}
    assert pictures[style].shape == (256, 256, 3)
    assert pictures[style].std() > 3
    others = [name for name in HANDS if name != style]
    assert all(np.abs(pictures[style].astype(int) - pictures[name]).mean() > 2 for name in others)


def test_mountains_stand_out_from_the_sky_at_every_hour() -> None:
    """At night, too, there is something to see."""
    for time in vocabulary.TIMES:
        scene = Scene((), "mountains", time, "", "", "", 0.6, (), True)
        parts = grounds.draw(scene, Random(2))
        picture = draw(scene, Random(2)).astype(int)
        assert len(parts) > 6
        assert np.abs(np.diff(picture[90:150], axis=1)).max() > 25


def test_known_words_are_single_tokens_and_strange_ones_fall_apart() -> None:
    """Nothing a person types is outside the tokenizer."""
    words = tokens.tokenizer()
    for word in tokens.words():
        pieces = words.tokenize(word)
        assert len(pieces) == 1 or any(letter.isdigit() for letter in word) or not word.isalpha(), (word, pieces)
    assert len(words.tokenize("zyzzyva")) > 1
    assert words.decode(words("ein großes Boot 🛶").input_ids, skip_special_tokens=True).strip() == "ein großes boot 🛶"


def test_calm_scenes_keep_things_in_their_places() -> None:
    """That is what a network learns a shape from first."""
    lot = Random(4)
    calm = [scene for scene in (sample(lot, 1.0, "", loose=0.0) for _ in range(300)) if len(scene.items) == 1]
    plain = {(item.x, item.y) for scene in calm if not (scene.time or scene.side) for item in scene.items}
    assert plain == {(0.5, 0.5)}
