"""Buttons and the reason's form over the wire: also after a restart, twice, late, and pressed by somebody else."""

from functools import partial
from typing import Any

from bot.demo.discord.faults import Reply
from bot.demo.discord.permissions import Permission
from bot.demo.discord.values import Message, Outcome
from bot.ledger import jobs, verdicts
from bot.nouns import Job, JobState, Verdict
from tests.chat.people import until
from tests.chat.stage import Stage, eventually
from tests.ledger import lookups


async def press(stage: Stage, message: Message, verb: str, who: str = "ada") -> Outcome:
    (custom_id,) = [
        one["custom_id"]
        for row in message.components
        for one in row["components"]
        if one["custom_id"].startswith(f"{verb}:")
    ]
    return await stage.standin.member(who).click(message.id, custom_id)


async def say_why(stage: Stage, message: Message, words: str, who: str = "ada") -> str:
    """Presses Why, fills in the form and sends it; gives the answer."""
    asked = await press(stage, message, "why", who)
    assert asked.state == "modal"
    outcome = await stage.standin.member(who).submit(asked.interaction_id, {"reason": words})
    return await stage.answered(outcome)


async def open_jobs(stage: Stage) -> list[Job]:
    async with stage.db.reading() as connection:
        return await lookups.unfinished(connection)


async def job_now(stage: Stage, job: Job) -> Job:
    async with stage.db.reading() as connection:
        found = await jobs.get(connection, job.id)
    assert found is not None
    return found


def moderator(stage: Stage, who: str) -> None:
    """This person may manage the channel's messages."""
    world = stage.standin.world
    channel = world.channel(stage.channel)
    world.overwrite(channel, stage.standin.member(who).id, allow=int(Permission.MANAGE_MESSAGES))


async def test_again_asks_for_the_same_with_another_seed(stage: Stage) -> None:
    """Anybody may press it; the new ask is theirs."""
    async with stage.bot():
        job, message = await stage.posted("a fox", slug="fox", seed=7)
        said = await stage.answered(await press(stage, message, "again", "grace"))
        (new,) = await open_jobs(stage)
    assert "Accepted 1 picture of **fox**" in said
    assert (new.asked, new.slug, new.asker) == ("a fox", "fox", int(stage.standin.member("grace").id))
    assert new.seed != job.seed


async def test_buttons_work_in_another_life_of_the_bot(stage: Stage) -> None:
    async with stage.bot():
        _, message = await stage.posted()
        (waiting,) = await stage.ask("waits")
        card = await stage.card(waiting)
    async with stage.bot():
        assert "Accepted" in await stage.answered(await press(stage, message, "again"))
        assert "1 cancelled." in await stage.answered(await press(stage, card, "cancel"))
        assert "Noted: too dark." in await say_why(stage, message, "too dark")


async def test_why_makes_words_that_count_and_can_be_taken_back(stage: Stage) -> None:
    """The form shows what was said before; sent empty it withdraws it."""
    async with stage.bot():
        job, message = await stage.posted()
        await say_why(stage, message, " too dark ")
        assert await stage.judged(job) == {stage.ada: (Verdict.REJECT, "too dark")}
        asked = await press(stage, message, "why")
        assert asked.modal is not None
        assert "too dark" in str(asked.modal)
        outcome = await stage.standin.member("ada").submit(asked.interaction_id, {"reason": ""})
        assert "taken back" in await stage.answered(outcome)
        assert await stage.judged(job) == {}


async def test_a_form_that_was_opened_before_a_restart_is_read_after_it(stage: Stage) -> None:
    """The library drops forms it did not open itself."""
    async with stage.bot():
        job, message = await stage.posted()
        asked = await press(stage, message, "why")
    async with stage.bot():
        outcome = await stage.standin.member("ada").submit(asked.interaction_id, {"reason": "too dark"})
        await stage.answered(outcome)
        assert await stage.judged(job) == {stage.ada: (Verdict.REJECT, "too dark")}


