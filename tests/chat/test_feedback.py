"""Reactions and replies over the wire: what stands under a picture is what counts, however it came there."""

import asyncio
from functools import partial

import pytest

from bot.chat.feedback import Sign, key
from bot.demo.discord.permissions import Permission
from bot.demo.discord.values import Message
from bot.nouns import Job, Verdict
from tests.chat.people import PATIENCE, until
from tests.chat.stage import Stage

KEEP, REJECT, REROLL = ((verdict, "") for verdict in (Verdict.KEEP, Verdict.REJECT, Verdict.REROLL))


async def events(stage: Stage, job: Job) -> int:
    async with stage.db.reading() as connection:
        rows = await connection.execute_fetchall("SELECT count(*) FROM verdict_events WHERE job = ?", (job.id,))
    return int(next(iter(rows))[0])


async def heard_all(stage: Stage, message: Message) -> None:
    """Everything people did so far has been recorded: a last sign of somebody new has come through."""
    stage.client.feedback.heard(Sign(int(message.id), 77, "✅", stands=True))
    async with asyncio.timeout(PATIENCE):
        while True:
            async with stage.db.reading() as connection:
                rows = list(await connection.execute_fetchall("SELECT 1 FROM marks WHERE person = 77"))
            if rows:
                return
            await asyncio.sleep(0.005)


async def test_a_reaction_is_a_verdict_and_its_removal_withdraws_it(stage: Stage) -> None:
    async with stage.bot():
        job, message = await stage.posted()
        ada = stage.standin.member("ada")
        ada.react(message.id, "✅")
        await stage.judged_so(job, {stage.ada: KEEP})
        ada.unreact(message.id, "✅")
        await stage.judged_so(job, {})


async def test_of_several_reactions_the_stricter_counts(stage: Stage) -> None:
    async with stage.bot():
        job, message = await stage.posted()
        ada = stage.standin.member("ada")
        for emoji, counts in (("✅", KEEP), ("🔁", REROLL), ("❌", REJECT)):
            ada.react(message.id, emoji)
            await stage.judged_so(job, {stage.ada: counts})
        ada.unreact(message.id, "❌")
        await stage.judged_so(job, {stage.ada: REROLL})


async def test_the_opinion_that_it_should_be_rendered_anew_renders_nothing(stage: Stage) -> None:
    async with stage.bot():
        job, message = await stage.posted()
        stage.standin.member("ada").react(message.id, "🔁")
        await stage.judged_so(job, {stage.ada: REROLL})
        async with stage.db.reading() as connection:
            rows = await connection.execute_fetchall("SELECT count(*) FROM jobs")
    assert next(iter(rows))[0] == 1


async def test_own_and_unknown_reactions_and_other_messages_count_nothing(stage: Stage) -> None:
    async with stage.bot():
        job, message = await stage.posted()
        card = await stage.card(job)
        ada = stage.standin.member("ada")
        ada.react(message.id, "🦊")
        ada.react(card.id, "✅")
        await heard_all(stage, message)
        assert await stage.judged(job) == {77: KEEP}


async def test_a_reaction_on_a_picture_of_an_earlier_life_counts(stage: Stage) -> None:
    async with stage.bot():
        job, message = await stage.posted()
    async with stage.bot():
        stage.standin.member("grace").react(message.id, "❌")
        await stage.judged_so(job, {int(stage.standin.member("grace").id): REJECT})


async def test_clearing_reactions_withdraws_everybodys(stage: Stage) -> None:
    """A moderator clears one emoji, then all of them."""
    async with stage.bot():
        job, message = await stage.posted()
        grace = int(stage.standin.member("grace").id)
        stage.standin.member("ada").react(message.id, "✅")
        stage.standin.member("grace").react(message.id, "❌")
        await stage.judged_so(job, {stage.ada: KEEP, grace: REJECT})
        stage.standin.world.clear_reactions(message, "❌")
        await stage.judged_so(job, {stage.ada: KEEP})
        stage.standin.world.clear_reactions(message)
        await stage.judged_so(job, {})


async def test_the_same_sign_many_times_is_one_event(stage: Stage) -> None:
    """Discord may tell a thing twice after a RESUME."""
    async with stage.bot() as client:
        job, message = await stage.posted()
        for _ in range(5):
            client.feedback.heard(Sign(int(message.id), stage.ada, "✅", stands=True))
        await heard_all(stage, message)
        assert await events(stage, job) == 2


