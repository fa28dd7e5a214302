"""Asks that wait for a button: whatever they are, they come back as they were."""

from bot.ledger import pending
from bot.ledger.database import Database
from bot.ledger.pending import LIFE, Pending
from bot.nouns import Ask, Extras, Group, Manner
from gpu_agent.order import Control, Lora, Reference

EXTRAS = Extras(
    source="a" * 64,
    strength=0.25,
    control=Control(kind="depth", image="b" * 64, until=0.5),
    reference=Reference(image="c" * 64),
    loras=(Lora(id="ink"),),
)
FULL = Ask(
    "k", "a {fox}\n“é”", 2**63, 7, 8, "demo", 640, 512, 2**32 - 1, 3, "fox", "hero", "people", 12, 2.5,
    (Lora(id="paper", weight=-0.5),), EXTRAS, "ink", "0" * 16, "guidance 2 · steps 10",
)  # fmt: skip
WAITING = Pending(
    "0" * 16, "k", 2**60, Manner(Group.GRID, spoiler=True, ping=True), (FULL, Ask("k", "x", 1, 2, 3)), 9.0
)


async def test_what_waits_comes_back_as_it_was(db: Database) -> None:
    """Every field of an ask, and how its pictures are posted."""
    async with db.transaction() as connection:
        assert await pending.keep(connection, WAITING) == WAITING.id
        assert await pending.get(connection, WAITING.id, 9.0 + LIFE) == WAITING
        assert await pending.get(connection, WAITING.id, 9.1 + LIFE) is None
        assert await pending.get(connection, "1" * 16, 9.0) is None


async def test_the_first_of_two_equal_requests_waits(db: Database) -> None:
    """A second one gets the first one's id."""
    async with db.transaction() as connection:
        await pending.keep(connection, WAITING)
        again = Pending("1" * 16, "k", 1, Manner(), (FULL,), 10.0)
        assert await pending.keep(connection, again) == WAITING.id
        assert await pending.get(connection, WAITING.id, 10.0) == WAITING


async def test_what_is_taken_says_when(db: Database) -> None:
    """Once: the first time stays."""
    async with db.transaction() as connection:
        await pending.keep(connection, WAITING)
        await pending.take(connection, WAITING.id, 11.0)
        await pending.take(connection, WAITING.id, 12.0)
        found = await pending.get(connection, WAITING.id, 12.0)
    assert found is not None
    assert found.taken_at == 11.0
