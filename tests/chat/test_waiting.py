"""What makes waiting bearable: a live preview, and edits that never get in the way of anything else."""

import hashlib
import os
from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image

from bot.demo.discord.faults import Reply, rate_limited
from bot.dispatch import outcomes
from bot.nouns import Job, JobState
from gpu_agent.wire import Progress
from tests.chat import trouble
from tests.chat.people import until
from tests.chat.stage import Stage, buttons, done, png, text
from tests.chat.test_buttons import job_now, press
from tests.chat.test_progress import settled, shows, step


def jpeg(shade: int, side: int = 32) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (side, side), (shade, 90, 30)).save(buffer, "JPEG")
    return buffer.getvalue()


def drawn(stage: Stage, job: Job, number: int, preview: bytes) -> None:
    stage.board.progress(Progress(job=job.id, phase="rendering", step=number, of=50), preview)


async def running(stage: Stage, **more: object) -> Job:
    (job,) = await stage.ask(**more)  # type: ignore[arg-type]  # what an ask takes
    await stage.card(job)
    return await stage.start(job)


async def finish(stage: Stage, job: Job) -> None:
    """The picture of a running job is there."""
    data = png(job)
    digest = hashlib.sha256(data).hexdigest()
    stage.files.append(digest, data)
    stage.files.keep(digest)
    stage.board.ended(job.id)
    assert await outcomes.rendered(stage.db, stage.clock, job, done(job, digest, len(data)))


async def fail(stage: Stage, job: Job) -> None:
    stage.board.ended(job.id)
    assert await outcomes.failed(stage.db, stage.clock, job, "picture-black", {"model": "demo"})


async def test_a_running_picture_is_shown_on_its_card_until_it_is_done(stage: Stage) -> None:
    """The newest preview inside the embed, no file beside it, described in words; gone at the end."""
    async with stage.bot():
        job = await running(stage)
        card = await stage.card(job)
        drawn(stage, job, 1, jpeg(10))
        await until(lambda: len(card.attachments) == 1)
        assert card.attachments[0].data == jpeg(10)
        assert card.attachments[0].description == "How it looks by now: a fox"
        assert card.listed == []
        await finish(stage, job)
        await settled(stage)
        assert card.attachments == []
        assert "image" not in card.embeds[0]


async def test_previews_are_uploaded_seldom_and_the_words_go_on(stage: Stage) -> None:
    """Of several edits one brings a new preview; an unchanged one is never sent again."""
    async with stage.bot():
        job = await running(stage)
        card = await stage.card(job)
        for number in range(1, 8):
            drawn(stage, job, number, jpeg(number * 30))
            await shows(stage, job, f"step {number} of 50")
        brought = [len(exchange.parts) for exchange in stage.edits(card) if "step" in str(exchange.body)]
        assert brought.count(1) == 3
        assert [number for number, (one, other) in enumerate(pairwise(brought)) if one and other] == []
        assert all("attachment://preview-" in str(one.body) for one in stage.edits(card) if "step" in str(one.body))


async def test_of_several_running_pictures_the_first_is_shown(stage: Stage) -> None:
    async with stage.bot():
        first, second = await stage.ask(count=2)
        card = await stage.card(first)
        for job in (first, second):
            await stage.start(job)
        drawn(stage, second, 1, jpeg(200))
        await until(lambda: bool(card.attachments) and card.attachments[0].data == jpeg(200))
        for number in range(1, 6):
            drawn(stage, first, number, jpeg(10))
            await shows(stage, first, f"step {number} of 50")
        await until(lambda: card.attachments[0].data == jpeg(10))
    assert len(card.attachments) == 1


async def test_what_is_to_be_posted_hidden_has_no_preview(stage: Stage) -> None:
    async with stage.bot():
        (job,) = await stage.ask()
        async with stage.db.transaction() as connection:
            await connection.execute("UPDATE asks SET spoiler = 1")
        await stage.start(job)
        drawn(stage, job, 1, jpeg(10))
        await shows(stage, job, "step 1 of 50")
        assert (await stage.card(job)).attachments == []


@pytest.mark.parametrize("data", [b"no picture", b"\xff\xd8\xff" + b"x" * 100, jpeg(9)[:200]])
async def test_a_broken_preview_is_none_and_costs_no_edit(stage: Stage, data: bytes) -> None:
    async with stage.bot():
        job = await running(stage)
        card = await stage.card(job)
        drawn(stage, job, 1, data)
        await shows(stage, job, "step 1 of 50")
        edits = len(stage.edits(card))
        (other,) = await stage.ask("another", channel="lounge")
        await stage.card(other)
        await stage.start(other)
        await shows(stage, other, "handed to the tower")
        assert len(stage.edits(card)) == edits
        assert card.attachments == []


async def test_where_files_are_refused_the_words_go_on(stage: Stage) -> None:
    """The channel lets the bot attach nothing: one try, then edits without previews."""
    async with stage.bot():
        job = await running(stage)
        card = await stage.card(job)
        await shows(stage, job, "handed to the tower")
        refused = Reply(403, {"message": "Missing Permissions", "code": 50013})
        stage.standin.faults.add("PATCH", f"/messages/{card.id}", refused)
        drawn(stage, job, 1, jpeg(10))
        await shows(stage, job, "step 1 of 50")
        drawn(stage, job, 2, jpeg(60))
        await shows(stage, job, "step 2 of 50")
        assert sum(len(exchange.parts) for exchange in stage.edits(card)) == 1
        assert card.attachments == []


