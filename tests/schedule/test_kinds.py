"""What each kind of entry does at its moment, what is told before and after, and what is wanted at once."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.ledger import enclosures, jobs, notices, rota, verdicts
from bot.nouns import (
    Job,
    JobState,
    Mark,
    NoticeKind,
    RotaEntry,
    RotaKind,
    SlotOutcome,
    Verdict,
    WindowScope,
)
from bot.schedule.foreseeing import Towers
from tests.clock import until
from tests.ledger import lookups
from tests.ledger.rows import ADA, finish
from tests.schedule.nights import DAY, FILE, HOUR, Nights

FIRST = Nights.START + 14 * HOUR
MINUTE = 60.0


def moment(at: float) -> str:
    return f"<t:{int(at)}:F>"


async def add(nights: Nights, kind: RotaKind, cron: str = "0 2 * * *", **more: Any) -> RotaEntry:
    now = nights.clock.now()
    entry = RotaEntry(f"entry-{kind}", "", "02:00", cron, "UTC", "", ADA, 1, 5, now, None, kind=kind, since=now)
    async with nights.db.transaction() as connection:
        await rota.add(connection, replace(entry, **more))
    return replace(entry, **more)


async def batch(nights: Nights, key: str = "day", asker: int = ADA) -> list[Job]:
    """Two pictures that wait, asked for by day."""
    made = await nights.intake.batches.accept("day.json", FILE, key=key, asker=asker, guild=1, channel=5)
    async with nights.db.reading() as connection:
        return await lookups.jobs_of_batch(connection, made.id)


async def rendered(nights: Nights, job: Job, state: JobState = JobState.RENDERED, message: int = 1000) -> None:
    async with nights.db.transaction() as connection:
        await finish(connection, job, state, nights.clock.now(), message=message)


async def keep(nights: Nights, job: Job, message: int = 1000) -> None:
    async with nights.db.transaction() as connection:
        await verdicts.set_mark(connection, Mark(message, job.id, ADA, "✅", Verdict.KEEP, ""), nights.clock.now())


async def enclosed(nights: Nights) -> dict[str, Any]:
    """Kinds and facts of what goes along with announcements."""
    async with nights.db.reading() as connection:
        said = [one for one in await notices.due_in(connection, 5, 100) if one.kind is NoticeKind.ANNOUNCEMENT]
        found = [await enclosures.of_notice(connection, one.id) for one in said]
    return {one.kind: one.facts for one in found if one is not None}


async def outcomes(nights: Nights, entry: RotaEntry) -> list[SlotOutcome]:
    async with nights.db.reading() as connection:
        return [slot.outcome for slot in await rota.slots(connection, entry.id)]


class TestAhead:
    """Told before, once: what, how many, how long, and whether a tower is woken."""

    async def test_a_batch_is_announced_ahead(self, nights: Nights) -> None:
        entry = await nights.schedule()
        async with nights.db.transaction() as connection:
            await connection.execute("UPDATE rota SET lead = 900 WHERE id = ?", (entry.id,))
        nights.towers = Towers(("tower",), lambda: False)
        async with nights.up():
            await nights.pass_time(14 * HOUR - 15 * MINUTE - 1)
            assert await nights.told() == []
            await nights.pass_time(1)
            (ahead,) = await nights.told()
            assert ahead == (
                f"**nightly.json** starts at {moment(FIRST)}: 2 pictures. The tower sleeps and will be woken for it."
            )
        async with nights.up():
            await nights.pass_time(15 * MINUTE)
        assert len(await nights.told()) == 2
        assert await nights.slots() == [FIRST]

    async def test_what_is_known_of_the_past_says_how_long(self, nights: Nights) -> None:
        """Three pictures of before took half a second each; two are asked for."""
        for number in range(2):
            for job in await batch(nights, f"before-{number}"):
                await rendered(nights, job, message=nights.message())
        await nights.schedule()
        nights.towers = Towers(("tower",), lambda: True)
        async with nights.up():
            await nights.pass_time(14 * HOUR)
            assert await nights.told_of("2 pictures, about 1 second. The tower is awake.")

    async def test_a_file_that_cannot_start_is_told_while_there_is_time(self, nights: Nights) -> None:
        await nights.schedule(data=json.dumps([{"slug": "a", "prompt": "b", "model": "demo"}]).encode())
        async with nights.db.transaction() as connection:
            await connection.execute("UPDATE rota SET lead = 3600, items = '[]'")
        async with nights.up():
            await nights.pass_time(13 * HOUR)
            assert await nights.told_of(f"is due {moment(FIRST)}, but as it is it cannot start.")


class TestWindow:
    """What waits for it begins only between its times; what renders at its end renders on."""

    async def test_jobs_wait_for_it(self, nights: Nights) -> None:
        waiting = await batch(nights)
        others = await batch(nights, "other", asker=77)
        await add(nights, RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.MY_BATCHES)
        theirs = {job.id for job in others}
        async with nights.up():
            assert await nights.line() == theirs
            assert not await nights.claim(waiting[0])
            assert await nights.worth_waking_for() == len(theirs)
            await nights.pass_time(14 * HOUR)
            assert await nights.worth_waking_for() == 4
            assert await nights.line() == theirs | {job.id for job in waiting}
            assert await nights.told() == [
                f"**Window** (02:00) opens now, until {moment(FIRST + 4 * HOUR)}: 2 pictures."
            ]
            await nights.pass_time(4 * HOUR)
            assert await nights.line() == theirs

    async def test_the_end_lets_a_picture_end_and_then_tells(self, nights: Nights) -> None:
        """One rendered in time, one that renders over the end, one that waits for the next night."""
        waiting = await batch(nights) + await batch(nights, "more")
        entry = await add(nights, RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.MINE)
        async with nights.up():
            await nights.pass_time(14 * HOUR)
            await rendered(nights, waiting[0])
            await keep(nights, waiting[0])
            assert await nights.claim(waiting[1])
            await nights.pass_time(4 * HOUR + 60)
            assert len(await nights.told()) == 1
            async with nights.db.transaction() as connection:
                await jobs.end(connection, waiting[1].id, 1, JobState.FAILED, nights.clock.now(), "picture-black", {})
            await until(lambda: nights.told_of("is closed"))
        closed = (await nights.told())[-1].splitlines()
        assert closed[0] == "**Window** (02:00) is closed: 1 posted, 1 failed. 2 pictures still wait."
        assert closed[1] == "Kept 1, rejected 0, open 0."
        assert closed[2].startswith("• 1 failed. ")
        assert (await enclosed(nights))["best"] == {"jobs": [waiting[0].id]}
        assert await outcomes(nights, entry) == [SlotOutcome.SERVED]

    async def test_it_opens_late_and_not_at_all_when_its_time_is_over(self, nights: Nights) -> None:
        await batch(nights)
        entry = await add(nights, RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.MINE)
        async with nights.up():
            pass
        await nights.clock.advance(16 * HOUR)
        async with nights.up():
            assert len(await nights.line()) == 2
        await nights.clock.advance(DAY)
        await nights.settle_rota()
        assert await nights.line() == set()
        await nights.clock.advance(6 * HOUR)
        async with nights.up():
            assert await nights.line() == set()
        assert await outcomes(nights, entry) == [SlotOutcome.MISSED, SlotOutcome.LATE]
        late, *_rest = await nights.told()
        assert f"opens now, late: it was due {moment(FIRST)}, while the bot was away, until" in late

    async def test_one_that_is_made_within_its_time_is_open(self, nights: Nights) -> None:
        await batch(nights)
        await add(nights, RotaKind.WINDOW, "0 11 * * *", until="0 13 * * *", scope=WindowScope.EVERYTHING)
        async with nights.up():
            assert len(await nights.line()) == 2
            await nights.pass_time(HOUR)
            assert await nights.line() == set()

    async def test_a_night_that_leaves_out_both_ends_is_not_missed(self, nights: Nights) -> None:
        """From 2:15 to 2:45, where the clocks go from two to three: nothing opens, and nothing is said."""
        await batch(nights)
        change = datetime(2027, 3, 28, 1, tzinfo=UTC).timestamp()
        nights.clock.jump(change - HOUR - nights.clock.now())
        zoned = {"zone": "Europe/Berlin", "until": "45 2 * * *", "scope": WindowScope.MINE}
        entry = await add(nights, RotaKind.WINDOW, "15 2 * * *", **zoned)
        async with nights.up():
            await nights.pass_time(2 * HOUR)
            assert await nights.line() == set()
        assert (await outcomes(nights, entry), await nights.told()) == ([SlotOutcome.NOTHING], [])

    async def test_paused_it_holds_nothing_back(self, nights: Nights) -> None:
        await batch(nights)
        entry = await add(nights, RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.MINE)
        async with nights.up():
            assert await nights.line() == set()
            async with nights.db.transaction() as connection:
                await rota.pause(connection, entry.id, nights.clock.now())
            assert len(await nights.line()) == 2
            async with nights.db.transaction() as connection:
                await rota.resume(connection, entry.id, nights.clock.now())
            await nights.settled()
            assert await nights.line() == set()

    async def test_of_two_of_one_kind_either_will_do(self, nights: Nights) -> None:
        """Of two kinds both have to be open."""
        await batch(nights)
        await add(nights, RotaKind.WINDOW, "0 11 * * *", until="0 13 * * *", scope=WindowScope.MINE, id="now")
        await add(nights, RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.MINE, id="tonight")
        async with nights.up():
            assert len(await nights.line()) == 2
            await add(nights, RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.BATCHES, id="all")
            await nights.settled()
            assert await nights.line() == set()

    @pytest.mark.parametrize("turns", range(0, 40, 4))
    async def test_killed_anywhere_each_of_its_words_is_said_once(self, nights: Nights, turns: int) -> None:
        """A few steps after the moment before it, its beginning and its end: three announcements, open in between."""
        await batch(nights)
        await add(nights, RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.MINE, lead=900.0)
        async with nights.up():
            await nights.pass_time(13 * HOUR)
        for pause in (45 * MINUTE, 15 * MINUTE, 4 * HOUR):
            async with nights.up():
                await nights.clock.advance(pause)
                for _ in range(turns):
                    await asyncio.sleep(0.0005)
        async with nights.up():
            await nights.pass_time(60)
        ahead, opens, closed = await nights.told()
        assert (" starts at " in ahead, " opens now, until " in opens, " is closed: " in closed) == (True, True, True)
        assert await nights.line() == set()

    async def test_wanted_at_once_it_opens_until_its_next_end(self, nights: Nights) -> None:
        await batch(nights)
        entry = await add(nights, RotaKind.WINDOW, until="0 6 * * *", scope=WindowScope.MINE)
        async with nights.up():
            async with nights.db.transaction() as connection:
                await rota.want(connection, entry.id, nights.clock.now())
            await until(lambda: nights.told_of("opens now"))
            assert len(await nights.line()) == 2
        async with nights.db.reading() as connection:
            found = await rota.get(connection, entry.id)
        assert found is not None
        assert (found.wanted_at, found.next_at, found.closes_at) == (None, FIRST, FIRST + 4 * HOUR)


class TestLookingBack:
    """Digests, reminders and reports: numbers and places, of exactly the time since the last one."""

    async def test_a_digest_tells_what_happened_since_the_last_one(self, nights: Nights) -> None:
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

    async def test_a_reminder_names_what_is_open_and_says_nothing_of_nothing(self, nights: Nights) -> None:
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

    async def test_a_weekly_report_has_its_figures_and_a_bar_for_each_day(self, nights: Nights) -> None:
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
    async def test_wanted_at_once_it_looks_back_from_now_and_keeps_its_moment(
        self, nights: Nights, kind: RotaKind
    ) -> None:
        entry = await add(nights, kind)
        async with nights.up():
            async with nights.db.transaction() as connection:
                await rota.want(connection, entry.id, nights.clock.now())
            await until(nights.told)
            await nights.pass_time(14 * HOUR)
        assert len(await nights.told()) == 2
        assert await outcomes(nights, entry) == [SlotOutcome.SERVED]

    async def test_what_is_late_says_so(self, nights: Nights) -> None:
        await add(nights, RotaKind.DIGEST)
        async with nights.up():
            pass
        await nights.clock.advance(14 * HOUR + DAY + HOUR)
        async with nights.up():
            pass
        (said,) = await nights.told()
        assert f"It is late: it was due {moment(FIRST + DAY)}." in said
        assert "1 earlier moment was missed as well." in said


class TestAtOnce:
    async def test_a_batch_that_is_wanted_at_once_runs_besides_its_moments(self, nights: Nights) -> None:
        """Killed in between, it runs once all the same."""
        entry = await nights.schedule()
        async with nights.up():
            pass
        async with nights.db.transaction() as connection:
            assert await rota.want(connection, entry.id, nights.clock.now())
            assert not await rota.want(connection, entry.id, nights.clock.now())
        wanted_at = nights.clock.now()
        await nights.intake.batches.accept(
            entry.name,
            entry.items.encode(),
            key=f"rota:{entry.id}:{int(wanted_at)}",
            asker=11,
            guild=1,
            channel=5,
            entry=entry.id,
            slot=wanted_at,
        )
        async with nights.up():
            await nights.pass_time(14 * HOUR)
        assert await nights.slots() == [wanted_at, FIRST]

    async def test_paused_entries_let_their_moments_pass(self, nights: Nights) -> None:
        """And what passed meanwhile is neither made up for nor told as missed."""
        entry = await nights.schedule()
        async with nights.up():
            async with nights.db.transaction() as connection:
                await rota.pause(connection, entry.id, nights.clock.now())
            await nights.pass_time(2 * DAY)
            async with nights.db.transaction() as connection:
                await rota.resume(connection, entry.id, nights.clock.now())
            await nights.pass_time(14 * HOUR)
        assert await nights.slots() == [FIRST + 2 * DAY]
        assert len(await nights.told()) == 1

    async def test_an_entry_has_a_grace_of_its_own(self, nights: Nights) -> None:
        entry = await add(nights, RotaKind.DIGEST, grace=600.0)
        async with nights.up():
            pass
        await nights.clock.advance(15 * HOUR)
        async with nights.up():
            pass
        assert await outcomes(nights, entry) == [SlotOutcome.MISSED]
        (said,) = await nights.told()
        assert said.startswith(f"**Digest** (02:00) was missed: it was due {moment(FIRST)}")
