"""A batch's card over the wire: what it says until the batch has ended, and what can be pressed."""

import asyncio

import pytest

from bot.board import TowerView
from bot.dispatch import outcomes
from bot.ledger import batches, jobs, notices, rota
from bot.nouns import Batch, Job, JobState, RotaEntry, RotaKind, WindowScope
from gpu_agent.value import Facts
from gpu_agent.wire import Progress
from tests.chat.gathering import inside
from tests.chat.people import until
from tests.chat.stage import Stage, buttons, eventually, text
from tests.chat.test_buttons import moderator, press
from tests.chat.test_progress import shows, step

FULL: Facts = {"model": "demo", "width": 64, "height": 64}


async def of(stage: Stage, job: Job) -> Batch:
    async with stage.db.reading() as connection:
        found = await batches.get(connection, job.batch or "")
    assert found is not None
    return found


async def now(stage: Stage, job: Job) -> Job:
    async with stage.db.reading() as connection:
        found = await jobs.get(connection, job.id)
    assert found is not None
    return found


async def newest(stage: Stage, batch: str) -> Job:
    """The job that was asked for last in this batch."""
    async with stage.db.reading() as connection:
        rows = await connection.execute_fetchall("SELECT id FROM jobs WHERE batch = ? ORDER BY id DESC", (batch,))
        found = await jobs.get(connection, str(next(iter(rows))["id"]))
    assert found is not None
    return found


async def put_back(stage: Stage, job: Job) -> None:
    """The tower had too little memory for it, as it may have more in a moment."""
    assert await outcomes.put_back(stage.db, stage.clock, await stage.start(job), "out-of-memory", FULL)


async def settled(stage: Stage) -> None:
    """No card is edited any more."""

    async def unsettled() -> int:
        async with stage.db.reading() as connection:
            return len(await notices.unsettled_cards(connection))

    await eventually(unsettled, lambda found: found == 0)


async def shows_buttons(stage: Stage, job: Job, *verbs: str) -> None:
    card = await stage.card(job)
    await until(lambda: buttons(card) == list(verbs))


async def test_a_batch_is_paused_and_goes_on_by_the_buttons_of_its_card(stage: Stage) -> None:
    """Nothing begins meanwhile, what renders is finished, and the card says so."""
    async with stage.bot():
        fox, owl, elk = await stage.batch(["fox", "owl", "elk"])
        card = await stage.card(fox)
        running = await stage.start(fox)
        await shows_buttons(stage, fox, "pause", "rest", "stop")
        said = await stage.answered(await press(stage, card, "pause"))
        assert said.startswith("Paused. 2 pictures wait until somebody presses **Resume**")
        await shows(stage, fox, "**Paused** <t:", "0 of 3 done, 3 left")
        await shows_buttons(stage, fox, "resume", "rest", "stop")
        async with stage.db.transaction() as connection:
            assert await jobs.claim(connection, owl.id, "tower", "boot") is None
        assert await outcomes.failed(stage.db, stage.clock, running, "picture-black", {"model": "demo"})
        await shows(stage, fox, "1 failed, 2 left")
        assert await stage.answered(await press(stage, card, "resume")) == "It goes on with 2 pictures."
        await shows_buttons(stage, fox, "pause", "rest")
        await stage.render(owl)
        await stage.render(elk)
        await shows(stage, fox, "2 of 3 done, 1 failed")
    assert "Paused" not in text(card)


async def test_a_pause_outlives_the_bot(stage: Stage) -> None:
    async with stage.bot():
        fox, _ = await stage.batch(["fox", "owl"])
        card = await stage.card(fox)
        await stage.answered(await press(stage, card, "pause"))
    async with stage.bot():
        await shows(stage, fox, "**Paused**")
        async with stage.db.reading() as connection:
            assert await jobs.in_line(connection) == []
            assert await jobs.unfinished(connection) == []
        await stage.answered(await press(stage, card, "resume"))
        async with stage.db.reading() as connection:
            assert len(await jobs.in_line(connection)) == 2


async def test_the_rest_is_cancelled_and_what_renders_is_not(stage: Stage) -> None:
    """It is told once for all of them; what renders is not tried again when it fails."""
    async with stage.bot():
        fox, owl, elk = await stage.batch(["fox", "owl", "elk"])
        card = await stage.card(fox)
        running = await stage.start(fox)
        await shows_buttons(stage, fox, "pause", "rest", "stop")
        assert await stage.answered(await press(stage, card, "rest")) == "2 cancelled."
        await shows_buttons(stage, fox, "stop")
        assert not await outcomes.put_back(stage.db, stage.clock, running, "out-of-memory", FULL)
        assert [(await now(stage, one)).state for one in (owl, elk)] == [JobState.CANCELLED] * 2
        assert (await now(stage, fox)).state is JobState.RENDERING
        said = await eventually(lambda: _said(stage), lambda found: len(found) == 1)
    assert "and 1 more were cancelled" in said[0]


async def _said(stage: Stage) -> list[str]:
    return [text(one) for one in stage.said() if "cancelled and will" in text(one) or "were cancelled" in text(one)]


@pytest.mark.parametrize("verb", ["pause", "rest"])
async def test_only_the_asker_and_moderators_hold_it_up(stage: Stage, verb: str) -> None:
    async with stage.bot():
        (fox,) = await stage.batch(["fox"])
        card = await stage.card(fox)
        said = await stage.answered(await press(stage, card, verb, "grace"))
        assert "belongs to somebody else" in said
        assert (await of(stage, fox)).paused_at is None
        moderator(stage, "grace")
        await stage.answered(await press(stage, card, verb, "grace"))
        batch, job = await of(stage, fox), await now(stage, fox)
    assert (batch.paused_at is not None, job.state) == (verb == "pause", {"pause": "queued", "rest": "cancelled"}[verb])


