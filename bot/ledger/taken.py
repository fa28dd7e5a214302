"""What people take away from a ledger: the pictures that are kept, and what was said of each slug."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from sqlite3 import Row
from typing import Any

from bot.ledger.database import Connection
from bot.ledger.decided import DECIDED

_KEPT = f"""
SELECT j.id AS job, j.slug, j.seed, j.model, j.asked, j.prompt, p.sha256,
    (SELECT {DECIDED} FROM verdict_now AS v WHERE v.job = j.id) AS verdict
FROM pictures AS p CROSS JOIN jobs AS j ON j.id = p.job
WHERE p.deleted_at IS NULL AND p.media = 'image/png' AND verdict = 'keep'
    AND (:slugs = '[]' OR j.slug IN (SELECT value FROM json_each(:slugs)))
    AND (:archetypes = '[]' OR j.archetype IN (SELECT value FROM json_each(:archetypes)))
    AND (:models = '[]' OR j.model IN (SELECT value FROM json_each(:models)))
ORDER BY j.slug, j.id
"""
_SAID = """
SELECT v.*, j.asked, j.prompt, j.negative, j.seed, j.width, j.height, j.steps, j.guidance, p.sha256, p.deleted_at
FROM verdict_now AS v CROSS JOIN jobs AS j ON j.id = v.job LEFT JOIN pictures AS p ON p.job = v.job
WHERE v.slug = ? ORDER BY v.at, v.job, v.person
"""


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A still picture that is kept; its file lies under `sha256`."""

    job: str
    slug: str
    seed: int
    model: str
    asked: str
    prompt: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Only:
    """Which pictures: of these slugs, archetypes and models; an empty one leaves nothing out."""

    slugs: tuple[str, ...] = ()
    archetypes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


async def kept(connection: Connection, only: Only) -> list[KeptPicture]:
    """By slug, oldest first."""
    values = {
        "slugs": json.dumps(only.slugs),
        "archetypes": json.dumps(only.archetypes),
        "models": json.dumps(only.models),
    }
    rows = await connection.execute_fetchall(_KEPT, values)
    return [KeptPicture(*(row[name] for name in KeptPicture.__dataclass_fields__)) for row in rows]


async def judged_slugs(connection: Connection) -> list[str]:
    """Every slug of which something is thought now."""
    rows = await connection.execute_fetchall("SELECT DISTINCT slug FROM verdict_now ORDER BY slug")
    return [str(row["slug"]) for row in rows]


async def said(connection: Connection, slug: str) -> list[dict[str, Any]]:
    """What is thought now of this slug's pictures, oldest first, with what they were drawn from."""
    return [_plain(row) for row in await connection.execute_fetchall(_SAID, (slug,))]


async def slug_by_slug(connection: Connection) -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    for slug in await judged_slugs(connection):
        yield slug, await said(connection, slug)


def _plain(row: Row) -> dict[str, Any]:
    return {**dict(row), "emojis": json.loads(row["emojis"])}
