"""Pictures whose look a batch may take over, by their slug."""

from bot.ledger.database import Connection
from bot.ledger.decided import DECIDED


async def of_slug(connection: Connection, slug: str, asker: int, channel: int) -> str | None:
    """The digest of a still that this person asked for or that was asked for there; the slug's newest 200 are seen.

    The newest that is kept, else the newest; None when there is none that stands.
    """
    async with connection.execute(
        "SELECT p.sha256 FROM jobs AS j JOIN pictures AS p ON p.job = j.id "
        "WHERE j.id IN (SELECT id FROM jobs WHERE slug = :slug AND channel != 0 ORDER BY id DESC LIMIT 200) "
        "AND (j.asker = :asker OR j.channel = :channel) AND p.deleted_at IS NULL AND p.media = 'image/png' "
        f"ORDER BY (SELECT {DECIDED} FROM verdict_now AS v WHERE v.job = j.id) IS 'keep' DESC, j.id DESC LIMIT 1",
        {"slug": slug, "asker": asker, "channel": channel},
    ) as cursor:
        row = await cursor.fetchone()
    return None if row is None else str(row["sha256"])
