"""Why a picture is drawn with this model, and what `/route` answers."""

from collections.abc import Mapping, Sequence

from bot.nouns import Job, Proposal, Route, Routed, RouteEdit, RouteWhy, Tally
from bot.texts.failures import harmless
from bot.texts.tongue import _, counted

ACCEPT = _("Use it from now on")
DISMISS = _("Leave it as it is")
NOT_YOURS = _("Only administrators of the bot decide which model is taken for a kind of subject.")
GONE = _("I do not know this proposal any more. `/route propose` makes a new one.")
DISMISSED = _("Nothing was changed. `/route propose` counts anew whenever you like.")
NAME_IT = _("Say which kind of subject it is about, in plain words.")


def taken(job: Job) -> str:
    """Why this job is drawn with this model, on its card and in `/why`."""
    assert job.routed is not None
    return _TAKEN[job.routed.why](job, job.routed)


def _accepted(job: Job, routed: Routed) -> str:
    figures = against(routed.route) or _("an administrator chose it for this kind")
    return _("routed to {model}: {figures}", model=harmless(job.model), figures=figures)


def _set(job: Job, routed: Routed) -> str:
    return _("routed to {model}: the bot's settings name it for this kind", model=harmless(job.model))


def _explored(job: Job, routed: Routed) -> str:
    return _(
        "routed to {model} to try it: now and then a picture of this kind is drawn with another model than "
        "{instead}, so that both are known",
        model=harmless(job.model),
        instead=harmless(routed.route.instead),
    )


def _absent(job: Job, routed: Routed) -> str:
    return _(
        "meant for {wanted}, which is on no tower: drawn with {model}",
        wanted=harmless(routed.route.model),
        model=harmless(job.model),
    )


def _unfit(job: Job, routed: Routed) -> str:
    return _(
        "meant for {wanted}, which cannot draw this as it was asked for: drawn with {model}",
        wanted=harmless(routed.route.model),
        model=harmless(job.model),
    )


_TAKEN = {
    RouteWhy.ACCEPTED: _accepted,
    RouteWhy.SETTING: _set,
    RouteWhy.EXPLORED: _explored,
    RouteWhy.ABSENT: _absent,
    RouteWhy.UNFIT: _unfit,
}


def against(route: Route) -> str:
    """What speaks for it, in figures; empty without any."""
    words = []
    if route.ours.of:
        words.append(_("kept {kept} of {of} for this kind", kept=route.ours.kept, of=route.ours.of))
        if route.theirs.of:
            words.append(_("against {kept} of {of}", kept=route.theirs.kept, of=route.theirs.of))
    if route.won or route.lost:
        count = route.won + route.lost
        words.append(
            counted("won {won} of {count} comparison", "won {won} of {count} comparisons", count, won=route.won)
        )
    return ", ".join(words)


def proposal(found: Proposal) -> str:
    """With its numbers, and how sure they are."""
    between = (
        _(
            "Of many comparisons it would win {low:.0%} to {high:.0%}, as far as these figures say.",
            low=found.low + 0.5,
            high=found.high + 0.5,
        )
        if found.by_duels
        else _(
            "Of a hundred pictures it would have {low:.1f} to {high:.1f} more kept, as far as these figures say.",
            low=100 * found.low,
            high=100 * found.high,
        )
    )
    return "\n".join(
        [
            _(
                "For **{kind}**, take **{model}** instead of **{instead}**?",
                kind=harmless(found.archetype),
                model=harmless(found.route.model),
                instead=harmless(found.route.instead),
            ),
            against(found.route),
            between,
            _("Nothing changes until you say so."),
        ]
    )


def nothing(kind: str, current: str, told: Sequence[Route], least: tuple[int, int]) -> str:
    """No proposal; `told` are the figures of the models beside the current one.

    `least` are the pictures of each and the comparisons of two models, below which nothing is compared.
    """
    head = _(
        "No other model is surely better than **{current}** for **{kind}**.",
        current=harmless(current),
        kind=harmless(kind),
    )
    lines = [_beside(route) for route in told] or [_("No other model that is on a tower was judged for this kind.")]
    few = _(
        "Two models are compared from {alone} judged pictures of each on, or {duels} decided comparisons.",
        alone=least[0],
        duels=least[1],
    )
    return "\n".join([head, *lines, few])


def _beside(route: Route) -> str:
    return f"• **{harmless(route.model)}**: {against(route) or _share(route.ours)}"


def _share(tally: Tally) -> str:
    return _("kept {kept} of {of}", kept=tally.kept, of=tally.of)


def listing(edits: Sequence[RouteEdit], settings: Mapping[str, str], explore: float) -> str:
    """The routes that act: those of the settings first, which win."""
    lines = [
        _("• **{kind}** → **{model}**, by the settings", kind=harmless(kind), model=harmless(model))
        for kind, model in settings.items()
    ]
    lines += [_line(edit) for edit in edits if edit.archetype not in settings and edit.route]
    if not lines:
        return _(
            "Every kind of subject is drawn with the default model. `/route propose` says whether another is better."
        )
    tail = _("{share:.0%} of these asks try another model, so that a choice can be changed.", share=explore)
    return "\n".join([*lines, *([tail] if explore and edits else [])])


def _line(edit: RouteEdit) -> str:
    assert edit.route is not None
    words = [
        _(
            "• **{kind}** → **{model}** instead of {instead}",
            kind=harmless(edit.archetype),
            model=harmless(edit.route.model),
            instead=harmless(edit.route.instead),
        )
    ]
    words += filter(None, (against(edit.route), _by(edit.person)))
    return " · ".join(words)


def _by(person: int) -> str:
    return _("accepted by <@{person}>", person=person) if person else ""


def accepted(kind: str, route: Route) -> str:
    return _(
        "From the next ask on, **{kind}** is drawn with **{model}** where no model is named. `/route drop` takes it "
        "back.",
        kind=harmless(kind),
        model=harmless(route.model),
    )


def overruled(kind: str, model: str) -> str:
    """What is accepted acts only when the settings say nothing."""
    return _(
        "The bot's settings name **{model}** for **{kind}**, and they win over what is accepted here.",
        kind=harmless(kind),
        model=harmless(model),
    )


def same(kind: str, model: str) -> str:
    return _("**{kind}** is drawn with **{model}** already.", kind=harmless(kind), model=harmless(model))


def dropped(kind: str, *, was: bool) -> str:
    if was:
        return _("**{kind}** is drawn with the default model again.", kind=harmless(kind))
    return _("There is no accepted route for **{kind}**.", kind=harmless(kind))