async def test_a_failure_that_may_pass_is_no_end_and_the_card_tells_it(stage: Stage) -> None:
    """The job waits behind the others, then tells that this is its second try, and ends like any other."""
    async with stage.bot():
        fox, owl = await stage.batch(["fox", "owl"])
        await put_back(stage, fox)
        await shows(stage, fox, "0 of 2 done, 2 left", "**fox**: failed, and is tried once more, second in line.")
        await stage.start(fox)
        step(stage, fox, 3)
        await shows(stage, fox, "**fox**: try 2: step 3 of 8")
        assert await stage.end_of(fox) is None
        assert await outcomes.failed(stage.db, stage.clock, await now(stage, fox), "picture-black", {"model": "demo"})
        await shows(stage, fox, "1 failed, 1 left", "**fox**: failed. demo drew")
        await stage.render(owl)
        await settled(stage)


async def test_what_failed_is_tried_again_once_the_batch_has_ended(stage: Stage) -> None:
    """By a button that comes with the end. The new ones take the failed ones' places, on the sheet, too."""
    async with stage.bot():
        fox, owl = await stage.batch(["fox", "owl"])
        card = await stage.card(fox)
        await stage.render(fox)
        await stage.fail(owl, "picture-black", model="demo")
        await shows_buttons(stage, fox, "retry")
        await settled(stage)
        said = await stage.answered(await press(stage, card, "retry"))
        assert said.startswith("1 picture that failed is tried again.")
        anew = await newest(stage, owl.batch or "")
        assert (anew.slug, anew.seed, anew.prompt, anew.again, anew.index) == ("owl", owl.seed, owl.prompt, owl.id, 1)
        await shows(stage, fox, "1 of 2 done, 1 left")
        await stage.render(anew)
        picture = await stage.message(lambda: stage.end_of(anew))
        await shows(stage, fox, "2 of 2 done")
        await until(lambda: any(f"/{picture.id})" in text(one) for one in inside(stage, card.id)))
        await shows_buttons(stage, fox)
        await settled(stage)
    assert "failed" not in text(card)


async def test_pressed_twice_it_is_tried_again_once(stage: Stage) -> None:
    async with stage.bot():
        (owl,) = await stage.batch(["owl"])
        card = await stage.card(owl)
        await stage.fail(owl, "picture-black", model="demo")
        await shows_buttons(stage, owl, "retry")
        outcomes_of_both = await asyncio.gather(press(stage, card, "retry"), press(stage, card, "retry"))
        said = sorted([await stage.answered(one) for one in outcomes_of_both])
        assert (said[0][:10], said[1][:14]) == ("1 picture ", "Nothing that f")
        async with stage.db.reading() as connection:
            rows = await connection.execute_fetchall("SELECT count(*) FROM jobs WHERE again IS NOT NULL")
    assert next(iter(rows))[0] == 1


async def test_the_end_of_a_long_batch_is_foreseen_by_the_pace_of_its_beginning(stage: Stage) -> None:
    """Of fifty, thirty have a place in line that is known; the rest takes as long as these in proportion."""
    async with stage.bot():
        made = await stage.batch([f"item-{number}" for number in range(50)])
        for one in made[:3]:
            await stage.render(one)
        running = await stage.start(made[3])
        stage.board.tower("tower", _ready(stage))
        stage.board.progress(Progress(job=running.id, phase="rendering", step=1, of=8))
        said = await shows(stage, made[0], "3 of 50 done, 47 left", "probably all ready <t:")
        end = int(said.partition("probably all ready <t:")[2].partition(":")[0])
    per_picture = 1.25
    assert 40 * per_picture < end - stage.clock.now() < 50 * per_picture + 1


def _ready(stage: Stage) -> TowerView:
    return TowerView("ready", stage.clock.now())


async def test_a_batch_that_waits_for_its_window_says_when_that_opens(stage: Stage) -> None:
    """And nothing of a tower that nobody wakes meanwhile."""
    opens = stage.clock.now() + 3600
    window = RotaEntry(
        id="w1", name="night", words="daily 01:00", cron="0 1 * * *", zone="UTC", items="", asker=stage.ada,
        guild=stage.standin.guild_id, channel=int(stage.channel), created_at=opens - 9999, next_at=opens,
        kind=RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.BATCHES,
    )  # fmt: skip
    async with stage.db.transaction() as connection:
        await rota.add(connection, window)
    async with stage.bot():
        stage.board.tower("tower", TowerView("asleep", stage.clock.now()))
        fox, _ = await stage.batch(["fox", "owl"])
        said = await shows(stage, fox, "0 of 2 done, 2 left", f"which opens <t:{int(opens)}:R>")
        async with stage.db.transaction() as connection:
            await connection.execute("UPDATE rota SET open = 1, opened_at = 1.0, closes_at = 9e9")
        await until_not(stage, fox, "window")
    assert "asleep" not in said


async def until_not(stage: Stage, job: Job, word: str) -> None:
    card = await stage.card(job)
    await until(lambda: word not in text(card))


async def test_how_often_it_was_tried_is_told_with_the_failure(stage: Stage) -> None:
    """On the card, and where the failure is said."""
    async with stage.bot():
        (fox,) = await stage.batch(["fox"])
        for _ in range(outcomes.RETRIES):
            await put_back(stage, fox)
        running = await stage.start(fox)
        assert not await outcomes.put_back(stage.db, stage.clock, running, "out-of-memory", FULL)
        await outcomes.failed(stage.db, stage.clock, running, "out-of-memory", FULL)
        await shows(stage, fox, "**fox**: failed.", "It was tried 3 times.")
        assert "It was tried 3 times." in text(await stage.message(lambda: stage.end_of(fox)))
