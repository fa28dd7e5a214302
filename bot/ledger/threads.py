"""A slug's variations gather in a thread of the channel, and the channel shows the current one of its pictures.

`current` is a fold over verdicts, made in the transaction that changes one. `shown` follows it: it is what the message
of `notice` shows, or a picture that stands in the channel itself and needs no such message.
"""

from dataclasses import dataclass

from bot.ledger.database import Connection
from bot.ledger.decided import DECIDED

_CHOSEN = (
    # Of those that are kept the one that was kept last.
    "SELECT v.job FROM verdict_now AS v JOIN jobs AS j ON j.id = v.job JOIN pictures AS p ON p.job = v.job "
    "WHERE v.slug = :slug AND j.channel IN (:channel, :thread) AND p.deleted_at IS NULL GROUP BY v.job "
    f"HAVING {DECIDED} = 'keep' "
    "ORDER BY min(CASE v.verdict WHEN 'keep' THEN v.at END) DESC, v.job DESC LIMIT 1"
)
_STANDING = (
    "FROM jobs AS j JOIN pictures AS p ON p.job = j.id JOIN notices AS n ON n.job = j.id "
    "WHERE j.slug = :slug AND j.channel = :channel AND p.deleted_at IS NULL "
    "AND n.kind = 'picture' AND n.kind != 'repost' AND n.state = 'said' AND n.channel = :channel"
)


@dataclass(frozen=True, slots=True)
class Gathering:
    """The pictures of one slug in one channel. `message` shows the current one, once `notice` is in the state said.

    `shown` is empty while nobody knows what it shows.
    """

    channel: int
    slug: str
    thread: int | None = None
    current: str | None = None
    shown: str | None = None
    notice: str | None = None
    state: str | None = None
    message: int | None = None


async def of_slug(connection: Connection, channel: int, slug: str) -> Gathering | None:
    found = await _many(connection, "WHERE t.channel = ? AND t.slug = ?", channel, slug)
    return found[0] if found else None


async def of_thread(connection: Connection, thread: int) -> Gathering | None:
    """None when this is no thread of ours."""
    found = await _many(connection, "WHERE t.thread = ?", thread)
    return found[0] if found else None


async def to_show(connection: Connection) -> list[Gathering]:
    """Those whose current picture is not the one shown as such, unless a message is about to be sent."""
    due = "(n.state IS NULL OR n.state != 'due')"
    return await _many(connection, f"WHERE t.current IS NOT t.shown AND {due} ORDER BY t.channel, t.slug")


async def opened(connection: Connection, channel: int, slug: str, thread: int) -> None:
    await connection.execute(
        "INSERT INTO threads (channel, slug, thread) VALUES (?, ?, ?) "
        "ON CONFLICT (channel, slug) DO UPDATE SET thread = excluded.thread",
        (channel, slug, thread),
    )


async def starts(connection: Connection, channel: int, slug: str, most: int) -> list[int]:
    """The messages of this slug's pictures in the channel, the first one first: a thread can start from each."""
    rows = await connection.execute_fetchall(
        f"SELECT n.message {_STANDING} ORDER BY j.id LIMIT :most", {"slug": slug, "channel": channel, "most": most}
    )
    return [int(row["message"]) for row in rows]


async def recount(connection: Connection, job: str) -> None:
    """A verdict on this job's picture has changed, or it was deleted: which one of its slug is current now?

    Once none is kept any more, it is the first one that stands in the channel.
    """
    for row in await connection.execute_fetchall(
        "SELECT t.channel, t.slug, t.thread FROM jobs AS j CROSS JOIN threads AS t ON t.slug = j.slug "
        "AND (t.channel = j.channel OR t.thread = j.channel) WHERE j.id = ?",
        (job,),
    ):
        place = dict(row)
        first = f"SELECT j.id {_STANDING} ORDER BY j.id LIMIT 1"
        await connection.execute(
            f"UPDATE threads SET current = coalesce(({_CHOSEN}), CASE WHEN current IS NOT NULL THEN ({first}) END) "
            "WHERE channel = :channel AND slug = :slug",
            place,
        )


async def announced(connection: Connection, gathering: Gathering, notice: str | None) -> None:
    """This notice is to show the current picture; None when its message is gone."""
    await connection.execute(
        "UPDATE threads SET notice = ? WHERE channel = ? AND slug = ?", (notice, gathering.channel, gathering.slug)
    )


async def showing(connection: Connection, channel: int, slug: str, job: str | None) -> None:
    """The channel shows this picture as the current one; None for none, empty when nobody knows."""
    await connection.execute("UPDATE threads SET shown = ? WHERE channel = ? AND slug = ?", (job, channel, slug))


async def _many(connection: Connection, where: str, *values: object) -> list[Gathering]:
    rows = await connection.execute_fetchall(
        "SELECT t.channel, t.slug, t.thread, t.current, t.shown, t.notice, n.state, n.message "
        f"FROM threads AS t LEFT JOIN notices AS n ON n.id = t.notice {where}",
        values,
    )
    return [Gathering(*row) for row in rows]
