"""`/schedule`: an entry is stored with its words and zone, listed, and removed by who may."""

import pytest

from bot.demo.discord.changes import InteractionStarted
from bot.ledger import rota
from bot.nouns import RotaEntry
from tests.chat.people import Studio, batch_file
from tests.chat.people import studio as studio

ITEMS = [{"slug": "fox", "prompt": "a fox"}]


async def entries(studio: Studio) -> list[RotaEntry]:
    async with studio.db.reading() as connection:
        return await rota.entries(connection)


async def test_a_batch_is_scheduled_with_its_words_and_zone(studio: Studio) -> None:
    """The answer repeats what was understood; the moment itself is worked out by the rota."""
    said = await studio.run("schedule batch", file=batch_file(ITEMS), when="daily 02:00", zone="Europe/Berlin")
    (entry,) = await entries(studio)
    assert (entry.words, entry.zone, entry.next_at) == ("daily 02:00", "Europe/Berlin", None)
    assert entry.channel == int(studio.channel)
    assert "**daily 02:00** (Europe/Berlin)" in said
    assert "prompts-batch-1.json" in said


async def test_without_a_zone_the_bots_own_counts(studio: Studio) -> None:
    """And it is named, so that nobody has to guess."""
    said = await studio.run("schedule batch", file=batch_file(ITEMS), when="daily 02:00")
    assert f"({studio.client.settings.schedule.zone})" in said


@pytest.mark.parametrize(
    ("when", "zone", "words"),
    [
        ("whenever", None, ["whenever", "daily 02:00"]),
        ("daily 25:00", None, ["daily 25:00", "daily 02:00"]),
        ("daily 02:00", "Mars/Olympus", ["Mars/Olympus"]),
    ],
)
async def test_a_time_nobody_can_mean_is_refused(studio: Studio, when: str, zone: str | None, words: list[str]) -> None:
    """Nothing is stored; the sentence shows a time that would do."""
    said = await studio.run("schedule batch", file=batch_file(ITEMS), when=when, zone=zone)
    assert await entries(studio) == []
    for word in words:
        assert word in said


async def test_a_bad_file_is_refused_now_and_not_at_two_in_the_morning(studio: Studio) -> None:
    """The items are checked when they are scheduled."""
    said = await studio.run("schedule batch", file=batch_file([{"slug": "../x", "prompt": "a"}]), when="daily 02:00")
    assert "slug" in said
    assert await entries(studio) == []


async def test_the_list_shows_each_entry_and_its_next_moment(studio: Studio) -> None:
    """Discord shows the moment in each reader's own time."""
    assert "Nothing is scheduled" in await studio.run("schedule list")
    await studio.run("schedule batch", file=batch_file(ITEMS), when="daily 02:00")
    assert "being worked out" in await studio.run("schedule list")
    (entry,) = await entries(studio)
    async with studio.db.transaction() as connection:
        await rota.advance(connection, entry, 1_800_000_000)
    said = await studio.run("schedule list", "grace")
    assert "prompts-batch-1.json, daily 02:00 (UTC), next <t:1800000000:F>" in said


async def test_an_entry_is_removed_by_who_scheduled_it(studio: Studio) -> None:
    """The picker offers one's own entries, and what it offers can be removed once."""
    await studio.run("schedule batch", "grace", file=batch_file(ITEMS), when="daily 02:00")
    offered = await studio.offered("schedule remove", "entry", "daily", "grace")
    assert list(offered) == ["daily 02:00 · prompts-batch-1.json"]
    (entry,) = offered.values()
    assert "Removed prompts-batch-1.json" in await studio.run("schedule remove", "grace", entry=entry)
    assert await entries(studio) == []
    assert "no such entry" in await studio.run("schedule remove", "grace", entry=entry)


async def test_an_entry_asked_for_twice_is_one(studio: Studio) -> None:
    """Whether Discord repeats the event or the person does, nothing is rendered twice every night."""
    outcome = await studio.start("schedule batch", file=batch_file(ITEMS), when="daily 02:00")
    await studio.answered(outcome)
    world = studio.standin.world
    world.tell(InteractionStarted(world.interactions[outcome.interaction_id]))
    assert "Scheduled" in await studio.run("schedule batch", file=batch_file(ITEMS), when="Daily  2:00")
    assert len(await entries(studio)) == 1


async def test_somebody_elses_entry_stays(studio: Studio) -> None:
    """Neither offered nor removable, except for who may manage the server."""
    await studio.run("schedule batch", file=batch_file(ITEMS), when="daily 02:00")
    (entry,) = await entries(studio)
    assert await studio.offered("schedule remove", "entry", "", "grace") == {}
    assert "Only the person who scheduled it" in await studio.run("schedule remove", "grace", entry=entry.id)
    assert await entries(studio) == [entry]
    await studio.run("schedule batch", "grace", file=batch_file(ITEMS), when="hourly :30")
    assert len(await studio.offered("schedule remove", "entry", "")) == 2
