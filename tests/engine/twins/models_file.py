"""A models file written out of dictionaries."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def models_file(place: Path, entries: Iterable[dict[str, Any]]) -> Path:
    """`place`/models.toml with these entries."""
    file = place / "models.toml"
    tables = ["[[model]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in entry.items()) for entry in entries]
    file.write_text("\n".join(tables), encoding="utf-8")
    return file


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(str(key))} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(inner) for inner in value) + "]"
    # JSON writes numbers, truth and text as TOML does
    return json.dumps(str(value) if isinstance(value, Path) else value)