async def test_a_burst_ends_where_discord_ends(stage: Stage) -> None:
    """A thousand signs of two hundred people, in the order they came."""
    async with stage.bot() as client:
        job, message = await stage.posted()
        for turn in range(5):
            for person in range(200):
                client.feedback.heard(Sign(int(message.id), person + 1000, "✅", stands=turn % 2 == 0))
        await heard_all(stage, message)
        assert len(await stage.judged(job)) == 201


async def test_a_reaction_faster_than_the_commit_of_its_message_counts(stage: Stage) -> None:
    """The picture stands on Discord while the bot still waits for the answer; people do not wait."""
    async with stage.bot():
        (job,) = await stage.ask()
        await stage.card(job)
        gate = stage.hold("POST", f"/channels/{stage.channel}/messages")
        await stage.render(job)
        await until(lambda: len(stage.said()) == 2)
        stage.standin.member("ada").react(stage.said()[1].id, "✅")
        await until(lambda: len(stage.client.feedback.early) == 1)
        gate.set()
        await stage.judged_so(job, {stage.ada: KEEP})


async def test_a_reply_that_pings_the_bot_is_a_reason(stage: Stage) -> None:
    """It is heard with a sign, and its words count as a rejection."""
    async with stage.bot():
        job, message = await stage.posted()
        bot = stage.standin.world.bot.id
        reply = stage.standin.member("ada").post(stage.channel, f"<@{bot}> too dark", reply_to=message.id)
        await stage.judged_so(job, {stage.ada: (Verdict.REJECT, "too dark")})
        await until(lambda: "📝" in reply.reactions)


async def test_a_reply_that_arrives_empty_is_told_once_to_press_why(stage: Stage) -> None:
    """Without the ping Discord shows the bot no words. People also talk to one another, so it is said once a day."""
    async with stage.bot():
        job, message = await stage.posted()
        ada = stage.standin.member("ada")
        ada.post(stage.channel, "too dark", reply_to=message.id, ping=False)
        await until(lambda: any("Why?" in one.content for one in stage.said()))
        ada.post(stage.channel, "and too small", reply_to=message.id, ping=False)
        ada.post(stage.channel, "done now", reply_to=message.id)
        await stage.judged_so(job, {stage.ada: (Verdict.REJECT, "done now")})
        assert sum("Why?" in one.content for one in stage.said()) == 1
        stage.clock.skipped += 90_000
        ada.post(stage.channel, "a day later", reply_to=message.id, ping=False)
        await until(lambda: sum("Why?" in one.content for one in stage.said()) == 2)


async def test_replies_to_anything_else_are_nobodys_business(stage: Stage) -> None:
    async with stage.bot():
        job, message = await stage.posted()
        ada = stage.standin.member("ada")
        card = await stage.card(job)
        talk = ada.post(stage.channel, "hello there")
        for other in (card, talk):
            ada.post(stage.channel, "hm", reply_to=other.id)
        ada.post(stage.channel, "no reply at all")
        ada.post(stage.channel, "last", reply_to=message.id)
        await stage.judged_so(job, {stage.ada: (Verdict.REJECT, "last")})
    assert len(stage.said()) == 2


async def test_the_last_word_counts_whatever_arrives_last(stage: Stage) -> None:
    """Forms and replies carry Discord's time, so an old one that is heard again changes nothing."""
    async with stage.bot() as client:
        job, message = await stage.posted()
        at = stage.clock.now()
        speak = partial(client.feedback.words, job.id, int(message.id), stage.ada)
        assert await speak("second", at + 2)
        assert not await speak("first", at + 1)
        assert not await speak("second", at + 2)
        assert await speak("", at + 3)
        assert not await speak("second", at + 2)
        assert await stage.judged(job) == {}
        assert await events(stage, job) == 2


@pytest.mark.parametrize(("given", "meant"), [("❤️", "❤"), ("❤", "❤"), ("✅", "✅")])
def test_a_variation_selector_makes_no_other_emoji(given: str, meant: str) -> None:
    """Clients send some emoji with it and some without."""
    assert key(given) == meant


async def test_a_hint_that_cannot_be_posted_costs_nothing(stage: Stage) -> None:
    """The reply's words are in the ledger whether or not the bot may react to it."""
    async with stage.bot():
        job, message = await stage.posted()
        world = stage.standin.world
        world.overwrite(world.channel(stage.channel), world.bot.id, deny=int(Permission.ADD_REACTIONS))
        stage.standin.member("ada").post(stage.channel, "too dark", reply_to=message.id)
        await stage.judged_so(job, {stage.ada: (Verdict.REJECT, "too dark")})
