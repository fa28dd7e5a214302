"""`/batch render`: a file becomes jobs or a sentence that names the place, and never more is read than allowed."""

from typing import Any

import pytest

from bot.demo.discord.changes import InteractionStarted
from bot.demo.discord.faults import Reply
from bot.demo.discord.values import Message
from tests.chat.people import Studio, batch_file, confirm, describe_attachments, until
from tests.chat.people import studio as studio
from tests.ledger import lookups

ITEMS: list[dict[str, Any]] = [
    {"slug": "fox", "prompt": "a fox", "seed": 7},
    {"slug": "owl", "text": "an owl", "width": 96, "height": 128},
]


async def test_every_item_of_the_file_becomes_a_job(studio: Studio) -> None:
    """The answer counts them, and one card stands for the whole batch."""
    said = await studio.render(batch_file(ITEMS))
    assert "2 pictures of prompts-batch-1.json" in said
    fox, owl = await studio.jobs()
    assert (fox.slug, fox.asked, fox.seed) == ("fox", "a fox", 7)
    assert (owl.slug, owl.asked, owl.width, owl.height) == ("owl", "an owl", 96, 128)
    assert fox.batch == owl.batch
    assert fox.batch is not None
    async with studio.db.reading() as connection:
        assert await lookups.card_of_batch(connection, fox.batch) is not None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("prompts.csv", "slug;prompt;count\nfox;a fox;2\n"),
        ("prompts.jsonl", '{"slug": "fox", "prompt": "a fox", "count": 2}\n'),
        ("prompts.yaml", "defaults: {count: 2}\nitems: [{slug: fox, prompt: a fox}]\n"),
    ],
)
async def test_a_file_of_any_format_is_taken_by_its_name(studio: Studio, name: str, content: str) -> None:
    """The answer counts pictures, not items."""
    assert f"2 pictures of {name}" in await studio.render(batch_file(content, name))
    assert [(job.slug, job.index) for job in await studio.jobs()] == [("fox", 0), ("fox", 1)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('[\n {"slug": "fox", "prompt": "a fox"},\n {"slug": "../x", "prompt": "an owl"}\n]', ["item 2", "slug"]),
        ('[\n {"slug": "fox", "prompt": "a fox"},\n {"slug": "owl" "prompt": "an owl"}\n]', ["ine 3", "JSON"]),
        ('[{"slug": "fox", "prompt": "a fox", "width": "@everyone"}]', ["tem 1", "width"]),
        ("{}", ["no items"]),
        ('"fox"', ["list of items"]),
        ('[{"slug": "fox"}, {"slug": "owl", "prompt": "an owl", "steps": 0}]', ["2 things", "tem 1", "tem 2", "steps"]),
        ("[]", ["no items"]),
        ("[" * 10_000 + "]" * 10_000, ["Line 1, item 1"]),
    ],
)
async def test_a_bad_file_is_refused_with_the_place(studio: Studio, content: str, words: list[str]) -> None:
    """Nothing of it is stored; the sentence says where to look."""
    said = await studio.run("batch render", file=batch_file(content))
    assert await studio.jobs() == []
    for word in words:
        assert word in said
    assert "@everyone" not in said


async def test_a_file_that_is_too_big_is_not_even_fetched(studio: Studio) -> None:
    """Discord says the size; what is above the limit is refused before any byte of it."""
    most = studio.client.settings.limits.batch_bytes
    said = await studio.run("batch render", file=batch_file("x" * (most + 1)))
    assert "at most 4.0 MiB" in said
    assert await studio.jobs() == []


async def test_a_file_bigger_than_declared_is_read_no_further(studio: Studio) -> None:
    """What Discord says of a size is not trusted alone."""
    most = studio.client.settings.limits.batch_bytes
    describe_attachments(studio, size=10)
    said = await studio.run("batch render", file=batch_file("x" * (most + 1)))
    assert "at most 4.0 MiB" in said
    assert await studio.jobs() == []


async def test_a_file_that_is_gone_is_asked_for_again(studio: Studio) -> None:
    """An attachment that cannot be fetched is no reason for silence."""
    describe_attachments(studio, url=f"{studio.standin.cdn_base}/attachments/1/2/gone.json")
    assert "Attach it once more" in await studio.run("batch render", file=batch_file(ITEMS))
    assert await studio.jobs() == []


async def test_hostile_file_names_are_only_words(studio: Studio) -> None:
    """A name can neither ping nor format nor break out of its line, before it is confirmed and behind that."""
    describe_attachments(studio, filename="**@everyone**\n# `x`\u202e.json")
    message = await studio.answered(await studio.start("batch render", file=batch_file(ITEMS)))
    assert message.content.startswith("**\\*\\*")
    assert "\n#" not in message.content
    harmless(message)
    said = await confirm(studio.standin, message)
    assert "2 pictures of \\*\\*" in said
    assert "\n" not in said
    harmless(message)


def harmless(message: Message) -> None:
    assert "@everyone" not in message.content
    assert not message.mention_everyone
    assert "\u202e" not in message.content


async def test_a_batch_that_arrives_twice_is_one_batch(studio: Studio) -> None:
    """The same interaction gives the same question before it is confirmed, and the same batch afterwards."""
    outcome = await studio.start("batch render", file=batch_file(ITEMS))
    question = await studio.answered(outcome)
    world = studio.standin.world
    world.tell(InteractionStarted(world.interactions[outcome.interaction_id]))
    await until(lambda: len(studio.standin.log.of("PATCH", "/messages/@original")) == 2)
    await confirm(studio.standin, question)
    world.tell(InteractionStarted(world.interactions[outcome.interaction_id]))
    await until(lambda: len(studio.standin.log.of("PATCH", "/messages/@original")) == 4)
    assert "Accepted 2 pictures" in question.content
    assert len(await studio.jobs()) == 2


async def test_a_lost_answer_loses_no_batch(studio: Studio) -> None:
    """The question is sent again, and so is the sentence; the batch was committed before it."""
    studio.standin.faults.add("PATCH", "/messages/@original", Reply(cut=True, after=True))
    question = await studio.answered(await studio.start("batch render", file=batch_file(ITEMS)))
    studio.standin.faults.add("PATCH", "/messages/@original", Reply(cut=True, after=True))
    assert "2 pictures" in await confirm(studio.standin, question)
    assert len(await studio.jobs()) == 2
