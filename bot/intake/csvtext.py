"""A table as spreadsheets export it: a row of fields' names, then an item in each row.

Separated by commas, semicolons or tabs, whichever makes most names known; text that has one of them, or a line end, in
double quotes. An empty cell is a field that is not there.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO

from bot.errors import BatchFault
from bot.intake.item import NUMBERS, WHOLE, Item, known
from bot.intake.rawitem import RawItem

_SEPARATORS = ",;\t"
_TOLD = re.compile(r"sep=([,;\t])\r?\n")  # the first line with which some spreadsheets say how they separate
_DIGITS = re.compile(r"[-+]?\d{1,400}")
_NUMBER = re.compile(r"[-+]?\d{1,300}([.,]\d{1,300})?")


def items(text: str, depth: int) -> Iterator[RawItem]:
    """The rows that are not empty; a table has no depth."""
    rows = _rows(text)
    first = next(rows, None)
    if first is None:
        return
    names = [name.strip().lower() for name in first[1]]
    if fault := _unfit(names, first[0]):
        raise fault
    for number, (line, cells) in enumerate(rows, 1):
        yield _item(number, line, names, cells)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row that has any, and the line on which it begins."""
    told = _TOLD.match(text)
    skipped = told.end() if told else 0
    separator = told[1] if told else _separator(text)
    table = csv.reader(StringIO(text[skipped:], newline=""), delimiter=separator, strict=True)
    while True:
        line = table.line_num + (2 if told else 1)
        try:
            cells = next(table, None)
        except csv.Error as error:
            raise BatchFault(line=line, fault="batch-syntax", why=str(error), format="CSV") from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _separator(text: str) -> str:
    head = text.lstrip().partition("\n")[0].lower()

    def names(separator: str) -> int:
        return sum(name.strip(' "\r') in Item.model_fields for name in head.split(separator))

    return max(_SEPARATORS, key=names)


def _unfit(names: Sequence[str], line: int) -> BatchFault | None:
    for name in names:
        if name not in Item.model_fields:
            return BatchFault(line=line, field=name, fault="field-unknown", known=known(Item))
        if names.count(name) > 1:
            return BatchFault(line=line, field=name, fault="field-twice")
    return None


def _item(number: int, line: int, names: Sequence[str], cells: Sequence[str]) -> RawItem:
    item = RawItem(number, line)
    if len(cells) > len(names):
        facts = {"cells": len(cells), "names": len(names)}
        item.faults.append(BatchFault(line=line, item=number, fault="csv-cells", **facts))
    for name, cell in zip(names, cells, strict=False):
        if cell.strip():
            item.take(name, _value(name, cell), line)
    return item


def _value(name: str, cell: str) -> object:
    """A number where one is meant and stands there; else the text, which is then told to be no number."""
    plain = cell.strip()
    if name in WHOLE and _DIGITS.fullmatch(plain):
        return int(plain)
    if name in NUMBERS and _NUMBER.fullmatch(plain):
        return float(plain.replace(",", "."))  # spreadsheets of half of Europe write 3,5
    return cell if name in ("prompt", "text", "negative") else plain