async def test_two_people_fill_in_the_same_form(stage: Stage) -> None:
    async with stage.bot():
        job, message = await stage.posted()
        first, second = await press(stage, message, "why"), await press(stage, message, "why", "grace")
        for who, asked, words in (("ada", first, "too dark"), ("grace", second, "too bright")):
            outcome = await stage.standin.member(who).submit(asked.interaction_id, {"reason": words})
            await stage.answered(outcome)
        found = await stage.judged(job)
    assert {words for _, words in found.values()} == {"too dark", "too bright"}


async def test_cancel_and_stop_are_for_the_asker_and_for_moderators(stage: Stage) -> None:
    async with stage.bot():
        (job,) = await stage.ask(who="ada")
        card = await stage.card(job)
        refused = await stage.answered(await press(stage, card, "cancel", "grace"))
        assert (await job_now(stage, job)).state is JobState.QUEUED
        moderator(stage, "grace")
        assert "1 cancelled." in await stage.answered(await press(stage, card, "cancel", "grace"))
    assert (await job_now(stage, job)).state is JobState.CANCELLED
    assert "belongs to somebody else" in refused


async def test_cancel_leaves_what_renders_and_stop_leaves_what_waits(stage: Stage) -> None:
    async with stage.bot():
        first, second = await stage.ask(count=2)
        card = await stage.card(first)
        await stage.start(first)
        await until(lambda: len(card.components[0]["components"]) == 2)
        assert "1 asked to stop" in await stage.answered(await press(stage, card, "stop"))
        assert (await job_now(stage, first)).cancel_wanted
        assert (await job_now(stage, second)).state is JobState.QUEUED
        assert "1 cancelled." in await stage.answered(await press(stage, card, "cancel"))
    assert (await job_now(stage, first)).state is JobState.RENDERING


async def test_a_second_press_finds_nothing_left_and_says_so(stage: Stage) -> None:
    """Two people press at once, or one twice: each is answered, one cancels."""
    async with stage.bot():
        (job,) = await stage.ask()
        card = await stage.card(job)
        stage.standin.faults.add("PATCH", f"/messages/{card.id}", *[Reply(503)] * 1000)  # so that the button stays
        answers = [await stage.answered(await press(stage, card, "cancel")) for _ in range(2)]
    assert answers[0] == "1 cancelled."
    assert answers[1] == "Nothing waits any more, so nothing was cancelled."


async def test_a_ledger_that_fails_is_told_with_a_reference(stage: Stage, monkeypatch: Any) -> None:
    """Why answers with a form; when that cannot be filled in there is a sentence instead of silence."""
    async with stage.bot():
        _, message = await stage.posted()

        async def broken(*_: Any) -> None:
            raise OSError("the disk is gone")

        monkeypatch.setattr(verdicts, "of_job", broken)
        said = await stage.answered(await press(stage, message, "why"))
    assert "written to its log as" in said
    assert "disk" not in said


async def test_the_button_pressed_while_its_answer_gets_lost_makes_one_ask(stage: Stage) -> None:
    """Discord sends a press once; what is lost is only the sentence."""
    async with stage.bot():
        _, message = await stage.posted()
        stage.standin.faults.add("POST", "/callback", Reply(cut=True, after=True))
        await press(stage, message, "again")
        await eventually(lambda: open_jobs(stage), lambda found: len(found) == 1)


async def test_a_whole_batch_is_cancelled_with_one_press(stage: Stage) -> None:
    """What renders goes on; the others end, and one message tells of all of them."""
    async with stage.bot():
        first, *others = await stage.batch(["fox", "owl", "elk"])
        card = await stage.card(first)
        await stage.start(first)
        assert "2 cancelled." in await stage.answered(await press(stage, card, "rest"))
        told = await stage.message(partial(stage.end_of, others[0]))
        assert "and 1 more were cancelled" in str(told.embeds[0]["description"])
    assert [(await job_now(stage, job)).state for job in others] == [JobState.CANCELLED] * 2
    assert (await job_now(stage, first)).state is JobState.RENDERING
