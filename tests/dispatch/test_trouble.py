"""A tower that cannot be used waits for a reason to be tried again, and never in a busy loop; and what people wish."""

import asyncio

from bot.board import TowerView
from bot.dispatch.pins import pin
from bot.errors import BadSettings
from bot.nouns import JobState
from gpu_agent.value import Message
from gpu_agent.wire import Rest, Stay
from tests.dispatch.clocks import HandClock
from tests.dispatch.rig import Rig, until


def strange(rig: Rig) -> None:
    """Another machine answers at the tower's address."""
    rig.server.stop()
    rig.server.renew_host_key()
    rig.server.start()


async def stays_away(rig: Rig) -> None:
    """Nothing was tried while real time and many commits passed."""
    tried = rig.proxy.connections
    for _ in range(20):
        async with rig.db.transaction():
            pass
        await asyncio.sleep(0.01)
    assert rig.proxy.connections == tried


async def test_a_changed_host_key_stops_the_tower_until_a_person_pins_it(rig: Rig) -> None:
    """New jobs are no reason to speak to a stranger; a new pin is, and then everything goes on."""
    rig.clock = clock = HandClock()
    strange(rig)
    first = await rig.ask()
    rig.start()
    await rig.until_board("trouble", "host-key-changed")
    second = await rig.ask()
    await stays_away(rig)
    clock.pass_time(86_400)
    await stays_away(rig)
    assert await rig.states(first, second) == {JobState.QUEUED: 2}
    pin(rig.settings, rig.server.host_key)
    clock.pass_time(10)
    await rig.until_state(first, JobState.RENDERED)
    await rig.until_state(second, JobState.RENDERED)


async def test_a_wish_to_wake_tries_a_stranger_once_more(rig: Rig) -> None:
    """A person asks: the tower is looked at again, and still not spoken to."""
    rig.clock = HandClock()
    strange(rig)
    job = await rig.ask()
    rig.start()
    await rig.until_board("trouble", "host-key-changed")
    tried = rig.proxy.connections
    await rig.wish("wake")
    await until(lambda: rig.proxy.connections > tried, "another look")
    await rig.until_board("trouble", "host-key-changed")
    await stays_away(rig)
    assert (await rig.job(job)).state is JobState.QUEUED


async def test_a_refused_login_is_tried_again_for_a_new_job_or_after_a_while(rig: Rig) -> None:
    """Once for each reason: a job that is new, or ten minutes."""
    rig.clock = clock = HandClock()
    rig.server.allow_nobody()
    await rig.ask()
    rig.start()
    await rig.until_board("trouble", "login-refused")
    await stays_away(rig)
    tried = rig.proxy.connections
    job = await rig.ask()
    await until(lambda: rig.proxy.connections == tried + 1, "a look for the new job")
    await rig.until_board("trouble", "login-refused")
    await stays_away(rig)
    clock.pass_time(599)
    await stays_away(rig)
    rig.server.stop()
    rig.server.start()  # which lets the bot in again
    clock.pass_time(2)
    await rig.until_state(job, JobState.RENDERED)


async def test_a_key_that_cannot_be_read_is_shown_and_tried_again(rig: Rig) -> None:
    """A wrong path in the settings stops one tower and not the bot."""
    rig.clock = clock = HandClock()
    key = rig.settings.key.read_bytes()
    rig.settings.key.unlink()
    job = await rig.ask()
    rig.start()
    await rig.until_board("trouble", BadSettings.kind)
    await until(lambda: clock.slept[-1:] == [600], "the long wait")
    rig.settings.key.write_bytes(key)
    clock.pass_time(601)
    await rig.until_state(job, JobState.RENDERED)


async def test_a_job_that_comes_during_a_look_is_not_overlooked(rig: Rig) -> None:
    """The look that failed was for nothing; the job asked meanwhile is a reason to try at once."""
    rig.clock = clock = HandClock()
    rig.daemon.end()
    rig.proxy.flowing.clear()
    rig.start()
    await until(lambda: rig.proxy.connections == 1, "the look to begin")
    job = await rig.ask()
    rig.proxy.flowing.set()
    await until(lambda: rig.proxy.connections == 2, "a second one, for the job")
    rig.daemon.start()

    async def rendered() -> bool:
        clock.pass_time(1)
        return (await rig.job(job)).state is JobState.RENDERED

    await until(rendered, "the picture")


