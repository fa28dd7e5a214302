"""What is said of reviews and pictures that people bring, and of what they take away."""

from collections.abc import Sequence

from bot.texts.failures import plain, sentence
from bot.texts.tongue import _, counted
from gpu_agent.value import Facts


def fault(place: str, field: str, kind: str, value: str) -> str:
    """One line for one fault of a hand-kept ledger."""
    why = plain(kind, {"value": value})
    return f"{place}, {field}: {why}" if field else f"{place}: {why}"


def further(count: int) -> str:
    return _("… and {count} more.", count=count)


def taken(ledger: str, pictures: int, verdicts: int, known: int, bare: int, undecided: int) -> str:
    lines = [
        counted("{ledger}: {count} new picture.", "{ledger}: {count} new pictures.", pictures, ledger=ledger),
        counted("{count} verdict counts now.", "{count} verdicts count now.", verdicts),
    ]
    lines += [counted("{count} was known already.", "{count} were known already.", known)] if known else []
    lines += [counted("{count} picture has no image.", "{count} pictures have no image.", bare)] if bare else []
    lines += [counted("{count} entry bears no verdict.", "{count} entries bear no verdict.", undecided)] * bool(
        undecided
    )
    return "\n".join(lines)


def brought(new: int, known: int, broken: Sequence[tuple[str, Facts]]) -> str:
    """Pictures from elsewhere, told in a terminal; each one that was left out has its line."""
    return _brought(new, known, [plain(*one) for one in broken])


def brought_here(new: int, known: int, broken: Sequence[tuple[str, Facts]]) -> str:
    """The same on Discord."""
    return _brought(new, known, [sentence(*one) for one in broken])


def _brought(new: int, known: int, broken: Sequence[str]) -> str:
    lines = [
        counted(
            "{count} picture was taken in and will be posted.",
            "{count} pictures were taken in and will be posted.",
            new,
        )
    ]
    lines += [counted("{count} was known already.", "{count} were known already.", known)] if known else []
    return "\n".join([*lines, *broken])
