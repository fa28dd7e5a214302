"""Files that wait for a button: they come back as they were, for a day, and a person's are not without end."""

from dataclasses import replace

from bot.ledger import batch_items, batches, jobs, pictures, traces, waiting_batches
from bot.ledger.database import Connection, Database
from bot.ledger.privacy import Erasure
from bot.ledger.waiting_batches import LIFE, WaitingBatch
from bot.nouns import Batch, BatchItem
from tests.ledger.rows import ADA, GRACE, NOW

WAITING = WaitingBatch(
    "0" * 16, "k", ADA, 2**62, 5, "b.json", '[{"slug": "ü"}]\r\n', {"a.png": "a" * 64}, (2, 3), NOW
)  # fmt: skip


async def test_what_waits_comes_back_as_it_was(db: Database) -> None:
    """Until it is a day old."""
    async with db.transaction() as connection:
        assert await waiting_batches.keep(connection, WAITING) == WAITING.id
        assert await waiting_batches.get(connection, WAITING.id, NOW + LIFE) == WAITING
        assert await waiting_batches.get(connection, WAITING.id, NOW + LIFE + 1) is None
        assert await waiting_batches.get(connection, "1" * 16, NOW) is None


async def test_the_first_of_two_equal_requests_waits(db: Database) -> None:
    async with db.transaction() as connection:
        await waiting_batches.keep(connection, WAITING)
        again = replace(WAITING, id="1" * 16, text="[]")
        assert await waiting_batches.keep(connection, again) == WAITING.id
        assert await waiting_batches.get(connection, WAITING.id, NOW) == WAITING


async def test_what_is_taken_says_when_and_needs_its_text_no_more(db: Database) -> None:
    """Once: the first time stays."""
    async with db.transaction() as connection:
        await waiting_batches.keep(connection, WAITING)
        await waiting_batches.take(connection, WAITING.id, NOW + 1)
        await waiting_batches.take(connection, WAITING.id, NOW + 2)
        found = await waiting_batches.get(connection, WAITING.id, NOW + 3)
    assert found == replace(WAITING, text="", taken_at=NOW + 1)


async def test_one_person_cannot_fill_the_ledger(db: Database) -> None:
    """The oldest go as if they were a day old; those of others stay."""
    async with db.transaction() as connection:
        await waiting_batches.keep(connection, replace(WAITING, id="g" * 16, key="g", person=GRACE, at=NOW - 9))
        for number in range(25):
            one = replace(WAITING, id=f"{number:016}", key=str(number), at=NOW + number)
            await waiting_batches.keep(connection, one)
        found = [await waiting_batches.get(connection, f"{number:016}", NOW + 30) for number in range(25)]
        assert [one is None for one in found] == [True] * 5 + [False] * 20
        assert await waiting_batches.get(connection, "g" * 16, NOW) is not None
        await waiting_batches.forget_old(connection, NOW + 30)
        rows = list(await connection.execute_fetchall("SELECT 1 FROM waiting_batches"))
    assert len(rows) == 21


async def test_pictures_that_came_along_are_needed_while_they_wait(db: Database) -> None:
    """Then it is told which they were."""
    async with db.transaction() as connection:
        await waiting_batches.keep(connection, WAITING)
        assert await pictures.needed(connection, "a" * 64)
        assert await waiting_batches.forget_old(connection, NOW + LIFE) == set()
        assert await waiting_batches.forget_old(connection, NOW + LIFE + 1) == {"a" * 64}
        assert not await pictures.needed(connection, "a" * 64)


async def _sent(connection: Connection, batch: str, person: int, digest: str) -> None:
    """A batch of one item by this person, of a file with this digest."""
    await batches.insert(connection, Batch(batch, batch, "b.json", person, 1, 5, NOW, digest=digest))
    await jobs.insert_asks(connection, [(f"a{batch}", batch)], batch, NOW)
    await batch_items.keep_file(connection, digest, f"the file {digest}")
    await batch_items.insert(connection, [BatchItem(batch, 1, "fox", "d", None, f"a{batch}")])


async def test_a_forgotten_persons_files_are_gone(db: Database) -> None:
    """Also those that wait, and what their items said; a file that somebody else sent as well stays for them."""
    one = Erasure(ADA, NOW + 1)
    async with db.transaction() as connection:
        await waiting_batches.keep(connection, WAITING)
        await _sent(connection, "mine", ADA, "secret")
        await _sent(connection, "both1", ADA, "shared")
        await _sent(connection, "both2", GRACE, "shared")
        for table in await traces.more(connection, one):
            await traces.clear(connection, one, table, NOW + 2)
        assert await traces.more(connection, one) == []
        assert await batch_items.file(connection, "secret") is None
        assert await batch_items.file(connection, "shared") == "the file shared"
        assert await waiting_batches.get(connection, WAITING.id, NOW) is None
        assert await waiting_batches.forget_old(connection, NOW) == {"a" * 64}
        found = [await batches.get(connection, name) for name in ("mine", "both1", "both2")]
        items = [await batch_items.of_batch(connection, name) for name in ("mine", "both1", "both2")]
    assert [(one.asker, one.digest) for one in found if one] == [(0, ""), (0, ""), (GRACE, "shared")]
    assert [len(each) for each in items] == [0, 0, 1]