async def test_a_wish_wakes_without_a_job(rig: Rig) -> None:
    """The line is up although nothing waits, and the wish is taken."""
    rig.server.stop()
    rig.start(rig.settings.model_copy(update={"port": rig.server.port}))
    await rig.until_board("trouble", "port-closed")
    rig.server.start()
    await rig.wish("wake")
    await rig.until_board("ready")
    await until(rig.wishes_nothing, "the wish to be taken")


async def test_a_wish_for_sleep_rests_the_tower_until_there_is_a_job(rig: Rig) -> None:
    """The tower announces its sleep; an order that comes first keeps it awake."""
    rig.start()
    await rig.until_board("ready")
    await rig.wish("sleep")
    await rig.until_board("resting")
    assert rig.board.towers["tower"].facts == {"seconds": 0.2}
    await rig.until_state(await rig.ask(), JobState.RENDERED)
    await rig.until_board("ready")
    await until(rig.wishes_nothing, "the wish to be taken")


async def test_a_tower_with_work_does_not_go_to_sleep(slow_rig: Rig, sent: list[Message]) -> None:
    """The refusal is shown with its reason, and the render goes on."""
    rig = slow_rig
    rig.start()
    job = await rig.ask(steps=8)
    await until(lambda: job.id in rig.board.jobs, "the render to begin")
    await rig.wish("sleep")
    await rig.until_board("ready", "has-work")
    await rig.until_state(job, JobState.RENDERED)
    assert sent.count(Rest()) == 1


async def test_a_wish_for_sleep_leaves_a_sleeping_tower_asleep(rig: Rig) -> None:
    """It is looked at, found dark, and the wish is over."""
    rig.server.stop()
    rig.start(rig.settings.model_copy(update={"port": rig.server.port, "mac": "aa:bb:cc:00:11:22"}))
    await rig.until_board("asleep")
    await rig.wish("sleep")
    await until(rig.wishes_nothing, "the wish to be taken")
    assert rig.board.towers["tower"] == TowerView("asleep", rig.board.towers["tower"].since)


async def test_a_tower_stays_awake_while_jobs_wait_and_no_longer(slow_rig: Rig, sent: list[Message]) -> None:
    """Asked to stay when there is work, asked again as time passes, let go at the end."""
    rig = slow_rig
    rig.clock = clock = HandClock()
    rig.start()
    job = await rig.ask(steps=6)
    await until(lambda: job.id in rig.board.jobs, "the render to begin")
    await until(lambda: sent.count(Stay(seconds=300)) == 1, "a first asking")
    clock.pass_time(240)
    await until(lambda: sent.count(Stay(seconds=300)) == 2, "a second asking")
    await rig.until_state(job, JobState.RENDERED)
    await until(lambda: sent[-1] == Stay(seconds=0), "the letting go")


async def test_back_off_grows_and_starts_again_after_a_healthy_minute(rig: Rig) -> None:
    """Each cut doubles the longest pause up to thirty seconds; a line that held for a minute forgets them."""
    rig.clock = clock = HandClock()
    rig.start()
    for cut in range(8):
        await rig.until_board("ready")
        clock.slept.clear()
        rig.proxy.cut()
        await rig.until_board("unknown", "line-cut")
        await until(lambda: any(pause < 31 for pause in clock.slept), "the pause")
        assert max(pause for pause in clock.slept if pause < 31) <= min(30, 0.5 * 2**cut)
        clock.pass_time(31)
    await rig.until_board("ready")
    clock.pass_time(60)
    clock.slept.clear()
    rig.proxy.cut()
    await until(lambda: any(pause < 31 for pause in clock.slept), "the pause")
    assert max(pause for pause in clock.slept if pause < 31) <= 0.5
