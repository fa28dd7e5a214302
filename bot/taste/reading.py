"""The taxonomy's files: the one that ships, and a person's own over it."""

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.taste.taxonomy import Phrase, Reason, Taxonomy

_SHIPPED = "taxonomy.toml"


class TaxonomyError(Exception):
    """A taxonomy's file cannot be used; `fault` names the reason and the field, as far as they are known."""

    def __init__(self, file: str, fault: str) -> None:
        super().__init__(f"{file}: {fault}")
        self.file, self.fault = file, fault


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: tuple[Reason, ...] = ()
    axes: dict[str, tuple[Phrase, ...]] = Field(default_factory=dict)


@cache
def shipped() -> Taxonomy:
    """The taxonomy that comes with the program."""
    return parse(_SHIPPED, files("bot.taste").joinpath(_SHIPPED).read_bytes(), Taxonomy(()))


def load(path: Path | None) -> Taxonomy:
    """The shipped taxonomy with the reasons of this file added or replaced. Raises TaxonomyError."""
    if path is None:
        return shipped()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TaxonomyError(str(path), f"cannot be read ({error.strerror})") from error
    return parse(str(path), content, shipped())


def parse(file: str, content: bytes, over: Taxonomy) -> Taxonomy:
    """The reasons and axes of this text, added to those of `over`. Raises TaxonomyError."""
    try:
        table = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TaxonomyError(file, str(error)) from error
    try:
        read = _File.model_validate(table)
    except ValidationError as error:
        raise TaxonomyError(file, _fault(table, error)) from error
    known = {reason.id: reason for reason in over.reasons}
    for reason in read.reason:
        known[reason.id] = reason
    _refuse_doubles(file, read.reason, tuple(known.values()))
    return Taxonomy(tuple(known.values()), {**over.axes, **read.axes})


def _fault(table: dict[str, Any], error: ValidationError) -> str:
    first = error.errors()[0]
    where = list(first["loc"])
    words = first["msg"].removeprefix("Value error, ")
    if where[:1] != ["reason"] or len(where) < 2:
        return f"field “{'.'.join(map(str, where))}”: {words}"
    reason: Any = table["reason"][int(where[1])]
    named = reason.get("id") if isinstance(reason, dict) else None
    return f"reason “{named or f'number {int(where[1]) + 1}'}”, field “{'.'.join(map(str, where[2:]))}”: {words}"


def _refuse_doubles(file: str, own: tuple[Reason, ...], known: tuple[Reason, ...]) -> None:
    """One id names one reason of a file, and an emoji means one of all."""
    ids: set[str] = set()
    for reason in own:
        if reason.id in ids:
            raise TaxonomyError(file, f"reason “{reason.id}”, field “id”: there are two of this id")
        ids.add(reason.id)
    emojis: dict[str, str] = {}
    for reason in known:
        if reason.emoji and (other := emojis.setdefault(reason.emoji, reason.id)) != reason.id:
            raise TaxonomyError(file, f"reason “{reason.id}”, field “emoji”: {reason.emoji} is that of “{other}”")
