"""What `/cue` and `/taste` answer. Words that people chose are made harmless here."""

from collections.abc import Iterable, Mapping, Sequence

from bot.nouns import Cue, CueState, CueVerb, Scope
from bot.texts.failures import harmless

NOT_YOURS = (
    "Only moderators can change cues. Anybody can take back a verdict of their own, and its "
    "cue goes with it."
)
NOT_FOR_ALL = "What people said in all channels is shown to moderators."
UNKNOWN = "There is no such cue any more, or it was typed by hand. Pick one from the list that appears while you type."
NO_WORDS = "Nothing of that can stand in a prompt: mentions, links and markup are left out. Write plain words."
ABOUT_WHAT = "Say which slug, archetype or model it is about; only a cue for everything needs no name."
ABOUT_NOTHING = "A cue for everything is about nothing in particular: leave the name out, or choose another scope."

_SHOWN = 20
_DONE = {
    CueVerb.ADD: "Added",
    CueVerb.ACCEPT: "Accepted",
    CueVerb.MUTE: "Muted until somebody unmutes it",
    CueVerb.UNMUTE: "Active again",
    CueVerb.RETIRE: "Retired",
}


def listing(cues: Sequence[Cue], acting: Iterable[Cue], links: Mapping[int, str]) -> str:
    """`acting` are those that reach prompts; `links` lead to the pictures they were learned on."""
    if not cues:
        return "No cues here yet. A reason under a rejected picture makes one, and so does `/cue add`."
    acts = set(acting)
    ordered = sorted(cues, key=lambda cue: cue.state is not CueState.PROPOSED)
    lines = [f"• {_told(cue, cue in acts, links)}" for cue in ordered[:_SHOWN]]
    return "\n".join([*lines, *([f"… and {len(cues) - _SHOWN} more"] if len(cues) > _SHOWN else [])])


def _told(cue: Cue, acts: bool, links: Mapping[int, str]) -> str:
    words = [named(cue), reach(cue), cue.state.value, source(cue), f"weight {cue.weight:.2g}"]
    if cue.state is CueState.PROPOSED:
        words.append("waits for `/cue accept`")
    elif cue.against:
        words.append(f"left out: **{harmless(cue.against)}** was wanted later and contradicts it")
    elif not acts and cue.state is CueState.ACTIVE:
        words.append("left out: it has faded")
    latest = [links[message] for message in cue.origin[-1:] if message in links]
    return " · ".join([*words, *latest])


def named(cue: Cue) -> str:
    against = f" (against: {harmless(cue.negative)})" if cue.negative else ""
    return f"**{harmless(cue.phrase)}**{against}"


def unmarked(cue: Cue) -> str:
    """The same for a terminal."""
    return f"{cue.phrase} (against: {cue.negative})" if cue.negative else cue.phrase


def reach(cue: Cue) -> str:
    """How far it reaches: "slug fox", "everything"."""
    return cue.scope.value if cue.scope is Scope.EVERYTHING else f"{cue.scope.value} {harmless(cue.about)}"


def source(cue: Cue) -> str:
    """Where it comes from, short."""
    count = len(cue.origin)
    learned = ["learned on 1 picture" if count == 1 else f"learned on {count} pictures"] if count else []
    return ", ".join([*learned, *(["by hand"] if cue.by else [])])


def done(verb: CueVerb, cue: Cue) -> str:
    return f"{_DONE[verb]}: {named(cue)} for {reach(cue)}. It counts from the next picture on."


def unfiled(parts: Sequence[tuple[str, int]]) -> str:
    """Words that fit no reason, with how often they were said."""
    if not parts:
        return "Everything that was said lately fits a reason."
    lines = [f"• {harmless(words)} ({count}×)" for words, count in parts]
    return "\n".join(
        [
            "These words fit no reason. Add them as keywords to a file of your own (`[taste] taxonomy` in the bot's "
            "settings): what was said before is then filed again.",
            *lines,
        ]
    )


def reasons(known: Iterable[tuple[str, str, str]]) -> str:
    """Emoji, name and answer of each reason."""
    lines = [
        f"• {emoji or '▫️'} **{harmless(name)}**: {harmless(answer) or 'by its words'}" for emoji, name, answer in known
    ]
    return "\n".join(
        ["A reaction with one of these rejects a picture for that reason; words under **Why?** too.", *lines]
    )
