"""Asks with words that are refused: as they were typed, and as their style weaves them."""

from collections.abc import Sequence

from bot.errors import BatchFault, Refusal
from bot.intake.drafts import Draft
from bot.people.terms import Terms

_SHOWN = 20  # items that are told one by one


def refusal(one: Draft, terms: Terms) -> Refusal | None:
    """Why this is not drawn on these terms; None when it may be."""
    slug = one.slug.replace("-", " ")
    return terms.refusal(
        {"prompt": f"{one.ask.prompt}\n{one.worded}", "negative": f"{one.ask.negative}\n{one.negative}", "slug": slug}
        | {"archetype": one.ask.archetype or ""}
    )


def look(drafts: Sequence[Draft], terms: Terms) -> None:
    """Raises the first refusal among the members of a group."""
    for one in drafts:
        if refused := refusal(one, terms):
            raise refused


def look_through(drafts: Sequence[Draft], terms: Terms) -> None:
    """Items of a batch are refused like every other fault of the file: raises a BatchFault of the first ones."""
    faults: list[BatchFault] = []
    for one in drafts:
        if refused := refusal(one, terms):
            item = int(one.ask.key.rpartition(":")[2])
            faults.append(BatchFault(item=item, field=refused.facts["where"], fault=refused.kind))
    if faults:
        raise BatchFault.of(faults[:_SHOWN], len(faults))
