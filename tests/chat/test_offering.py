"""The question before a file is rendered, and its buttons: in any process, for a day, once."""

import asyncio
import json
from typing import Any

import pytest

from bot.board import TowerView
from bot.demo.discord.call import Upload
from bot.demo.discord.log import Exchange
from bot.demo.discord.values import Message, Outcome
from bot.ledger import batch_items, towers
from bot.ledger.waiting_batches import LIFE
from bot.nouns import Job
from bot.people.permits import Kind, What
from gpu_agent.wire import Status
from tests import made
from tests.chat.people import batch_file, buttons, until
from tests.chat.rights import open_jobs, permit, rules
from tests.chat.shelves import stocked
from tests.chat.stage import Stage
from tests.yours import elsewhere

SEEING = made.shelf_model(reference=True)
FOX, OWL, ELK = ({"slug": slug, "prompt": f"a {slug}"} for slug in ("fox", "owl", "elk"))


async def asked(stage: Stage, *items: dict[str, Any], who: str = "ada", **more: Any) -> Message:
    file = batch_file(json.dumps(items), more.pop("name", "prompts-batch-1.json"))
    outcome = await stage.standin.member(who).run(stage.channel, "batch render", {"file": file, **more})
    await stage.answered(outcome)
    return stage.standin.world.messages[outcome.message_id or ""]


async def press(stage: Stage, question: Message, part: str = "all", who: str = "ada") -> str:
    """Presses a button of the question as it was at first; gives what is said then, in its place or beside it."""
    before = [dict(row) for row in question.components]
    (found,) = [one for one in buttons(question) if one.startswith(f"render:{part}:")]
    outcome = await stage.standin.member(who).click(question.id, found)
    said = await words(stage, outcome)
    question.components = before
    return said


async def words(stage: Stage, outcome: Outcome) -> str:
    token = stage.standin.world.interactions[outcome.interaction_id].token

    def sent() -> list[Exchange]:
        return [one for one in stage.standin.log.exchanges if token in one.path and "callback" not in one.path]

    await until(lambda: bool(sent()))
    return str(sent()[-1].body["content"])


def labels(question: Message) -> list[str]:
    return [str(one["label"]) for row in question.components for one in row["components"]]


async def slugs(stage: Stage) -> list[str]:
    return sorted(job.slug for job in await open_jobs(stage))


async def batch_of(stage: Stage) -> list[Job]:
    return sorted(await open_jobs(stage), key=lambda job: job.id)


async def rendered_before(stage: Stage, seconds: float) -> None:
    """Three such pictures, each in so many seconds; loads of five seconds, and wakes of forty."""
    for _ in range(3):
        (job,) = await stage.ask("before")
        await stage.render(job)
    async with stage.db.transaction() as connection:
        await connection.execute("UPDATE pictures SET seconds = ?", (seconds,))
        for _ in range(3):
            await connection.execute("INSERT INTO loads (tower, model, seconds) VALUES ('tower', 'demo', 5.0)")
            row = await towers.begin_wake(connection, "tower", stage.clock.now() - 9000)
            await towers.end_wake(connection, row, "ready", 40.0)


async def test_nothing_is_rendered_before_it_is_confirmed(stage: Stage) -> None:
    """The question says how much it is and what is not known; the answer takes its place."""
    async with stage.bot():
        question = await asked(stage, {**FOX, "count": 3}, OWL)
        assert question.content.startswith("**prompts-batch-1.json**: 4 pictures of 2 items.\n")
        assert "In this order: 4 pictures with " in question.content
        assert "is not known yet" in question.content
        assert "What that takes of electricity is not known yet. From a hosted API: $0.18." in question.content
        assert labels(question) == ["Render all: 4 pictures"]
        assert question.addressee == stage.standin.member("ada").id
        assert (await open_jobs(stage), stage.said()) == ([], [])
        outcome = await stage.standin.member("ada").click(question.id, buttons(question)[0])
        assert "Accepted 4 pictures of prompts-batch-1.json" in await words(stage, outcome)
        assert question.components == []
        assert await slugs(stage) == ["fox", "fox", "fox", "owl"]


async def test_what_the_past_knows_is_told(stage: Stage) -> None:
    """Waking, loading, rendering; energy by the settings' watts, and the price of a hosted API."""
    async with stage.bot():
        await rendered_before(stage, 60.0)
        question = await asked(stage, {**FOX, "count": 8}, {**OWL, "count": 2})
        assert "About 11 min: waking 40 s, loading 5 s, rendering 10 min." in question.content
        assert "About 59 Wh, $0.0071 of electricity. From a hosted API: $0.45." in question.content
        end = int(question.content.partition("all ready <t:")[2].partition(":R>")[0])
        assert abs(end - (stage.clock.now() + 645)) < 60
        stage.board.tower("tower", TowerView("ready", stage.clock.now()))
        stage.board.states["tower"] = Status(warm="demo")
        await stage.ask("somebody else's", "grace")
        question = await asked(stage, {**FOX, "count": 8})
        assert "About 8 min: rendering 8 min." in question.content
        assert "1 other picture waits or renders already." in question.content
        end = int(question.content.partition("all ready <t:")[2].partition(":R>")[0])
        assert abs(end - (stage.clock.now() + 540)) < 60


async def test_what_was_not_seen_often_enough_is_named(stage: Stage) -> None:
    """Beside what is known."""
    async with stage.bot():
        await rendered_before(stage, 60.0)
        question = await asked(stage, {**FOX, "count": 8}, {**OWL, "width": 96, "height": 96})
        assert (
            "At least 9 min. Not known yet, because it was seen too seldom: rendering 1 picture with "
            in question.content
        )
        assert "At least 48 Wh, $0.0057 of electricity." in question.content
        assert "all ready" not in question.content


async def test_the_costs_are_those_of_the_settings(stage: Stage) -> None:
    stage.settings = stage.settings.model_copy(
        update={"costs": stage.settings.costs.model_copy(update={"hosted_picture": 2.0, "currency": "CHF"})}
    )
    async with stage.bot():
        assert "From a hosted API: 6.00 CHF." in (await asked(stage, {**FOX, "count": 3})).content


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
        before = {path.name for path in stage.files.root.rglob("*") if path.is_file()}
        await asked(stage, FOX, picture=Upload("look.png", "image/png", elsewhere.png()))
        assert {path.name for path in stage.files.root.rglob("*") if path.is_file()} > before
        stage.clock.skipped = LIFE + 1
        await asked(stage, FOX)
        await until(lambda: {path.name for path in stage.files.root.rglob("*") if path.is_file()} == before)


@pytest.mark.parametrize("faults", [1, 21, 300])
async def test_faults_are_told_before_anything_is_asked(stage: Stage, faults: int) -> None:
    """Up to twenty, and how many more there are; no button, and nothing is stored."""
    async with stage.bot():
        question = await asked(stage, *({**FOX, "slug": f"fox-{n}", "steps": 0} for n in range(faults)), OWL)
        assert question.components == []
        assert question.content.count("field “steps”") <= 20
        assert ("more" in question.content) is (faults > 20) or str(faults) in question.content
    async with stage.db.reading() as connection:
        for table in ("waiting_batches", "batches", "batch_files", "jobs"):
            assert list(await connection.execute_fetchall(f"SELECT 1 FROM {table}")) == []
