"""`/schedule`: what is understood is shown with its next moments, counts when it is confirmed, and obeys who may."""

from typing import Any

import pytest

from bot.demo.discord.changes import InteractionStarted
from bot.demo.discord.values import Message
from bot.ledger import rota
from bot.nouns import RotaEntry, RotaKind, Slot, SlotOutcome, WindowScope
from tests.chat.people import Studio, batch_file, buttons, scheduled, until
from tests.chat.people import studio as studio

ITEMS = [{"slug": "fox", "prompt": "a fox"}]
BATCH: dict[str, Any] = {"what": "batch", "file": batch_file(ITEMS), "when": "daily 02:00"}


async def entries(studio: Studio) -> list[RotaEntry]:
    async with studio.db.reading() as connection:
        return await rota.entries(connection)


async def asked(studio: Studio, who: str = "ada", **options: Any) -> Message:
    """The private question of `/schedule add`, or its refusal."""
    return await studio.answered(await studio.start("schedule add", who, **options))


async def added(studio: Studio, who: str = "ada", **options: Any) -> str:
    return await scheduled(studio.standin, await asked(studio, who, **options), who)


async def test_nothing_counts_before_its_moments_were_seen(studio: Studio) -> None:
    """The next three moments as Discord shows them, the channel's warning before, and only then the button."""
    question = await asked(studio, **BATCH, zone="Europe/Berlin")
    assert await entries(studio) == []
    assert question.content.count("<t:") == 3
    assert "**prompts-batch-1.json**, daily 02:00 (Europe/Berlin)" in question.content
    assert "This channel is told 15 min before." in question.content
    assert "Scheduled **prompts-batch-1.json**" in await scheduled(studio.standin, question)
    (entry,) = await entries(studio)
    assert (entry.words, entry.zone, entry.next_at, entry.lead) == ("daily 02:00", "Europe/Berlin", None, 900.0)
    assert entry.channel == int(studio.channel)


async def test_a_window_shows_both_of_its_ends(studio: Studio) -> None:
    """And says whose pictures wait for it; without a word those of one's own batches."""
    question = await asked(studio, what="window", when="between 01:00 and 06:00")
    assert question.content.count("<t:") == 6
    assert "Waiting pictures of your batches are rendered only between these times." in question.content
    await scheduled(studio.standin, question)
    (entry,) = await entries(studio)
    assert (entry.kind, entry.scope) == (RotaKind.WINDOW, WindowScope.MY_BATCHES)
    assert (entry.cron, entry.until) == ("0 1 * * *", "0 6 * * *")


async def test_everybodys_pictures_wait_only_when_an_administrator_says_so(studio: Studio) -> None:
    window = {"what": "window", "when": "01:00-06:00", "pictures": "everything"}
    assert "administrat" in (await asked(studio, "grace", **window)).content
    assert "Everybody's waiting pictures" in (await asked(studio, **window)).content


@pytest.mark.parametrize("kind", ["digest", "reminder", "report"])
async def test_what_only_speaks_takes_no_file_and_not_every_minute(studio: Studio, kind: str) -> None:
    """A channel is not filled with words by whoever may ask."""
    assert "Scheduled" in await added(studio, what=kind, when="weekdays 07:30")
    assert "more often than once an hour" in (await asked(studio, what=kind, when="*/20 * * * *")).content
    refused = await asked(studio, what=kind, when="weekdays 07:30", file=batch_file(ITEMS))
    assert "A batch needs its file" in refused.content
    assert "A batch needs its file" in (await asked(studio, what="batch", when="weekdays 07:30")).content
    assert len(await entries(studio)) == 1


async def test_a_zone_is_remembered_for_whoever_said_it(studio: Studio) -> None:
    """Of the others, the settings' zone counts; it is named, so that nobody has to guess."""
    await asked(studio, **BATCH, zone="Asia/Kathmandu")
    assert "(Asia/Kathmandu)" in (await asked(studio, **BATCH)).content
    assert f"({studio.client.settings.schedule.zone})" in (await asked(studio, "grace", **BATCH)).content
    offered = await studio.offered("schedule add", "zone", "kathm", what="digest", when="daily 02:00")
    assert list(offered) == ["Asia/Kathmandu"]


@pytest.mark.parametrize(
    ("when", "zone", "words"),
    [
        ("whenever", None, ["whenever", "daily 02:00"]),
        ("daily 25:00", None, ["daily 25:00", "daily 02:00"]),
        ("daily 02:00", "Mars/Olympus", ["Mars/Olympus"]),
    ],
)
async def test_a_time_nobody_can_mean_is_refused(studio: Studio, when: str, zone: str | None, words: list[str]) -> None:
    """Nothing is asked; the sentence shows a time that would do."""
    said = await asked(studio, what="batch", file=batch_file(ITEMS), when=when, zone=zone)
    assert buttons(said) == []
    for word in words:
        assert word in said.content


