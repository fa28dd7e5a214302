"""Judging a batch on its sheets: menus and “all but 3, 7”, in every life of the bot, and never an unseen picture."""

from bot.demo.discord.faults import Reply
from bot.ledger import people
from bot.ledger.people import Block
from bot.ledger.takes import Standing
from bot.nouns import Verdict
from bot.people.words import Words
from tests.chat import reviewed
from tests.chat.people import until
from tests.chat.reviewed import KEEP, REJECT, REROLL, confirm, pick, press, presses, say, settled, shown, stands
from tests.chat.stage import Stage, eventually, text
from tests.chat.trouble import everything_twice, private

KEPT, REJECTED, OPEN = Standing.KEPT, Standing.REJECTED, Standing.OPEN
SEVEN = ("fox", "owl", "elk", "hare", "boar", "lynx", "mole")


async def words(stage: Stage, job: str, who: str = "ada") -> tuple[Verdict, str] | None:
    person = int(stage.standin.member(who).id)
    async with stage.db.reading() as connection:
        rows = await connection.execute_fetchall(
            "SELECT verdict, words FROM verdict_now WHERE job = ? AND person = ?", (job, person)
        )
    return next(((Verdict(row["verdict"]), str(row["words"])) for row in rows), None)


async def test_what_is_chosen_counts_and_choosing_again_replaces_it(stage: Stage) -> None:
    """The answer is private and says by number what is recorded; a button takes it all back."""
    async with stage.bot():
        jobs, message = await shown(stage)
        outcome = await pick(stage, message, KEEP, jobs[:3])
        assert await stage.answered(outcome) == "Recorded: keep 1, 2, 3."
        private(stage.standin, outcome, "ada")
        said = await stage.answered(await pick(stage, message, REJECT, jobs[2:]))
        assert said == "Recorded: keep 1, 2; reject 3, 4."
        await stage.answered(await pick(stage, message, REJECT, jobs[3:]))
        await stands(stage, jobs[0].batch, KEPT, KEPT, OPEN, REJECTED)
        assert "Nothing is chosen" in await stage.answered(await press(stage, message, "pick-clear:"))
        await stands(stage, jobs[0].batch, OPEN, OPEN, OPEN, OPEN)


async def test_many_changes_by_number_count_when_they_are_confirmed(stage: Stage) -> None:
    """The answer says what was understood; nothing counts before the click, which counts once."""
    async with stage.bot():
        jobs, message = await shown(stage, SEVEN)
        page = await say(stage, message, "all but 3, 6-7")
        assert page.content.startswith("Nothing counts yet. 7 verdicts of yours would change.")
        assert "keep 1–2, 4–5; reject 3, 6–7" in page.content
        await stands(stage, jobs[0].batch, *[OPEN] * 7)
        assert [one["label"] for one in presses(page)] == ["Record 7 verdicts"]
        assert (await confirm(stage, page)).startswith("Recorded 7 verdicts.")
        await stands(stage, jobs[0].batch, KEPT, KEPT, REJECTED, KEPT, KEPT, REJECTED, REJECTED)
        page = await say(stage, message, "all but 3 and 6-7")
        assert page.content == "That is what you said already: keep 1–2, 4–5; reject 3, 6–7."


async def test_a_few_changes_count_at_once_with_their_reasons(stage: Stage) -> None:
    """A reason is what a cue is learned from, as one that is typed under the picture."""
    async with stage.bot():
        jobs, message = await shown(stage)
        page = await say(stage, message, "keep 1, 4; reject 2: too dark, 3 (bad hands)")
        assert page.content == "Understood and recorded: keep 1, 4; reject 2 (too dark), 3 (bad hands)."
        assert await words(stage, jobs[1].id) == (REJECT, "too dark")
        assert await words(stage, jobs[2].id) == (REJECT, "bad hands")
        await say(stage, message, "again 2")
        assert await words(stage, jobs[1].id) == (REROLL, "")
        await say(stage, message, "undo 1")
        await stands(stage, jobs[0].batch, OPEN, Standing.REROLL, REJECTED, KEPT)


async def test_the_form_replaces_what_was_chosen_in_the_menu_and_the_other_way_round(stage: Stage) -> None:
    """They are one choice; only a stricter reaction under the picture stands beside it, and that is told."""
    async with stage.bot():
        jobs, message = await shown(stage, ("fox", "owl"))
        await stage.answered(await pick(stage, message, REJECT, jobs))
        await say(stage, message, "all")
        await stands(stage, jobs[0].batch, KEPT, KEPT)
        await stage.answered(await pick(stage, message, REJECT, jobs[:1]))
        await stands(stage, jobs[0].batch, REJECTED, KEPT)
        post = await stage.message(lambda: stage.end_of(jobs[1]))
        stage.standin.member("ada").react(post.id, "❌")
        await stands(stage, jobs[0].batch, REJECTED, REJECTED)
        page = await say(stage, message, "keep 2")
        assert "A stricter sign of yours still counts for owl: reject" in page.content


