"""The question before a file is rendered, and its buttons: in any process, for a day, once."""

import asyncio
import json

import pytest

from bot.demo.discord.call import Upload
from bot.ledger import batch_items
from bot.ledger.waiting_batches import LIFE
from bot.nouns import Job
from bot.people.permits import Kind, What
from tests import made
from tests.chat.people import buttons, until
from tests.chat.rights import open_jobs, permit, rules
from tests.chat.sending import ELK, FOX, OWL, asked, labels, press, words
from tests.chat.shelves import stocked
from tests.chat.stage import Stage
from tests.chat.test_privacy import forget, gone, ledger
from tests.yours import elsewhere

SEEING = made.shelf_model(reference=True)


async def slugs(stage: Stage) -> list[str]:
    return sorted(job.slug for job in await open_jobs(stage))


def kept(stage: Stage) -> set[str]:
    """The names of the bot's files."""
    return {path.name for path in stage.files.root.rglob("*") if path.is_file()}


async def batch_of(stage: Stage) -> list[Job]:
    return sorted(await open_jobs(stage), key=lambda job: job.id)


async def test_nothing_is_rendered_before_it_is_confirmed(stage: Stage) -> None:
    """The question says how much it is and what is not known; the answer takes its place."""
    async with stage.bot():
        question = await asked(stage, {**FOX, "count": 3}, OWL)
        assert question.content.startswith("**prompts-batch-1.json**: 4 pictures of 2 items.\n")
        assert "All with Darkroom Demo." in question.content
        assert "is not known yet" in question.content
        assert "What that takes of electricity is not known yet. From a hosted API: $0.18." in question.content
        assert labels(question) == ["Render all: 4 pictures"]
        assert question.addressee == stage.standin.member("ada").id
        assert (await open_jobs(stage), stage.said()) == ([], [])
        outcome = await stage.standin.member("ada").click(question.id, buttons(question)[0])
        assert "Accepted 4 pictures of prompts-batch-1.json" in await words(stage, outcome)
        assert question.components == []
        assert await slugs(stage) == ["fox", "fox", "fox", "owl"]


async def test_the_button_works_in_a_process_that_never_asked(stage: Stage) -> None:
    """The file is in the ledger, and nothing of it is lost there: its items, and the text itself."""
    async with stage.bot():
        question = await asked(stage, FOX, OWL)
    async with stage.bot():
        assert "Accepted 2" in await press(stage, question)
        (first, _) = await batch_of(stage)
    async with stage.db.reading() as connection:
        items = await batch_items.of_batch(connection, first.batch or "")
        (row,) = await connection.execute_fetchall("SELECT text FROM batch_files")
    assert [one.slug for one in items] == ["fox", "owl"]
    assert json.loads(row["text"]) == [FOX, OWL]


async def test_the_button_counts_once(stage: Stage) -> None:
    """Three presses at once, one later, one in another process; and when what was noted of it is lost."""
    async with stage.bot():
        question = await asked(stage, FOX, OWL)
        await asyncio.gather(*(press(stage, question) for _ in range(3)))
        assert "asked for already" in await press(stage, question)
    async with stage.db.transaction() as connection:
        await connection.execute("UPDATE waiting_batches SET taken_at = NULL")
    async with stage.bot():
        assert "Accepted 2" in await press(stage, question)
        assert "asked for already" in await press(stage, question)
        assert await slugs(stage) == ["fox", "owl"]


async def test_a_question_expires_after_a_day(stage: Stage) -> None:
    async with stage.bot():
        question = await asked(stage, FOX)
        stage.clock.skipped = LIFE + 1
        assert "older than a day" in await press(stage, question)
        await asked(stage, FOX)
        assert await open_jobs(stage) == []
    async with stage.db.reading() as connection:
        assert len(list(await connection.execute_fetchall("SELECT 1 FROM waiting_batches"))) == 1


async def test_only_the_sender_may_confirm(stage: Stage) -> None:
    async with stage.bot():
        question = await asked(stage, FOX)
        async with stage.db.transaction() as connection:
            await connection.execute("UPDATE waiting_batches SET person = person + 1")
        assert "belongs to somebody else" in await press(stage, question)
        assert await open_jobs(stage) == []


async def test_rights_and_quotas_are_those_of_the_moment_of_the_click(stage: Stage) -> None:
    """What was lost meanwhile is lost; the question stands, for when it is there again."""
    async with stage.bot():
        question = await asked(stage, FOX, OWL, who="grace")
        role = stage.standin.make_role("Artists")
        await permit(stage, What.ASK, Kind.ROLE, role)
        assert f"<@&{role}>" in await press(stage, question, who="grace")
        assert await open_jobs(stage) == []
        stage.standin.world.give_role(stage.standin.member("grace").id, role)
        assert "Accepted 2" in await press(stage, question, who="grace")


