"""What Discord refuses about application commands, and the options' types."""

import re
from typing import Any

from bot.demo.discord.refusals import Code, invalid, too_long
from bot.demo.discord.values import Json

SUBCOMMAND, GROUP = 1, 2
OPTION_TYPES = {
    3: "string",
    4: "integer",
    5: "boolean",
    6: "user",
    7: "channel",
    8: "role",
    9: "mentionable",
    10: "number",
    11: "attachment",
}
CHAT_INPUT, USER_MENU, MESSAGE_MENU = 1, 2, 3
_NAME = re.compile(r"^[-_'\w]{1,32}$")
_LIMITS = {CHAT_INPUT: 100, USER_MENU: 5, MESSAGE_MENU: 5}


def check_commands(commands: list[Json]) -> None:
    """Raises the refusal of the whole list at its first fault; places are dotted: "0.options.1.name"."""
    names = [(command.get("type") or CHAT_INPUT, command.get("name")) for command in commands]
    if any(sum(kind == one for kind, _ in names) > limit for one, limit in _LIMITS.items()):
        raise Code.TOO_MANY_COMMANDS.refusal()
    for index, command in enumerate(commands):
        if names.index(names[index]) < index:
            code = "APPLICATION_COMMANDS_DUPLICATE_NAME"
            raise invalid(f"{index}.name", code, "Application command names must be unique")
        if (command.get("type") or CHAT_INPUT) == CHAT_INPUT:
            _check_named(str(index), command)
            if _weight(command) > 8000:
                raise invalid(str(index), "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
        else:
            _check_menu(str(index), command)


def _check_menu(place: str, command: Json) -> None:
    """A command of a message's or person's menu has a name, with spaces and capitals if it likes, and nothing else."""
    if not 1 <= len((command.get("name") or "").strip()) <= 32:
        raise invalid(f"{place}.name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 32 in length.")
    if command.get("description"):
        code = "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_CANNOT_BE_SET"
        raise invalid(f"{place}.description", code, "Context menu commands cannot have description")
    if command.get("options"):
        code = "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_CANNOT_BE_SET"
        raise invalid(f"{place}.options", code, "Context menu commands cannot have options")


def _check_named(place: str, item: Json) -> None:
    """A command, subcommand or option: its name, its description, then what is below it."""
    name, description = item.get("name") or "", item.get("description") or ""
    if not _NAME.match(name) or name != name.lower():
        raise invalid(f"{place}.name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    if not description:
        raise invalid(f"{place}.description", "BASE_TYPE_REQUIRED", "This field is required")
    if len(description) > 100:
        raise too_long(f"{place}.description", 100)
    _check_options(f"{place}.options", item.get("options") or [])
    _check_choices(place, item)


def _check_options(place: str, options: list[Json]) -> None:
    if len(options) > 25:
        raise invalid(place, "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    seen: set[Any] = set()
    optional_seen = False
    for index, option in enumerate(options):
        _check_named(f"{place}.{index}", option)
        if option["name"] in seen:
            code = "APPLICATION_COMMAND_OPTIONS_NAME_INVALID"
            raise invalid(f"{place}.{index}.name", code, "Option name already exists")
        seen.add(option["name"])
        if option.get("required") and optional_seen:
            code = "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
            raise invalid(f"{place}.{index}", code, "Required options must be placed before non-required options")
        optional_seen = optional_seen or not option.get("required")


def _check_choices(place: str, option: Json) -> None:
    choices = option.get("choices") or []
    if len(choices) > 25:
        raise invalid(f"{place}.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    if choices and option.get("autocomplete"):
        raise invalid(place, "APPLICATION_COMMAND_OPTIONS_CHOICES_AND_AUTOCOMPLETE", "Choices exclude autocomplete")
    for index, choice in enumerate(choices):
        for key in ("name", "value"):
            if isinstance(choice[key], str) and not 1 <= len(choice[key]) <= 100:
                where = f"{place}.choices.{index}.{key}"
                raise invalid(where, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    if len({choice["name"] for choice in choices}) < len(choices):
        code = "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS"
        raise invalid(f"{place}.choices", code, "The specified choice name already exists")


def _weight(item: Json) -> int:
    """Characters of names, descriptions and values, all levels."""
    own = len(item.get("name") or "") + len(item.get("description") or "")
    choices = sum(len(choice["name"]) + len(str(choice["value"])) for choice in item.get("choices") or [])
    return own + choices + sum(map(_weight, item.get("options") or []))
