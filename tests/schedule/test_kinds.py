"""What is told before an entry's moment, what is wanted at once, what is paused, and how late is too late."""

import json

from bot.ledger import rota
from bot.nouns import RotaKind, SlotOutcome
from bot.schedule.foreseeing import Towers
from tests.schedule.deeds import FIRST, MINUTE, add, batch, moment, outcomes, rendered
from tests.schedule.nights import DAY, HOUR, Nights


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
            assert await nights.told_of("2 pictures, about 1 s. The tower is awake.")

    async def test_a_file_that_cannot_start_is_told_while_there_is_time(self, nights: Nights) -> None:
        await nights.schedule(data=json.dumps([{"slug": "a", "prompt": "b", "model": "demo"}]).encode())
        async with nights.db.transaction() as connection:
            await connection.execute("UPDATE rota SET lead = 3600, items = '[]'")
        async with nights.up():
            await nights.pass_time(13 * HOUR)
            assert await nights.told_of(f"is due {moment(FIRST)}, but as it is it cannot start.")


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
