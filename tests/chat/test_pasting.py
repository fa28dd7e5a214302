"""`/review paste` over the wire: shown before it counts, counted once, in every life of the bot, by rights of now."""

from typing import Any

import pytest

from bot.demo.discord.call import Upload
from bot.demo.discord.values import Message
from bot.ledger import people, pictures
from bot.ledger.people import Block
from bot.nouns import Job, Verdict
from bot.people.permits import Kind, What
from tests.chat import groups, rights
from tests.chat.people import until
from tests.chat.stage import Stage, eventually
from tests.chat.trouble import everything_twice, lose, private, too_late, worn_out

KEEP, REJECT, REROLL = Verdict.KEEP, Verdict.REJECT, Verdict.REROLL


def file(text: str) -> Upload:
    return Upload("verdicts.txt", "text/plain", text.encode())


async def paste(stage: Stage, text: str, who: str = "ada", **place: Any) -> Message:
    """The private page that says what these lines would do."""
    outcome = await rights.started(stage, "review paste", who, file=file(text), **place)
    await stage.answered(outcome)
    private(stage.standin, outcome, who)
    return stage.standin.world.messages[outcome.message_id or ""]


def button(page: Message) -> str:
    (row,) = page.components
    return str(row["components"][0]["custom_id"])


async def confirm(stage: Stage, page: Message, who: str = "ada") -> str:
    """What stands in the place of the page, or comes beside it."""
    before = page.content
    outcome = await stage.standin.member(who).click(page.id, button(page))
    assert outcome.state == "deferred", outcome
    await until(lambda: page.content != before)
    return page.content


def ids(stage: Stage, *names: str) -> list[int]:
    return [int(stage.standin.member(name).id) for name in names]


async def two(stage: Stage) -> tuple[Job, Job]:
    """A fox and an owl."""
    (fox, _), (owl, _) = [await stage.posted(f"a {slug}", slug=slug) for slug in ("fox", "owl")]
    return fox, owl


async def test_lines_are_shown_and_count_when_they_are_confirmed(stage: Stage) -> None:
    """Each line with its number, its picture's link and what it says; those that do nothing with why."""
    async with stage.bot():
        fox, owl = await two(stage)
        page = await paste(stage, "fox: keep\n* Owl – reject: too dark, hands\ncat: keep\nlovely day")
        post = await stage.message(lambda: stage.end_of(fox))
        assert (
            f"1. [fox](https://discord.com/channels/{stage.standin.guild_id}/{stage.channel}/{post.id}): **keep**"
            in (page.content)
        )
        assert "**reject** – too dark, hands" in page.content
        assert "3. “cat”: no picture of this name stands where you may review" in page.content
        assert "4. “lovely day”: has no verdict behind the slug" in page.content
        assert (await stage.judged(fox), await stage.judged(owl)) == ({}, {})
        assert await confirm(stage, page) == "Recorded 2 verdicts."
        assert await stage.judged(fox) == {stage.ada: (KEEP, "")}
        assert await stage.judged(owl) == {stage.ada: (REJECT, "too dark, hands")}
        (job,) = await stage.ask("an owl", slug="owl")
        assert job.prompt == "an owl, bright, natural anatomy"


async def test_a_form_takes_them_too(stage: Stage) -> None:
    """Sent twice it is one question."""
    async with stage.bot():
        fox, _ = await two(stage)
        opened = await rights.started(stage, "review paste", "ada")
        assert opened.state == "modal"
        with everything_twice(stage.standin):
            outcome = await stage.standin.member("ada").submit(opened.interaction_id, {"lines": "❌ fox, blurry"})
            await stage.answered(outcome)
        page = stage.standin.world.messages[outcome.message_id or ""]
        await confirm(stage, page)
        assert await stage.judged(fox) == {stage.ada: (REJECT, "blurry")}
        async with stage.db.reading() as connection:
            assert len(list(await connection.execute_fetchall("SELECT 1 FROM pasted"))) == 1


