"""YAML read event by event, so that lines are known and nothing is built that nobody takes: a list, or an object with
`defaults` and `items`.

Plain words are numbers where a number is meant, and words everywhere else: `no`, 16:9 and 2026 need no quotes. Aliases
and tags are refused: a few lines of the former grow to gigabytes, and the latter name what to build.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from bot.errors import BatchFault
from bot.intake.fields import NUMBERS, WHOLE
from bot.intake.rawitem import DEFAULTS, MOST_PARTS, OF_A_FILE, RawItem, unknown

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the library in C is there for most machines, not for all
_NOTHING = ("", "~", "null", "Null", "NULL")
_WHOLE = re.compile(r"[-+]?[0-9]{1,400}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]{1,300}|[0-9]{1,300}(\.[0-9]{0,300})?)([eE][-+]?[0-9]{1,3})?")


def items(text: str, depth: int) -> Iterator[RawItem]:
    """The entries of the list, or of the file's `items`; its `defaults` come where they stand."""
    return _Reader(text, depth).items()


class _Reader:
    def __init__(self, text: str, depth: int) -> None:
        self._text = text
        self._depth = depth
        self._number = 0
        self._parts = 0
        self._events = iter(yaml.parse(text, Loader=_LOADER))

    def items(self) -> Iterator[RawItem]:
        self._next()  # the stream begins
        if isinstance(self._next(), yaml.StreamEndEvent):
            return
        event = self._next()
        if isinstance(event, yaml.MappingStartEvent):
            yield from self._file(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            yield from self._list(event, 1)
        else:
            raise self._fault("batch-not-a-list", event)
        self._number = 0
        self._next()  # the document ends
        if not isinstance(behind := self._next(), yaml.StreamEndEvent):
            raise self._syntax("a second document begins here", behind.start_mark.line)

    def _file(self, start: Any) -> Iterator[RawItem]:
        seen = set()
        for name, key in self._members(start):
            self._number = 0
            if name not in OF_A_FILE:
                raise self._fault("field-unknown", key, **unknown(name, OF_A_FILE))
            if name in seen:
                raise self._fault("field-twice", key, field=name)
            seen.add(name)
            event = self._next()
            if name == "defaults":
                yield self._item(DEFAULTS, event, 2)
            elif name != "items":
                self._value(event, 2)
            elif isinstance(event, yaml.SequenceStartEvent):
                yield from self._list(event, 2)
            else:
                raise self._fault("batch-not-a-list", event)

    def _list(self, start: Any, level: int) -> Iterator[RawItem]:
        self._enter(start, level)
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            self._number += 1
            yield self._item(self._number, event, level + 1)

    def _item(self, number: int, event: Any, level: int) -> RawItem:
        item = RawItem(number, event.start_mark.line + 1)
        self._parts = 0
        if not isinstance(event, yaml.MappingStartEvent):
            item.faults.append(self._fault("batch-not-an-item" if number else "batch-bad-defaults", event))
            self._value(event, level)
            return item
        self._enter(event, level)
        for name, key in self._members(event):
            item.take(name, self._value(self._next(), level + 1, name), key.start_mark.line + 1)
        return item

    def _members(self, start: Any) -> Iterator[tuple[str, Any]]:
        """Each name of the object that begins here, with its event; the value comes next."""
        self._refuse_tag(start)
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._syntax("a field's name is expected here", event.start_mark.line)
            yield event.value, event

    def _value(self, event: Any, level: int, name: str = "") -> object:
        if isinstance(event, yaml.SequenceStartEvent):
            return self._values(event, level)
        if isinstance(event, yaml.MappingStartEvent):
            self._enter(event, level)
            found: dict[str, object] = {}
            for inner, key in self._members(event):
                if inner in found:
                    raise self._fault("field-twice", key, field=inner)
                found[inner] = self._value(self._next(), level + 1, inner)
            return found
        if not isinstance(event, yaml.ScalarEvent):
            raise self._fault("batch-alias", event)
        self._refuse_tag(event)
        return event.value if event.style else _plain(event.value, name)

    def _values(self, start: Any, level: int) -> list[object]:
        self._enter(start, level)
        found = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            found.append(self._value(event, level + 1))
        return found

    def _enter(self, event: Any, level: int) -> None:
        self._refuse_tag(event)
        if level > self._depth:
            raise self._fault("batch-too-deep", event, most=self._depth)

    def _refuse_tag(self, event: Any) -> None:
        if event.tag is not None:
            raise self._fault("batch-tag", event, tag=str(event.tag))

    def _next(self) -> Any:
        try:
            event = next(self._events)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise self._syntax(error.problem or error.context or "", mark.line if mark else 0) from error
        except yaml.reader.ReaderError as error:  # its position counts bytes
            line = self._text.encode()[: error.position].count(b"\n")
            raise self._syntax("a character that must not stand in YAML", line) from error
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise self._fault("item-too-large", event, most=MOST_PARTS)
        return event

    def _syntax(self, why: str, line: int) -> BatchFault:
        facts = {"fault": "batch-syntax", "why": why, "format": "YAML"}
        return BatchFault(line=line + 1, item=self._number or None, **facts)

    def _fault(self, fault: str, event: Any, **facts: str | int) -> BatchFault:
        return BatchFault(line=event.start_mark.line + 1, item=self._number or None, fault=fault, **facts)


def _plain(text: str, name: str) -> object:
    if text in _NOTHING:
        return None
    if name in WHOLE | NUMBERS and _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if name in NUMBERS and _NUMBER.fullmatch(text) else text
