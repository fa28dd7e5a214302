"""When a card says that it will be ready: only when the past knows, with waking, loading and all that comes before."""

from bot.board import TowerView
from bot.ledger import estimates, towers
from gpu_agent.wire import Progress, Status
from tests.chat.people import until
from tests.chat.stage import Stage, eventually, text
from tests.chat.test_progress import settled, shows, step
from tests.chat.test_waiting import drawn, fail, running


async def past(stage: Stage, count: int, seconds: float) -> None:
    """So many pictures were rendered before, each in so many seconds; the tower has the model loaded."""
    for _ in range(count):
        (job,) = await stage.ask("before")
        await stage.render(job)
    async with stage.db.transaction() as connection:
        await connection.execute("UPDATE pictures SET seconds = ?", (seconds,))


def ready(stage: Stage, warm: str) -> None:
    stage.board.tower("tower", TowerView("ready", stage.clock.now()))
    stage.board.states["tower"] = Status(warm=warm)


def told_end(words: str) -> int:
    return int(words.partition("ready <t:")[2].partition(":R>")[0])


async def test_the_end_is_told_when_three_pictures_like_it_are_known(stage: Stage) -> None:
    """Of two nothing is told; Discord counts down by itself, so that the moment is not said anew with each step."""
    async with stage.bot():
        await past(stage, 2, 400.0)
        ready(stage, "demo")
        job = await running(stage)
        drawn(stage, job, 5, b"")
        assert "ready" not in await shows(stage, job, "step 5 of 50")
        await fail(stage, job)
        await past(stage, 1, 400.0)
        job = await running(stage)
        drawn(stage, job, 5, b"")
        said = await shows(stage, job, "step 5 of 50", "probably ready <t:")
        assert abs(told_end(said) - (stage.clock.now() + 360)) < 60
        drawn(stage, job, 6, b"")
        assert told_end(await shows(stage, job, "step 6 of 50")) == told_end(said)
        drawn(stage, job, 40, b"")
        later = await shows(stage, job, "step 40 of 50")
        assert told_end(later) < told_end(said) - 200


async def test_the_end_of_a_group_is_that_of_its_last_picture_behind_those_before_it(stage: Stage) -> None:
    async with stage.bot():
        await past(stage, 3, 100.0)
        await settled(stage)
        ready(stage, "demo")
        (other,) = await stage.ask("another", "grace")
        await stage.start(other)
        stage.board.progress(Progress(job=other.id, phase="rendering", step=4, of=8))
        job, _ = await stage.ask(count=2)
        said = await shows(stage, job, "probably all ready <t:")
        assert abs(told_end(said) - (stage.clock.now() + 50 + 200)) < 30


async def test_pictures_of_another_size_or_way_tell_nothing(stage: Stage) -> None:
    async with stage.bot():
        await past(stage, 3, 400.0)
        ready(stage, "demo")
        job = await running(stage, width=96, height=96)
        drawn(stage, job, 5, b"")
        assert "ready" not in await shows(stage, job, "step 5 of 50")


async def test_waking_is_told_with_what_it_usually_takes(stage: Stage) -> None:
    """Three wakes are known: the sentence names their median. Being woken, the end has room for it and a load."""
    async with stage.bot():
        await past(stage, 3, 100.0)
        await settled(stage)
        async with stage.db.transaction() as connection:
            for seconds in (40.0, 38.0, 47.0):
                row = await towers.begin_wake(connection, "tower", stage.clock.now() - 9000)
                await towers.end_wake(connection, row, "ready", seconds)
            for seconds in (20.0, 20.0, 20.0):
                await estimates.loaded(connection, "tower", "demo", seconds)
        stage.board.tower("tower", TowerView("asleep", stage.clock.now()))
        (job,) = await stage.ask()
        said = await shows(stage, job, "asleep · ", "it usually takes 40 s to wake")
        assert "ready" not in said
        stage.board.tower("tower", TowerView("waking", stage.clock.now()))
        said = await shows(stage, job, "waking up · ", "it usually takes 40 s to wake", "probably ready <t:")
        assert abs(told_end(said) - (stage.clock.now() + 160)) < 30


async def test_a_tower_that_was_seldom_woken_promises_nothing(stage: Stage) -> None:
    async with stage.bot():
        await past(stage, 3, 100.0)
        await settled(stage)
        stage.board.tower("tower", TowerView("waking", stage.clock.now()))
        (job,) = await stage.ask()
        said = await shows(stage, job, "waking up · ")
    assert "usually" not in said
    assert "ready" not in said


async def test_a_load_that_was_watched_is_known_the_next_time(stage: Stage) -> None:
    """From its first share to its last; one that was far along when it was first seen is not measured."""

    async def known() -> list[float]:
        async with stage.db.reading() as connection:
            return await estimates.loads(connection, "tower", "demo")

    async with stage.bot():
        for begin, count in ((0.0, 1), (0.6, 1)):
            job = await running(stage)
            stage.board.progress(Progress(job=job.id, phase="loading", share=begin))
            await shows(stage, job, f"{begin:.0%}")
            stage.board.progress(Progress(job=job.id, phase="loading", share=0.9))
            await shows(stage, job, "90%")
            step(stage, job, 1)
            await shows(stage, job, "step 1 of 8")
            assert len(await eventually(known, bool)) == count
            await fail(stage, job)


async def test_a_promise_that_was_not_kept_is_not_left_standing(stage: Stage) -> None:
    """The tower is silent, so nothing asks for an edit: the card is looked at again once its end is over."""
    async with stage.bot():
        await past(stage, 3, 100.0)
        ready(stage, "demo")
        job = await running(stage)
        drawn(stage, job, 5, b"")
        end = told_end(await shows(stage, job, "probably ready <t:"))
        stage.clock.skipped = end - stage.clock.now() - 2
        (other,) = await stage.ask("another", "grace", channel="lounge")
        await stage.card(other)
        card = await stage.card(job)
        await until(lambda: told_end(text(card)) > end)
        assert told_end(text(card)) > stage.clock.now()
