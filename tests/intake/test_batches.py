"""Batches and schedules: many asks in one commit, once for each key."""

import asyncio
import json
from dataclasses import replace

import pytest

from bot.errors import BadWhen, BadZone
from bot.intake.accept import Intake
from bot.ledger import notices, rota, verdicts
from bot.ledger.database import Database
from bot.nouns import WORDS, JobState, Mark, NoticeKind, Verdict
from gpu_agent.order import Lora
from tests.clock import FakeClock
from tests.intake.asking import ADA, NOTHING, WHO, ask, counts, file, item
from tests.ledger import lookups
from tests.ledger.rows import finish
from tests.scheduled import scheduled


async def test_a_batch_is_committed_whole(db: Database, intake: Intake) -> None:
    """A batch, an ask and a job for each item in the order of the file, and one card for all."""
    batch = await intake.batches.accept("b.json", file(*(item(n) for n in range(30))), key="k", **WHO)
    assert await counts(db) == NOTHING | {"batches": 1, "asks": 30, "jobs": 30, "notices": 1}
    async with db.reading() as connection:
        accepted = await lookups.jobs_of_batch(connection, batch.id)
        card = await lookups.card_of_batch(connection, batch.id)
    assert [job.slug for job in accepted] == [f"boat-{n}" for n in range(30)]
    assert {(job.asker, job.channel, job.batch) for job in accepted} == {(ADA, 5, batch.id)}
    assert card is not None
    assert (card.kind, card.channel) == (NoticeKind.CARD, 5)


async def test_the_same_key_gives_the_first_batch(db: Database, intake: Intake) -> None:
    """Five at once and one later, whatever the later file says."""
    data = file(item(1), item(2))
    sent = await asyncio.gather(*(intake.batches.accept("b.json", data, key="k", **WHO) for _ in range(5)))
    sent.append(await intake.batches.accept("b.json", b"rubbish", key="k", **WHO))
    assert len({batch.id for batch in sent}) == 1
    assert await counts(db) == NOTHING | {"batches": 1, "asks": 2, "jobs": 2, "notices": 1}


async def test_an_opening_is_said_in_front_of_the_card(db: Database, intake: Intake) -> None:
    """The announcement knows the number of pictures and comes first in the order in which notices are said."""
    await intake.batches.accept(
        "b.json", file(item(1)), key="k", entry="e", slot=1.0, opening=lambda count: f"{count} to come", **WHO
    )
    async with db.reading() as connection:
        due = await notices.due_in(connection, 5, 10)
    assert [(notice.kind, notice.text) for notice in due] == [
        (NoticeKind.ANNOUNCEMENT, "1 to come"),
        (NoticeKind.CARD, ""),
    ]


async def test_cues_reach_the_items_of_a_batch(db: Database, intake: Intake, clock: FakeClock) -> None:
    """What was learned for a slug is woven into its item, and into no other."""
    (first,) = await intake.accept(ask(slug="boat-1"))
    async with db.transaction() as connection:
        await finish(connection, first, JobState.RENDERED, 1.0, message=77)
        await verdicts.set_mark(connection, Mark(77, first.id, ADA, WORDS, Verdict.REJECT, "too dark"), clock.now())
    batch = await intake.batches.accept("b.json", file(item(1), item(2)), key="k", **WHO)
    async with db.reading() as connection:
        accepted = await lookups.jobs_of_batch(connection, batch.id)
    assert [job.prompt for job in accepted] == ["1 red boats, bright", "2 red boats"]
    assert [len(job.cues) for job in accepted] == [1, 0]


async def test_a_negative_prompt_is_only_woven_where_the_items_guidance_heeds_it(
    db: Database, intake: Intake, clock: FakeClock
) -> None:
    """The model's own guidance heeds it; an item that asks for none says it by what shall be seen alone."""
    (first,) = await intake.accept(ask(slug="boat-1"))
    async with db.transaction() as connection:
        await finish(connection, first, JobState.RENDERED, 1.0, message=77)
        await verdicts.set_mark(connection, Mark(77, first.id, ADA, WORDS, Verdict.REJECT, "too dark"), clock.now())
    (usual,) = await intake.accept(ask(key="k2", slug="boat-1"))
    (unguided,) = await intake.accept(ask(key="k3", slug="boat-1", guidance=1.0))
    assert unguided.prompt == usual.prompt
    assert (bool(usual.negative), unguided.negative) == (True, "")


