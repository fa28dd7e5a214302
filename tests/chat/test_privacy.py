"""What is stored of a person goes when they want: rows, files, posts, verdicts; over restarts, and nothing else."""

import hashlib
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.board import TowerView
from bot.chat import erasing
from bot.demo.discord.faults import Reply
from bot.demo.discord.values import Message
from bot.ledger import jobs, people, presets, privacy, rota, traces
from bot.nouns import Extras, JobState, Preset
from bot.people.quota import Allowance
from bot.schedule.saying import Saying, say
from tests.chat.people import until
from tests.chat.stage import Stage, eventually, png, text
from tests.chat.test_buttons import job_now, press
from tests.scheduled import scheduled


async def page(stage: Stage, command: str, who: str = "ada") -> Message:
    outcome = await stage.standin.member(who).run(stage.channel, command, {})
    await stage.answered(outcome)
    message = stage.standin.world.messages[outcome.message_id or ""]
    assert message.addressee == stage.standin.member(who).id
    return message


async def forget(stage: Stage, who: str = "ada") -> None:
    """Asks for it, and means it."""
    message = await page(stage, "privacy delete", who)
    await press(stage, message, "forget", who)
    await until(lambda: "is being deleted" in message.content)
    assert message.components == []


async def rest(stage: Stage, look: Callable[[], Awaitable[bool]]) -> None:
    await eventually(look, bool)


async def gone(stage: Stage, person: int) -> None:
    """Waits until nothing more is to be done for this person but what waits for a day to pass."""

    async def done() -> bool:
        async with stage.db.reading() as connection:
            found = [one for one in await privacy.wanted(connection) if one.person == person]
            if not found:
                return True
            one = found[0]
            left = [await privacy.standing(connection, one), await privacy.worded(connection, one)]
            more = [await privacy.opinions(connection, one), await traces.more(connection, one)]
            return not any([*left, *more, await traces.said(connection, one)])

    await rest(stage, done)


def ledger(stage: Stage) -> str:
    """Every value of the ledger, as text."""
    with sqlite3.connect(stage.db.path) as connection:
        return "\n".join(line for line in connection.iterdump() if line.startswith("INSERT"))


def posts(stage: Stage) -> list[str]:
    return [f"{text(one)} {one.content}" for one in stage.said()]


async def test_nothing_is_deleted_without_the_button(stage: Stage) -> None:
    async with stage.bot():
        job, _ = await stage.posted("a secret fox", slug="secret-fox")
        said = (await page(stage, "privacy delete")).content
        assert "cannot be taken back" in said
        assert (await job_now(stage, job)).asked == "a secret fox"


async def test_pictures_prompts_and_posts_go(stage: Stage) -> None:
    """The row keeps its numbers; the words are nowhere in the file, the picture nowhere on disk, no post on Discord."""
    async with stage.bot():
        job, _ = await stage.posted("a secret fox", slug="secret-fox", seed=77)
        (broken,) = await stage.ask("a secret owl", slug="secret-owl")
        await stage.fail(broken, "picture-black", model="demo")
        await stage.message(lambda: stage.end_of(broken))
        digest = hashlib.sha256(png(job)).hexdigest()
        assert stage.files.has(digest)
        await forget(stage)
        await until(lambda: not posts(stage))
        await gone(stage, stage.ada)
        await until(lambda: not stage.files.has(digest))
        kept = await job_now(stage, job)
    assert (kept.seed, kept.width, kept.model, kept.state) == (77, job.width, job.model, JobState.RENDERED)
    assert (kept.asked, kept.prompt, kept.slug) == ("(deleted)", "(deleted)", f"deleted-{job.id}")
    assert "secret" not in ledger(stage)


async def test_the_number_itself_goes_when_a_day_has_passed(stage: Stage) -> None:
    """A daily limit counts the asks of the last 24 hours; then nothing names the person but the deletion itself."""
    async with stage.bot():
        await stage.posted()
        await page(stage, "mine")
        await forget(stage)
        await gone(stage, stage.ada)
        async with stage.db.reading() as connection:
            assert await privacy.wanted(connection) != []
        assert str(stage.ada) in ledger(stage)
        stage.clock.skipped = 90_000.0
        await stage.ask("another", "grace")  # the bell
        await eventually(lambda: wanted(stage), lambda found: found == [])
    rows = [line for line in ledger(stage).splitlines() if str(stage.ada) in line and "remembered" not in line]
    assert len(rows) == 1
    assert 'INSERT INTO "erasures"' in rows[0]


