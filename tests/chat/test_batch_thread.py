"""A batch's pictures in the thread under its card, over the wire: each once, whatever dies or is closed in between."""

from typing import Any

import pytest

from bot.demo.discord.permissions import Permission
from bot.demo.discord.values import Message
from bot.ledger import batches
from bot.nouns import Job, Verdict
from tests.chat.gathering import inside, made, posted, varied
from tests.chat.people import until
from tests.chat.stage import Stage, eventually
from tests.chat.test_courier import LOST
from tests.chat.test_privacy import forget, ledger
from tests.chat.test_threads_closed import forbid


async def begun(stage: Stage, *slugs: str) -> tuple[list[Job], Message]:
    jobs = await stage.batch(slugs or ("fox", "owl", "elk"))
    return jobs, await stage.card(jobs[0])


def one_by_one(stage: Stage, place: str) -> list[Message]:
    """What tells of one picture each there: no card and no sheet."""
    return [one for one in inside(stage, place) if "'again:" in str(one.components)]


async def test_pictures_and_failures_are_said_one_by_one_under_the_card(stage: Stage) -> None:
    """One thread, named as the file; the channel has the card alone, and each picture is one like any other."""
    async with stage.bot():
        (fox, owl, elk), card = await begun(stage)
        assert made(stage) == []
        await stage.render(fox)
        await stage.fail(owl, "picture-black", model="demo")
        await stage.render(elk)
        messages = [await posted(stage, one) for one in (fox, owl, elk)]
        await until(lambda: list(messages[0].reactions) == ["✅", "❌", "🔁"])
        stage.standin.member("grace").react(messages[2].id, "✅")
        await stage.judged_so(elk, {int(stage.standin.member("grace").id): (Verdict.KEEP, "")})
    (thread,) = made(stage)
    assert (thread.id, thread.name, thread.parent_id) == (card.id, "b.json", stage.channel)
    assert one_by_one(stage, thread.id) == messages
    assert stage.said() == [card]


async def test_one_job_of_a_batch_that_is_made_again_or_varied_stays_with_it(stage: Stage) -> None:
    """What is made from a batch's picture is said in its thread, too; what is asked for anew is not."""
    async with stage.bot():
        (fox,), card = await begun(stage, "fox")
        await stage.render(fox)
        await posted(stage, fox)
        child = await varied(stage, fox)
        (anew,) = await stage.ask("a fox", slug="fox")
        await stage.render(anew)
        places = [(await posted(stage, one)).channel_id for one in (child, anew)]
    assert places == [card.id, stage.channel]
    assert [one.id for one in made(stage)] == [card.id]


async def test_a_batch_that_is_cancelled_before_anything_came_has_no_thread(stage: Stage) -> None:
    async with stage.bot():
        jobs, _ = await begun(stage)
        await stage.intake.cancel(jobs[0].batch or "", person=stage.ada, moderator=False)
        await until(lambda: len(stage.said()) == 2)
    assert made(stage) == []


async def test_a_batch_asked_for_in_a_thread_stays_in_it(stage: Stage) -> None:
    """There are no threads in threads."""
    async with stage.bot():
        (fox,), card = await begun(stage, "fox")
        await stage.render(fox)
        await posted(stage, fox)
        (inner,) = await stage.batch(["owl"], channel=card.id)
        await stage.render(inner)
        found = [await stage.card(inner), await posted(stage, inner)]
    assert [one.channel_id for one in found] == [card.id] * 2
    assert len(made(stage)) == 1


@pytest.mark.parametrize("lost", ["503 after it was applied", "cut after it was applied"])
async def test_a_lost_answer_makes_neither_a_second_thread_nor_a_second_post(stage: Stage, lost: str) -> None:
    async with stage.bot():
        (fox,), card = await begun(stage, "fox")
        fault = LOST[lost]
        stage.standin.faults.add("POST", "/threads", fault)
        stage.standin.faults.add("POST", f"/channels/{card.id}/messages", fault, fault)
        await stage.render(fox)
        message = await posted(stage, fox)
    (thread,) = made(stage)
    assert one_by_one(stage, thread.id) == [message]


KILLED = {
    "while the thread begins": ("POST", "/threads"),
    "while a picture is sent": ("POST", "/channels/{card}/messages"),
    "while the card is edited": ("PATCH", "/messages/{card}"),
}


