"""A pair as people see it: two pictures that look alike, and which one has the cues is told to who judged both."""

import sys
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from bot.demo.discord.values import Message
from bot.evidence import child
from bot.intake.accept import Intake
from bot.ledger import cues, jobs, pairs, verdicts
from bot.nouns import CueEdit, CueVerb, Job, Mark, Scope, Verdict
from bot.review.wordless import wordless
from tests.chat.stage import Stage, text
from tests.chat.test_buttons import press
from tests.chat.test_why import run
from tests.ledger import lookups
from tests.ledger.rows import ADA

NEON = "in neon colours"
KEEP, REJECT = Verdict.KEEP, Verdict.REJECT


@dataclass
class Twins:
    """Both posts, the card, and what Ada was answered."""

    answer: str
    card: str
    woven: tuple[Job, Message]
    bare: tuple[Job, Message]


@pytest.fixture(autouse=True)
async def taught(stage: Stage) -> None:
    """Every ask is drawn, and there is a cue that is two hours old."""
    stage.intake = Intake(stage.db, stage.clock, stage.settings.limits, ["tower"], evidence=1.0)
    async with stage.db.transaction() as connection:
        edit = CueEdit("1", CueVerb.ADD, Scope.SLUG, "fox", NEON, ADA, stage.clock.now())
        await cues.record(connection, edit)
    stage.clock.skipped += 7200


async def imagine(stage: Stage) -> tuple[str, list[Job]]:
    """What `/imagine` answers, and the two jobs it makes."""
    answer = await run(stage, "imagine", prompt="a fox", slug="fox")
    async with stage.db.reading() as connection:
        group = await lookups.unfinished(connection)
    assert len(group) == 2
    return answer, group


async def twins(stage: Stage) -> Twins:
    answer, group = await imagine(stage)
    card = text(await stage.card(group[0]))
    posts = []
    for job in group:
        await stage.render(job)
        posts.append((job, await stage.message(partial(stage.end_of, job))))
    return Twins(answer, card, *sorted(posts, key=lambda post: not post[0].cues))


async def judge(stage: Stage, post: tuple[Job, Message], verdict: Verdict) -> None:
    """Ada reacts, and takes back what she said before."""
    ada, (job, message) = stage.standin.member("ada"), post
    emoji, other = ("✅", "❌") if verdict is KEEP else ("❌", "✅")
    ada.unreact(message.id, other)
    ada.react(message.id, emoji)
    await stage.judged_so(job, {stage.ada: (verdict, "")})


def alike(message: Message, job: Job) -> str:
    """The words of a post, without what is of this job alone."""
    return text(message).replace(job.id, "")


async def test_the_halves_of_a_pair_look_alike(stage: Stage) -> None:
    """Neither answer, card nor posts tell which one has the cues, nor that there are any by name; there is no sheet."""
    async with stage.bot():
        both = await twins(stage)
        (woven, first), (bare, second) = both.woven, both.bare
        assert (woven.prompt, bare.prompt) == (f"a fox, {NEON}", "a fox")
        assert alike(first, woven) == alike(second, bare)
        assert "One of two pictures" in text(first)
        for said in (both.answer, both.card, *map(text, stage.said())):
            assert NEON not in said
        assert "Judge both" in both.answer
        assert first.attachments[0].filename == second.attachments[0].filename
        async with stage.db.reading() as connection:
            rows = await connection.execute_fetchall("SELECT kind FROM notices ORDER BY id")
    assert [row["kind"] for row in rows] == ["card", "picture", "picture"]


async def test_a_prompt_that_was_too_long_gives_nothing_away(stage: Stage) -> None:
    """Only the longer of two prompts can be cut."""
    async with stage.bot():
        _, group = await imagine(stage)
        for job in group:
            await stage.render(job)
            async with stage.db.transaction() as connection:
                cut = "'$.prompt_truncated', json('true'), '$.dropped', 'in neon'"
                await connection.execute(
                    f"UPDATE pictures SET receipt = json_set(receipt, {cut}) WHERE job = ?", (job.id,)
                )
            message = await stage.message(partial(stage.end_of, job))
            reposted = await run(stage, "show", what=job.id)
            assert "neon" not in text(message) + reposted
        assert not [one for one in stage.said() if "neon" in text(one)]


async def test_the_files_of_a_pair_hold_no_words(stage: Stage) -> None:
    """A receipt in them would name the prompt; the pixels are the same, and what lies on the disk is whole."""
    async with stage.bot():
        _, group = await imagine(stage)
        info, buffer = PngImagePlugin.PngInfo(), BytesIO()
        info.add_text("parameters", NEON)
        Image.new("RGB", (16, 16)).save(buffer, "PNG", pnginfo=info)
        await stage.render(group[0], buffer.getvalue())
        message = await stage.message(partial(stage.end_of, group[0]))
    posted = message.attachments[0].data
    assert NEON.encode() not in posted
    assert posted == wordless(buffer.getvalue()) != buffer.getvalue()


