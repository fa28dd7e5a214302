"""What people think of pictures, and what is learned from it. `bot.nouns` hands these on with all the others."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What one person thinks of one picture. REROLL is an opinion; nothing is rendered because of it."""

    KEEP = "keep"
    REJECT = "reject"
    REROLL = "reroll"


@dataclass(frozen=True, slots=True)
class Mark:
    """One sign a person set. `emoji` is that of a reaction under a picture, WORDS, PASTED, or a choice on a sheet."""

    message: int
    job: str
    person: int
    emoji: str
    verdict: Verdict
    words: str = ""


WORDS = "words"
PASTED = "pasted"  # a verdict that came as a line of text; no reaction of that picture's takes it away
CHOICE = "choice/"  # and the job: a sheet shows many pictures, and a person has one choice for each


def choice_of(job: str) -> str:
    """The sign of what a person chose for this picture on a contact sheet."""
    return f"{CHOICE}{job}"


def choice(message: int, job: str, person: int, verdict: Verdict) -> Mark:
    """What a person chose for this picture on a contact sheet."""
    return Mark(message, job, person, choice_of(job), verdict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What counts now: the one verdict of a person on a picture, with the words and reactions given for it."""

    job: str
    slug: str
    message: int
    person: int
    verdict: Verdict
    words: str
    at: float
    model: str = ""
    archetype: str | None = None
    emojis: tuple[str, ...] = ()
    style: str | None = None


class Scope(StrEnum):
    """How far a cue reaches, the nearest first."""

    SLUG = "slug"
    STYLE = "style"
    ARCHETYPE = "archetype"
    MODEL = "model"
    EVERYTHING = "everything"


class CueState(StrEnum):
    """Only an active cue reaches prompts; a proposed one waits for somebody to accept it."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    MUTED = "muted"
    RETIRED = "retired"


class CueVerb(StrEnum):
    """What a person may do to a cue by hand."""

    ADD = "add"
    ACCEPT = "accept"
    MUTE = "mute"
    UNMUTE = "unmute"
    RETIRE = "retire"


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase that shapes prompts, and what it keeps out of them. `about` is what its scope names.

    `origin` are the messages it was learned on, `by` the people who added or accepted it by hand. While `against`
    names a phrase that was wanted later and excludes it, it does not act.
    """

    phrase: str
    about: str
    origin: tuple[int, ...]
    weight: float = 1.0
    negative: str = ""
    scope: Scope = Scope.SLUG
    state: CueState = CueState.ACTIVE
    by: tuple[int, ...] = ()
    against: str = ""


@dataclass(frozen=True, slots=True)
class CueEdit:
    """One thing a person did to a cue, kept for ever. The same `key` counts once, however often it is sent."""

    key: str
    verb: CueVerb
    scope: Scope
    about: str
    phrase: str
    person: int
    at: float
    negative: str = ""


@dataclass(frozen=True, slots=True)
class Learned:
    """What cues are folded from: what counts now, and what people did to cues by hand, in the order they did it."""

    judgements: tuple[Judgement, ...] = ()
    edits: tuple[CueEdit, ...] = ()


@dataclass(frozen=True, slots=True)
class ReasonEdit:
    """Words that somebody filed under a reason (`promoted`) or took away from it again, kept for ever.

    With a `name` the reason is a new one. A demotion without keywords takes the whole reason back, with all its words.
    """

    key: str
    promoted: bool
    reason: str
    keywords: tuple[str, ...]
    person: int
    at: float
    name: str = ""
    emoji: str = ""
    positive: str = ""
    negative: str = ""
