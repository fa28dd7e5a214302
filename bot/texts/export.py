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


def never(at: str) -> str:
    return _("Nothing was exported yet. The bot does so when it runs, and then every day at {at}.", at=at)


def went_well(at: float, changed: int, slugs: int, reviews: int) -> str:
    return f"{_moment(at)}: {written(changed, slugs, reviews)}"


def failed(at: float, kind: str, facts: Mapping[str, str | int | float | bool | None]) -> str:
    return f"{_moment(at)}: {plain(kind, dict(facts))}"


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