async def test_a_lost_upload_leaves_no_doubt_about_what_is_shown(stage: Stage) -> None:
    """The preview was taken, but nobody heard so: the next edit says which file stays, and previews go on."""
    async with stage.bot():
        job = await running(stage)
        card = await stage.card(job)
        drawn(stage, job, 1, jpeg(10))
        await until(lambda: len(card.attachments) == 1)
        for number in (2, 3):
            drawn(stage, job, number, jpeg(10))
            await shows(stage, job, f"step {number} of 50")
        stage.standin.faults.add("PATCH", f"/messages/{card.id}", Reply(cut=True, after=True))
        drawn(stage, job, 4, jpeg(60))
        await until(lambda: card.attachments[0].data == jpeg(60))
        for number in range(5, 9):
            drawn(stage, job, number, jpeg(60 + number))
            await shows(stage, job, f"step {number} of 50")
        assert len(card.attachments) == 1
        await until(lambda: card.attachments[0].data != jpeg(60))


async def test_a_preview_of_an_earlier_life_is_taken_away(stage: Stage) -> None:
    """The bot died while the card showed one; in the next life nothing is drawn any more."""
    async with stage.bot():
        job = await running(stage)
        card = await stage.card(job)
        drawn(stage, job, 1, jpeg(10))
        await until(lambda: len(card.attachments) == 1)
    stage.board.ended(job.id)
    async with stage.bot():
        await shows(stage, job, "handed to the tower")
        await until(lambda: card.attachments == [])


async def test_a_limited_card_never_holds_a_picture_up(stage: Stage) -> None:
    """Edits of the card are refused for a while: the picture is posted meanwhile, and the last edit is made up for."""
    async with stage.bot():
        (job,) = await stage.ask()
        card = await stage.card(job)
        gate = stage.hold("PATCH", f"/messages/{card.id}")
        stage.standin.faults.add("PATCH", f"/messages/{card.id}", rate_limited(0.5))
        job = await stage.start(job)
        await until(lambda: stage.edits(card))
        await finish(stage, job)
        await stage.message(lambda: stage.end_of(job))
        assert "done" not in text(card)
        gate.set()
        await shows(stage, job, "done")
        await settled(stage)


async def test_old_cards_are_edited_rarely_but_their_last_edit_comes_at_once(stage: Stage) -> None:
    """Discord is stricter with messages older than an hour: one edit a minute, whatever happens."""
    async with stage.bot():
        job = await running(stage)
        card = await stage.card(job)
        await shows(stage, job, "handed to the tower")
        stage.clock.skipped = 7200.0
        step(stage, job, 1)
        (other,) = await stage.ask("another", "grace")
        await stage.start(other)
        edits, began = len(stage.edits(card)), stage.clock.monotonic()
        for number in range(1, 5):
            step(stage, job, number)
            stage.board.progress(Progress(job=other.id, phase="rendering", step=number, of=8))
            await shows(stage, other, f"step {number} of 8")
        minutes = (stage.clock.monotonic() - began) / 60
        assert len(stage.edits(card)) <= edits + 1 + minutes
        await shows(stage, job, "step 4 of 8")
        edits = len(stage.edits(card))
        await fail(stage, job)
        await shows(stage, job, "failed.")
        assert len(stage.edits(card)) == edits + 1


async def test_a_preview_is_never_more_than_a_quarter_of_a_mebibyte(stage: Stage) -> None:
    noise = BytesIO()
    Image.frombytes("RGB", (900, 900), os.urandom(900 * 900 * 3)).save(noise, "JPEG", quality=95)
    assert len(noise.getvalue()) > 256 * 1024
    async with stage.bot():
        job = await running(stage)
        card = await stage.card(job)
        drawn(stage, job, 1, noise.getvalue())
        await until(lambda: len(card.attachments) == 1)
        assert len(card.attachments[0].data) <= 256 * 1024


async def test_cancel_and_stop_are_refused_privately_and_cost_nothing(stage: Stage) -> None:
    """Two buttons, each for the asker and moderators; everybody else reads why, alone, also after a restart."""
    async with stage.bot():
        running, waiting = await stage.ask(count=2)
        card = await stage.card(running)
        await stage.start(running)
        await until(lambda: buttons(card) == ["cancel", "stop"])
    async with stage.bot():
        for verb in ("cancel", "stop"):
            outcome = await press(stage, card, verb, "grace")
            said = await stage.answered(outcome)
            assert said == "This job belongs to somebody else. Ask its owner or a moderator to do that."
            assert trouble.private(stage.standin, outcome, "grace") == said
        assert (await job_now(stage, waiting)).state is JobState.QUEUED
        assert not (await job_now(stage, running)).cancel_wanted
        assert "1 cancelled." in await stage.answered(await press(stage, card, "cancel"))
        await until(lambda: buttons(card) == ["stop"])
