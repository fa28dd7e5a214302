"""What is said of a batch while it renders: paused, gone on with, cancelled, tried again, and which ones there are."""

from collections import Counter

from bot.nouns import Batch, JobState
from bot.texts import card
from bot.texts.failures import harmless
from bot.texts.tongue import _, counted

PAUSE = _("Pause")
RESUME = _("Resume")
REST = _("Cancel the rest")
RETRY = _("Try the failed ones again")
NONE = _("There are no batches here yet. `/batch render` begins one.")

_NAME_SHOWN = 80


def paused(since: float) -> str:
    """On the card."""
    return _(
        "**Paused** <t:{since}:R>. What renders is finished, nothing more begins. Press **{resume}** to go on.",
        since=int(since),
        resume=RESUME,
    )


def windowed(opens: float) -> str:
    """On the card of what waits for a window."""
    return _("Waits for its window, which opens <t:{opens}:R>.", opens=int(opens))


def pausing(waiting: int) -> str:
    """What a press of Pause did."""
    if not waiting:
        return _("Nothing of this batch waits any more, so there is nothing to pause.")
    return counted(
        "Paused. {count} picture waits until somebody presses **{resume}**; what renders now is finished.",
        "Paused. {count} pictures wait until somebody presses **{resume}**; what renders now is finished.",
        waiting,
        resume=RESUME,
    )


def resuming(waiting: int | None) -> str:
    """What a press of Resume did; None for a batch that was not paused."""
    if waiting is None:
        return _("This batch is not paused. Its card shows how far it is.")
    return counted("It goes on with {count} picture.", "It goes on with {count} pictures.", waiting)


def retrying(count: int) -> str:
    """What a press of “Try the failed ones again” did."""
    if not count:
        return _("Nothing that failed is left: all of it is tried again already. The card shows how far it is.")
    return counted(
        "{count} picture that failed is tried again. The card shows how far it is.",
        "{count} pictures that failed are tried again. The card shows how far they are.",
        count,
    )


def line(batch: Batch, counts: Counter[JobState], link: str) -> str:
    """One batch of the list; `link` leads to its card, if that stands."""
    state = [_("paused")] if batch.paused_at is not None and counts[JobState.QUEUED] else []
    where = [_("[its card]({link})", link=link)] if link else []
    told = [f"**{harmless(batch.name[:_NAME_SHOWN])}** <t:{int(batch.created_at)}:R>", card.tally(counts)]
    return "• " + " · ".join([*told, *state, *where])


def suggested(batch: Batch, counts: Counter[JobState]) -> str:
    """One batch among those that are offered while a person types; Discord shows 100 characters."""
    total = counts.total()
    left = counts[JobState.QUEUED] + counts[JobState.RENDERING]
    told = [_("{left} of {total} left", left=left, total=total) if left else _("{total} ended", total=total)]
    told += [_("paused")] if batch.paused_at is not None and counts[JobState.QUEUED] else []
    return f"{batch.name[:60]} · {', '.join(told)}"
