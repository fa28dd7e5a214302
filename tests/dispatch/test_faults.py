"""What breaks on the way is repaired from the rows: nothing is lost, nothing ends twice."""

import asyncio
import os
import random
from collections import Counter

import pytest

from bot.dispatch.claims import give_back_strays
from bot.dispatch.dispatcher import Dispatcher
from bot.dispatch.link import Link
from bot.dispatch.pins import pin
from bot.errors import LineCut
from bot.ledger import pictures
from bot.nouns import JobState
from gpu_agent.value import Message
from gpu_agent.wire import Fetch, Submit, Thanks
from tests.dispatch.quick_tower import draw
from tests.dispatch.rig import Rig, until


async def test_a_tower_that_died_mid_render_renders_again(slow_rig: Rig) -> None:
    """Power lost on the tower: the next boot does not know the job, so it is queued with epoch 2 and rendered once."""
    rig = slow_rig
    rig.start()
    job = await rig.ask(steps=10)
    await until(lambda: job.id in rig.board.jobs and rig.board.jobs[job.id].step >= 2, "the render to be under way")
    rig.daemon.kill()
    rig.daemon.start()
    ended = await rig.until_state(job, JobState.RENDERED)
    assert ended.epoch == 2
    assert await rig.notices() == [(job.id, "picture")]
    await until(lambda: rig.daemon.spooled == 0, "the spool to be thanked empty")


async def test_a_tower_that_died_does_not_render_what_is_unwanted(slow_rig: Rig) -> None:
    """A job that was to be stopped when the tower lost it ends there."""
    rig = slow_rig
    rig.start()
    job = await rig.ask(steps=200)
    await until(lambda: job.id in rig.board.jobs, "the render to begin")
    rig.daemon.kill()
    await rig.want_cancel(job)
    rig.daemon.start()
    await until(lambda: job.id not in rig.board.jobs, "its progress to leave the board")
    ended = await rig.until_state(job, JobState.CANCELLED)
    assert ended.epoch == 1
    assert await rig.notices() == [(job.id, "cancellation")]


async def test_a_render_that_ended_before_the_tower_was_started_anew_is_kept(
    slow_rig: Rig, sent: list[Message]
) -> None:
    """The line was cut, the tower finished and was restarted: its spool still has the picture, and it is fetched."""
    rig = slow_rig
    rig.start()
    job = await rig.ask()
    await until(lambda: job.id in rig.board.jobs, "the render to begin")
    rig.ssh_down()
    await until(lambda: rig.daemon.spooled == 1, "the picture to lie in the spool")
    rig.daemon.kill()
    rig.daemon.start()
    rig.server.start()
    ended = await rig.until_state(job, JobState.RENDERED)
    assert ended.epoch == 1
    assert await rig.notices() == [(job.id, "picture")]


async def test_a_cut_line_does_not_stop_a_render(slow_rig: Rig, sent: list[Message]) -> None:
    """The bot joins what renders: one epoch, one end."""
    rig = slow_rig
    rig.start()
    job = await rig.ask(steps=8)
    await until(lambda: job.id in rig.board.jobs and rig.board.jobs[job.id].step >= 2, "the render to be under way")
    rig.proxy.cut()
    ended = await rig.until_state(job, JobState.RENDERED)
    assert ended.epoch == 1
    assert sent.count(Submit(epoch=1, order=job.order())) == 2
    assert await rig.notices() == [(job.id, "picture")]


async def test_a_cut_transfer_goes_on_where_it_was(rig: Rig, sent: list[Message]) -> None:
    """What had arrived is not sent again: the second Fetch names its offset, and fewer bytes cross than two files."""
    size = len(draw((job := await rig.ask("big picture")).order()))
    rig.proxy.cut_after = 4_000_000
    rig.start()
    await rig.until_state(job, JobState.RENDERED)
    first, second = [message for message in sent if isinstance(message, Fetch)]
    assert first.offset == 0
    assert 1_000_000 < second.offset <= 4_000_000
    assert rig.proxy.down < size - second.offset + 100_000  # counted since the cut


