"""What stands on the contact sheets of a batch, and how far its review is."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Protocol

from bot.nouns import JobState, Verdict
from bot.texts import sheet
from bot.texts.failures import harmless
from bot.texts.tongue import _, counted

ALL_BUT = _("All but …")
REROLL = _("Reroll the rejects")
TO_COME = _("to come")
LOST, CLIP = sheet.LOST, sheet.CLIP
HOW = _("Choose below, press **All but …** to answer in numbers, or react under each picture. You can change it.")
DRIFT = _(
    "Below the pictures: the palette of each, and how light it is between black and white; who stands aside is framed."
)

_ALT_SHOWN = 1024
_NAME_SHOWN = 100
_LINKS_SHOWN = 2400  # characters: all of a sheet
_SHEETS_SHOWN = 800
_BAR = 12


class Progress(Protocol):
    """How far the review of some pictures is."""

    @property
    def decided(self) -> int: ...
    @property
    def of(self) -> int: ...
    @property
    def kept(self) -> int: ...
    @property
    def rejects(self) -> int: ...
    @property
    def waiting(self) -> int: ...
    @property
    def missing(self) -> int: ...
    @property
    def by_asker(self) -> int: ...
    @property
    def over(self) -> bool: ...
    @property
    def accepted(self) -> bool: ...


def title(name: str, first: int, last: int, cluster: str | None) -> str:
    shown = harmless(name[:_NAME_SHOWN])
    if cluster is not None:
        return _("{name} · cluster {cluster}", name=shown, cluster=harmless(cluster))
    return _("{name} · {first}–{last}", name=shown, first=first, last=last)


def named(name: str) -> str:
    """Above what is told of a batch."""
    return harmless(name[:_NAME_SHOWN])


def file(first: int, last: int, cluster: bool) -> str:
    """The stem of the sheet's file, the same in all languages."""
    return f"cluster-{first}" if cluster else f"sheet-{first}-{last}"


def word(state: JobState, *, gone: bool) -> str:
    """Why there is no picture in a cell."""
    if gone:
        return sheet.DELETED
    return {JobState.FAILED: sheet.FAILED, JobState.CANCELLED: sheet.CANCELLED}.get(state, TO_COME)


def round_of(number: int) -> str:
    """What stands on a picture of a later round."""
    return _("round {number}", number=number) if number > 1 else ""


def coming(number: int) -> str:
    """What stands on a picture that is drawn again in this round."""
    return _("again: round {number}", number=number) if number > 1 else _("again")


def numbers(found: Iterable[int]) -> str:
    """“1–4, 6, 8–9”."""
    spans: list[list[int]] = []
    for number in sorted(found):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)


def progress(told: Progress, rounds: int) -> str:
    """“41 of 50 decided”, with a bar, of the whole batch, which is in its second or third round."""
    filled = round(_BAR * told.decided / told.of) if told.of else 0
    parts = [_("**{decided} of {of} decided**", decided=told.decided, of=told.of)]
    parts += [_("{count} kept", count=told.kept)] if told.kept else []
    parts += [_("{count} rejected", count=told.rejects)] if told.rejects else []
    parts += [_("{count} to come", count=told.waiting)] if told.waiting else []
    parts += [_("{count} without a picture", count=told.missing)] if told.missing else []
    parts += [round_of(rounds)] if rounds > 1 else []
    return f"{', '.join(parts)} {'▰' * filled}{'▱' * (_BAR - filled)}"


def end(told: Progress) -> str:
    """What it means that all is decided; nothing before."""
    if told.accepted:
        return counted(
            "✅ **The set is accepted**: the one picture is kept.",
            "✅ **The set is accepted**: all {count} pictures are kept.",
            told.kept,
        )
    if not told.over:
        return ""
    return counted(
        "**All is decided.** {count} picture is rejected: **{reroll}** draws it again, or leave it out.",
        "**All is decided.** {count} pictures are rejected: **{reroll}** draws them again, or leave them out.",
        told.rejects,
        reroll=REROLL,
    )


