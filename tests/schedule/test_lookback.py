"""Digests, reminders and reports: numbers and places, of exactly the time since the last one."""

import pytest

from bot.ledger import rota
from bot.nouns import JobState, RotaKind, SlotOutcome
from tests.clock import until
from tests.schedule.deeds import FIRST, add, batch, enclosed, keep, moment, outcomes, rendered
from tests.schedule.nights import DAY, HOUR, Nights


async def test_a_digest_tells_what_happened_since_the_last_one(nights: Nights) -> None:
    await add(nights, RotaKind.DIGEST)
    first, second = await batch(nights)
    async with nights.up():
        await nights.pass_time(HOUR)
        await rendered(nights, first)
        await keep(nights, first)
        await nights.pass_time(13 * HOUR)
        nights.clock.jump(1)
        await rendered(nights, second, JobState.FAILED, message=1001)
        await nights.pass_time(DAY)
    one, two = await nights.told()
    assert one.splitlines()[:3] == [
        f"**Digest** of what happened since {moment(Nights.START)}:",
        "1 posted, 0 failed.",
        "Kept 1, rejected 0, open 0.",
    ]
    assert one.endswith("1 picture waits to be rendered.")
    assert two.splitlines()[:2] == [f"**Digest** of what happened since {moment(FIRST)}:", "0 posted, 1 failed."]


async def test_a_reminder_names_what_is_open_and_says_nothing_of_nothing(nights: Nights) -> None:
    entry = await add(nights, RotaKind.REMINDER)
    async with nights.up():
        await nights.pass_time(14 * HOUR)
        assert (await nights.told(), await outcomes(nights, entry)) == ([], [SlotOutcome.NOTHING])
        first, second = await batch(nights)
        await rendered(nights, first)
        await keep(nights, first)
        await rendered(nights, second, message=1001)
        await nights.pass_time(DAY)
    (said,) = await nights.told()
    assert said.startswith("**1 picture waits for a verdict.**")
    assert said.endswith(f"• <#5>: 1, the oldest <t:{int(FIRST)}:R>")


async def test_a_weekly_report_has_its_figures_and_a_bar_for_each_day(nights: Nights) -> None:
    """START is a Friday; the report of Monday tells of the seven days that ended at its midnight."""
    await add(nights, RotaKind.REPORT, "0 9 * * 1")
    first, second = await batch(nights)
    async with nights.up():
        await nights.pass_time(HOUR)
        await rendered(nights, first)
        await keep(nights, first)
        await nights.pass_time(DAY)
        await rendered(nights, second, JobState.FAILED, message=1001)
        await nights.pass_time(44 * HOUR)
    (said,) = await nights.told()
    assert said.startswith("**Weekly report**, 2027-01-11 to 2027-01-17:\n1 posted, 1 failed.\nKept 1, rejected 0")
    assert said.endswith("The week before nothing was rendered.")
    bars = (await enclosed(nights))["chart"]["bars"]
    assert [(bar["day"][-2:], bar["kept"], bar["failed"]) for bar in bars[4:]] == [
        ("15", 1, 0),
        ("16", 0, 1),
        ("17", 0, 0),
    ]


@pytest.mark.parametrize("kind", [RotaKind.DIGEST, RotaKind.REPORT])
async def test_wanted_at_once_it_looks_back_from_now_and_keeps_its_moment(nights: Nights, kind: RotaKind) -> None:
    entry = await add(nights, kind)
    async with nights.up():
        async with nights.db.transaction() as connection:
            await rota.want(connection, entry.id, nights.clock.now())
        await until(nights.told)
        await nights.pass_time(14 * HOUR)
    assert len(await nights.told()) == 2
    assert await outcomes(nights, entry) == [SlotOutcome.SERVED]


async def test_what_is_late_says_so(nights: Nights) -> None:
    await add(nights, RotaKind.DIGEST)
    async with nights.up():
        pass
    await nights.clock.advance(14 * HOUR + DAY + HOUR)
    async with nights.up():
        pass
    (said,) = await nights.told()
    assert f"It is late: it was due {moment(FIRST + DAY)}." in said
    assert "1 earlier moment was missed as well." in said
