"""What the demo's own model can be asked for, in the words it knows, for the page."""

from gpu_agent.engine.tiny.vocabulary import COLOURS, NUMBERS, SAID, SETTINGS, SIDES, SIZES, STYLES, THINGS, TIMES

_GROUPS = {
    "Things": THINGS,
    "Colours": tuple(COLOURS),
    "Places": SETTINGS,
    "Times": TIMES,
    "Sizes": SIZES,
    "Sides": SIDES,
    "Numbers": NUMBERS[1:],
    "Styles": STYLES,
}
_EXAMPLES = (
    "a red star above blue hills at night",
    "two small white boats on the sea at sunset",
    "a big cat on the left, watercolour",
    "a poster of a purple house in the desert",
)


def words() -> dict[str, object]:
    """{"groups": [{"name", "words": [{"word", "also": [...]}]}], "examples": [...]}; `also` means the same."""
    groups = [{"name": name, "words": [_entry(word) for word in found]} for name, found in _GROUPS.items()]
    return {"groups": groups, "examples": list(_EXAMPLES)}


def _entry(meaning: str) -> dict[str, object]:
    """A meaning under the usual way to say it, and the others; some usually go without a word."""
    said = list(dict.fromkeys(phrase for phrase in SAID.get(meaning, (meaning,)) if phrase))
    return {"word": said[0], "also": said[1:]}