def here(told: Progress) -> str:
    """The same of one sheet."""
    return _("On this sheet: {decided} of {of} decided.", decided=told.decided, of=told.of)


def lists(kept: str, rejected: str, reroll: str, waiting: str, missing: str) -> list[str]:
    """The numbers by what counts; lists that are empty are left out."""
    found = (
        (_("Kept: {numbers}"), kept),
        (_("Rejected: {numbers}"), rejected),
        (_("Another wanted: {numbers}"), reroll),
        (_("To come: {numbers}"), waiting),
        (_("Without a picture: {numbers}"), missing),
    )
    return [words.format(numbers=told) for words, told in found if told]


def open_ones(found: Sequence[tuple[int, str]]) -> list[str]:
    """(number, link to its post) of those that nobody decided on; nothing where there are none."""
    told = [f"[{number}]({link})" if link else str(number) for number, link in found]
    return [_("Open: {told}", told=_fitting(told, _LINKS_SHOWN))] if told else []


def _fitting(told: Sequence[str], room: int) -> str:
    """As many as there is room for, and how many more there are."""
    shown = [one for one, length in zip(told, accumulate(len(one) + 3 for one in told), strict=True) if length <= room]
    left = len(told) - len(shown)
    return " · ".join([*shown, *([_("… and {left} more", left=left)] if left else [])])


def rounds(found: Sequence[tuple[int, str]]) -> list[str]:
    """(round, numbers) of the pictures that were drawn again."""
    return [_("Round {number}: {numbers}", number=number, numbers=told) for number, told in found]


def sheets(found: Sequence[tuple[str, str]]) -> list[str]:
    """(words, link) of the other sheets."""
    told = [f"[{words}]({link})" for words, link in found]
    return [_("Further sheets: {told}", told=_fitting(told, _SHEETS_SHOWN))] if told else []


def page(first: int, last: int, cluster: str | None) -> str:
    """What the link to a sheet says."""
    return harmless(cluster[:40]) if cluster is not None else f"{first}–{last}"


def aside(found: Sequence[tuple[int, float, float]], middle: int | None) -> list[str]:
    """(number, lighter, apart) of the members of a cluster that stand aside, and the one in the middle."""
    if middle is None:
        return []
    if not found:
        return [_("They look alike: none stands aside of {middle}, the middle of the cluster.", middle=middle)]
    told = "; ".join(_aside(*one) for one in found)
    return [_("Beside {middle}, the middle of the cluster, these stand aside: {told}.", middle=middle, told=told)]


def _aside(number: int, lighter: float, apart: float) -> str:
    if lighter > 0:
        return _("{number} ({by} lighter, palette {apart} apart)", number=number, by=round(lighter), apart=round(apart))
    return _("{number} ({by} darker, palette {apart} apart)", number=number, by=round(-lighter), apart=round(apart))


def alt(name: str, told: Sequence[tuple[int, str, str]]) -> str:
    """(number, slug, word) for who cannot see the sheet."""
    words = "; ".join(f"{number} {slug}{f' ({word})' if word else ''}" for number, slug, word in told)
    return _("Contact sheet of {name}: {words}", name=name, words=words)[:_ALT_SHOWN]


def option(number: int, slug: str, round_number: int) -> str:
    """A picture in a menu."""
    later = f" · {round_of(round_number)}" if round_number > 1 else ""
    return f"{number} · {slug}{later}"[:100]


def stands(verdict: Verdict | None) -> str:
    """What counts for it, under its name in a menu."""
    return {None: "", Verdict.KEEP: _("kept"), Verdict.REJECT: _("rejected"), Verdict.REROLL: _("another wanted")}[
        verdict
    ]


def decided_by(told: Progress) -> str:
    """Whose word it was."""
    others = told.decided - told.by_asker
    if not others:
        return _("Whoever asked decided them all.") if told.decided else ""
    return _("Whoever asked decided {asker}; on {others} most of the others agree.", asker=told.by_asker, others=others)


NOTHING_OPEN = _("Nothing waits for a verdict.")
