"""May this person ask for so many more pictures? Asked inside the transaction that accepts them.

Only one transaction writes at a time, so two asks that come at once cannot both take what is left for one.
"""

from bot.errors import Blocked
from bot.ledger import people
from bot.ledger.database import Connection
from bot.people import quota
from bot.people.quota import Allowance


async def check(
    connection: Connection, person: int, allowed: Allowance, wanted: int, now: float, *, batch: bool = False
) -> None:
    """Raises the Refusal that says why not; a blocked person's schedules are refused like everything else."""
    if await people.is_blocked(connection, person):
        raise Blocked
    used = await people.used(connection, person, allowed, now)
    if refusal := quota.refusal(allowed, used, wanted, now, batch=batch):
        raise refusal
