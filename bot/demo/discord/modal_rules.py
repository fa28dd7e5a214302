"""What Discord refuses about a modal: up to five labelled inputs, or rows of one text input each."""

from typing import Any

from bot.demo.discord import selects
from bot.demo.discord.components import ROW, TEXT, check_unique
from bot.demo.discord.refusals import Refusal, invalid, too_long
from bot.demo.discord.selects import SELECTS
from bot.demo.discord.values import Json

TEXT_INPUT, LABEL, FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 4, 18, 19, 21, 22, 23
INPUTS = (TEXT_INPUT, *SELECTS, FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX)
_MAX_TEXT = 4000
_MOST = 5


def check_modal(data: Json) -> None:
    """Raises 50035 at the first fault."""
    for key, limit in (("title", 45), ("custom_id", 100)):
        if not data.get(key):
            raise _required(key)
        if len(data[key]) > limit:
            raise too_long(key, limit)
    tops = data.get("components") or []
    if not 1 <= len(tops) <= _MOST:
        raise invalid("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    seen: set[str] = set()
    for index, top in enumerate(tops):
        _check_top(f"components.{index}", top, seen)


def _check_top(place: str, top: Json, seen: set[str]) -> None:
    kind = top.get("type")
    if kind == TEXT:
        return
    if kind == LABEL:
        _check_words(place, top, {"label": (1, 45), "description": (0, 100)})
        _check_input(f"{place}.component", top.get("component") or {}, seen)
    elif kind == ROW:
        children = top.get("components") or []
        if len(children) != 1 or children[0].get("type") != TEXT_INPUT:
            raise invalid(f"{place}.components", "UNION_TYPE_CHOICES", "A row of a modal holds one text input.")
        _check_words(f"{place}.components.0", children[0], {"label": (1, 45)})
        _check_input(f"{place}.components.0", children[0], seen)
    else:
        raise invalid(f"{place}.type", "UNION_TYPE_CHOICES", 'Value of field "type" is not allowed here.')


def _check_input(place: str, item: Json, seen: set[str]) -> None:
    kind = item.get("type")
    if kind not in INPUTS:
        raise invalid(f"{place}.type", "UNION_TYPE_CHOICES", 'Value of field "type" is not allowed here.')
    if not item.get("custom_id"):
        raise _required(f"{place}.custom_id")
    check_unique(place, item, seen)
    if kind == TEXT_INPUT:
        _check_text(place, item)
    elif kind in SELECTS:
        selects.check(place, item)
        if item.get("disabled"):
            raise invalid(f"{place}.disabled", "COMPONENT_DISABLED_IN_MODAL", "A menu of a modal cannot be disabled.")
    elif kind in (RADIO, CHECKBOXES):
        most = 1 if kind == RADIO else item.get("max_values") or 1
        selects.check_options(place, item.get("options") or [], most, 2 if kind == RADIO else 1)


def _check_text(place: str, item: Json) -> None:
    if item.get("style") not in (1, 2):
        raise invalid(f"{place}.style", "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")
    least, most = item.get("min_length") or 0, item.get("max_length") or _MAX_TEXT
    if not 0 <= least <= _MAX_TEXT:
        raise invalid(f"{place}.min_length", "NUMBER_TYPE_MAX", "int value should be between 0 and 4000.")
    if not max(1, least) <= most <= _MAX_TEXT:
        raise invalid(
            f"{place}.max_length", "NUMBER_TYPE_MAX", f"int value should be between {max(1, least)} and 4000."
        )
    _check_words(place, item, {"placeholder": (0, 100), "value": (0, most)})


def _check_words(place: str, item: Json, limits: dict[str, tuple[int, Any]]) -> None:
    for key, (least, most) in limits.items():
        length = len(item.get(key) or "")
        if length < least:
            raise _required(f"{place}.{key}")
        if length > most:
            raise too_long(f"{place}.{key}", most)


def _required(place: str) -> Refusal:
    return invalid(place, "BASE_TYPE_REQUIRED", "This field is required")