async def test_a_bad_file_is_refused_now_and_not_at_two_in_the_morning(studio: Studio) -> None:
    """The items are checked when they are scheduled."""
    file = batch_file([{"slug": "../x", "prompt": "a"}])
    said = await asked(studio, what="batch", file=file, when="daily 02:00")
    assert "slug" in said.content
    assert buttons(said) == []


async def test_the_list_shows_each_entry_its_next_moment_and_how_it_went(studio: Studio) -> None:
    """Discord shows the moment in each reader's own time."""
    assert "Nothing is scheduled" in await studio.run("schedule list")
    await added(studio, **BATCH)
    assert "being worked out" in await studio.run("schedule list")
    (entry,) = await entries(studio)
    async with studio.db.transaction() as connection:
        missed = Slot(entry.id, 1_799_913_600, SlotOutcome.MISSED, 1_799_950_000)
        await rota.advance(connection, entry, 1_800_000_000, told=missed)
    said = await studio.run("schedule list", "grace")
    assert "**prompts-batch-1.json**, daily 02:00 (UTC), next <t:1800000000:F>; missed <t:1799913600:F>" in said


async def test_an_entry_asked_for_twice_is_one(studio: Studio) -> None:
    """Whether Discord repeats the event or the person does, nothing is rendered twice every night."""
    outcome = await studio.start("schedule add", **BATCH)
    question = await studio.answered(outcome)
    world = studio.standin.world
    interaction = world.interactions[outcome.interaction_id]
    world.tell(InteractionStarted(interaction))
    await until(lambda: len(studio.standin.log.of("PATCH", f"/{interaction.token}/messages/@original")) == 2)
    assert "Scheduled" in await scheduled(studio.standin, question)
    assert "Scheduled" in await added(studio, **{**BATCH, "when": "Daily  2:00"})
    assert len(await entries(studio)) == 1


async def test_one_person_has_so_many_entries_and_no_more(studio: Studio) -> None:
    settings = studio.client.settings
    schedule = settings.schedule.model_copy(update={"per_person": 1})
    studio.client.settings = settings.model_copy(update={"schedule": schedule})
    await added(studio, **BATCH)
    assert "may have 1 entries" in (await asked(studio, what="digest", when="daily 02:00")).content
    assert "Scheduled" in await added(studio, "grace", what="digest", when="daily 02:00")


async def test_an_entry_is_paused_resumed_wanted_at_once_and_removed(studio: Studio) -> None:
    """Each is done once, and told so; the picker offers one's own entries."""
    await added(studio, "grace", **BATCH)
    offered = await studio.offered("schedule pause", "entry", "daily", "grace")
    assert list(offered) == ["daily 02:00 · prompts-batch-1.json"]
    (name,) = offered.values()
    said = [
        await studio.run(f"schedule {verb}", "grace", entry=name) for verb in ("pause", "pause", "resume", "resume")
    ]
    for words, told in zip(("Paused", "paused already", "goes on from now", "is not paused"), said, strict=True):
        assert words in told
    assert "is done now" in await studio.run("schedule run-now", "grace", entry=name)
    (entry,) = await entries(studio)
    assert entry.wanted_at is not None
    assert "is being done at this moment" in await studio.run("schedule run-now", "grace", entry=name)
    assert "Removed **prompts-batch-1.json**" in await studio.run("schedule remove", "grace", entry=name)
    assert await entries(studio) == []
    assert "no such entry" in await studio.run("schedule remove", "grace", entry=name)


async def test_somebody_elses_entry_stays_as_it_is(studio: Studio) -> None:
    """Neither offered nor changed, except for who may manage the server."""
    await added(studio, **BATCH)
    (entry,) = await entries(studio)
    assert await studio.offered("schedule remove", "entry", "", "grace") == {}
    for verb in ("pause", "resume", "run-now", "remove"):
        assert "Only the person who scheduled it" in await studio.run(f"schedule {verb}", "grace", entry=entry.id)
    assert await entries(studio) == [entry]
    await added(studio, "grace", **{**BATCH, "when": "hourly :30"})
    assert len(await studio.offered("schedule remove", "entry", "")) == 2


async def test_a_draft_outlives_the_day_no_more_than_that(studio: Studio) -> None:
    """Its button then says so, and nothing is scheduled."""
    question = await asked(studio, **BATCH)
    async with studio.db.transaction() as connection:
        await connection.execute("UPDATE rota_drafts SET at = at - 100000")
    (button,) = buttons(question)
    outcome = await studio.standin.member("ada").click(question.id, button)
    world = studio.standin.world
    await until(lambda: any("older than a day" in one.content for one in world.messages.values()))
    assert outcome.state in ("deferred", "updated")
    assert await entries(studio) == []
