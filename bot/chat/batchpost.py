"""The words and menus of a batch's contact sheet. Pure: the same review gives the same message."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import judging_all
from bot.chat.judging_all import BatchPost
from bot.chat.surroundings import link
from bot.ledger.batch_sheets import Sheet
from bot.ledger.takes import Review, Slot, Standing, progress
from bot.nouns import Batch, Notice, Verdict
from bot.review import sheet
from bot.review.drift import Drift
from bot.texts import review as texts

_LISTED = (Standing.KEPT, Standing.REJECTED, Standing.REROLL, Standing.WAITING, Standing.MISSING)
_COLOUR, _ACCEPTED = 0x5865F2, 0x2E8B57


@dataclass(frozen=True, slots=True)
class Known:
    """A sheet with the slots that it shows. `head` tells of the whole batch; `links` lead to the other sheets."""

    notice: Notice
    batch: Batch
    sheet: Sheet
    review: Review
    slots: tuple[Slot, ...]
    head: bool
    links: tuple[tuple[str, str], ...] = ()

    @property
    def cluster(self) -> str | None:
        return (self.slots[0].cluster or "") if self.sheet.cluster else None


def drawn_of(slot: Slot) -> tuple[str | None, str, Verdict | None, str]:
    """The file of its cell, the word where there is none, what counts, and which round it is of."""
    shown = slot.shown
    if shown is None:
        return None, texts.word(slot.last.state, gone=slot.last.gone), None, ""
    again = slot.last.round if slot.standing is Standing.WAITING else 0
    note = texts.coming(again) if again else texts.round_of(shown.round)
    return shown.file, "" if shown.file else texts.CLIP, shown.counts, note


def comparable(known: Known) -> list[Slot]:
    """The members of a cluster that have pictures."""
    return [slot for slot in known.slots if slot.shown is not None and slot.shown.file]


def post(known: Known, compared: Drift | None = None) -> BatchPost:
    """The words and menus of a sheet. Pure."""
    first, last = known.slots[0].number, known.slots[-1].number
    file = texts.file(first, last, known.sheet.cluster)
    told = progress(known.review.slots)
    return BatchPost(
        texts.title(known.batch.name, first, last, known.cluster),
        "\n".join(line for line in _lines(known, compared) if line),
        known.notice.id,
        _ACCEPTED if told.accepted else _COLOUR,
        file=f"{file}.{sheet.KIND}",
        alt=texts.alt(known.batch.name, [(slot.number, slot.slug, drawn_of(slot)[1]) for slot in known.slots]),
        page=None if known.sheet.cluster else judging_all.page(known.sheet.notice, known.batch.id, known.slots),
    )


def _lines(known: Known, compared: Drift | None) -> list[str]:
    told, here = progress(known.review.slots), progress(known.slots)
    lines = [texts.progress(told, known.review.rounds), texts.end(told)] if known.head else []
    lines += [texts.here(here)] if len(known.slots) < len(known.review.slots) else []
    lines += texts.open_ones([(slot.number, post_of(known.batch, slot)) for slot in known.slots if _is_open(slot)])
    lines += texts.lists(*(_numbers(known.slots, one) for one in _LISTED))
    lines += texts.rounds(_rounds(known.slots))
    if compared is not None and len(compared.members) > 1:
        numbers = [slot.number for slot in comparable(known)]
        found = [(numbers[at], compared.members[at].lighter, compared.members[at].apart) for at in compared.aside]
        lines += texts.aside(found, None if compared.middle is None else numbers[compared.middle])
    lines += texts.sheets(known.links)
    return [*lines, texts.DRIFT if known.sheet.cluster else texts.HOW]


def _is_open(slot: Slot) -> bool:
    return slot.standing is Standing.OPEN


def post_of(batch: Batch, slot: Slot) -> str:
    """The link to the picture that is shown; nothing before it is posted."""
    shown = slot.shown
    return link(batch.guild, shown.channel, shown.message) if shown and shown.message else ""


def _numbers(slots: Sequence[Slot], standing: Standing) -> str:
    return texts.numbers(slot.number for slot in slots if slot.standing is standing)


def _rounds(slots: Sequence[Slot]) -> list[tuple[int, str]]:
    """The later rounds, with the numbers of the pictures that are shown of them or come in them."""
    found = defaultdict(list)
    for slot in slots:
        take = slot.last if slot.standing is Standing.WAITING else slot.shown
        if take is not None and take.round > 1:
            found[take.round].append(slot.number)
    return [(number, texts.numbers(found[number])) for number in sorted(found)]
