"""What is said of pairs, and what `/taste report` says that they show. Words that people chose are made harmless."""

from collections.abc import Sequence

from bot.nouns import Cue, Figure, Report, Scope
from bot.texts import cues
from bot.texts.failures import harmless
from bot.texts.tongue import _, counted

PAIRED = _(
    "One of two pictures of this, with and without what verdicts taught. Judge both; then **Origin** tells you which "
    "one is which."
)
VEILED = _(
    "This picture has a twin: one of the two was drawn with what verdicts taught, one without. So that your judgement "
    "counts, I tell you which one is which when you have judged both, with the reactions or a reason under each."
)
FAILED = _("The figures could not be worked out. Try again in a while; the log of the bot says why.")
RETIRE = _("Retire “{phrase}”")
BOUNDS = _(
    "Differences are in points of the keep-rate, each with its 95 percent bounds, which hold however often you look; "
    "those of cues, models and archetypes are corrected for how many there are."
)

_NAME_SHOWN = 24
_ROWS = (6, 3, 3)  # of cues, models and archetypes: a message has room for no more
HARMFUL = 3
"""Cues that are proposed for retirement at once, the worst."""

_BUTTON_SHOWN = 80  # characters Discord takes as a button's label


def missing(libraries: Sequence[str]) -> str:
    """There is nothing to work it out with."""
    return _(
        "The figures need {libraries}, which is not installed beside the bot. Whoever runs it can add it: "
        "`pip install 'darkroom[evidence]'`. Pairs are collected meanwhile.",
        libraries=", ".join(libraries),
    )


def none(asked: int, share: float) -> str:
    """No pair was judged by anybody yet."""
    if not share and not asked:
        return _("No pictures are drawn in pairs: `[taste] evidence_share` is 0, so nothing shows whether cues help.")
    return _(
        "Too few yet: nobody judged both pictures of a pair. {share:.0%} of asks with cues are drawn with and without "
        "them ({asked} so far).",
        share=share,
        asked=asked,
    )


def report(found: Report, harmful: Sequence[Cue], *, may_retire: bool) -> str:
    """The one claim, which cues are proposed for retirement, and the figures behind it."""
    lines = [_claim(found.overall)]
    lines += [
        _(
            "**{phrase}** for {reach} is proposed for retirement: pictures with it are kept less often.",
            phrase=harmless(cue.phrase),
            reach=cues.reach(cue),
        )
        for cue in harmful
    ]
    lines += [_("A moderator can retire it: `/cue retire`.")] if harmful and not may_retire else []
    return "\n".join([*lines, *_table(found), BOUNDS])


def _claim(overall: Figure) -> str:
    pairs = counted("{count} pair", "{count} pairs", overall.pairs)
    facts = {"points": abs(_points(overall.difference)), "low": _points(overall.low), "high": _points(overall.high)}
    if overall.few:
        return _("Too few yet: {pairs} judged. What stands below can still turn around.", pairs=pairs)
    if overall.helps:
        told = _(
            "**Cues help.** Pictures with them are kept {points} points more often ({low:+} to {high:+}), {pairs}."
        )
    elif overall.harms:
        told = _(
            "**Cues harm.** Pictures with them are kept {points} points less often ({low:+} to {high:+}), {pairs}."
        )
    else:
        told = _("**No difference can be told yet**: it lies between {low:+} and {high:+} points, by {pairs}.")
    return told.format(pairs=pairs, **facts)


def _table(found: Report) -> list[str]:
    """Fixed columns, which Discord keeps in a block of code."""
    heads = (_("pairs"), _("with"), _("without"), _("difference"))
    rows = [_row(_("all"), found.overall)]
    titles = (_("by cue"), _("by model"), _("by kind"))
    for title, figures, most in zip(titles, (found.cues, found.models, found.archetypes), _ROWS, strict=True):
        rows += [title, *(_row(_name(one), one) for one in figures[:most])] if figures else []
        rows += ["  …"] if len(figures) > most else []
    head = f"{'':{_NAME_SHOWN}} {heads[0]:>6} {heads[1]:>5} {heads[2]:>8}  {heads[3]}"
    return ["```", head, *rows, "```"]


def _row(name: str, one: Figure) -> str:
    rates = f"{name:{_NAME_SHOWN}} {one.pairs:>6} {one.woven:>5.0%} {one.bare:>8.0%}"
    if one.few:
        return f"{rates}  {_('too few yet')}"
    return f"{rates}  {_points(one.difference):+} ({_points(one.low):+} … {_points(one.high):+})"


def _name(one: Figure) -> str:
    """On one line, without what would end the block of code or turn it round; of a cue its words and place."""
    if len(one.name) == 3:
        _scope, about, phrase = one.name
        told = f"{phrase} · {about}" if about else phrase
    else:
        told = one.name[0]
    plain = "".join(letter for letter in " ".join(told.split()) if letter.isprintable() and letter != "`")
    return "  " + plain[: _NAME_SHOWN - 2]


def _points(share: float) -> int:
    return round(100 * share)


def cue(name: Sequence[str]) -> Cue:
    """The cue of this name, as far as a name tells."""
    scope, about, phrase = name
    return Cue(phrase, about, (), scope=Scope(scope))


def retire(cue: Cue) -> str:
    """The label of the button that does it."""
    return RETIRE.format(phrase=cue.phrase)[:_BUTTON_SHOWN]
