"""Waiting cards over the wire: what they say, how seldom they are edited, and that the last edit is never lost."""

import asyncio
from typing import Any

from bot.board import TowerView
from bot.demo.discord.faults import Reply, rate_limited
from bot.ledger import notices
from bot.nouns import Job
from gpu_agent.wire import Progress
from tests.chat.people import until
from tests.chat.stage import Stage, buttons, eventually, text

ITEMS = (
    b'[{"slug": "fox", "prompt": "a fox"}, {"slug": "owl", "prompt": "an owl"}, {"slug": "elk", "prompt": "an elk"}]'
)


async def shows(stage: Stage, job: Job, *words: str) -> str:
    """Waits until the card says all of this; gives all it says."""
    card = await stage.card(job)
    try:
        await until(lambda: all(word in text(card) for word in words))
    except TimeoutError as error:
        raise AssertionError(f"{words} are not all in: {text(card)}") from error
    return text(card)


async def settled(stage: Stage) -> None:
    async def open_cards() -> list[Any]:
        async with stage.db.reading() as connection:
            return [*await notices.unsettled_cards(connection), *await notices.channels_due(connection)]

    await eventually(open_cards, lambda found: found == [])


def step(stage: Stage, job: Job, number: int) -> None:
    stage.board.progress(Progress(job=job.id, phase="rendering", step=number, of=8))


async def test_a_card_tells_the_way_of_a_picture(stage: Stage) -> None:
    """Place in line, tower, loading, steps, end; Cancel while it waits, Stop while it renders, nothing at the end."""
    async with stage.bot():
        await stage.ask("another", "grace")
        await stage.ask("one more", "grace")
        (job,) = await stage.ask(slug="fox", seed=3)
        card = await stage.card(job)
        assert "second in line" in await shows(stage, job, "in line")
        assert buttons(card) == ["cancel"]
        stage.board.tower("tower", TowerView("waking", stage.clock.now()))
        await shows(stage, job, "second in line", "waking up · <t:")
        stage.board.tower("tower", TowerView("ready", stage.clock.now()))
        await stage.start(job)
        await shows(stage, job, "handed to the tower")
        assert "waking" not in text(card)
        stage.board.progress(Progress(job=job.id, phase="loading", detail="Little Model", share=0.4))
        await shows(stage, job, "loading Little Model, 40%")
        assert buttons(card) == ["stop"]
        step(stage, job, 3)
        await shows(stage, job, "step 3 of 8")


async def test_a_held_up_job_says_on_its_card_what_it_waits_for(stage: Stage) -> None:
    """The drive is not mounted: the person reads what to do, and when it is mounted the steps go on by themselves."""
    async with stage.bot():
        (job,) = await stage.ask()
        await stage.start(job)
        hold = Progress(job=job.id, phase="waiting", hold="weights-not-mounted", facts={"path": ".mounted"})
        stage.board.progress(hold)
        await shows(stage, job, "Mount it, and I go on by myself.")
        step(stage, job, 3)
        said = await shows(stage, job, "step 3 of 8")
    assert "mounted" not in said


async def test_a_tower_in_trouble_is_a_sentence_on_the_card(stage: Stage) -> None:
    async with stage.bot():
        (job,) = await stage.ask()
        view = TowerView("trouble", stage.clock.now(), "host-key-changed", {"tower": "tower"})
        stage.board.tower("tower", view)
        said = await shows(stage, job, "in trouble · ")
    assert "key" in said.rpartition("in trouble")[2]


async def test_many_steps_are_few_edits_and_the_latest_is_told(stage: Stage) -> None:
    """While an edit is on its way fifty more things happen: one edit tells the last of them."""
    async with stage.bot():
        (job,) = await stage.ask()
        card = await stage.card(job)
        await stage.start(job)
        await shows(stage, job, "handed to the tower")
        before = len(stage.edits(card))
        gate = stage.hold("PATCH", f"/messages/{card.id}")
        step(stage, job, 1)
        await until(lambda: "step 1 of 8" in text(card))
        for number in range(50):
            step(stage, job, 1 + number % 8)
            await asyncio.sleep(0)
        step(stage, job, 8)
        gate.set()
        await shows(stage, job, "step 8 of 8")
        assert len(stage.edits(card)) == before + 2


