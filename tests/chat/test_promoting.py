"""`/taste promote` and `/taste demote` over the wire: words get a reason, and what was said before is filed anew."""

import pytest

from bot.demo.discord.values import Message
from bot.nouns import Job, Verdict
from bot.taste.cues import Taste
from tests.chat import rights
from tests.chat.people import until
from tests.chat.stage import Stage, eventually
from tests.chat.trouble import everything_twice, too_late

MOOD = {"words": "soulless", "name": "Mood", "emoji": "🫥", "positive": "full of life", "negative": "lifeless"}


async def complained(stage: Stage, words: str = "soulless") -> tuple[Job, Message]:
    """A fox that Ada rejects with these words."""
    job, message = await stage.posted("a fox", slug="fox")
    at = stage.clock.now()
    assert await stage.client.feedback.words(job.id, int(message.id), stage.ada, words, at)
    return job, message


async def promote(stage: Stage, who: str = "ada", **given: str) -> str:
    """The form, sent with this instead of what stands above."""
    opened = await rights.started(stage, "taste promote", who, words="soulless")
    assert opened.state == "modal"
    return await stage.answered(await stage.standin.member(who).submit(opened.interaction_id, {**MOOD, **given}))


async def next_prompt(stage: Stage) -> str:
    (job,) = await stage.ask("a fox", slug="fox")
    return job.prompt


async def test_words_that_fit_nowhere_get_a_new_reason(stage: Stage) -> None:
    """What was said before counts from the next ask on, also in another life; demoted, it counts no more."""
    async with stage.bot():
        await complained(stage)
        assert await next_prompt(stage) == "a fox"
        assert "soulless (1×)" in await rights.told(stage, "taste unfiled", "ada")
        said = await promote(stage)
        assert "“soulless” now means **Mood**" in said
        assert "1 thing said before is filed anew." in said
        assert "Everything" in await rights.told(stage, "taste unfiled", "ada")
        assert "🫥 **Mood**: full of life" in await rights.told(stage, "taste reasons")
        assert await next_prompt(stage) == "a fox, full of life"
    stage.intake.taste = Taste()  # what the process before knew is gone with it
    async with stage.bot():
        assert await next_prompt(stage) == "a fox, full of life"
        assert "Taken back" in await rights.told(stage, "taste demote", "ada", words="mood/")
        assert await next_prompt(stage) == "a fox"
        assert "were not promoted" in await rights.told(stage, "taste demote", "ada", words="mood/")


async def test_words_are_filed_under_a_reason_of_the_file(stage: Stage) -> None:
    """The list offers what was said and what there is; of the words that are taken back only those go."""
    async with stage.bot():
        await complained(stage, "mushy, soulless")
        ada, at = stage.standin.member("ada"), stage.channel
        offered = await ada.complete(at, "taste promote", "words", "mus", {})
        assert [one["value"] for one in offered][:1] == ["mushy"]
        assert await stage.standin.member("grace").complete(at, "taste promote", "words", "mus", {}) == ()
        offered = await ada.complete(at, "taste promote", "reason", "foc", {"words": "mushy"})
        assert offered[0]["value"] == "focus"
        said = await rights.told(stage, "taste promote", "ada", words="mushy, soulless", reason="focus")
        assert "2 things said before are filed anew." in said
        assert await next_prompt(stage) == "a fox, sharp focus"
        offered = await ada.complete(at, "taste demote", "words", "mushy", {})
        await rights.told(stage, "taste demote", "ada", words=offered[0]["value"])
        assert "mushy (1×)" in await rights.told(stage, "taste unfiled", "ada")


async def test_its_reaction_counts_from_then_on_and_in_reconciling(stage: Stage) -> None:
    """Of one that is demoted nothing is taught, and taking it back is still noticed after the bot was away."""
    async with stage.bot():
        job, message = await stage.posted("a fox", slug="fox")
        await promote(stage)
        stage.standin.member("grace").react(message.id, "🫥")
        grace, ada = int(stage.standin.member("grace").id), stage.standin.member("ada")
        await stage.judged_so(job, {grace: (Verdict.REJECT, "")})
        assert await next_prompt(stage) == "a fox, full of life"
    ada.react(message.id, "🫥")
    async with stage.bot():
        await stage.judged_so(job, {grace: (Verdict.REJECT, ""), stage.ada: (Verdict.REJECT, "")})
        await rights.told(stage, "taste demote", "ada", words="mood")
        assert await next_prompt(stage) == "a fox"
    ada.unreact(message.id, "🫥")
    async with stage.bot():
        await stage.judged_so(job, {grace: (Verdict.REJECT, "")})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"words": "<@> ,"}, "None of these words"),
        ({"words": "too dark"}, "“too dark” (Colour and light)"),
        ({"name": "日本"}, "needs a name"),
        ({"name": "Focus"}, "There is a reason “Focus” already"),
        ({"positive": "https://evil.example/x"}, "needs a phrase"),
        ({"emoji": "smile"}, "not one emoji"),
        ({"emoji": "🫥🫥"}, "not one emoji"),
        ({"emoji": "日本"}, "not one emoji"),
        ({"emoji": "❌"}, "means something already"),
        ({"emoji": "🖐\ufe0f"}, "means something already"),
    ],
)
async def test_what_cannot_be_a_reason_is_refused_with_a_sentence(
    stage: Stage, given: dict[str, str], words: str
) -> None:
    """Nothing is stored."""
    async with stage.bot():
        assert words in await promote(stage, **given)
        assert await edits(stage) == 0


KINDS = {"🇩🇪": "🇩🇪", "👩‍🎨": "👩‍🎨", "👍🏽": "👍🏽", "❤\ufe0f": "❤", "1\ufe0f⃣": "1⃣", "": ""}
KINDS["<:mood:1234567890123456>"] = "mood:1234567890123456"


@pytest.mark.parametrize(("typed", "kept"), KINDS.items())
async def test_its_reaction_is_one_emoji_of_any_kind(stage: Stage, typed: str, kept: str) -> None:
    """Also of several characters, or of one's own server; or none."""
    async with stage.bot():
        assert "now means **Mood**" in await promote(stage, emoji=typed)
        assert [one.emoji for one in stage.intake.taste.taxonomy.reasons if one.id == "mood"] == [kept]


async def test_only_moderators_change_what_words_mean(stage: Stage) -> None:
    """Reasons that do not exist, or answer by their complaints alone, take no words."""
    async with stage.bot():
        assert "Only moderators" in await promote(stage, "grace")
        assert "Only moderators" in await rights.told(stage, "taste promote", words="x", reason="focus")
        assert "Only moderators" in await rights.told(stage, "taste demote", words="x")
        for reason in ("nothing", "time-of-day"):
            assert "no such reason" in await rights.told(stage, "taste promote", "ada", words="x", reason=reason)
        assert await edits(stage) == 0


async def test_what_comes_twice_or_late_is_one_promotion(stage: Stage) -> None:
    async with stage.bot():
        with everything_twice(stage.standin):
            await rights.told(stage, "taste promote", "ada", words="mushy", reason="focus")
        with too_late(stage.standin):
            await rights.started(stage, "taste promote", "ada", words="woolly", reason="focus")
            await eventually(lambda: edits(stage), lambda count: count == 2)
        await until(lambda: stage.intake.taste.taxonomy.has("woolly"))


async def edits(stage: Stage) -> int:
    async with stage.db.reading() as connection:
        return len(list(await connection.execute_fetchall("SELECT 1 FROM reason_edits")))