async def test_a_file_that_is_sent_again_is_offered_as_what_changed(stage: Stage) -> None:
    """Counted and named, beside all of it; what changed alone is rendered."""
    async with stage.bot():
        await press(stage, await asked(stage, FOX, OWL))
        question = await asked(stage, FOX, {**OWL, "seed": 7}, ELK)
        assert "A file of this name was sent here <t:" in question.content
        assert "1 item changed: owl.\n1 item is new: elk.\n" in question.content
        assert "What changed alone: 2 pictures, " in question.content
        assert labels(question) == ["Render what changed: 2 pictures", "Render all: 3 pictures"]
        assert "Accepted 2 pictures" in await press(stage, question, "changed")
        assert "asked for already" in await press(stage, question, "all")
        assert await slugs(stage) == ["elk", "fox", "owl", "owl"]


async def test_the_very_same_file_is_recognised(stage: Stage) -> None:
    """By any name; all of it can be had again, and what came to nothing alone."""
    async with stage.bot():
        await press(stage, await asked(stage, FOX, OWL))
        question = await asked(stage, FOX, OWL, name="other.json")
        assert "This very file was sent here <t:" in question.content
        assert "Nothing changed since, and nothing was lost." in question.content
        assert labels(question) == ["Render all: 2 pictures"]
        (fox,) = [job for job in await open_jobs(stage) if job.slug == "fox"]
        await stage.intake.cancel(fox.id, person=fox.asker, moderator=False)
        question = await asked(stage, FOX, OWL)
        assert "Of 1 item nothing was rendered then: fox." in question.content
        assert "Accepted 1 picture of" in await press(stage, question, "changed")
        assert await slugs(stage) == ["fox", "owl"]


async def test_where_all_is_too_much_for_a_day_what_changed_is_offered(stage: Stage) -> None:
    """With the reason; the click is looked at again."""
    rules(stage, daily=3)
    async with stage.bot():
        await press(stage, await asked(stage, FOX, OWL, who="grace"), who="grace")
        question = await asked(stage, FOX, {**OWL, "seed": 7}, who="grace")
        assert "All of it cannot be asked for now. " in question.content
        assert "1 left now" in question.content
        assert labels(question) == ["Render what changed: 1 picture"]
        assert "Accepted 1" in await press(stage, question, "changed", "grace")


async def test_pictures_come_along_by_name(stage: Stage) -> None:
    """What the file refers to lies with its question, and goes along with the jobs; without it, that is a fault."""
    items = [{**FOX, "reference": "look.png"}]
    await stocked(stage.db, SEEING)
    async with stage.bot():
        assert "look.png" in (await asked(stage, *items)).content
        assert await open_jobs(stage) == []
        came = Upload("look.png", "image/png", elsewhere.png())
        question = await asked(stage, *items, picture=came)
        assert "Accepted 1" in await press(stage, question)
        (job,) = await open_jobs(stage)
    assert job.extras.reference is not None
    assert stage.files.path(job.extras.reference.image).exists()


async def test_pictures_nobody_asked_for_with_leave_after_a_day(stage: Stage) -> None:
    """With the question that they came along with."""
    async with stage.bot():
        before = kept(stage)
        await asked(stage, FOX, picture=Upload("look.png", "image/png", elsewhere.png()))
        assert kept(stage) > before
        stage.clock.skipped = LIFE + 1
        await asked(stage, FOX)
        await until(lambda: kept(stage) == before)


async def test_what_a_forgotten_person_sent_is_gone(stage: Stage) -> None:
    """The file, its question, and the pictures that came along with it, whether they were confirmed or not."""
    await stocked(stage.db, SEEING)
    async with stage.bot():
        before = kept(stage)
        look = Upload("look.png", "image/png", elsewhere.png())
        await press(stage, await asked(stage, {**FOX, "reference": "look.png"}, picture=look))
        secret = {"slug": "secret", "prompt": "nobody knows"}
        question = await asked(
            stage, secret, name="n.json", picture=Upload("b.png", "image/png", elsewhere.png("blue"))
        )
        assert len(kept(stage)) == len(before) + 2
        await forget(stage)
        await gone(stage, stage.ada)
        await until(lambda: kept(stage) == before)
        assert "older than a day" in await press(stage, question)
    assert "nobody knows" not in ledger(stage)
    assert "reference" not in ledger(stage).partition('INSERT INTO "batch_files"')[2]


@pytest.mark.parametrize("faults", [1, 21, 300])
async def test_faults_are_told_before_anything_is_asked(stage: Stage, faults: int) -> None:
    """Up to twenty, and how many more there are; no button, and nothing is stored."""
    async with stage.bot():
        question = await asked(stage, *({**FOX, "slug": f"fox-{n}", "steps": 0} for n in range(faults)), OWL)
        assert question.components == []
        assert question.content.count("field “steps”") == min(faults, 20)
        assert (f"{faults} things" in question.content) is (faults > 1)
    async with stage.db.reading() as connection:
        for table in ("waiting_batches", "batches", "batch_files", "jobs"):
            assert list(await connection.execute_fetchall(f"SELECT 1 FROM {table}")) == []
