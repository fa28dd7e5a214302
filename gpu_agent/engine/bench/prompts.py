"""Prompts of different lengths, none of them twice: words that every tokenizer has, begun at another one each time."""

_WORDS = ("a", "red", "boat", "on", "the", "sea", "a", "blue", "circle", "on", "a", "white", "ground")
_SHORTEST, _SPREAD = 12, 58  # words; the longest has as many letters as the demo's model reads
_STRIDE = 37  # has no factor in common with the spread: all lengths come before one comes again


def prompt(number: int) -> str:
    """The prompt of this number: the first seven hundred are all different, and neighbours differ in length."""
    length = _SHORTEST + number * _STRIDE % _SPREAD
    return " ".join(_WORDS[(number + at) % len(_WORDS)] for at in range(length))