async def test_a_card_that_says_the_truth_already_is_not_edited(stage: Stage) -> None:
    """What the courier just sent stays as it is until something changes."""
    async with stage.bot():
        (job,) = await stage.ask()
        card = await stage.card(job)
        (other,) = await stage.ask("another", channel="lounge")
        await stage.card(other)
        await stage.start(job)
        await shows(stage, job, "handed to the tower")
    assert len(stage.edits(card)) == 1


async def test_the_last_edit_takes_the_buttons_away_and_nothing_follows_it(stage: Stage) -> None:
    async with stage.bot():
        job, _ = await stage.posted()
        await settled(stage)
        card = await stage.card(job)
        assert text(card).endswith("done")
        assert buttons(card) == []
        edits = len(stage.edits(card))
        stage.board.ended(job.id)
        await stage.posted("another")
        await settled(stage)
        assert len(stage.edits(card)) == edits


async def test_a_card_whose_picture_ended_while_the_bot_was_away_gets_its_last_edit(stage: Stage) -> None:
    """What is owed is known from the ledger, so it also comes when the bot dies before it was made."""
    async with stage.bot():
        (job,) = await stage.ask()
        card = await stage.card(job)
    await stage.fail(job, "picture-black", model="demo")
    async with stage.bot():
        await shows(stage, job, "failed. demo drew a picture without anything in it.")
        await settled(stage)
    edits = len(stage.edits(card))
    async with stage.bot():
        await stage.posted("another")
        await settled(stage)
    assert len(stage.edits(card)) == edits == 1


async def test_a_batch_has_one_card_that_counts(stage: Stage) -> None:
    """Done, failed and left; a line for what renders and what failed."""
    async with stage.bot():
        fox, owl, elk = await stage.batch(["fox", "owl", "elk"])
        card = await stage.card(fox)
        await stage.render(fox)
        await stage.fail(owl, "picture-black", model="demo")
        await stage.start(elk)
        step(stage, elk, 2)
        said = await shows(stage, fox, "1 of 3 done, 1 failed, 1 left", "**elk**: step 2 of 8", "**owl**: failed.")
        assert "fox" not in said
        assert buttons(card) == ["stop"]


async def test_several_pictures_of_one_ask_have_a_line_each(stage: Stage) -> None:
    async with stage.bot():
        first, second = await stage.ask(count=2, seed=5)
        await stage.render(first)
        await shows(stage, first, "1 of 2 done, 1 left", "1. seed 5: done", f"2. seed {second.seed}: first in line")


async def test_a_card_that_somebody_deleted_is_let_go(stage: Stage) -> None:
    """No edit is tried a second time, and other cards in the channel go on."""
    async with stage.bot():
        (job,) = await stage.ask()
        card = await stage.card(job)
        stage.standin.world.delete(card)
        await stage.start(job)
        await until(lambda: stage.edits(card))
        step(stage, job, 2)
        (other,) = await stage.ask("another")
        await stage.card(other)
        await stage.start(other)
        await shows(stage, other, "handed to the tower")
        assert len(stage.edits(card)) == 1


async def test_an_edit_that_is_refused_or_lost_is_made_up_for_later(stage: Stage) -> None:
    """Rate limits and outages cost words in between, never the last ones."""
    async with stage.bot():
        (job,) = await stage.ask()
        card = await stage.card(job)
        old = Reply(429, {"message": "old", "retry_after": 0.01, "global": False, "code": 30046}, {"Via": "1.1"})
        path = f"/messages/{card.id}"
        stage.standin.faults.add("PATCH", path, rate_limited(0.01), old, Reply(cut=True), Reply(503))
        await stage.render(job)
        await shows(stage, job, "done")
        await settled(stage)


async def test_waiting_cards_get_their_turn_beside_one_that_renders(stage: Stage) -> None:
    """A card that renders goes first, but it cannot keep the others from ever telling their new place."""
    async with stage.bot():
        (running,) = await stage.ask("runs")
        (waiting,) = await stage.ask("waits", "grace")
        await stage.card(waiting)
        await shows(stage, waiting, "second in line")
        await stage.start(running)

        async def render() -> None:
            for number in range(10_000):
                step(stage, running, 1 + number % 8)
                await asyncio.sleep(0.005)

        rendering = asyncio.create_task(render())
        await shows(stage, running, "step")
        await shows(stage, waiting, "first in line")
        rendering.cancel()
