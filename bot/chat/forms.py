"""What people filled into a form. Forms are read by their custom_id, in whichever process their sending arrives."""

from collections.abc import Iterator
from typing import Any

from bot.chat.answers import Interaction


def name(interaction: Interaction) -> str:
    """The custom_id of the form that was sent."""
    data: Any = interaction.data or {}
    return str(data.get("custom_id", ""))


def filled(interaction: Interaction) -> dict[str, str]:
    """The texts by their inputs' ids, without spaces around them."""
    return dict(_values(interaction.data or {}))


def _values(component: Any) -> Iterator[tuple[str, str]]:
    """However deep rows and labels hold them."""
    if "value" in component:
        yield str(component.get("custom_id")), str(component["value"] or "").strip()
    for inner in [*component.get("components", ()), *filter(None, [component.get("component")])]:
        yield from _values(inner)
