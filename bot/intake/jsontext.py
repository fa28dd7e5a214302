"""A JSON list of flat objects, read item by item, so that the line of every item and field is known.

The values themselves are read by the standard library's decoder; only the list and its objects are walked here, because
the decoder does not tell where in the text a key stood.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.errors import BatchFault

_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class RawItem:
    """An object of the list: its fields, and where in the text it and each field begin (in characters)."""

    number: int
    at: int
    fields: dict[str, object]
    places: dict[str, int]


def line_of(text: str, at: int) -> int:
    """The line, counted from 1, of this character."""
    return text.count("\n", 0, at) + 1


def items(text: str) -> Iterator[RawItem]:
    """The objects of the list, one after another. Raises BatchFault where the text is not such a list."""
    return _Reader(text).items()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._number = 0
        self._decoder = json.JSONDecoder(object_pairs_hook=dict, parse_constant=_refuse_constant)

    def items(self) -> Iterator[RawItem]:
        if self._next() != "[":
            raise self._fault("batch-not-a-list")
        self._at += 1
        if self._next() != "]":
            yield self._item()
            while self._comma("]"):
                yield self._item()
        self._at += 1
        if self._next():
            self._number = 0
            raise self._syntax("there is more text behind the end of the list")

    def _item(self) -> RawItem:
        self._number += 1
        if self._next() != "{":
            raise self._fault("batch-not-an-item")
        item = RawItem(self._number, self._at, {}, {})
        self._at += 1
        if self._next() != "}":
            self._field(item)
            while self._comma("}"):
                self._field(item)
        self._at += 1
        return item

    def _field(self, item: RawItem) -> None:
        if self._next() != '"':
            raise self._syntax("a field's name in double quotes is expected here")
        place = self._at
        name = str(self._value())
        if name in item.fields:
            raise self._fault("field-twice", place, field=name)
        if self._next() != ":":
            raise self._syntax(f"a colon is expected behind the name “{name}”")
        self._at += 1
        self._next()
        item.fields[name] = self._value()
        item.places[name] = place

    def _next(self) -> str:
        """The next character that is not white space, or nothing at the end of the text."""
        space = _SPACE.match(self._text, self._at)
        assert space is not None
        self._at = space.end()
        return self._text[self._at : self._at + 1]

    def _comma(self, closing: str) -> bool:
        """True behind a comma that something follows, False in front of the closing bracket."""
        sign = self._next()
        if sign == closing:
            return False
        if sign != ",":
            raise self._syntax(f"a comma or {closing} is expected here" if sign else "the text ends too early")
        comma = self._at
        self._at += 1
        if self._next() == closing:
            raise self._syntax(f"there is a comma in front of {closing}", comma)
        return True

    def _value(self) -> object:
        try:
            value, self._at = self._decoder.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            raise self._syntax(error.msg[:1].lower() + error.msg[1:], error.pos) from error
        except RecursionError as error:
            raise self._fault("batch-too-deep") from error
        except ValueError as error:  # NaN, or a number with thousands of digits
            raise self._syntax(str(error)) from error
        return value

    def _syntax(self, why: str, at: int | None = None) -> BatchFault:
        return self._fault("batch-syntax", at, why=why)

    def _fault(self, fault: str, at: int | None = None, **facts: str) -> BatchFault:
        line = line_of(self._text, self._at if at is None else at)
        return BatchFault(line=line, item=self._number or None, fault=fault, **facts)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number in JSON")
