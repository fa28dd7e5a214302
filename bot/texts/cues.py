"""What `/cue` and `/taste` answer. Words that people chose are made harmless here."""

from collections.abc import Iterable, Mapping, Sequence

from bot.nouns import Cue, CueState, CueVerb, Scope
from bot.texts.failures import harmless
from bot.texts.tongue import _, counted

NOT_YOURS = _(
    "Only moderators can change cues. Anybody can take back a verdict of their own, and its cue goes with it."
)
NOT_FOR_ALL = _("What people said in all channels is shown to moderators.")
UNKNOWN = _(
    "There is no such cue any more, or it was typed by hand. Pick one from the list that appears while you type."
)
NO_WORDS = _("Nothing of that can stand in a prompt: mentions, links and markup are left out. Write plain words.")
ABOUT_WHAT = _("Say which slug, style, archetype or model it is about; only a cue for everything needs no name.")
ABOUT_NOTHING = _("A cue for everything is about nothing in particular: leave the name out, or choose another scope.")

_SHOWN = 20
_ROOM = 1900  # characters of a message, less what is said of the rest
_DONE = {
    CueVerb.ADD: _("Added"),
    CueVerb.ACCEPT: _("Accepted"),
    CueVerb.MUTE: _("Muted until somebody unmutes it"),
    CueVerb.UNMUTE: _("Active again"),
    CueVerb.RETIRE: _("Retired"),
}
_STATES = {
    CueState.PROPOSED: _("proposed"),
    CueState.ACTIVE: _("active"),
    CueState.MUTED: _("muted"),
    CueState.RETIRED: _("retired"),
}
_SCOPES = {
    Scope.SLUG: _("slug"),
    Scope.STYLE: _("style"),
    Scope.ARCHETYPE: _("archetype"),
    Scope.MODEL: _("model"),
    Scope.EVERYTHING: _("everything"),
}


def listing(cues: Sequence[Cue], acting: Iterable[Cue], links: Mapping[int, str]) -> str:
    """`acting` are those that reach prompts; `links` lead to the pictures they were learned on."""
    if not cues:
        return _("No cues here yet. A reason under a rejected picture makes one, and so does `/cue add`.")
    acts = set(acting)
    ordered = sorted(cues, key=lambda cue: cue.state is not CueState.PROPOSED)
    lines: list[str] = []
    for cue in ordered[:_SHOWN]:
        line = f"• {_told(cue, cue in acts, links)}"
        if sum(map(len, lines)) + len(lines) + len(line) > _ROOM:
            break
        lines.append(line)
    rest = len(cues) - len(lines)
    return "\n".join([*lines, *([_("… and {count} more", count=rest)] if rest else [])])


def _told(cue: Cue, acts: bool, links: Mapping[int, str]) -> str:
    words = [named(cue), reach(cue), _STATES[cue.state], source(cue), _("weight {weight:.2g}", weight=cue.weight)]
    if cue.state is CueState.PROPOSED:
        words.append(_("waits for `/cue accept`"))
    elif cue.against:
        words.append(_("left out: **{against}** was wanted later and contradicts it", against=harmless(cue.against)))
    elif not acts and cue.state is CueState.ACTIVE:
        words.append(_("left out: it has faded"))
    latest = [_("[its post]({link})", link=links[message]) for message in cue.origin[-1:] if message in links]
    return " · ".join([*words, *latest])


def named(cue: Cue) -> str:
    against = _(" (against: {negative})", negative=harmless(cue.negative)) if cue.negative else ""
    return f"**{harmless(cue.phrase)}**{against}"


def unmarked(cue: Cue) -> str:
    """The same for a terminal."""
    return _("{phrase} (against: {negative})", phrase=cue.phrase, negative=cue.negative) if cue.negative else cue.phrase


def reach(cue: Cue) -> str:
    """How far it reaches: "slug fox", "everything"."""
    return _SCOPES[cue.scope] if cue.scope is Scope.EVERYTHING else f"{_SCOPES[cue.scope]} {harmless(cue.about)}"


def source(cue: Cue) -> str:
    """Where it comes from, short."""
    count = len(cue.origin)
    learned = [counted("learned on {count} picture", "learned on {count} pictures", count)] if count else []
    imported = sum(message < 0 for message in cue.origin)
    learned += [_("{count} of them imported", count=imported)] if imported else []
    return ", ".join([*learned, *([_("by hand")] if cue.by else [])])


def done(verb: CueVerb, cue: Cue) -> str:
    return _(
        "{done}: {named} for {reach}. It counts from the next picture on.",
        done=_DONE[verb],
        named=named(cue),
        reach=reach(cue),
    )


def unfiled(parts: Sequence[tuple[str, int]]) -> str:
    """Words that fit no reason, with how often they were said."""
    if not parts:
        return _("Everything that was said lately fits a reason.")
    lines = [f"• {harmless(words)} ({count}×)" for words, count in parts]
    return "\n".join(
        [
            _(
                "These words fit no reason. `/taste promote` files them under one, or under a new one: what was said "
                "before is then filed anew."
            ),
            *lines,
        ]
    )


def reasons(known: Iterable[tuple[str, str, str]]) -> str:
    """Emoji, name and answer of each reason."""
    by_words = _("by its words")
    lines = [f"• {emoji or '▫️'} **{harmless(name)}**: {harmless(answer) or by_words}" for emoji, name, answer in known]
    return "\n".join(
        [_("A reaction with one of these rejects a picture for that reason; words under **Why?** too."), *lines]
    )
