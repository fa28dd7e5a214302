"""The few plain facts that must survive a restart, such as the hash of the commands Discord already has."""

from bot.ledger.database import Connection


async def put(connection: Connection, key: str, value: str) -> None:
    await connection.execute(
        "INSERT INTO remembered (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


async def get(connection: Connection, key: str) -> str | None:
    async with connection.execute("SELECT value FROM remembered WHERE key = ?", (key,)) as cursor:
        row = await cursor.fetchone()
    return None if row is None else str(row["value"])
