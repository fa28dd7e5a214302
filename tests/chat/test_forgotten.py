"""What was said of pictures, and what it led to, once somebody's data are deleted: what others said and share stays."""

from bot.nouns import Verdict
from tests.chat.gathering import begun, posted, varied, version
from tests.chat.people import until
from tests.chat.stage import Stage, eventually, text
from tests.chat.test_buttons import job_now, say_why
from tests.chat.test_privacy import forget, gone, ledger


async def test_verdicts_are_taken_back_and_stay_so(stage: Stage) -> None:
    """Reactions still stand on Discord; after a restart they are not counted anew, but a new post's are."""
    async with stage.bot():
        job, message = await stage.posted(who="grace")
        ada = stage.standin.member("ada")
        ada.react(message.id, "✅")
        await say_why(stage, message, "too dark")
        await stage.judged_so(job, {stage.ada: (Verdict.REJECT, "too dark")})
        await forget(stage)
        await stage.judged_so(job, {})
        await gone(stage, stage.ada)
    assert "too dark" not in ledger(stage)
    async with stage.bot():
        later, fresh = await stage.posted(who="grace")
        stage.standin.member("ada").react(fresh.id, "✅")
        await stage.judged_so(later, {stage.ada: (Verdict.KEEP, "")})
        assert await stage.judged(job) == {}
        stage.standin.member("ada").unreact(message.id, "✅")
        stage.standin.member("ada").react(message.id, "✅")
        await stage.judged_so(job, {stage.ada: (Verdict.KEEP, "")})


async def test_words_in_replies_that_still_stand_are_not_heard_again(stage: Stage) -> None:
    """A reply is read anew after each start; one from before the deletion stays unheard, a later one counts."""
    async with stage.bot():
        job, message = await stage.posted(who="grace")
        bot = stage.standin.world.bot.id
        ada = stage.standin.member("ada")
        ada.post(stage.channel, f"<@{bot}> too dark", reply_to=message.id)
        await stage.judged_so(job, {stage.ada: (Verdict.REJECT, "too dark")})
        await forget(stage)
        await stage.judged_so(job, {})
        await gone(stage, stage.ada)
    async with stage.bot():
        await stage.posted(who="grace")
        assert await stage.judged(job) == {}
        ada.post(stage.channel, f"<@{bot}> too bright", reply_to=message.id)
        await stage.judged_so(job, {stage.ada: (Verdict.REJECT, "too bright")})


async def test_a_thread_bears_the_slug_no_more(stage: Stage) -> None:
    """Nor does the message with the current version stand."""
    async with stage.bot():
        fox, _ = await begun(stage)
        other = await varied(stage, fox)
        kept = await posted(stage, other)
        stage.standin.member("ada").react(kept.id, "✅")
        await version(stage, other)
        thread = stage.standin.world.channels[kept.channel_id]
        assert thread.name == "fox"
        await forget(stage)
        await gone(stage, stage.ada)
        await until(lambda: thread.name == "deleted")
        await until(lambda: not [one for one in stage.said() if "fox" in text(one)])
        async with stage.db.reading() as connection:
            rows = await connection.execute_fetchall("SELECT slug FROM threads")
    assert [row["slug"] for row in rows] == ["deleted-1"]
    assert "fox" not in ledger(stage)


async def test_what_others_think_stays_and_so_does_a_slug_they_share(stage: Stage) -> None:
    async with stage.bot():
        mine, message = await stage.posted("a fox", slug="fox")
        await stage.posted("a fox", slug="fox", who="grace")
        alone, other = await stage.posted("an owl", slug="owl")
        grace = int(stage.standin.member("grace").id)
        for post in (message, other):
            stage.standin.member("grace").react(post.id, "❌")
        for job in (mine, alone):
            await stage.judged_so(job, {grace: (Verdict.REJECT, "")})
        await forget(stage)
        await gone(stage, stage.ada)
        assert await stage.judged(mine) == {grace: (Verdict.REJECT, "")}
        assert [(await job_now(stage, job)).slug for job in (mine, alone)] == ["fox", f"deleted-{alone.id}"]


async def test_cues_name_nobody_whose_data_are_deleted(stage: Stage) -> None:
    """A picture of Grace's was composed with what Ada had added; the cue stays in its history, her number goes."""
    async with stage.bot():
        added = await stage.standin.member("ada").run(stage.channel, "cue add", {"phrase": "bright", "about": "fox"})
        await stage.answered(added)
        job, _ = await stage.posted("a fox", slug="fox", who="grace")
        assert [cue.by for cue in job.cues] == [(stage.ada,)]
        await forget(stage)
        await gone(stage, stage.ada)
        await eventually(lambda: job_now(stage, job), lambda now: [cue.by for cue in now.cues] == [()])
        assert [cue.phrase for cue in (await job_now(stage, job)).cues] == ["bright"]


async def test_what_is_said_afterwards_keeps_its_history(stage: Stage) -> None:
    """While the deletion waits for a day to pass, new verdicts are the person's own, and so is their history."""
    async with stage.bot():
        await stage.posted()
        _, message = await stage.posted(who="grace")
        stage.standin.member("ada").react(message.id, "✅")
        await forget(stage)
        await gone(stage, stage.ada)
        later, fresh = await stage.posted(who="grace")
        stage.standin.member("ada").react(fresh.id, "❌")
        await stage.judged_so(later, {stage.ada: (Verdict.REJECT, "")})
    async with stage.bot():
        await gone(stage, stage.ada)
        await stage.posted(who="grace")
        async with stage.db.reading() as connection:
            rows = list(await connection.execute_fetchall("SELECT person, job FROM verdict_events ORDER BY id"))
    assert [row["person"] for row in rows] == [0, 0, stage.ada]
    assert rows[-1]["job"] == later.id
