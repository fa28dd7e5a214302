"""A table as spreadsheets export it: a row of fields' names, then an item in each row.

Separated by commas, semicolons or tabs, whichever makes most names known; text that has one of them, or a line end, in
double quotes. An empty cell is a field that is not there.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import zip_longest

from bot.errors import BatchFault
from bot.intake import fields
from bot.intake.fields import NUMBERS, WHOLE, Item
from bot.intake.rawitem import DEFAULTS, MOST_PARTS, RawItem, unknown

_SEPARATORS = ",;\t"
_TOLD = re.compile(r"sep=([,;\t])\r?\n")  # the first line with which some spreadsheets say how they separate
_DIGITS = re.compile(r"[-+]?\d{1,400}", re.ASCII)
_NUMBER = re.compile(r"[-+]?\d{1,300}([.,]\d{1,300})?", re.ASCII)


def items(text: str, depth: int) -> Iterator[RawItem]:
    """The rows that are not empty; a table has no depth."""
    rows = _rows(text)
    first = next(rows, None)
    if first is None:
        return
    names = [name.strip().lower() for name in first[1]]
    head = RawItem(DEFAULTS, first[0], faults=list(_unfit(names, first[0])))
    if head.faults:
        yield head
    wrong = {str(fault.facts["field"]) for fault in head.faults}
    columns = [name if name not in wrong else None for name in names]
    for number, (line, cells) in enumerate(rows, 1):
        yield _item(number, line, columns, cells)


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

    def known(separator: str) -> int:
        return sum(name.strip(' "\r') in Item.model_fields for name in head.split(separator))

    return max(_SEPARATORS, key=known)


def _unfit(names: Sequence[str], line: int) -> Iterator[BatchFault]:
    """What is wrong with the head, which stands for every item as defaults do."""
    if len(names) > MOST_PARTS:
        raise BatchFault(line=line, fault="item-too-large", most=MOST_PARTS)
    for index, name in enumerate(names):
        if name and name in names[:index]:
            yield BatchFault(line=line, field=name, fault="field-twice")
        elif name and name not in Item.model_fields:
            yield BatchFault(line=line, fault="field-unknown", **unknown(name, fields.names(Item)))


def _item(number: int, line: int, columns: Sequence[str | None], cells: Sequence[str]) -> RawItem:
    """`columns` are the names, None for one that is told already; what stands under none at all is a fault."""
    item = RawItem(number, line)
    for name, cell in zip_longest(columns[: len(cells)], cells, fillvalue=""):
        if cell and cell.strip() and name:
            item.take(name, _value(name, cell), line)
        elif cell and cell.strip() and name == "":
            names = sum(name != "" for name in columns)
            item.faults.append(BatchFault(line=line, item=number, fault="csv-cells", cells=len(cells), names=names))
            break
    return item


def _value(name: str, cell: str) -> object:
    """A number where one is meant and stands there; else the text, which is then told to be no number."""
    plain = cell.strip()
    if name in WHOLE and _DIGITS.fullmatch(plain):
        return int(plain)
    if name in NUMBERS and _NUMBER.fullmatch(plain):
        return float(plain.replace(",", "."))  # spreadsheets of half of Europe write 3,5
    return cell if name in ("prompt", "text", "negative") else plain
