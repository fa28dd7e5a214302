"""Permutations over the wire: counted, confirmed above a limit, and accepted once, whatever dies in between."""

import asyncio
from collections.abc import Sequence

from bot.demo.discord.changes import InteractionStarted
from bot.demo.discord.log import Exchange
from bot.demo.discord.values import Message, Outcome
from bot.ledger import jobs
from bot.ledger.pending import LIFE
from bot.nouns import Group, Job
from tests.chat.people import Studio, until
from tests.chat.people import studio as studio
from tests.chat.stage import Stage, eventually
from tests.ledger import lookups

SIX = "a {red, green, blue} boat at {dawn, night}"


def render(message: Message) -> str:
    """The custom id of the one button that the question has."""
    (row,) = message.components
    (button,) = row["components"]
    return str(button["custom_id"])


async def queued(stage: Stage) -> list[Job]:
    async with stage.db.reading() as connection:
        return sorted(await lookups.unfinished(connection), key=lambda job: job.index)


async def question(stage: Stage, prompt: str = SIX, **options: object) -> Message:
    outcome = await stage.standin.member("ada").run(stage.channel, "imagine", {"prompt": prompt, **options})
    await stage.answered(outcome)
    return stage.standin.world.messages[str(outcome.message_id)]


async def pressed(stage: Stage, message: Message) -> str:
    """Presses the question's button, as it was at first; gives what is said then."""
    before = [dict(row) for row in message.components]
    outcome = await stage.standin.member("ada").click(message.id, render(message))
    said = await words(stage, outcome)
    message.components = before
    return said


async def words(stage: Stage, outcome: Outcome) -> str:
    """What the press is answered with, whether it replaces the question or comes beside it."""
    token = stage.standin.world.interactions[outcome.interaction_id].token

    def sent() -> list[Exchange]:
        return [one for one in stage.standin.log.exchanges if token in one.path and "callback" not in one.path]

    await until(lambda: bool(sent()))
    return str(sent()[-1].body["content"])


async def test_few_members_are_accepted_at_once(studio: Studio) -> None:
    """One ask and one card; each has its label, and they share seed and slug, so that only the words differ."""
    said = await studio.run("imagine", prompt="a {red, blue} boat", ping=True)
    first, second = await studio.jobs()
    assert (first.asked, first.label, second.asked, second.label) == ("a red boat", "red", "a blue boat", "blue")
    assert (first.ask, first.seed, first.slug) == (second.ask, second.seed, second.slug)
    assert "Accepted 2 pictures of **" in said
    assert "• red\n• blue" in said
    async with studio.db.reading() as connection:
        manner = await jobs.manner(connection, first.ask)
    assert (manner.group, manner.ping) == (Group.PROMPTS, True)


async def test_count_multiplies_and_seeds_go_on(studio: Studio) -> None:
    """Two alternatives, two pictures of each."""
    await studio.run("imagine", prompt="a {red, blue} boat", count=2, seed=7, slug="boats")
    assert [(job.label, job.seed, job.index) for job in await studio.jobs()] == [
        ("red", 7, 0), ("red", 8, 1), ("blue", 7, 2), ("blue", 8, 3),
    ]  # fmt: skip


async def test_millions_are_refused_at_once(studio: Studio) -> None:
    """They are counted, not made; the sentence says how many there are and how many there may be."""
    assert "1000000 pictures, and at most 40" in await studio.run("imagine", prompt="{0,1,2,3,4,5,6,7,8,9}" * 6)
    assert "far too many" in await studio.run("imagine", prompt="{0,1,2,3,4,5,6,7,8,9}" * 200)
    assert await studio.jobs() == []


async def test_many_members_are_asked_about_first(stage: Stage) -> None:
    """Nothing is rendered until the button is pressed; then all of it is, under the first request's key."""
    async with stage.bot():
        message = await question(stage)
        assert "This makes 6 pictures:" in message.content
        assert message.components[0]["components"][0]["label"] == "Render 6 pictures"
        assert await queued(stage) == []
        outcome = await stage.standin.member("ada").click(message.id, render(message))
        assert "Accepted 6 pictures" in await words(stage, outcome)
        assert message.components == []
        assert [job.label for job in await queued(stage)][:3] == ["red, dawn", "red, night", "green, dawn"]