async def wanted(stage: Stage) -> list[privacy.Erasure]:
    async with stage.db.reading() as connection:
        return await privacy.wanted(connection)


async def test_what_waits_is_cancelled_and_what_renders_is_stopped(stage: Stage) -> None:
    """The tower is away; what it has is told to stop, and goes whenever it ends."""
    async with stage.bot():
        stage.board.tower("tower", TowerView("asleep", stage.clock.now()))
        running, waiting = await stage.ask("a secret", count=2)
        running = await stage.start(running)
        (other,) = await stage.ask("a fox", "grace")
        await forget(stage)
        await gone(stage, stage.ada)
        assert (await job_now(stage, waiting)).state is JobState.CANCELLED
        assert (await job_now(stage, running)).cancel_wanted
        assert (await job_now(stage, other)).state is JobState.QUEUED
        assert "secret" not in ledger(stage)
        async with stage.db.transaction() as connection:
            await connection.execute(
                "UPDATE jobs SET state = 'queued', tower = NULL, boot = NULL WHERE id = ?", (running.id,)
            )
        await stage.render(running)
        await gone(stage, stage.ada)
        await until(lambda: not [one for one in stage.said() if one.attachments])
    assert "secret" not in ledger(stage)


async def test_a_cancellation_that_is_told_later_goes_as_well(stage: Stage) -> None:
    """Cancelled because of the deletion, said by the courier in its own time, deleted behind it."""
    async with stage.bot():
        (job,) = await stage.ask("a secret", slug="secret")
        await stage.card(job)
        gate = stage.hold("POST", f"/channels/{stage.channel}/messages")
        await forget(stage)
        await until(lambda: any("was cancelled" in one for one in posts(stage)))
        await eventually(lambda: job_now(stage, job), lambda now: now.asked == "(deleted)")
        gate.set()
        await until(lambda: posts(stage) == [])


async def test_what_is_asked_for_afterwards_stays(stage: Stage) -> None:
    async with stage.bot():
        await stage.posted("before")
        await forget(stage)
        await gone(stage, stage.ada)
        job, message = await stage.posted("afterwards")
        stage.clock.skipped = 90_000.0
        await stage.ask("another", "grace")
        await eventually(lambda: wanted(stage), lambda found: found == [])
        assert (await job_now(stage, job)).asker == stage.ada
        assert message.id in stage.standin.world.messages