async def test_the_button_works_in_another_life_and_counts_once(stage: Stage) -> None:
    """The button is gone then; new lines change what was pasted, and take it back."""
    async with stage.bot():
        fox, owl = await two(stage)
        page = await paste(stage, "fox: keep\nowl: reroll")
    stage.clock.skipped += 400 * 86_400.0
    async with stage.bot():
        assert await confirm(stage, page) == "Recorded 2 verdicts."
        assert page.components == []
        await confirm(stage, await paste(stage, "fox: reject\nowl: withdraw"))
        assert (await stage.judged(fox), await stage.judged(owl)) == ({stage.ada: (REJECT, "")}, {})


async def test_pressed_twice_at_once_it_counts_once(stage: Stage) -> None:
    async with stage.bot():
        fox, _ = await two(stage)
        page = await paste(stage, "fox: keep")
        with everything_twice(stage.standin):
            await confirm(stage, page)
        async with stage.db.reading() as connection:
            rows = list(await connection.execute_fetchall("SELECT emoji FROM verdict_events WHERE job = ?", (fox.id,)))
        assert [row["emoji"] for row in rows] == ["pasted"]


@pytest.mark.parametrize("trouble", [too_late, worn_out])
async def test_a_press_whose_answer_is_lost_counts(stage: Stage, trouble: Any) -> None:
    async with stage.bot():
        fox, _ = await two(stage)
        page = await paste(stage, "fox: keep")
        with trouble(stage.standin):
            await stage.standin.member("ada").click(page.id, button(page))
            await stage.judged_so(fox, {stage.ada: (KEEP, "")})
        lose(stage.standin, cut=True)
        await paste(stage, "owl: keep")


async def test_the_next_picture_to_judge_is_meant_unless_one_is_numbered(stage: Stage) -> None:
    """Numbers are those of the newest group's sheet, or count the pictures of a slug; a job's id names one picture."""
    async with stage.bot():
        first, second, third = [(await stage.posted(slug="fox"))[0] for _ in range(3)]
        await confirm(stage, await paste(stage, "fox: keep"))
        await confirm(stage, await paste(stage, "fox: reroll"))
        await confirm(stage, await paste(stage, f"fox #1: reject\n{third.id}: reject\nfox #4: keep"))
        judged = [(await stage.judged(job))[stage.ada][0] for job in (first, second, third)]
        assert judged == [REJECT, REROLL, REJECT]
        group, _ = await groups.shown(stage)
        page = await paste(stage, "fox #2: keep\nfox #2: reroll\nfox #4: keep")
        assert "1. “fox \\#2”: a later line is about the same picture" in page.content
        assert "3. “fox \\#4”: there is no picture of this number" in page.content
        await confirm(stage, page)
        assert await groups.standing(stage, group) == [None, REROLL, None]


async def test_a_picture_is_meant_by_the_end_of_its_id_whatever_came_after_it(stage: Stage) -> None:
    """As review pages write it: exactly that one, and none where there is no such picture."""
    async with stage.bot():
        first, second = [(await stage.posted(slug="fox"))[0] for _ in range(2)]
        page = await paste(stage, f"fox@{first.id[-5:]}: reject – flat\nfox@zzzzz: keep")
        assert "2. “fox@\u200bzzzzz”: there is no picture of this number" in page.content
        await confirm(stage, page)
        assert await stage.judged(first) == {stage.ada: (REJECT, "flat")}
        assert await stage.judged(second) == {}


async def test_reactions_and_reconciling_leave_what_was_pasted_alone(stage: Stage) -> None:
    """Both stand; the stricter one counts, and the answer tells where that is so."""
    async with stage.bot():
        fox, _ = await two(stage)
        post = await stage.message(lambda: stage.end_of(fox))
        ada = stage.standin.member("ada")
        ada.react(post.id, "❌")
        await stage.judged_so(fox, {stage.ada: (REJECT, "")})
        said = await confirm(stage, await paste(stage, "fox: keep"))
        assert "A stricter sign of yours still counts for fox: reject" in said
        ada.unreact(post.id, "❌")
        await stage.judged_so(fox, {stage.ada: (KEEP, "")})
        stage.standin.world.clear_reactions(post)
        ada.react(post.id, "🔁")
        await stage.judged_so(fox, {stage.ada: (REROLL, "")})
    ada.unreact(post.id, "🔁")
    async with stage.bot():
        await stage.judged_so(fox, {stage.ada: (KEEP, "")})


