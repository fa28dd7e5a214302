"""A ledger in figures, and what became of a data set."""

from collections.abc import Mapping
from typing import Any

from bot.texts.tongue import _, counted

_HEADS = {
    "slug": _("slug"),
    "archetype": _("archetype"),
    "model": _("model"),
    "week": _("week"),
}
_SHOWN = 12
_NAME = 40


def table(found: Mapping[str, Any]) -> str:
    """Plain text in columns; of slugs, archetypes and models the largest, of weeks the latest."""
    lines = [line for name in _HEADS for line in _part(name, found["by"][name])]
    return "\n".join([totals(found), *lines])


def totals(found: Mapping[str, Any]) -> str:
    """One paragraph: how much there is, and how much is kept."""
    parts = [
        counted("{count} picture", "{count} pictures", found["pictures"]),
        counted("{count} verdict", "{count} verdicts", found["verdicts"]),
        counted("{count} person", "{count} people", found["people"]),
        _("{kept} of {decided} kept ({rate})", rate=rate(found), kept=found["kept"], decided=found["decided"]),
        _("ledger {ledger}, pictures {pictures}", **{name: _size(many) for name, many in found["bytes"].items()}),
    ]
    if found["verdicts"]:
        parts.append(_("{size} a verdict", size=_size(found["bytes"]["ledger"] / found["verdicts"])))
    return " · ".join(parts)


def rate(share: Mapping[str, Any]) -> str:
    return "–" if share["keep_rate"] is None else f"{share['keep_rate']:.0%}"


def _part(name: str, rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    shown = list(rows.items())[-_SHOWN:] if name == "week" else list(rows.items())[:_SHOWN]
    if not shown:
        return []
    width = max(len(_HEADS[name]), *(min(len(key), _NAME) for key, _share in shown))
    heads = (_("pictures"), _("decided"), _("kept"))
    lines = ["", f"{_HEADS[name]:<{width}}  " + "  ".join(f"{head:>9}" for head in heads)]
    for key, share in shown:
        numbers = (share["pictures"], share["decided"], rate(share))
        lines.append(f"{key[:_NAME]:<{width}}  " + "  ".join(f"{number:>9}" for number in numbers))
    left = len(rows) - len(shown)
    return [*lines, *([_("… and {count} more", count=left)] if left else [])]


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"


def written(folder: str, pictures: int, slugs: int, lost: int) -> str:
    lines = [
        counted(
            "{folder}: {count} kept picture of {slugs}.",
            "{folder}: {count} kept pictures of {slugs}.",
            pictures,
            folder=folder,
            slugs=counted("{count} slug", "{count} slugs", slugs),
        ),
    ]
    lines += [counted("{count} has lost its file.", "{count} have lost their files.", lost)] if lost else []
    return "\n".join(lines)