async def test_which_is_which_is_told_to_who_judged_both(stage: Stage) -> None:
    """By the button and by the command, each person for themselves, and never to all."""
    async with stage.bot():
        both = await twins(stage)
        posts = (both.woven, both.bare)
        for verdict, post in ((None, None), (KEEP, both.woven), (REJECT, both.bare)):
            if verdict is not None and post is not None:
                await judge(stage, post, verdict)
            told = [await stage.answered(await press(stage, message, "origin")) for _, message in posts]
            told += [await run(stage, "why", picture=str(message.id)) for _, message in posts]
            hidden = verdict is not REJECT
            assert ["has a twin" in said for said in told] == [hidden] * 4
            assert [NEON in said for said in told] == [not hidden, False, not hidden, False]
        grace = await stage.standin.member("grace").run(stage.channel, "why", {"picture": str(both.woven[1].id)})
        assert "has a twin" in await stage.answered(grace)
        assert not [one for one in stage.said() if NEON in text(one)]


async def test_what_was_told_is_remembered_with_the_verdicts_before(stage: Stage) -> None:
    """Whoever changes their mind once they know it changes no evidence; a bot that died in between tells it again."""
    async with stage.bot():
        both = await twins(stage)
        await judge(stage, both.woven, REJECT)
        await judge(stage, both.bare, KEEP)
        assert NEON in await run(stage, "why", picture=str(both.woven[1].id))
    async with stage.bot():
        await judge(stage, both.woven, KEEP)
        assert NEON in await run(stage, "why", picture=str(both.woven[1].id))
    async with stage.db.reading() as connection:
        assert [(one.woven, one.bare) for one in await pairs.judged(connection)] == [(0.0, 1.0)]


async def test_a_half_that_fails_leaves_an_ordinary_picture(stage: Stage) -> None:
    """There is nothing to compare it with, so nothing is hidden."""
    async with stage.bot():
        _, group = await imagine(stage)
        await stage.render(group[0])
        message = await stage.message(partial(stage.end_of, group[0]))
        assert "has a twin" in await run(stage, "why", picture=str(message.id))
        await stage.fail(group[1], "out-of-memory")
        assert "has a twin" not in await run(stage, "why", picture=str(message.id))


async def many(stage: Stage, count: int, *kept: tuple[bool, bool]) -> None:
    """So many pairs, judged with these outcomes (with cues, without) in turn."""
    _, halves = await imagine(stage)
    woven, bare = sorted(halves, key=lambda job: not job.cues)
    async with stage.db.transaction() as connection:
        for number in range(count):
            ask = f"a{number}"
            made = [replace(woven, ask=ask, id=f"w{number}", index=0), replace(bare, ask=ask, id=f"b{number}", index=1)]
            await jobs.insert_ask(connection, ask, ask, None, stage.clock.now())
            await jobs.insert(connection, *made)
            await pairs.insert(connection, pairs.Pair(ask, made[0].id, made[1].id, first=True))
            for job, keep in zip(made, kept[number % len(kept)], strict=True):
                mark = Mark(10 * number + job.index, job.id, ADA, "x", KEEP if keep else REJECT)
                await verdicts.set_mark(connection, mark, stage.clock.now())


async def test_a_report_says_when_there_is_too_little(stage: Stage) -> None:
    """Nothing judged, then a few: nobody is told more than is known."""
    async with stage.bot():
        assert "Too few yet" in await run(stage, "taste report")
        await many(stage, 3, (True, False))
        said = await run(stage, "taste report")
    assert "Too few yet: 3 pairs" in said
    assert "help" not in said.split("```")[0]


async def test_a_report_tells_whether_cues_help(stage: Stage) -> None:
    """One claim, and a table of cues and models that fits a message."""
    async with stage.bot():
        await many(stage, 60, (True, False), (True, True))
        said = await run(stage, "taste report")
    assert said.startswith("**Cues help.** Pictures with them are kept 50 points more")
    assert "60 pairs." in said
    assert NEON in said.split("```")[1]
    assert len(said) < 2000


async def report(stage: Stage, who: str) -> Message:
    outcome = await stage.standin.member(who).run(stage.channel, "taste report", {})
    await stage.answered(outcome)
    return stage.standin.world.messages[outcome.message_id or ""]


async def test_a_cue_that_harms_is_retired_by_a_moderators_click(stage: Stage) -> None:
    """Others see the proposal without the button. Once retired it reaches no prompt, and is proposed no more."""
    async with stage.bot():
        await many(stage, 60, (False, True), (False, False))
        shown = await report(stage, "grace")
        assert f"**{NEON}** for slug fox is proposed for retirement" in shown.content
        assert not shown.components
        page = await report(stage, "ada")
        (button,) = [one for row in page.components for one in row["components"]]
        assert button["label"] == f"Retire “{NEON}”"
        clicked = await stage.standin.member("ada").click(page.id, button["custom_id"])
        assert "Retired" in await stage.answered(clicked)
        async with stage.db.reading() as connection:
            edits = await cues.edits_about(connection, {(Scope.SLUG, "fox")})
        assert [edit.verb for edit in edits] == [CueVerb.ADD, CueVerb.RETIRE]
        assert "proposed for retirement" not in (await report(stage, "ada")).content


async def test_without_its_libraries_the_report_says_what_to_install(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And without a child that lives, that it can be tried again."""
    async with stage.bot():
        await many(stage, 3, (True, False))
        monkeypatch.setattr(child, "NEEDED", ("no_such_library",))
        assert "darkroom[evidence]" in await run(stage, "taste report")
        monkeypatch.setattr(child, "NEEDED", ())
        monkeypatch.setattr(sys, "executable", "/bin/false")
        assert "could not be worked out" in await run(stage, "taste report")
