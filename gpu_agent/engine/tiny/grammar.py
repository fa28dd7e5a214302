"""A scene in words, as people would ask for it."""

from dataclasses import replace
from random import Random
from string import ascii_lowercase
from typing import Any

from gpu_agent.engine.tiny.scene import Group, Scene
from gpu_agent.engine.tiny.vocabulary import (
    AFTERWARDS,
    COLOURS,
    FILLERS,
    NUMBERS,
    PLURALS,
    PREFIXES,
    SAID,
    SIDES,
    SIZES,
    TIMES,
)

_WHERE = {
    "sky": ("in the sky", "in the sky", "in a wide sky"),
    "sea": ("over the sea", "over the ocean", "above the sea", "by the sea"),
    "hills": ("over green hills", "over the hills", "in the hills"),
    "desert": ("over the desert", "in the desert", "above the dunes"),
    "mountains": ("over the mountains", "in the mountains", "above the mountains"),
}
_AT_SEA = ("on the sea", "on the ocean", "at sea", "on the sea")
_ALONE = {
    "sky": ("the sky", "sky"),
    "sea": ("the sea", "the ocean", "sea"),
    "hills": ("green hills", "the hills", "hills"),
    "desert": ("the desert", "sand dunes", "desert"),
    "mountains": ("mountains", "the mountains"),
}

_LATE = 0.2  # wishes that are said behind everything else
_OVERRULED = 0.4  # of these, how many contradict what was said before
_MEANINGS = {"size": SIZES, "side": SIDES, "time": TIMES}


def caption(scene: Scene, lot: Random) -> str:
    """One of many ways to ask for this scene."""
    late = [wish for wish in _wishes(scene) if lot.random() < _LATE]
    at_once = _before(scene, late, lot)
    things = " and ".join(_group(group, at_once.size, lot) for group in scene.groups)
    if things and at_once.side:
        things = f"{things} {lot.choice(SAID[at_once.side])}"
    ground = _ground(at_once, lot) if scene.told else ""
    lot.shuffle(late)
    text = ", ".join([_joined(things, ground, lot), *(lot.choice(AFTERWARDS[wish]) for wish in late)])
    return _styled(text, scene.style, lot) if scene.style else lot.choice(PREFIXES) + text


def _wishes(scene: Scene) -> list[str]:
    return [wish for wish in (scene.size, scene.side, scene.time if scene.told else "") if wish]


def _before(scene: Scene, late: list[str], lot: Random) -> Scene:
    """What is said in front of the late wishes: nothing about them, or something else, which they overrule."""
    others: dict[str, Any] = {}
    for wish in late:
        field, meanings = next((field, known) for field, known in _MEANINGS.items() if wish in known)
        other = lot.choice([meaning for meaning in meanings if meaning != wish])
        others[field] = other if lot.random() < _OVERRULED else ""
    return replace(scene, **others)


def spoiled(text: str, lot: Random) -> str:
    """The caption with words that mean nothing before or after it, so that they learn to do no harm."""
    extra = " ".join(_strange(lot) for _ in range(lot.randint(1, 4)))
    return lot.choice((f"{text}, {extra}", f"{text}, {extra}", f"{extra}, {text}", f"{text} {extra}"))


def article(phrase: str) -> str:
    """The phrase with its article."""
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


def _strange(lot: Random) -> str:
    if lot.random() < 0.75:
        return lot.choice(FILLERS)
    return "".join(lot.choice(ascii_lowercase) for _ in range(lot.randint(2, 7)))


def _said(meaning: str, lot: Random) -> str:
    return lot.choice(SAID.get(meaning, (meaning,)))


def _group(group: Group, size: str, lot: Random) -> str:
    colour = _said(group.colour, lot) if group.named else ""
    word = _said(group.thing, lot)
    if group.count > 1:
        number = lot.choice((NUMBERS[group.count], NUMBERS[group.count], str(group.count)))
        return " ".join(part for part in (number, colour, PLURALS.get(word, word + "s")) if part)
    phrase = " ".join(part for part in (_said(size, lot) if size else "", colour, word) if part)
    return lot.choice((article(phrase), article(phrase), f"one {phrase}", phrase))


def _ground(scene: Scene, lot: Random) -> str:
    if scene.ground in COLOURS:
        colour = _said(scene.ground, lot)
        behind = f"{article(colour)} background"
        return lot.choice((f"on {behind}", f"on {behind}", f"on {colour}", f"{colour} background", f"against {behind}"))
    return f"{lot.choice(_places(scene))} {_said(scene.time, lot) if scene.time else ''}".strip()


def _places(scene: Scene) -> tuple[str, ...]:
    if not scene.groups:
        return _ALONE[scene.ground]
    return _AT_SEA if scene.ground == "sea" and scene.groups[0].thing == "boat" else _WHERE[scene.ground]


def _joined(things: str, ground: str, lot: Random) -> str:
    if not things or not ground:
        return things or ground
    return lot.choices((f"{things} {ground}", f"{things}, {ground}", f"{ground}, {things}"), (75, 15, 10))[0]


def _styled(text: str, style: str, lot: Random) -> str:
    said = _said(style, lot)
    if said.startswith(("a ", "in ")):
        return f"{said} of {text}" if said.startswith("a ") else f"{text} {said}"
    return lot.choice((f"{text}, {said}", f"{said}, {text}", f"{said} {text}"))