@pytest.mark.parametrize("moment", KILLED.values(), ids=KILLED.keys())
async def test_killed_there_every_picture_stands_once_in_one_thread(stage: Stage, moment: tuple[str, str]) -> None:
    """The request was applied and its answer never came: the next life finds what stands, hours later."""
    async with stage.bot():
        jobs, card = await begun(stage, "fox", "owl")
        method, path = moment[0], moment[1].format(card=card.id)
        gate = stage.hold(method, path)
        for one in jobs:
            await stage.render(one)
        await until(lambda: stage.standin.log.of(method, path))
    gate.set()
    await _finish(stage, jobs)


async def test_killed_while_the_card_is_sent_it_is_the_card_of_the_next_life(stage: Stage) -> None:
    jobs = await stage.batch(["fox", "owl"])
    gate = stage.hold("POST", f"/channels/{stage.channel}/messages")
    async with stage.bot():
        await until(lambda: stage.said())
    gate.set()
    await _finish(stage, jobs)


async def _finish(stage: Stage, jobs: list[Job]) -> None:
    stage.clock.skipped += 3600
    async with stage.bot():
        for one in jobs:
            if await stage.end_of(one) is None:
                await stage.render(one)
        card = await stage.card(jobs[0])
        messages = [await posted(stage, one) for one in jobs]
        await until(lambda: "2 of 2 done" in str(card.embeds))
    assert stage.said() == [card]
    assert [one.id for one in made(stage)] == [card.id]
    assert one_by_one(stage, card.id) == messages


async def test_killed_between_the_place_and_the_post_the_thread_is_used(stage: Stage, monkeypatch: Any) -> None:
    """Thread and place are committed together, before anything is sent there."""
    async with stage.bot() as client:
        (fox,), card = await begun(stage, "fox")

        async def never(*_: object) -> None:
            await eventually(_nothing, lambda found: False)

        monkeypatch.setattr(client.courier, "_say", never)
        await stage.render(fox)
        await eventually(lambda: _thread(stage, fox), lambda found: found == int(card.id))
    async with stage.bot():
        message = await posted(stage, fox)
    assert one_by_one(stage, card.id) == [message]


async def _nothing() -> None:
    return None


async def _thread(stage: Stage, job: Job) -> int | None:
    async with stage.db.reading() as connection:
        batch = await batches.get(connection, job.batch or "")
    return batch.thread if batch else None


async def test_without_the_permission_pictures_stay_in_the_channel(stage: Stage) -> None:
    async with stage.bot():
        (fox,), _ = await begun(stage, "fox")
        forbid(stage, Permission.CREATE_PUBLIC_THREADS)
        await stage.render(fox)
        message = await posted(stage, fox)
    assert (message.channel_id, made(stage)) == (stage.channel, [])


async def test_when_the_card_was_deleted_pictures_come_to_the_channel(stage: Stage) -> None:
    async with stage.bot():
        (fox,), card = await begun(stage, "fox")
        stage.standin.world.delete(card)
        await stage.render(fox)
        message = await posted(stage, fox)
    assert (message.channel_id, made(stage)) == (stage.channel, [])


@pytest.mark.parametrize("gone", [False, True], ids=["locked", "deleted"])
async def test_what_the_thread_does_not_take_is_said_in_the_channel(stage: Stage, gone: bool) -> None:
    """Each of them, once; what stands there already stays where it is."""
    async with stage.bot():
        (fox, owl, elk), _ = await begun(stage)
        await stage.render(fox)
        await posted(stage, fox)
        (thread,) = made(stage)
        if gone:
            stage.standin.threads.delete(thread)
        else:
            stage.standin.member("ada").change_thread(thread.id, locked=True)
        for one in (owl, elk):
            await stage.render(one)
        found = [await posted(stage, one) for one in (owl, elk)]
    assert [one.channel_id for one in found] == [stage.channel] * 2
    assert one_by_one(stage, stage.channel) == found


async def test_a_thread_that_was_put_away_comes_out_again(stage: Stage) -> None:
    async with stage.bot():
        (fox, owl), card = await begun(stage, "fox", "owl")
        await stage.render(fox)
        await posted(stage, fox)
        stage.standin.member("ada").change_thread(card.id, archived=True)
        await stage.render(owl)
        assert (await posted(stage, owl)).channel_id == card.id


async def test_the_thread_bears_the_files_name_no_more_once_its_sender_is_forgotten(stage: Stage) -> None:
    """Also when everything had ended before."""
    async with stage.bot():
        (fox,), card = await begun(stage, "fox")
        await stage.render(fox)
        await posted(stage, fox)
        (thread,) = made(stage)
        await forget(stage)
        await until(lambda: thread.name == "deleted")
        await until(lambda: card.id not in stage.standin.world.messages)
    assert "b.json" not in ledger(stage)
