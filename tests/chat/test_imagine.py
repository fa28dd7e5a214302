"""`/imagine` over the wire: what is accepted, what is refused and with which words, and what survives a lost answer."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.demo.discord.changes import InteractionStarted
from bot.demo.discord.faults import Reply
from bot.demo.discord.rules import Rules, unhurried
from bot.ledger import verdicts
from bot.nouns import WORDS, Mark, Verdict
from tests.chat.people import Studio, open_studio
from tests.chat.people import studio as studio
from tests.demo.waiting import until
from tests.ledger import lookups


async def test_an_ask_is_accepted_and_the_person_is_told_what_was_accepted(studio: Studio) -> None:
    """Every option reaches the job, the answer names them, and the card is due in the channel."""
    options: dict[str, Any] = {
        "prompt": "a fox in the snow",
        "slug": "fox",
        "seed": 7,
        "count": 2,
        "size": "128x96",
        "model": "demo",
    }
    said = await studio.run("imagine", archetype="layered scene", **options)
    first, second = await studio.jobs()
    assert (first.asked, first.slug, first.seed, first.width, first.height) == ("a fox in the snow", "fox", 7, 128, 96)
    assert (first.model, first.archetype, second.index) == ("demo", "layered scene", 1)
    assert first.asker == int(studio.standin.member("ada").id)
    assert first.channel == int(studio.channel)
    for word in ("2 pictures", "**fox**", "128×96", f"seeds 7, {second.seed}"):
        assert word in said
    async with studio.db.reading() as connection:
        assert await lookups.card_of_ask(connection, first.ask) is not None


async def test_the_answer_is_private(studio: Studio) -> None:
    """Only the person who asked sees the answer; the card is for everybody."""
    outcome = await studio.start("imagine", "grace", prompt="a fox")
    message = await studio.answered(outcome)
    assert message.addressee == studio.standin.member("grace").id


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"model": "no-such-model"}, ["no-such-model", "demo"]),
        ({"size": "100000x64"}, ["64"]),
        ({"size": "12x64"}, ["Try "]),
        ({"size": "99x99"}, ["multiples of", "Try "]),
        ({"size": "huge"}, ["huge", "portrait"]),
        ({"prompt": "fox " * 1400}, ["5600 characters", "Shorten it"]),
        ({"prompt": "   "}, ["prompt is empty"]),
        ({"slug": "../x"}, ["cannot be a slug"]),
        ({"slug": "CON"}, ["cannot be a slug"]),
        ({"slug": "x" * 300}, ["cannot be a slug"]),
        ({"count": 50}, ["50", "at once"]),
    ],
)
async def test_what_cannot_be_drawn_is_refused_with_the_next_step(
    studio: Studio, options: dict[str, Any], words: list[str]
) -> None:
    """Nothing is stored, and the private sentence says what is wrong and what would do."""
    said = await studio.run("imagine", **({"prompt": "a fox"} | options))
    assert await studio.jobs() == []
    for word in words:
        assert word in said
    assert "Traceback" not in said


async def test_what_verdicts_added_is_shown(studio: Studio) -> None:
    """Nobody has to guess why a prompt became another one."""
    await studio.run("imagine", prompt="a fox", slug="fox")
    (job,) = await studio.jobs()
    mark = Mark(1, job.id, job.asker, WORDS, Verdict.REJECT, "too dark")
    async with studio.db.transaction() as connection:
        await verdicts.set_mark(connection, mark, studio.client.clock.now())
    said = await studio.run("imagine", "grace", prompt="a fox", slug="fox")
    (cue,) = (await studio.jobs())[1].cues
    assert f"+ **{cue.phrase}**" in said
    assert "earlier verdicts" not in await studio.run("imagine", prompt="an owl", slug="owl")


async def test_a_prompt_can_ping_nobody(studio: Studio) -> None:
    """@everyone in a prompt is a word like any other: it is accepted and nobody is pinged."""
    outcome = await studio.start("imagine", prompt="@everyone look, <@&1> and <@2>")
    message = await studio.answered(outcome)
    assert len(await studio.jobs()) == 1
    assert message.mentions == []
    assert not message.mention_everyone


async def test_an_interaction_that_arrives_twice_is_one_ask(studio: Studio) -> None:
    """After a resumed connection Discord may send an event again."""
    outcome = await studio.start("imagine", prompt="a fox", count=2)
    await studio.answered(outcome)
    world = studio.standin.world
    world.tell(InteractionStarted(world.interactions[outcome.interaction_id]))
    await studio.run("imagine", prompt="another")
    assert [job.asked for job in await studio.jobs()] == ["a fox", "a fox", "another"]


@pytest.mark.parametrize(
    ("method", "path", "replies"),
    [
        ("POST", "/callback", [Reply(502, after=True)]),
        ("POST", "/callback", [Reply(cut=True, after=True)]),
        ("POST", "/callback", [Reply(cut=True)]),
        ("PATCH", "/messages/@original", [Reply(cut=True, after=True)]),
        ("PATCH", "/messages/@original", [Reply(cut=True), Reply(cut=True)]),
    ],
)
async def test_a_lost_answer_is_made_up_for(studio: Studio, method: str, path: str, replies: list[Reply]) -> None:
    """Whatever Discord applied but did not confirm is sent again: one job, and the person still gets the sentence."""
    studio.standin.faults.add(method, path, *replies)
    assert "**fox**" in await studio.run("imagine", prompt="a fox", slug="fox")
    assert len(await studio.jobs()) == 1


@pytest.mark.parametrize("rules", [replace(unhurried(), ack_seconds=-1.0), replace(unhurried(), token_seconds=-1.0)])
async def test_an_answer_that_comes_too_late_loses_no_job(
    tmp_path: Path, rules: Rules, caplog: pytest.LogCaptureFixture
) -> None:
    """A token that is void (10062, 10015) or has run out (50027) costs the sentence, never the job or its card."""
    async with open_studio(tmp_path, rules) as studio:
        await studio.start("imagine", prompt="a fox")
        (job,) = await studio.accepted(1)
        async with studio.db.reading() as connection:
            assert await lookups.card_of_ask(connection, job.ask) is not None
        await until(lambda: studio.standin.log.of("PATCH", "@original"))
    assert len(studio.standin.log.of("PATCH", "@original")) == 1
    assert not [record for record in caplog.records if record.exc_info]


async def test_an_unexpected_error_gives_a_reference_and_no_traceback(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    """The person gets a word to report, and the log holds the whole story under the same word."""
    async with studio.db.transaction() as connection:
        await connection.execute("DROP TABLE notices")
    said = await studio.run("imagine", prompt="a fox")
    assert "no such table" not in said
    reference = said.split("`")[1]
    assert reference in caplog.text
    assert "no such table" in caplog.text


async def test_the_picker_offers_models_sizes_slugs_and_archetypes(studio: Studio) -> None:
    """Suggestions follow what is typed, and sizes follow the chosen model."""
    await studio.run("imagine", prompt="a fox", slug="snow-fox")
    await studio.run("imagine", "grace", prompt="a fox", slug="snow-owl")
    assert "demo" in (await studio.offered("imagine", "model", "dem")).values()
    (portrait,) = await studio.offered("imagine", "size", "port", model="demo")
    assert portrait.startswith("portrait ")
    assert await studio.offered("imagine", "size", "", model="no-such-model") == {}
    assert list(await studio.offered("imagine", "slug", "snow")) == ["snow-fox"]
    assert "layered scene" in await studio.offered("imagine", "archetype", "lay")


async def test_what_is_offered_as_size_is_accepted(studio: Studio) -> None:
    """Each suggestion, taken as it is, becomes a job of that size."""
    offered = await studio.offered("imagine", "size", "", model="demo")
    for value in offered.values():
        await studio.run("imagine", prompt="a fox", model="demo", size=value)
    assert [f"{job.width}x{job.height}" for job in await studio.jobs()] == list(offered.values())
