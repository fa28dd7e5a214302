"""How long things took before: the same model, size, steps and way; the latest; and nothing of too few."""

from bot.ledger import estimates, jobs
from bot.ledger.database import Connection, Database
from bot.ledger.estimates import Like, Way
from bot.nouns import Extras, Job, JobState
from tests.ledger.rows import NOW, finish, insert, job

PLAIN: Way = (1, 0.0, False, False)
LIKE = Like("demo", 128, 128, 20, PLAIN)


async def rendered(db: Database, *rows: tuple[Job, float]) -> None:
    """These jobs, one after another, in so many seconds each."""
    await insert(db, *(row for row, _ in rows))
    async with db.transaction() as connection:
        for number, (row, seconds) in enumerate(rows):
            await finish(connection, row, JobState.RENDERED, NOW + number)
            await connection.execute("UPDATE pictures SET seconds = ? WHERE job = ?", (seconds, row.id))


async def took(connection: Connection, like: Like = LIKE) -> list[float]:
    return await estimates.took(connection, like)


async def test_only_pictures_rendered_alike_count(db: Database) -> None:
    """Another model, side, number of steps, source, or length of a clip is another matter; the latest come first."""
    clip, varied = Extras(frames=9), Extras(source="b" * 64, strength=0.5)
    await rendered(
        db,
        (job("a", ask="a"), 1.0),
        (job("b", ask="b", model="other"), 2.0),
        (job("c", ask="c", width=64), 3.0),
        (job("d", ask="d", steps=4), 4.0),
        (job("e", ask="e", extras=clip), 5.0),
        (job("f", ask="f", extras=varied), 6.0),
        (job("g", ask="g"), 7.0),
    )
    async with db.reading() as connection:
        assert await took(connection) == [7.0, 1.0]
        assert await took(connection, Like("demo", 128, 128, 20, (9, 0.0, False, False))) == [5.0]
        assert await took(connection, Like("demo", 128, 128, 20, (1, 0.5, False, False))) == [6.0]


async def test_the_latest_twenty_count(db: Database) -> None:
    await rendered(db, *((job(f"j{number:02}", ask=f"a{number}"), float(number)) for number in range(30)))
    async with db.reading() as connection:
        assert await took(connection) == [float(number) for number in range(29, 9, -1)]


def test_of_fewer_than_three_nothing_is_usual() -> None:
    assert estimates.usual([]) is None
    assert estimates.usual([5.0, 6.0]) is None
    assert estimates.usual([5.0, 100.0, 6.0]) == 6.0


async def test_work_tells_what_decides_its_time(db: Database) -> None:
    """Waiting jobs in the order they are asked for; rendering ones with their tower."""
    await insert(db, job("a", ask="x"), job("b", ask="y"), job("c", ask="z", extras=Extras(frames=9)))
    async with db.transaction() as connection:
        await jobs.claim(connection, "b", "tower", "boot")
    async with db.reading() as connection:
        waiting = await estimates.waiting(connection, ["c", "a", "gone"])
        (running,) = await estimates.rendering(connection)
    assert [(one.job, one.like.way[0]) for one in waiting] == [("c", 9), ("a", 1)]
    assert (running.job, running.tower, running.ask, running.like) == ("b", "tower", "y", LIKE)


async def test_loads_are_kept_for_each_tower_and_model_and_old_ones_go(db: Database) -> None:
    async with db.transaction() as connection:
        for number in range(25):
            await estimates.loaded(connection, "tower", "demo", float(number))
        await estimates.loaded(connection, "other", "demo", 99.0)
        found = await estimates.loads(connection, "tower", "demo")
        rows = list(await connection.execute_fetchall("SELECT count(*) FROM loads"))
    assert found == [float(number) for number in range(24, 4, -1)]
    assert rows[0][0] == 21
