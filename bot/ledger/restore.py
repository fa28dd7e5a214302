"""A ledger made again from what `dump` wrote, also by an earlier program: the rows go into a ledger of the schema they
are of, which is then brought up like any other. All of it arrives, or nothing."""

import asyncio
import csv
import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiosqlite

from bot.errors import DumpUnfit, LedgerTooNew
from bot.ledger.dump import HEAD, KIND, NOTHING, columns, tables
from bot.ledger.migrations import STEPS, migrate

Rows = Iterator[tuple[str, str, dict[str, Any]]]
"""Where it stands, its table, itself."""
_LONGEST = 2**30  # characters of one cell; a tower's shelf is one


async def restore(source: Path, path: Path) -> int:
    """A new ledger at `path` with everything of the file or folder; gives the number of rows.

    Raises DumpUnfit, LedgerTooNew, or FileExistsError where there is a ledger already.
    """
    version = _version(source)
    path.open("x").close()
    unfinished = path.with_name(f"{path.name}.importing")
    try:
        unfinished.unlink(missing_ok=True)
        await _migrated(unfinished, version)
        count = await asyncio.to_thread(_filled, unfinished, source)
        await _migrated(unfinished, None)
        os.replace(unfinished, path)
    except BaseException:
        for leftover in (path, unfinished):
            leftover.unlink(missing_ok=True)
        raise
    return count


async def _migrated(path: Path, last: int | None) -> None:
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        await migrate(connection, last)


def _filled(path: Path, source: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        known = {table: columns(connection, table) for table in tables(connection)}
        count = 0
        for where, table, row in _of_folder(source) if source.is_dir() else _of_file(source):
            _insert(connection, where, table, known.get(table, []), row)
            count += 1
        if orphans := connection.execute("PRAGMA foreign_key_check").fetchall():
            raise DumpUnfit(place=f"table {orphans[0][0]}", fault=f"{len(orphans)} rows belong to what is not there")
        connection.commit()
    finally:
        connection.close()
    return count


def _insert(connection: sqlite3.Connection, where: str, table: str, names: list[str], row: dict[str, Any]) -> None:
    if not names or set(names) != set(row):
        raise DumpUnfit(place=where, fault=f"is no row of a table {table} of this schema")
    listed, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    try:
        connection.execute(f'INSERT INTO "{table}" ({listed}) VALUES ({marks})', [row[name] for name in names])
    except (sqlite3.Error, OverflowError) as error:
        raise DumpUnfit(place=where, fault=f"does not fit the table {table} ({error})") from error


def _version(source: Path) -> int:
    head = source / HEAD if source.is_dir() else source
    try:
        with head.open(encoding="utf-8") as file:
            told = json.loads(file.readline())
        kind, version = told["kind"], int(told["schema"])
    except (OSError, ValueError, TypeError, LookupError) as error:
        raise DumpUnfit(place=str(head), fault="does not begin as an exported ledger does") from error
    if kind != KIND or version < 1:
        raise DumpUnfit(place=str(head), fault="is of something else")
    if version > len(STEPS):
        raise LedgerTooNew(version=version, known=len(STEPS))
    return version


def _of_file(source: Path) -> Rows:
    with source.open(encoding="utf-8") as file:
        next(file)
        for number, line in enumerate(file, 2):
            try:
                told = json.loads(line)
                yield f"line {number}", str(told["table"]), dict(told["row"])
            except (ValueError, TypeError, LookupError) as error:
                raise DumpUnfit(place=f"line {number}", fault="is no row of a table") from error


def _of_folder(source: Path) -> Rows:
    usual = csv.field_size_limit(_LONGEST)
    try:
        for file in sorted(source.glob("*.csv")):
            with file.open(encoding="utf-8", newline="") as opened:
                for number, row in enumerate(csv.DictReader(opened), 2):
                    yield f"{file.name}, row {number}", file.stem, {name: _value(cell) for name, cell in row.items()}
    finally:
        csv.field_size_limit(usual)  # it counts for the whole process, and batch files are read by it, too


def _value(cell: str | None) -> str | None:
    if cell == NOTHING or cell is None:
        return None
    return cell.removeprefix("\\")
