"""Everything the ledger holds as lines of JSON, or as a folder of CSV files, one a table; a running bot is not
disturbed.

The first line, or the file `ledger.json`, says which schema the rows are of. In CSV, nothing is told from an empty
text: nothing is written `\\N`, and a text that begins with a backslash gets another one in front.
"""

import csv
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.errors import LedgerUnreachable
from bot.ledger.beside import read_only

KIND = "darkroom-ledger"
HEAD = "ledger.json"
NOTHING = "\\N"
Row = dict[str, Any]


def as_lines(path: Path) -> Iterator[str]:
    """The head, then each row of each table: `{"table": …, "row": {…}}`. Raises LedgerUnreachable."""
    with _opened(path) as connection:
        yield json.dumps(_head(connection))
        for table in tables(connection):
            for row in _rows(connection, table):
                yield json.dumps({"table": table, "row": row}, ensure_ascii=False)


def as_csv(path: Path, folder: Path) -> int:
    """Write the tables into this folder; gives the number of rows. Raises LedgerUnreachable."""
    count = 0
    with _opened(path) as connection:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / HEAD).write_text(json.dumps(_head(connection)) + "\n", encoding="utf-8")
        for table in tables(connection):
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(columns(connection, table))
                for row in _rows(connection, table):
                    writer.writerow(map(_cell, row.values()))
                    count += 1
    return count


def is_one(source: Path) -> bool:
    """Whether this file or folder is what was written here, or says so by its name."""
    if source.suffix == ".jsonl":
        return True
    try:
        with (source / HEAD if source.is_dir() else source).open(encoding="utf-8") as file:
            told = json.loads(file.readline())
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("kind") == KIND


def tables(connection: sqlite3.Connection) -> list[str]:
    """In the order in which they were made, so that what is referred to comes first."""
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [str(name) for (name,) in rows]


def columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [str(name) for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]


def _opened(path: Path) -> sqlite3.Connection:
    """One moment of it: a bot that writes meanwhile is not seen."""
    try:
        connection = sqlite3.connect(read_only(path), uri=True, isolation_level=None)
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.Error as error:
        raise LedgerUnreachable(path=str(path), fault=str(error)) from error
    return connection


def _head(connection: sqlite3.Connection) -> Row:
    ((version,),) = connection.execute("PRAGMA user_version")
    return {"kind": KIND, "schema": version}


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[Row]:
    names = columns(connection, table)
    listed = ", ".join(f'"{name}"' for name in names)
    for values in connection.execute(f'SELECT {listed} FROM "{table}" ORDER BY rowid'):
        yield dict(zip(names, values, strict=True))


def _cell(value: Any) -> Any:
    if value is None:
        return NOTHING
    return f"\\{value}" if isinstance(value, str) and value.startswith("\\") else value
