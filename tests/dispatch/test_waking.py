"""Magic packets, and the ladder from asleep to ready."""

from collections.abc import Iterator

import pytest

from bot.dispatch import reach
from bot.dispatch.tower import Ladder
from bot.dispatch.wake import send_packets
from bot.errors import TowerTrouble
from bot.nouns import JobState
from bot.settings import Tower
from tests.dispatch.card import MAGIC, Card, asleep, listening_card, sleeper, wakes
from tests.dispatch.clocks import HurriedClock
from tests.dispatch.rig import Rig

DARK = "100::1"  # the discard prefix: nobody ever answers there


@pytest.fixture
def card() -> Iterator[Card]:
    with listening_card() as card:
        yield card


async def test_three_packets_of_the_right_bytes_go_to_each_target(rig: Rig, card: Card) -> None:
    """Six times FF and sixteen times the address; a target that cannot be sent to is a note and stops nothing."""
    tower = sleeper(rig, card, wake_targets=("no-such-target.invalid", "127.0.0.1"))
    notes = await send_packets(tower, HurriedClock())
    assert card.heard() == [MAGIC] * 3
    assert len(notes) == 1
    assert notes[0].startswith("no-such-target.invalid: ")


async def test_a_tower_that_is_up_gets_no_packet(rig: Rig, card: Card) -> None:
    """It is looked at first, and no wake is written down."""
    rig.start(sleeper(rig, card))
    await rig.until_state(await rig.ask(), JobState.RENDERED)
    assert card.heard() == []
    assert await wakes(rig) == []


async def test_a_sleeping_tower_is_woken_for_a_job(rig: Rig, card: Card) -> None:
    """Each rung is shown as it is reached, and the seconds to ready are kept."""
    with asleep(rig, card):
        job = await rig.ask()
        rig.start(sleeper(rig, card))
        await rig.until_state(job, JobState.RENDERED)
    assert rig.board.rungs == ["waking", "port", "ssh", "login", "ready"]
    (wake,) = await wakes(rig)
    assert wake.rung == "ready"
    assert wake.seconds is not None
    assert wake.seconds > 0


async def test_a_sleeping_tower_is_left_asleep_without_work(rig: Rig, card: Card) -> None:
    """The bot looks once when it starts, and sends nothing."""
    rig.server.stop()
    rig.start(sleeper(rig, card))
    await rig.until_board("asleep")
    assert card.heard() == []
    assert await wakes(rig) == []


async def test_a_tower_that_never_wakes(rig: Rig, card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packets every five seconds until patience ends, then words on the board; the job keeps its place."""
    monkeypatch.setattr(reach, "CONNECT", 0.05)
    rig.clock = clock = HurriedClock()
    job = await rig.ask()
    await look_in_vain(rig, sleeper(rig, card, host=DARK, wake_patience=30))
    view = rig.board.towers["tower"]
    assert (view.kind, view.facts["tower"], view.facts["seconds"]) == ("never-woke", "tower", 30)
    assert (await rig.job(job)).state is JobState.QUEUED
    (wake,) = await wakes(rig)
    assert (wake.rung, wake.seconds) == ("asleep", None)
    packets = card.heard()
    assert set(packets) == {MAGIC}
    assert len(packets) % 3 == 0
    assert 4 <= len(packets) / 3 <= 7  # every five of thirty seconds
    assert clock.time < job.created_at + 60


async def look_in_vain(rig: Rig, tower: Tower) -> None:
    climb = Ladder(tower, rig.db, rig.board, rig.clock, "bot-1")
    with pytest.raises(TowerTrouble) as caught:
        await climb.wake()
    climb.show("trouble", caught.value)


async def test_a_wrong_mac_address_wakes_nothing(rig: Rig, card: Card) -> None:
    """The machine does not feel addressed: told like one that never wakes, and the row says where it stuck."""
    with asleep(rig, card):
        rig.clock = HurriedClock()
        rig.start(sleeper(rig, card, mac="aa:bb:cc:00:11:23", wake_patience=20))
        job = await rig.ask()
        await rig.until_board("trouble", "port-closed")
        await rig.stop()
    assert (await rig.job(job)).state is JobState.QUEUED
    assert {(wake.rung, wake.seconds) for wake in await wakes(rig)} == {("asleep", None)}


async def test_without_a_mac_address_no_packet_is_tried(rig: Rig) -> None:
    """The sentence comes at once, and when somebody switched the tower on, the job goes there."""
    rig.server.stop()
    rig.clock = HurriedClock()
    rig.start(rig.settings.model_copy(update={"port": rig.server.port}))
    job = await rig.ask()
    await rig.until_board("trouble", "port-closed")
    assert await wakes(rig) == []
    rig.server.start()
    await rig.until_state(job, JobState.RENDERED)
    assert await wakes(rig) == []
