"""JSON read item by item, so that the line of every item and field is known: a list of objects, an object with
`defaults` and `items`, or an object on each line.

The values themselves are read by the standard library's decoder; only lists and objects around them are walked here,
because the decoder does not tell where in the text a key stood.
"""

import json
import re
from collections.abc import Iterator
from io import StringIO

from bot.errors import BatchFault
from bot.intake.rawitem import DEFAULTS, OF_A_FILE, RawItem, unknown

_SPACE = re.compile(r"[ \t\r\n]*")


def items(text: str, depth: int) -> Iterator[RawItem]:
    """The objects of the list, or of the file's `items`; its `defaults` come where they stand."""
    return _Reader(text, depth).items()


def lines(text: str, depth: int) -> Iterator[RawItem]:
    """The object on each line; a line that is none is a fault of its own, and an empty one is passed over."""
    number = 0
    for line, words in enumerate(StringIO(text, newline="\n"), 1):
        if words.strip():
            number += 1
            yield _on_a_line(_Reader(words.rstrip(), depth, "JSON Lines", line), number)


def _on_a_line(reader: "_Reader", number: int) -> RawItem:
    try:
        return reader.only(number)
    except BatchFault as fault:
        return RawItem(number, int(fault.facts["line"] or 0), faults=[fault])


class _Reader:
    def __init__(self, text: str, depth: int, name: str = "JSON", line: int = 1) -> None:
        self._text = text
        self._depth = depth
        self._name = name
        self._at = 0
        self._number = 0
        self._level = 0
        self._counted = (0, line)
        self._decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_refuse_constant)

    def items(self) -> Iterator[RawItem]:
        sign = self._next()
        if sign == "{":
            yield from self._file()
        elif sign == "[":
            yield from self._list()
        else:
            raise self._fault("batch-not-a-list")
        self._nothing_more()

    def only(self, number: int) -> RawItem:
        """The one object of the text."""
        self._number = number
        item = self._item(number)
        self._nothing_more()
        return item

    def _file(self) -> Iterator[RawItem]:
        seen = set()
        for name, line in self._members():
            if name not in OF_A_FILE:
                raise self._fault("field-unknown", line=line, **unknown(name, OF_A_FILE))
            if name in seen:
                raise self._fault("field-twice", line=line, field=name)
            seen.add(name)
            if name == "items":
                if self._next() != "[":
                    raise self._fault("batch-not-a-list")
                yield from self._list()
            elif name == "defaults":
                yield self._item(DEFAULTS)
            else:
                self._value()

    def _list(self) -> Iterator[RawItem]:
        self._at += 1
        self._level += 1
        if self._next() != "]":
            yield self._numbered()
            while self._comma("]"):
                yield self._numbered()
        self._at += 1
        self._level -= 1
        self._number = 0

    def _numbered(self) -> RawItem:
        self._number += 1
        return self._item(self._number)

    def _item(self, number: int) -> RawItem:
        sign = self._next()
        item = RawItem(number, self._line())
        if sign != "{":
            item.faults.append(self._fault("batch-not-an-item" if number else "batch-bad-defaults"))
            self._value_behind(item)
            return item
        for name, line in self._members():
            item.take(name, self._value(), line)
        return item

    def _value_behind(self, item: RawItem) -> None:
        """Passes over what is no item. Where nothing can be passed over, that it is no item says it best."""
        try:
            self._value()
        except BatchFault:
            raise item.faults[0] from None

    def _members(self) -> Iterator[tuple[str, int]]:
        """Each name of the object that begins here, and its line; the reader then stands in front of its value."""
        self._at += 1
        self._level += 1
        if self._next() != "}":
            yield self._member()
            while self._comma("}"):
                yield self._member()
        self._at += 1
        self._level -= 1

    def _member(self) -> tuple[str, int]:
        if self._next() != '"':
            raise self._syntax("a field's name in double quotes is expected here")
        line = self._line()
        name = str(self._value())
        if self._next() != ":":
            raise self._syntax(f"a colon is expected behind the name “{name}”")
        self._at += 1
        self._next()
        return name, line

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

    def _nothing_more(self) -> None:
        if self._next():
            self._number = 0
            raise self._syntax("there is more text behind the end")

    def _value(self) -> object:
        line = self._line()
        try:
            value, self._at = self._decoder.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            raise self._syntax(error.msg[:1].lower() + error.msg[1:], error.pos) from error
        except RecursionError as error:
            raise self._fault("batch-too-deep", most=self._depth) from error
        except ValueError as error:  # NaN, a name twice, or a number with thousands of digits
            raise self._syntax(str(error)) from error
        if self._level + _levels(value) > self._depth:
            raise self._fault("batch-too-deep", line=line, most=self._depth)
        return value

    def _syntax(self, why: str, at: int | None = None) -> BatchFault:
        return self._fault("batch-syntax", line=self._line(at), why=why, format=self._name)

    def _fault(self, fault: str, line: int | None = None, **facts: str | int) -> BatchFault:
        return BatchFault(line=line or self._line(), item=self._number or None, fault=fault, **facts)

    def _line(self, at: int | None = None) -> int:
        """The line of this character, counted on from the last one that was asked for."""
        at = self._at if at is None else at
        behind, line = self._counted
        line += self._text.count("\n", behind, at) - self._text.count("\n", at, behind)
        self._counted = (at, line)
        return line


def _levels(value: object) -> int:
    """How many lists and objects lie within one another."""
    levels, inner = 0, [value]
    while inner := [one for one in inner if isinstance(one, list | dict)]:
        levels += 1
        inner = [each for one in inner for each in (one.values() if isinstance(one, dict) else one)]
    return levels


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number in JSON")