async def test_killed_in_between_it_goes_on(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wish is committed; the process dies before anything is done, and again while posts are deleted."""
    never: Any = lambda self: __import__("asyncio").sleep(3600)  # noqa: E731
    with monkeypatch.context() as patched:
        patched.setattr(erasing.Eraser, "run", never)
        async with stage.bot():
            await stage.posted("a secret")
            await forget(stage)
    gate, before = stage.hold("DELETE", "/messages/"), len(posts(stage))
    async with stage.bot():
        await until(lambda: len(posts(stage)) < before)
    gate.set()
    async with stage.bot():
        await gone(stage, stage.ada)
        await until(lambda: not posts(stage))
    assert "secret" not in ledger(stage)


async def test_pressed_twice_and_by_somebody_else(stage: Stage) -> None:
    async with stage.bot():
        await stage.posted("a secret")
        message = await page(stage, "privacy delete")
        custom_id = message.components[0]["components"][0]["custom_id"]
        first = await stage.standin.member("ada").click(message.id, custom_id)
        assert first.state == "deferred"
        await gone(stage, stage.ada)
        await forget(stage)
        await gone(stage, stage.ada)
        message = await page(stage, "privacy delete", "grace")
        message.components[0]["components"][0]["custom_id"] = custom_id
        await stage.standin.member("grace").click(message.id, custom_id)
        world = stage.standin.world
        await until(lambda: any("for the person who asked" in one.content for one in world.messages.values()))
        assert [one.person for one in await wanted(stage)] == [stage.ada]


async def test_posts_that_cannot_be_deleted_hold_nothing_up(stage: Stage) -> None:
    async with stage.bot():
        (broken,) = await stage.ask("a secret")
        await stage.fail(broken, "picture-black", model="demo")
        await stage.message(lambda: stage.end_of(broken))
        await stage.card(broken)
        stage.standin.faults.add("DELETE", "/messages/", Reply(403, {"message": "x", "code": 50013}), Reply(503))
        await forget(stage)
        await gone(stage, stage.ada)
    assert "secret" not in ledger(stage)


async def test_batches_schedules_and_questions_go_with_the_rest(stage: Stage) -> None:
    """The batch keeps its row, for its jobs; its name and items are nowhere any more."""
    async with stage.bot():
        await stage.batch(["secret-boat", "secret-owl"])
        entry = await scheduled(
            stage.db,
            stage.intake,
            "secret.json",
            b'[{"slug": "secret", "prompt": "a secret"}]',
            "daily 02:00",
            asker=stage.ada,
            guild=stage.standin.guild_id,
            channel=int(stage.channel),
            zone="UTC",
        )
        draft = {"what": "digest", "when": "daily 02:00", "zone": "Asia/Kathmandu"}
        await stage.answered(await stage.standin.member("ada").run(stage.channel, "schedule add", draft))
        assert "Kathmandu" in ledger(stage)
        async with stage.db.transaction() as connection:
            await say(connection, stage.clock, int(stage.channel), stage.ada, Saying("**secret.json** was missed"))
        await until(lambda: "**secret.json** was missed" in [text(one) for one in stage.said()])
        await forget(stage)
        await gone(stage, stage.ada)
        assert "**secret.json** was missed" not in [text(one) for one in stage.said()]
        async with stage.db.reading() as connection:
            assert await rota.get(connection, entry.id) is None
            names = await connection.execute_fetchall("SELECT name, asker FROM batches")
    assert [tuple(row) for row in names] == [("(deleted)", 0)]
    for word in ("secret", "b.json", "Kathmandu"):
        assert word not in ledger(stage)


async def test_deleting_gives_nothing_of_a_days_allowance_back(stage: Stage) -> None:
    async with stage.bot():
        await stage.posted()
        await forget(stage)
        await gone(stage, stage.ada)
        async with stage.db.reading() as connection:
            used = await people.used(connection, stage.ada, Allowance(daily=5), stage.clock.now())
    assert sum(count for _, count in used.day) == 1


async def test_styles_and_sent_pictures_go_with_the_rest(stage: Stage) -> None:
    """A file that somebody else's job needs stays."""
    async with stage.bot():
        own, shared = stage.files.store(b"own"), stage.files.store(b"shared")
        await stage.posted()
        made = await stage.ask("a fox", extras=Extras(), who="ada")
        made += await stage.ask("a fox", extras=Extras(), who="ada") + await stage.ask("a fox", "grace")
        async with stage.db.transaction() as connection:
            for job, digest in zip(made, (own, shared, shared), strict=True):
                extras = Extras(source=digest).model_dump_json(exclude_defaults=True)
                await connection.execute("UPDATE jobs SET extras = ? WHERE id = ?", (extras, job.id))
            await presets.save(
                connection, Preset(name="mine", person=stage.ada, prompt="secret ink, {prompt}"), stage.ada, 1.0
            )
        await forget(stage)
        await gone(stage, stage.ada)
        await until(lambda: not stage.files.has(own))
        async with stage.db.reading() as connection:
            assert await presets.saved(connection) == []
    assert stage.files.has(shared)
    assert "secret" not in ledger(stage)


async def test_a_blocked_person_stays_blocked(stage: Stage) -> None:
    async with stage.bot():
        grace = int(stage.standin.member("grace").id)
        async with stage.db.transaction() as connection:
            await people.block(connection, people.Block(grace, stage.ada, "spam", 0.0))
        await forget(stage, "grace")
        await gone(stage, grace)
        async with stage.db.reading() as connection:
            assert await people.is_blocked(connection, grace)
            assert await jobs.get(connection, "nothing") is None
