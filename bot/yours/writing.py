"""What is thought of each slug as one JSON file, in the shape of hand-kept ledgers; only what changed is written.

A file is whole or as it was: it grows under another name. Those of slugs of which nothing is thought any more go.
"""

import asyncio
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.errors import FolderUnfit
from bot.ledger import beside, taken

FROM = "darkroom"
_PART = ".part"


@dataclass(frozen=True, slots=True)
class Written:
    """How many files were written or removed, of how many slugs and reviews."""

    changed: int
    slugs: int
    reviews: int


async def write(ledger: Path, folder: Path) -> Written:
    """Everything that is thought now, read beside a running bot. Raises FolderUnfit, OSError or a LedgerTrouble."""
    await asyncio.to_thread(_cleared, folder)
    changed = reviews = 0
    slugs = set()
    async with beside.reading(ledger) as connection:
        async for slug, rows in taken.slug_by_slug(connection):
            slugs.add(slug)
            reviews += len(rows)
            changed += await asyncio.to_thread(_put, folder / f"{slug}.json", text(slug, rows))
    changed += await asyncio.to_thread(_left, folder, slugs)
    return Written(changed, len(slugs), reviews)


def text(slug: str, rows: list[dict[str, Any]]) -> str:
    """The same rows always give the same text, so that a file changes only when something was said."""
    told = {"slug": slug, "from": FROM, "reviews": [_review(row) for row in rows]}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _review(row: dict[str, Any]) -> dict[str, Any]:
    """What is not known is left out. Ids are text: they are longer than many programs' numbers."""
    size = f"{row['width']}x{row['height']}" if row["width"] else None
    told = {
        "date": date(row["at"]),
        "verdict": row["verdict"],
        "reason": row["words"],
        "reactions": row["emojis"],
        "person": str(row["person"]),
        "job": row["job"],
        "model": row["model"],
        "archetype": row["archetype"],
        "asked": row["asked"],
        "prompt": row["prompt"],
        "negative": row["negative"],
        "seed": row["seed"],
        "size": size,
        "steps": row["steps"],
        "guidance": row["guidance"],
        "image": f"{row['sha256'][:2]}/{row['sha256']}.png" if row["sha256"] and not row["deleted_at"] else None,
    }
    return {name: value for name, value in told.items() if value not in (None, "", [])}


def date(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def _cleared(folder: Path) -> None:
    """There, and without what an earlier attempt left unfinished."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in folder.glob(f".*.json{_PART}"):
        part.unlink(missing_ok=True)


def _put(file: Path, content: str) -> bool:
    """False when it said so already."""
    data = content.encode()
    before = file.read_bytes() if file.exists() else None
    if before == data:
        return False
    if before is not None and not _is_ours(before):
        raise FolderUnfit("file-foreign", file=str(file))
    part = file.with_name(f".{file.name}{_PART}")
    with part.open("wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    part.replace(file)
    return True


def _left(folder: Path, slugs: set[str]) -> int:
    gone = [file for file in folder.glob("*.json") if file.stem not in slugs and _is_ours(file.read_bytes())]
    for file in gone:
        file.unlink()
    return len(gone)


def _is_ours(data: bytes) -> bool:
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and told.get("from") == FROM
