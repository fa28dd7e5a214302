"""What counts for a picture as a question to the ledger: the rule of `bot.decided`, for rows that are many."""

import json
from collections.abc import Collection

from bot.ledger.database import Connection
from bot.nouns import Verdict

DECIDED = (
    "coalesce(max(CASE WHEN v.person = j.asker THEN v.verdict END), CASE "
    + " ".join(f"WHEN 2 * sum(v.verdict = '{verdict}') > count(*) THEN '{verdict}'" for verdict in Verdict)
    + " END)"
)
"""Of the rows `v` of verdict_now that belong to the one job `j`; nothing while it is open."""


async def of_jobs(connection: Connection, jobs: Collection[str]) -> dict[str, Verdict]:
    """What counts for these pictures; those that are open are left out."""
    rows = await connection.execute_fetchall(
        f"SELECT j.id, {DECIDED} AS counts FROM json_each(?) AS l CROSS JOIN jobs AS j ON j.id = l.value "
        "CROSS JOIN verdict_now AS v ON v.job = j.id GROUP BY j.id HAVING counts IS NOT NULL",
        (json.dumps(sorted(jobs)),),
    )
    return {str(row["id"]): Verdict(row["counts"]) for row in rows}
