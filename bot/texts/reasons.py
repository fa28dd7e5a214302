"""What `/taste promote` and `/taste demote` say, and the form of a new reason."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.texts.failures import harmless
from bot.texts.tongue import _, counted

TITLE = _("A new reason")
WORDS = _("Words that mean it")
WORDS_HINT = _("soulless, no life in it")
NAME = _("Its name")
NAME_HINT = _("Mood")
EMOJI = _("Its reaction (optional)")
EMOJI_HINT = _("One emoji, with the keyboard's own sign for it")
POSITIVE = _("What the next picture is asked for")
POSITIVE_HINT = _("full of life")
NEGATIVE = _("What is kept out of it (optional)")
NEGATIVE_HINT = _("lifeless")

NOT_YOURS = _("Only moderators can change what words mean. Everybody can see it with `/taste reasons`.")
NO_SUCH_REASON = _(
    "There is no such reason that words can be filed under. Pick one from the list, or leave it out for a new one."
)
NO_WORDS = _("None of these words can be found in what people say. Write plain words, with commas between them.")
NO_NAME = _("A reason needs a name with letters from a to z or digits in it. Write one.")
NO_PHRASE = _("A reason needs a phrase that prompts are given. Write plain words, without mentions, links and markup.")
NO_EMOJI = _("That is not one emoji. Choose one from the keyboard, or leave it out.")
TAKEN = _("This emoji means something already: `/taste reasons` shows what. Choose another one, or leave it out.")
NOT_PROMOTED = _("These words were not promoted. Pick from the list what can be taken back.")


class Answering(Protocol):
    """What is told of a reason."""

    @property
    def name(self) -> str: ...
    @property
    def emoji(self) -> str: ...
    @property
    def positive(self) -> str: ...


def whole(name: str) -> str:
    return _("the whole reason {name}", name=name)


def known(name: str) -> str:
    return _("There is a reason “{name}” already. Choose it in the command, or give another name.", name=harmless(name))


def filed(words: Mapping[str, str]) -> str:
    """`words` with the reasons that they are filed under."""
    told = ", ".join(f"“{harmless(word)}” ({harmless(name)})" for word, name in words.items())
    return _("These words have a reason already: {told}. Leave them out, or take them back first.", told=told)


def promoted(words: Sequence[str], reason: Answering, refiled: int) -> str:
    """`refiled` is how often something was said that had no reason before."""
    told = ", ".join(f"“{harmless(word)}”" for word in words)
    asked = _(
        "{told} now means **{name}**: the next pictures are asked for **{positive}**.",
        told=told,
        name=harmless(reason.name),
        positive=harmless(reason.positive),
    )
    emoji = [_("{emoji} under a picture means it, too.", emoji=harmless(reason.emoji))] if reason.emoji else []
    again = [counted("{count} thing said before is filed anew.", "{count} things said before are filed anew.", refiled)]
    return " ".join([asked, *emoji, *(again if refiled > 0 else [])])


def demoted(name: str) -> str:
    return _("Taken back: “{name}”. What was said with it teaches nothing any more.", name=harmless(name))
