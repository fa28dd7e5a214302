"""The courier over the wire: every notice becomes exactly one message, whatever is lost on the way or dies."""

import asyncio
import json

import pytest

from bot.chat import layout
from bot.clock import new_id
from bot.demo.discord.faults import Reply
from bot.demo.discord.log import Exchange
from bot.demo.discord.permissions import Permission
from bot.ledger import notices
from bot.nouns import Notice, NoticeKind
from tests.chat.people import until
from tests.chat.stage import Stage, buttons, eventually, text

LOST = {
    "502 after it was applied": Reply(502, after=True),
    "503 after it was applied": Reply(503, after=True),
    "cut after it was applied": Reply(cut=True, after=True),
    "cut before it was applied": Reply(cut=True),
    "503 before it was applied": Reply(503),
}


async def announce(stage: Stage, words: str, channel: str = "darkroom") -> Notice:
    """Plain words become due."""
    notice = Notice(
        new_id(stage.clock),
        NoticeKind.ANNOUNCEMENT,
        int(stage.standin.channel(channel)),
        stage.clock.now(),
        text=words,
    )
    async with stage.db.transaction() as connection:
        await notices.make_due(connection, notice)
    return notice


async def state(stage: Stage, notice: Notice) -> str:
    async with stage.db.reading() as connection:
        rows = await connection.execute_fetchall("SELECT state FROM notices WHERE id = ?", (notice.id,))
    return str(next(iter(rows))[0])


async def quiet(stage: Stage) -> None:
    """Nothing is due any more."""

    async def due() -> list[int]:
        async with stage.db.reading() as connection:
            return await notices.channels_due(connection)

    await eventually(due, lambda channels: channels == [])


async def test_a_picture_is_a_new_message_with_its_receipt_its_buttons_and_the_verdicts_to_click(stage: Stage) -> None:
    """The file is the picture byte for byte, named after slug and seed; its alt text is the prompt."""
    async with stage.bot():
        (job,) = await stage.ask("a fox in the snow", slug="fox", seed=7)
        card = await stage.card(job)
        data = await stage.render(job)
        message = await stage.message(lambda: stage.end_of(job))
        await until(lambda: list(message.reactions) == ["✅", "❌", "🔁"])
    (attachment,) = message.attachments
    assert (attachment.filename, attachment.description) == ("fox-7.png", "a fox in the snow")
    assert attachment.data == data
    assert "a fox in the snow" in text(message)
    for part in ("Little Model", f"{job.width}×{job.height}", "seed 7", f"{job.steps} steps", "1.2 s", "0.2 Wh"):
        assert part in message.embeds[0]["footer"]["text"]
    assert buttons(message) == ["again", "vary", "upscale", "edit", "delete", "why", "origin"]
    assert message.id != card.id


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
async def test_a_lost_answer_never_makes_a_second_message(stage: Stage, fault: Reply) -> None:
    """The request is repeated with the same nonce, and Discord gives the first message."""
    stage.standin.faults.add("POST", f"/channels/{stage.channel}/messages", fault, fault)
    async with stage.bot():
        notice = await announce(stage, "hello")
        await quiet(stage)
    assert [text(one) for one in stage.said()] == ["hello"]
    posts = stage.standin.log.of("POST", f"/channels/{stage.channel}/messages")
    assert {one.body["nonce"] for one in posts} == {notice.nonce}
    assert await state(stage, notice) == "said"


async def test_killed_between_the_answer_and_the_commit_it_finds_its_message_after_the_restart(stage: Stage) -> None:
    """Discord's memory of the nonce is over by then; the channel's history is not."""
    gate = stage.hold("POST", f"/channels/{stage.channel}/messages")
    async with stage.bot():
        notice = await announce(stage, "hello")
        await until(lambda: stage.said())
    gate.set()
    assert await state(stage, notice) == "due"
    stage.clock.skipped += 3600
    async with stage.bot():
        await quiet(stage)
    assert len(stage.said()) == 1
    assert len(stage.standin.log.of("POST", f"/channels/{stage.channel}/messages")) == 1


