"""What a client program makes of a typed command: its options checked, converted and nested as the bot gets them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.demo.discord.command_rules import CHAT_INPUT, GROUP, OPTION_TYPES, SUBCOMMAND
from bot.demo.discord.refusals import Mistake
from bot.demo.discord.values import Json

Resolve = Callable[[str, Any], tuple[str, Json]]
"""(type, what the person gave) → (id, {"users": {id: shape}, …}) for options that name a thing of the world."""
_TRUE, _FALSE = ("true", "True", True), ("false", "False", False)


@dataclass(frozen=True)
class CommandLine:
    """A command or subcommand as people type it: `name` is "batch render", `path` what is below the root command."""

    name: str
    root: Json
    path: tuple[Json, ...]
    description: str
    options: tuple[Json, ...]


def command_lines(commands: list[Json]) -> list[CommandLine]:
    """Subcommands flattened, sorted by name."""
    slash = [command for command in commands if command["type"] == CHAT_INPUT]
    return sorted((line for command in slash for line in _lines(command, command, ())), key=lambda line: line.name)


def _lines(root: Json, node: Json, path: tuple[Json, ...]) -> Iterator[CommandLine]:
    options = node.get("options") or []
    below = [option for option in options if option["type"] in (SUBCOMMAND, GROUP)]
    for option in below:
        yield from _lines(root, option, (*path, option))
    if not below:
        name = " ".join([root["name"], *(step["name"] for step in path)])
        yield CommandLine(name, root, path, node["description"], tuple(options))


def interaction_data(line: CommandLine, values: Mapping[str, Any], resolve: Resolve) -> Json:
    """The `data` of a command interaction. Raises Mistake with the sentence a client would show."""
    unknown = set(values) - {option["name"] for option in line.options}
    if unknown:
        raise Mistake(f"/{line.name} has no option called {sorted(unknown)[0]}.")
    filled: list[Json] = []
    resolved: Json = {}
    for option in line.options:
        if values.get(option["name"]) is None:
            if option.get("required"):
                raise Mistake(f"/{line.name} needs the option {option['name']}.")
            continue
        value = _converted(option, values[option["name"]], resolve, resolved)
        filled.append({"name": option["name"], "type": option["type"], "value": value})
    data = _nested(line, filled)
    return {**data, "resolved": resolved} if resolved else data


def completion_data(line: CommandLine, values: Mapping[str, Any], focused: str, typed: str) -> Json:
    """The `data` of an autocomplete interaction: what stands so far, unchecked, and the focused option."""
    filled: list[Json] = []
    for option in line.options:
        named: Json = {"name": option["name"], "type": option["type"]}
        if option["name"] == focused:
            if not option.get("autocomplete"):
                raise Mistake(f"The option {focused} does not complete what you type.")
            filled.append({**named, "value": typed, "focused": True})
        elif values.get(option["name"]) is not None and OPTION_TYPES[option["type"]] != "attachment":
            filled.append({**named, "value": values[option["name"]]})
    return _nested(line, filled)


def _nested(line: CommandLine, filled: list[Json]) -> Json:
    options = filled
    for step in reversed(line.path):
        options = [{"name": step["name"], "type": step["type"], "options": options}]
    root: Json = {"id": line.root["id"], "name": line.root["name"], "type": CHAT_INPUT, "options": options}
    # Without guild_id a bot takes the command for a global one and does not find it.
    return {**root, "guild_id": line.root["guild_id"]} if "guild_id" in line.root else root


def _converted(option: Json, given: Any, resolve: Resolve, resolved: Json) -> Any:
    kind, name = OPTION_TYPES[option["type"]], option["name"]
    if kind in ("user", "channel", "role", "mentionable", "attachment"):
        found, shapes = resolve(kind, given)
        for part, entries in shapes.items():
            resolved.setdefault(part, {}).update(entries)
        return found
    value = _parsed(kind, name, given)
    choices = [choice["value"] for choice in option.get("choices") or []]
    if choices and value not in choices:
        raise Mistake(f"{name} must be one of the choices.")
    _check_range(option, value)
    return value


def _parsed(kind: str, name: str, given: Any) -> Any:
    try:
        if kind == "integer":
            return int(given)
        if kind == "number":
            return float(given)
    except (TypeError, ValueError) as error:
        raise Mistake(f"{name} must be a number.") from error
    if kind == "boolean":
        if given not in (*_TRUE, *_FALSE):
            raise Mistake(f"{name} must be true or false.")
        return given in _TRUE
    return str(given)


def _check_range(option: Json, value: Any) -> None:
    text = isinstance(value, str)
    size = len(value) if text else value
    low, high = ("min_length", "max_length") if text else ("min_value", "max_value")
    if option.get(low) is not None and size < option[low]:
        raise Mistake(f"{option['name']} must be at least {option[low]}{' characters long' if text else ''}.")
    if option.get(high) is not None and size > option[high]:
        raise Mistake(f"{option['name']} must be at most {option[high]}{' characters long' if text else ''}.")