async def test_thanks_that_got_lost_are_said_again(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """The picture was filed but the tower does not know: it is thanked at the next line, and told once."""
    send = Link.send
    lost: list[str] = []

    async def lose_the_first_thanks(link: Link, message: Message, payload: bytes = b"") -> None:
        if isinstance(message, Thanks) and not lost:
            lost.append(message.job)
            raise LineCut(tower="tower", fault="cut by the test")
        await send(link, message, payload)

    monkeypatch.setattr(Link, "send", lose_the_first_thanks)
    rig.start()
    job = await rig.ask()
    await until(lambda: lost == [job.id], "the thanks to be lost")
    await until(lambda: rig.daemon.spooled == 0, "the spool to be thanked empty")
    assert await rig.notices() == [(job.id, "picture")]
    assert (await rig.job(job)).epoch == 1


async def test_a_picture_that_is_broken_in_the_spool(slow_rig: Rig, sent: list[Message]) -> None:
    """Three times fetched again in vain, then the job fails, in words, and the tower may forget it."""
    rig = slow_rig
    rig.start()
    job = await rig.ask()
    await until(lambda: job.id in rig.board.jobs, "the render to begin")
    rig.ssh_down()
    await until(lambda: rig.daemon.spooled == 1, "the picture to lie in the spool")
    (path,) = (rig.daemon.spool / "pictures").glob("*.png")
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    rig.server.start()
    ended = await rig.until_state(job, JobState.FAILED)
    assert ended.error_kind == "picture-broken"
    assert [message.offset for message in sent if isinstance(message, Fetch)] == [0] * 4
    assert await rig.notices() == [(job.id, "failure")]
    await until(lambda: rig.daemon.spooled == 0, "the spool to be thanked empty")
    assert list(rig.files.root.rglob("*.p*")) == []


async def test_a_picture_that_is_gone_from_the_spool(slow_rig: Rig) -> None:
    """The tower's disk lost it: the job fails, in words, rather than waiting for ever."""
    rig = slow_rig
    rig.start()
    job = await rig.ask()
    await until(lambda: job.id in rig.board.jobs, "the render to begin")
    rig.ssh_down()
    await until(lambda: rig.daemon.spooled == 1, "the picture to lie in the spool")
    (path,) = (rig.daemon.spool / "pictures").glob("*.png")
    path.unlink()
    rig.server.start()
    ended = await rig.until_state(job, JobState.FAILED)
    assert ended.error_kind == "picture-broken"
    assert await rig.notices() == [(job.id, "failure")]


async def test_what_another_tower_renders_now_is_dropped_here(slow_rig: Rig, sent: list[Message]) -> None:
    """A person moved the job meanwhile: what this tower says of it is thanked for and ends nothing."""
    rig = slow_rig
    rig.start()
    job = await rig.ask()
    await until(lambda: job.id in rig.board.jobs, "the render to begin")
    await rig.change(job, "epoch = 2, tower = 'other'")
    await until(lambda: Thanks(job=job.id) in sent, "the render to end")
    await until(lambda: rig.daemon.spooled == 0, "the spool to be thanked empty")
    assert (await rig.job(job)).state is JobState.RENDERING
    assert await rig.notices() == []


async def test_an_outcome_of_an_old_epoch_is_dropped(slow_rig: Rig, sent: list[Message]) -> None:
    """The job was ordered again while its end was on the way: the end of the new order counts, and is told once."""
    rig = slow_rig
    rig.start()
    job = await rig.ask()
    await until(lambda: job.id in rig.board.jobs, "the render to begin")
    rig.proxy.flowing.clear()
    await until(lambda: rig.daemon.spooled == 1, "the render to end")
    await rig.change(job, "epoch = 2")
    await until(lambda: sent.count(Submit(epoch=2, order=job.order())) == 1, "the new order")
    rig.proxy.flowing.set()
    ended = await rig.until_state(job, JobState.RENDERED)
    assert ended.epoch == 2
    await until(lambda: rig.daemon.spooled == 0, "the spool to be thanked empty")
    assert await rig.notices() == [(job.id, "picture")]


async def test_two_towers_share_the_queue(slow_rig: Rig) -> None:
    """Each job is claimed by one of them and ends once; what the one has no place for, the other takes."""
    rig = slow_rig
    rig.start()
    other = rig.settings.model_copy(update={"name": "other"})
    pin(other, rig.server.host_key)
    second = asyncio.create_task(Dispatcher(other, rig.db, rig.files, rig.board, rig.clock, "bot-1").run())
    towers = rig.board.towers
    await until(lambda: {name for name, one in towers.items() if one.rung == "ready"} == {"tower", "other"}, "both")
    asked = [await rig.ask(asker=n % 2, steps=2) for n in range(10)]
    for job in asked:
        await rig.until_state(job, JobState.RENDERED)
    second.cancel()
    await asyncio.wait([second])
    assert sorted(await rig.notices()) == sorted((job.id, "picture") for job in asked)
    assert {(await rig.job(job)).tower for job in asked} == {"tower", "other"}
    assert {(await rig.job(job)).epoch for job in asked} == {1}


async def test_a_tower_that_left_the_settings_keeps_no_job(slow_rig: Rig) -> None:
    """What it was rendering is queued again for the towers there are, or ends if nobody wants it any more."""
    rig = slow_rig
    rig.start()
    wanted, unwanted = await rig.ask(steps=200), await rig.ask(steps=200)
    await until(lambda: {wanted.id, unwanted.id} <= set(rig.board.jobs), "both to be on the tower")
    await rig.stop()
    await rig.want_cancel(unwanted)
    assert await give_back_strays(rig.db, rig.clock, ["tower"]) == 0
    assert await give_back_strays(rig.db, rig.clock, ["renamed"]) == 2
    back, gone = await rig.job(wanted), await rig.job(unwanted)
    assert (back.state, back.epoch, gone.state) == (JobState.QUEUED, 2, JobState.CANCELLED)
    assert await rig.notices() == [(unwanted.id, "cancellation")]


async def test_a_bot_that_is_killed_anywhere_ends_each_job_once(rig: Rig) -> None:
    """Thirty lives of a few milliseconds each, then one that may finish: twelve jobs, twelve ends, twelve notices."""
    dice = random.Random(7)
    descriptors = len(os.listdir("/dev/fd"))
    asked = [await rig.ask("fail" if n % 4 == 3 else "big one", asker=n % 3) for n in range(12)]
    for _ in range(30):
        rig.start()
        await asyncio.sleep(dice.uniform(0, 0.6))
        await rig.stop()
    await until(lambda: len(os.listdir("/dev/fd")) <= descriptors, "every life to leave nothing open")
    rig.start()
    for job in asked:
        await rig.until_state(job, JobState.FAILED if job.prompt == "fail" else JobState.RENDERED)
    await until(lambda: rig.daemon.spooled == 0, "the spool to be thanked empty")
    told = Counter(await rig.notices())
    assert told == Counter((job.id, "failure" if job.prompt == "fail" else "picture") for job in asked)
    async with rig.db.reading() as connection:
        kept = [await pictures.of_job(connection, job.id) for job in asked if job.prompt != "fail"]
    assert all(picture is not None and rig.files.has(picture.sha256) for picture in kept)