async def test_after_minutes_of_outage_the_channel_is_searched_before_it_is_said_again(stage: Stage) -> None:
    """It was applied, its answer was lost, and by the time Discord answers again the nonce is forgotten."""
    path = f"/channels/{stage.channel}/messages"
    stage.standin.faults.add("POST", path, Reply(503, after=True))

    def outage(exchange: Exchange) -> None:
        stage.clock.skipped += 3600 if exchange.lost else 0

    stage.standin.log.hooks.append(outage)
    async with stage.bot():
        await announce(stage, "hello")
        await quiet(stage)
    assert len(stage.said()) == len(stage.standin.log.of("POST", path)) == 1


async def test_a_picture_whose_answer_was_lost_with_the_process_is_found_and_gets_its_reactions(stage: Stage) -> None:
    """The found message is a picture like any other: verdicts on it count."""
    async with stage.bot():
        (job,) = await stage.ask()
        await stage.card(job)
        gate = stage.hold("POST", f"/channels/{stage.channel}/messages")
        await stage.render(job)
        await until(lambda: len(stage.said()) == 2)
    gate.set()
    stage.clock.skipped += 3600
    async with stage.bot():
        message = await stage.message(lambda: stage.end_of(job))
        await until(lambda: len(message.reactions) == 3)
    assert len(stage.said()) == 2


async def test_tried_long_ago_but_never_sent_it_is_sent(stage: Stage) -> None:
    """Killed after the commit that it will be tried and before the request: nothing is found, so it is said now."""
    notice = await announce(stage, "hello")
    async with stage.db.transaction() as connection:
        await notices.trying(connection, notice.id, stage.clock.now())
    stage.clock.skipped += 3600
    async with stage.bot():
        await quiet(stage)
    assert [text(one) for one in stage.said()] == ["hello"]


async def test_words_like_an_earlier_notice_are_not_mistaken_for_it(stage: Stage) -> None:
    """Two announcements of the same text are two messages, also when the second is searched for."""
    async with stage.bot():
        await announce(stage, "the nightly batch begins")
        await quiet(stage)
    second = await announce(stage, "the nightly batch begins")
    async with stage.db.transaction() as connection:
        await notices.trying(connection, second.id, stage.clock.now())
    async with stage.bot():
        await quiet(stage)
    assert len(stage.said()) == 2


async def test_a_channel_speaks_in_the_order_things_became_due(stage: Stage) -> None:
    """Also when answers are lost in between."""
    stage.standin.faults.add("POST", f"/channels/{stage.channel}/messages", Reply(), Reply(503), Reply(cut=True))
    words = [f"number {number}" for number in range(8)]
    for one in words:
        await announce(stage, one)
    async with stage.bot():
        await quiet(stage)
    assert [text(one) for one in stage.said()] == words


async def test_a_stuck_channel_does_not_hold_up_another(stage: Stage) -> None:
    gate = stage.hold("POST", f"/channels/{stage.channel}/messages")
    async with stage.bot():
        stuck = await announce(stage, "stuck")
        other = await announce(stage, "free", "lounge")
        await eventually(lambda: state(stage, other), lambda found: found == "said")
        assert await state(stage, stuck) == "due"
        gate.set()
        await quiet(stage)


