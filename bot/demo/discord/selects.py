"""Select menus: what Discord refuses about them, and what a person's choice becomes for the bot."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.demo.discord.refusals import Mistake, Refusal, invalid, too_long
from bot.demo.discord.values import Json

STRING_SELECT = 3
THINGS = {5: "user", 6: "role", 7: "mentionable", 8: "channel"}
"""Menus whose options are the things of the guild."""
SELECTS = (STRING_SELECT, *THINGS)
MAX_OPTIONS = 25
_TEXTS = {"label": 100, "value": 100, "description": 100}
_DEFAULTS_OF = {"user": ("user",), "role": ("role",), "mentionable": ("user", "role"), "channel": ("channel",)}
Resolve = Callable[[str, Any], tuple[str, Json]]


def check(place: str, select: Json) -> None:
    """Raises 50035 at the first thing Discord would not take."""
    if not select.get("custom_id"):
        raise _required(f"{place}.custom_id")
    if len(select.get("placeholder") or "") > 150:
        raise too_long(f"{place}.placeholder", 150)
    least, most = bounds(select)
    if not 0 <= least <= MAX_OPTIONS:
        raise invalid(f"{place}.min_values", "NUMBER_TYPE_MAX", "int value should be between 0 and 25.")
    if not max(1, least) <= most <= MAX_OPTIONS:
        text = f"int value should be between {max(1, least)} and 25."
        raise invalid(f"{place}.max_values", "NUMBER_TYPE_MAX", text)
    if select["type"] == STRING_SELECT:
        check_options(place, select.get("options") or [], most)
    else:
        _check_defaults(place, select, most)


def bounds(select: Json) -> tuple[int, int]:
    """(min_values, max_values), one each where the bot does not say."""
    least, most = select.get("min_values"), select.get("max_values")
    return (1 if least is None else least), (1 if most is None else most)


def check_options(place: str, options: Sequence[Json], most: int, least_options: int = 1) -> None:
    """Options of a menu, radio group or group of checkboxes; as many at least as may be chosen."""
    if not max(least_options, most) <= len(options) <= MAX_OPTIONS:
        text = f"Must be between {max(least_options, most)} and 25 in length."
        raise invalid(f"{place}.options", "BASE_TYPE_BAD_LENGTH", text)
    values = [option.get("value") for option in options]
    for index, option in enumerate(options):
        _check_option(f"{place}.options.{index}", option)
        if values.index(option["value"]) < index:
            code = "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"
            raise invalid(f"{place}.options.{index}.value", code, "The specified option value is already used")
    if sum(bool(option.get("default")) for option in options) > most:
        code = "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES"
        raise invalid(f"{place}.options", code, f"At most {most} options may be chosen beforehand.")


def _check_option(place: str, option: Json) -> None:
    for key in ("label", "value"):
        if not option.get(key):
            raise _required(f"{place}.{key}")
    for key, limit in _TEXTS.items():
        if len(option.get(key) or "") > limit:
            raise too_long(f"{place}.{key}", limit)


def _check_defaults(place: str, select: Json, most: int) -> None:
    defaults = select.get("default_values") or []
    if len(defaults) > most:
        raise invalid(f"{place}.default_values", "BASE_TYPE_BAD_LENGTH", f"Must be {most} or fewer in length.")
    for index, one in enumerate(defaults):
        if one.get("type") not in _DEFAULTS_OF[THINGS[select["type"]]]:
            text = "The type of a default value must fit the menu."
            raise invalid(f"{place}.default_values.{index}.type", "BASE_TYPE_CHOICES", text)


def chosen(select: Json, given: Sequence[str] | str | None, resolve: Resolve) -> tuple[list[str], Json]:
    """(the values, the `resolved` part) as the bot gets them. Raises Mistake for what a client would not send."""
    values = [given] if isinstance(given, str) else [str(one) for one in given or []]
    check_count(select, values)
    if select["type"] == STRING_SELECT:
        check_offered(select, values)
        return values, {}
    resolved: Json = {}
    for value in values:
        for part, entries in resolve(THINGS[select["type"]], value)[1].items():
            resolved.setdefault(part, {}).update(entries)
    kinds = select.get("channel_types") or []
    if kinds and any(one["type"] not in kinds for one in resolved.get("channels", {}).values()):
        raise Mistake("That kind of channel cannot be chosen here.")
    return values, resolved


def check_count(select: Json, values: Sequence[Any]) -> None:
    least, most = bounds(select)
    if len(set(values)) < len(values) or not least <= len(values) <= most:
        number = str(most) if least == most else f"between {least} and {most}"
        raise Mistake(f"Choose {number}, please.")


def check_offered(select: Json, values: Sequence[Any]) -> None:
    offered = [option["value"] for option in select.get("options") or []]
    if any(value not in offered for value in values):
        raise Mistake("Choose among the options, please.")


def _required(place: str) -> Refusal:
    return invalid(place, "BASE_TYPE_REQUIRED", "This field is required")
