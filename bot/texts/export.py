"""What is said of the nightly export."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.texts.failures import plain
from bot.texts.tongue import _, counted


def written(changed: int, slugs: int, reviews: int) -> str:
    return counted(
        "{count} file changed; {reviews} of {slugs} in all.",
        "{count} files changed; {reviews} of {slugs} in all.",
        changed,
        slugs=counted("{count} slug", "{count} slugs", slugs),
        reviews=counted("{count} review", "{count} reviews", reviews),
    )


Last = tuple[float, str, Mapping[str, str | int | float | bool | None]]
"""When, and the kind and facts of what went wrong."""


def status(last: Last | None, at: str) -> str:
    """How the last nightly export went."""
    if last is None:
        return _("Nothing was exported yet. The bot does so when it runs, and then every day at {at}.", at=at)
    when, kind, facts = last
    moment = datetime.fromtimestamp(when, UTC).isoformat(" ", "minutes")
    return _(
        "Exported last at {moment}: {how}", moment=moment, how=plain(kind, dict(facts)) if kind else _("all went well.")
    )