async def test_what_may_not_be_said_is_kept_and_the_next_notice_is_said(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """A channel that is closed to the bot, and one that is gone, cost nothing but a line in the log."""
    world = stage.standin.world
    place = world.channel(stage.standin.channel("lounge"))
    world.overwrite(place, world.bot.id, deny=int(Permission.SEND_MESSAGES))
    async with stage.bot():
        closed = await announce(stage, "not here", "lounge")
        gone = Notice(new_id(stage.clock), NoticeKind.ANNOUNCEMENT, 12345, stage.clock.now(), text="nowhere")
        async with stage.db.transaction() as connection:
            await notices.make_due(connection, gone)
        said = await announce(stage, "here")
        await quiet(stage)
    assert [await state(stage, one) for one in (closed, gone, said)] == ["unsayable", "unsayable", "said"]
    assert f"notice {closed.id} cannot be said" in caplog.text


async def test_a_picture_too_large_for_the_server_is_sent_smaller_and_says_so(stage: Stage) -> None:
    """Discord names no limit in advance; the original stays on disk."""
    too_large = Reply(413, {"message": "Request entity too large", "code": 40005})
    async with stage.bot():
        (job,) = await stage.ask(slug="fox", seed=7)
        await stage.card(job)
        stage.standin.faults.add("POST", f"/channels/{stage.channel}/messages", too_large)
        original = await stage.render(job)
        message = await stage.message(lambda: stage.end_of(job))
    (attachment,) = message.attachments
    assert attachment.filename == "fox-7.webp"
    assert len(attachment.data) < len(original)
    assert "smaller copy" in text(message)


async def test_a_picture_whose_file_is_gone_is_told_and_can_be_asked_for_again(stage: Stage) -> None:
    """Somebody tidied the bot's disk: the end of the job is told all the same."""
    (job,) = await stage.ask()
    await stage.render(job)
    for path in stage.files.root.glob("*/*.png"):
        path.unlink()
    async with stage.bot():
        message = await stage.message(lambda: stage.end_of(job))
    assert "missing on the bot's disk" in text(message)
    assert buttons(message) == ["again"]


async def test_a_failure_is_a_sentence_with_a_button(stage: Stage) -> None:
    async with stage.bot():
        (job,) = await stage.ask(slug="fox")
        await stage.fail(job, "picture-black", model="demo")
        message = await stage.message(lambda: stage.end_of(job))
    assert "without anything in it. Ask again with another seed." in text(message)
    assert buttons(message) == ["again"]


async def test_a_cancellation_is_told_in_one_line(stage: Stage) -> None:
    async with stage.bot():
        (job,) = await stage.ask(slug="fox")
        await stage.intake.cancel(job.id, person=stage.ada, moderator=False)
        message = await stage.message(lambda: stage.end_of(job))
    assert "was cancelled" in text(message)


async def test_nothing_that_is_said_can_ping_anybody(stage: Stage) -> None:
    """Every message and edit forbids mentions, and the prompt's own are broken apart."""
    async with stage.bot():
        (job,) = await stage.ask("@everyone look <@&1> [here](https://evil.example)")
        card = await stage.card(job)
        await stage.render(job)
        message = await stage.message(lambda: stage.end_of(job))
        await until(lambda: stage.edits(card))
    sent = [one for one in stage.standin.log.exchanges if one.method in ("POST", "PATCH") and one.body]
    spoken = [one for one in sent if one.path.rpartition("/messages")[1]]
    assert len(spoken) >= 3
    assert all(one.body["allowed_mentions"] == {"parse": []} for one in spoken)
    assert not message.mention_everyone
    assert "@everyone" not in json.dumps(message.embeds)
    assert "https://evil" not in json.dumps(message.embeds)


async def test_the_same_lane_serves_what_becomes_due_while_it_speaks(stage: Stage) -> None:
    """A notice that is committed while another one's answer is awaited is not forgotten."""
    gate = stage.hold("POST", f"/channels/{stage.channel}/messages")
    async with stage.bot():
        await announce(stage, "first")
        await until(lambda: stage.said())
        await asyncio.gather(*(announce(stage, f"later {number}") for number in range(5)))
        gate.set()
        await quiet(stage)
    assert len(stage.said()) == 6


async def test_a_notice_that_cannot_be_written_is_set_aside_and_said_by_the_next_start(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of the bot's own holds up neither the channel nor, once it is mended, the notice."""
    async with stage.bot():
        with monkeypatch.context() as broken:
            broken.setattr(layout, "failure", None)
            (job,) = await stage.ask()
            await stage.fail(job, "picture-black")
            after = await announce(stage, "after")
            await eventually(lambda: state(stage, after), lambda found: found == "said")
    async with stage.bot():
        await stage.message(lambda: stage.end_of(job))