async def test_the_button_works_in_a_process_that_never_asked(stage: Stage) -> None:
    """The question is in the ledger."""
    async with stage.bot():
        message = await question(stage)
    async with stage.bot():
        await pressed(stage, message)
        assert len(await queued(stage)) == 6


async def test_the_button_counts_once(stage: Stage) -> None:
    """Pressed again, and in another process, it only says that it was pressed."""
    async with stage.bot():
        message = await question(stage)
        await pressed(stage, message)
        assert "asked for already" in await pressed(stage, message)
    async with stage.bot():
        assert "asked for already" in await pressed(stage, message)
        assert len(await queued(stage)) == 6


async def test_two_presses_at_once_are_one_ask(stage: Stage) -> None:
    """An impatient finger pays once."""
    async with stage.bot():
        message = await question(stage)
        await asyncio.gather(*(pressed(stage, message) for _ in range(3)))
        assert len(await queued(stage)) == 6


async def test_killed_between_accepting_and_noting_it_nothing_is_accepted_twice(stage: Stage) -> None:
    """The second press finds the jobs of the first."""
    async with stage.bot():
        message = await question(stage)
        await pressed(stage, message)
    async with stage.db.transaction() as connection:
        await connection.execute("UPDATE pending SET taken_at = NULL")
    async with stage.bot():
        assert "Accepted 6 pictures" in await pressed(stage, message)
        assert len(await queued(stage)) == 6


async def test_a_question_expires_after_a_day(stage: Stage) -> None:
    """Nobody remembers what it was about."""
    async with stage.bot():
        message = await question(stage)
        stage.clock.skipped = LIFE + 1
        assert "older than a day" in await pressed(stage, message)
        assert await queued(stage) == []


async def test_old_questions_are_forgotten(stage: Stage) -> None:
    """The table holds a day's."""
    async with stage.bot():
        await question(stage)
        stage.clock.skipped = LIFE + 1
        await question(stage)
        async with stage.db.reading() as connection:
            rows = list(await connection.execute_fetchall("SELECT id FROM pending"))
        assert len(rows) == 1


async def test_only_the_asker_may_confirm(stage: Stage) -> None:
    """Somebody else cannot see the question; a forged press is refused all the same."""
    async with stage.bot():
        message = await question(stage)
        async with stage.db.transaction() as connection:
            await connection.execute("UPDATE pending SET person = person + 1")
        assert "belongs to somebody else" in await pressed(stage, message)
        assert await queued(stage) == []


async def test_what_cannot_be_rendered_is_refused_before_anybody_is_asked(stage: Stage) -> None:
    """No button that can only fail."""
    async with stage.bot():
        message = await question(stage, size="12x64")
        assert "Try " in message.content
        assert message.components == []


async def test_a_request_that_comes_twice_is_one_question_and_one_ask(stage: Stage) -> None:
    """Before the button is pressed, and behind it."""
    async with stage.bot():
        outcome = await stage.standin.member("ada").run(stage.channel, "imagine", {"prompt": SIX})
        await stage.answered(outcome)
        message = stage.standin.world.messages[str(outcome.message_id)]
        await again(stage, outcome)
        await pressed(stage, message)
        await again(stage, outcome)
        async with stage.db.reading() as connection:
            rows = list(await connection.execute_fetchall("SELECT id FROM pending"))
        assert (len(rows), len(await queued(stage))) == (1, 6)


async def again(stage: Stage, outcome: Outcome) -> None:
    """Discord sends the event once more; done when its answer was sent once more."""
    world = stage.standin.world
    edits = len(answers(stage))
    world.tell(InteractionStarted(world.interactions[outcome.interaction_id]))
    await eventually(lambda: _later(answers(stage)), lambda found: len(found) > edits)


def answers(stage: Stage) -> Sequence[object]:
    return stage.standin.log.of("PATCH", "@original")


async def _later(found: Sequence[object]) -> Sequence[object]:
    return found