async def test_rights_are_those_of_reacting_when_it_is_pasted_and_when_it_is_confirmed(stage: Stage) -> None:
    """By channel and role, and who is blocked counts nothing; nobody presses another's button."""
    async with stage.bot():
        fox, _ = await two(stage)
        (grace,) = ids(stage, "grace")
        page = await paste(stage, "fox: keep", "grace")
        elsewhere = stage.standin.make_channel("elsewhere")
        await rights.permit(stage, What.REVIEW, Kind.CHANNEL, elsewhere)
        said = await rights.told(stage, "review paste", "grace", file=file("fox: keep"))
        assert "<#" in said
        await rights.permit(stage, What.REVIEW, Kind.CHANNEL)
        async with stage.db.transaction() as connection:
            await people.block(connection, Block(grace, stage.ada, "", stage.clock.now()))
        outcome = await stage.standin.member("grace").click(page.id, button(page))
        assert outcome.state == "deferred"
        async with stage.db.transaction() as connection:
            await people.unblock(connection, grace)
        assert await stage.judged(fox) == {}
        await confirm(stage, page, "grace")
        assert await stage.judged(fox) == {grace: (KEEP, "")}


async def test_what_nobody_may_see_or_is_gone_is_no_picture(stage: Stage) -> None:
    """A deleted picture: before it is pasted, and before it is confirmed."""
    async with stage.bot():
        fox, owl = await two(stage)
        async with stage.db.transaction() as connection:
            await pictures.delete(connection, fox.id, stage.ada, stage.clock.now())
        page = await paste(stage, "fox: keep\nowl: keep", "grace")
        assert "1. “fox”: no picture" in page.content
        later = await paste(stage, "owl: reject", "grace")
        await confirm(stage, page, "grace")
        async with stage.db.transaction() as connection:
            await pictures.delete(connection, owl.id, stage.ada, stage.clock.now())
        said = await confirm(stage, later, "grace")
        assert said.startswith("Recorded 0 verdicts.\n1 was left out: its picture is gone")
        assert [one[0] for one in (await stage.judged(owl)).values()] == [KEEP]


async def test_many_lines_are_told_in_a_file_and_too_many_refused(stage: Stage) -> None:
    """Whatever a hostile line holds, it is shown harmlessly."""
    async with stage.bot():
        await two(stage)
        page = await paste(stage, "fox: keep\n" + "@everyone [x](https://evil.example) " * 9)
        assert "@everyone" not in page.content
        page = await paste(stage, "\n".join(["fox: keep", *["nonsense of some length, again and again"] * 99]))
        (attachment,) = page.attachments
        told = attachment.data.decode()
        assert "1 verdict would be recorded" in page.content
        assert all(f"\n{number}. " in told for number in range(2, 101))
        said = await rights.told(stage, "review paste", "ada", file=file("x\n" * 1001))
        assert "At most 1000 lines" in said
        assert "No line could be read" in await rights.told(stage, "review paste", "ada", file=file("hm: well"))


async def test_who_is_forgotten_leaves_nothing_pasted(stage: Stage) -> None:
    async with stage.bot():
        fox, _ = await two(stage)
        await confirm(stage, await paste(stage, "fox: reject – too dark", "grace"), "grace")
        await paste(stage, "fox: keep", "grace")
        page = await paste(stage, "owl: keep", "grace")
        outcome = await rights.started(stage, "privacy delete", "grace")
        await stage.answered(outcome)
        asked = stage.standin.world.messages[outcome.message_id or ""]
        await stage.standin.member("grace").click(asked.id, button(asked))
        await eventually(lambda: left(stage), lambda found: found == 0)
        assert await stage.judged(fox) == {}
        assert "not known" in await beside(stage, page)


async def left(stage: Stage) -> int:
    async with stage.db.reading() as connection:
        return len(list(await connection.execute_fetchall("SELECT 1 FROM pasted")))


async def beside(stage: Stage, page: Message) -> str:
    """The sentence that comes beside a page which stays as it is."""
    outcome = await stage.standin.member("grace").click(page.id, button(page))
    token = stage.standin.world.interactions[outcome.interaction_id].token
    await until(lambda: bool(stage.standin.log.of("POST", f"/{token}")))
    return str(stage.standin.log.of("POST", f"/{token}")[-1].body)