FAULTS = {
    "keep 1-5, reject 9": "9 is not on this sheet, which has 1 to 4.",
    "keep 3": "3 has no picture on the sheet",
    "1, 2": "Nothing says what to do with 1, 2",
    "keep fluffy 1": "“fluffy” is not understood",
    "keep 1, reject 1": "1 is given two different verdicts.",
    "reject": "Behind “reject” no number follows.",
    "all but": "Behind “but” no number follows.",
    "@everyone [x](https://evil.example)": "Nothing was recorded",
}


async def test_faults_are_named_and_nothing_counts(stage: Stage) -> None:
    """Not the part that could be understood either."""
    async with stage.bot():
        jobs = await stage.batch(("fox", "owl", "elk", "hare"))
        await stage.card(jobs[0])
        for job in (jobs[0], jobs[1], jobs[3]):
            await stage.render(job)
        await stage.fail(jobs[2], "picture-black")
        message = await reviewed.sheet(stage, jobs[0].batch)
        await until(lambda: "4 · hare" in str(message.components))
        for typed, told in FAULTS.items():
            page = await say(stage, message, typed)
            assert told in page.content
            assert "@everyone" not in page.content
            assert presses(page) == []
        await stands(stage, jobs[0].batch, OPEN, OPEN, Standing.MISSING, OPEN)


async def test_menus_and_forms_work_in_another_life_of_the_bot(stage: Stage) -> None:
    """And so does a question that an earlier life asked."""
    async with stage.bot():
        jobs, message = await shown(stage, SEVEN)
        page = await say(stage, message, "none but 1")
        opened = await press(stage, message, "pick-all:", "grace")
    async with stage.bot():
        await stage.answered(await pick(stage, message, KEEP, jobs[:2], "grace"))
        form = await stage.standin.member("grace").submit(opened.interaction_id, {"numbers": "keep 3"})
        assert "keep 3" in await stage.answered(form)
        await confirm(stage, page)
        await stands(stage, jobs[0].batch, KEPT, *[REJECTED] * 6)


async def test_a_choice_that_comes_twice_counts_once(stage: Stage) -> None:
    async with stage.bot():
        jobs, message = await shown(stage, ("fox", "owl"))
        with everything_twice(stage.standin):
            await pick(stage, message, KEEP, jobs)
        await stands(stage, jobs[0].batch, KEPT, KEPT)
        async with stage.db.reading() as connection:
            rows = list(await connection.execute_fetchall("SELECT count(*) FROM verdict_events"))
    assert rows[0][0] == 2


async def test_a_picture_that_nobody_saw_is_not_judged(stage: Stage) -> None:
    """While its message shows the earlier picture, a number means that one, and no picture that came since."""
    async with stage.bot():
        jobs = await stage.batch(("fox", "owl"))
        await stage.card(jobs[0])
        await stage.render(jobs[0])
        message = await reviewed.sheet(stage, jobs[0].batch)
        await settled(stage)
        stage.standin.faults.add("PATCH", f"/messages/{message.id}", *[Reply(503)] * 99)
        await stage.render(jobs[1])
        await until(lambda: bool(stage.edits(message)))
        page = await say(stage, message, "all")
        assert page.content == "Understood and recorded: keep 1."
        assert "2 has no picture on the sheet" in (await say(stage, message, "keep 2")).content
        await stands(stage, jobs[0].batch, KEPT, OPEN)


async def test_who_may_not_review_changes_nothing(stage: Stage) -> None:
    """Asked again when it is confirmed: somebody may have been shut out meanwhile."""
    grace = int(stage.standin.member("grace").id)
    async with stage.bot():
        jobs, message = await shown(stage, SEVEN)
        page = await say(stage, message, "all", "grace")
        async with stage.db.transaction() as connection:
            await people.block(connection, Block(grace, stage.ada, "", stage.clock.now()))
        said = await stage.answered(await pick(stage, message, KEEP, jobs[:1], "grace"))
        assert "blocked" in said.lower()
        assert "blocked" in (await say(stage, message, "all", "grace")).content.lower()
        (button,) = presses(page)
        await stage.standin.member("grace").click(page.id, button["custom_id"])
        await stage.answered(await pick(stage, message, KEEP, jobs[:1]))
        await eventually(lambda: words(stage, jobs[0].id), lambda found: found == (KEEP, ""))
        assert [await words(stage, job.id, "grace") for job in jobs] == [None] * 7


async def test_refused_words_are_no_reasons(stage: Stage) -> None:
    """A reason can become part of prompts."""
    async with stage.bot() as client:
        jobs, message = await shown(stage, ("fox", "owl"))
        client.words = Words(("gore",)), client.words[1]
        page = await say(stage, message, "reject 1: not enough gore")
        assert "recorded" not in page.content
        assert await words(stage, jobs[0].id) is None
        assert "1" in text(message)