async def test_count_and_every_field_reach_the_jobs(db: Database, intake: Intake) -> None:
    """From defaults and items, through CSV as through JSON: seeds one after another, steps, guidance and LoRAs."""
    text = "slug,prompt,seed,count,steps,guidance,loras,negative\na,a boat,7,3,4,1.5,ink:0.5,fog\nb,a house,9,,,,,\n"
    batch = await intake.batches.accept("b.csv", text.encode(), key="k", **WHO)
    async with db.reading() as connection:
        accepted = await lookups.jobs_of_batch(connection, batch.id)
    assert [(job.slug, job.index, job.seed) for job in accepted] == [("a", 0, 7), ("a", 1, 8), ("a", 2, 9), ("b", 0, 9)]
    first, last = accepted[0].order(), accepted[3].order()
    assert (first.steps, first.guidance, first.negative, first.loras) == (4, 1.5, "fog", (Lora(id="ink", weight=0.5),))
    demo = (await intake.models())[0]
    assert (last.steps, last.guidance, last.loras) == (demo.steps, demo.guidance, ())
    whole = {"defaults": {"count": 2, "steps": 5}, "items": [item(1), item(2, count=1)]}
    second = await intake.batches.accept("b.json", json.dumps(whole).encode(), key="k2", **WHO)
    async with db.reading() as connection:
        accepted = await lookups.jobs_of_batch(connection, second.id)
    assert [(job.slug, job.index, job.steps) for job in accepted] == [
        ("boat-1", 0, 5),
        ("boat-1", 1, 5),
        ("boat-2", 0, 5),
    ]
    assert await counts(db) == NOTHING | {"batches": 2, "asks": 4, "jobs": 7, "notices": 2}


async def test_again_is_the_same_ask_with_all_it_had(db: Database, intake: Intake) -> None:
    """Steps, guidance and LoRAs of the first time, and another seed."""
    data = file(item(1, seed=1, steps=4, guidance=1.5, loras=["ink:0.5"]))
    batch = await intake.batches.accept("b.json", data, key="k", **WHO)
    async with db.reading() as connection:
        (first,) = await lookups.jobs_of_batch(connection, batch.id)
    (second,) = await intake.again(first.id, key="again", asker=ADA)
    assert (second.steps, second.guidance, second.extras) == (first.steps, first.guidance, first.extras)
    assert second.extras.loras == (Lora(id="ink", weight=0.5),)


async def test_a_schedule_reads_its_file_in_the_format_it_was_sent_in(db: Database, intake: Intake) -> None:
    """However long its name was: the ending is kept, which says what it is."""
    name = "b" * 300 + ".csv"
    entry = await scheduled(db, intake, name, b"slug,prompt\na,b\n", "daily 02:00", zone="UTC", **WHO)
    assert entry.name == "b" * 96 + ".csv"
    await intake.batches.accept(entry.name, entry.items.encode(), key="k", **WHO)
    assert await counts(db) == NOTHING | {"batches": 1, "asks": 1, "jobs": 1, "notices": 1, "rota": 1}


async def test_the_name_of_a_file_is_kept_short_and_printable(intake: Intake) -> None:
    """A hostile file name reaches nobody."""
    batch = await intake.batches.accept("a\x1b[2J\n" + "b" * 500, file(item(1)), key="k", **WHO)
    assert batch.name == "a[2J" + "b" * 96


async def test_a_schedule_is_committed_and_waits_for_the_rota(db: Database, intake: Intake) -> None:
    """The entry keeps words, fields, zone and file; when it is due nobody has worked out yet."""
    data = file(item(1))
    entry = await scheduled(db, intake, "b.json", data, " Weekdays  07:30", zone="Europe/Berlin", **WHO)
    assert (entry.words, entry.cron, entry.zone) == ("Weekdays 07:30", "30 7 * * 1-5", "Europe/Berlin")
    assert entry.next_at is None
    async with db.reading() as connection:
        assert await rota.entries(connection) == [replace(entry, items="")]
    twin = await scheduled(db, intake, "b.json", data, "weekdays 7:30", zone="Europe/Berlin", **WHO)
    assert twin.id == entry.id
    assert await counts(db) == NOTHING | {"rota": 1}


async def test_a_schedule_at_no_time_or_in_no_zone_is_refused(db: Database, intake: Intake) -> None:
    """Nothing is stored for either."""
    with pytest.raises(BadWhen):
        await scheduled(db, intake, "b.json", file(item(1)), "now and then", zone="UTC", **WHO)
    with pytest.raises(BadZone):
        await scheduled(db, intake, "b.json", file(item(1)), "daily 02:00", zone="Atlantis", **WHO)
    assert await counts(db) == NOTHING
