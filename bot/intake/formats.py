"""Which format a batch file has: by its name, and where that says little, by its first characters."""

import json
from pathlib import PurePath

from bot.intake import csvtext, jsontext, yamltext
from bot.intake.fields import Item
from bot.intake.rawitem import Reader

_BY_NAME: dict[str, Reader] = {
    ".jsonl": jsontext.lines,
    ".ndjson": jsontext.lines,
    ".csv": csvtext.items,
    ".tsv": csvtext.items,
    ".yaml": yamltext.items,
    ".yml": yamltext.items,
}
ENDINGS = frozenset((".json", *_BY_NAME))
"""Those of names by which a batch file is known."""


def reader(name: str, text: str) -> Reader:
    """A file named .json, .txt or nothing known is looked at: many write JSON Lines under the first of these."""
    ending = PurePath(name).suffix.lower()
    return _BY_NAME.get(ending) or _by_content(text.lstrip(), ending == ".json")


def _by_content(text: str, json_at_least: bool) -> Reader:
    first = text.partition("\n")[0].strip()
    if text.startswith("{") and _is_an_item(first):
        return jsontext.lines
    if json_at_least or text.startswith(("[", "{")):
        return jsontext.items
    words = first.lower().replace(";", ",").replace("\t", ",").split(",")
    if first.startswith("sep=") or (len(words) > 1 and words[0].strip('" ') in Item.model_fields):
        return csvtext.items
    return yamltext.items


def _is_an_item(line: str) -> bool:
    """A whole object in one line, and not a whole file in one line."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and not {"items", "defaults"} & found.keys() and bool(found)
