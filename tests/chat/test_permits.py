"""Who may ask and judge where, over the wire: each denial is private, short, and says what to do instead."""

import pytest

from bot.chat import gate
from bot.demo.discord.changes import InteractionStarted
from bot.demo.discord.permissions import Permission
from bot.demo.discord.values import Message
from bot.nouns import Verdict
from bot.people.permits import Kind, What
from tests.chat.people import batch_file, scheduled, until
from tests.chat.rights import open_jobs, permit, pressed, started, told
from tests.chat.stage import Stage

ITEMS = [{"slug": "fox", "prompt": "a fox"}]


async def test_asking_takes_a_listed_channel(stage: Stage) -> None:
    """The refusal leads there, and there it works; a thread goes with its channel."""
    lounge = stage.standin.channel("lounge")
    await permit(stage, What.ASK, Kind.CHANNEL, lounge)
    async with stage.bot():
        refused = await told(stage, "imagine", prompt="a fox")
        assert refused == f"That is not for this channel. Go to <#{lounge}>."
        assert await open_jobs(stage) == []
        assert "Accepted" in await told(stage, "imagine", place=lounge, prompt="a fox")
        thread = stage.standin.member("grace").start_thread(lounge, "foxes")
        assert "Accepted" in await told(stage, "imagine", place=thread.id, prompt="a fox")


async def test_asking_takes_a_listed_role(stage: Stage) -> None:
    """Whoever gets it may ask at once, whoever loses it no longer; the guild's owner always may."""
    role = stage.standin.make_role("Artists")
    await permit(stage, What.ASK, Kind.ROLE, role)
    async with stage.bot():
        assert f"<@&{role}>" in await told(stage, "imagine", prompt="a fox")
        assert "Accepted" in await told(stage, "imagine", "ada", prompt="a fox")
        stage.standin.world.give_role(stage.standin.member("grace").id, role)
        assert "Accepted" in await told(stage, "imagine", prompt="a fox")
        stage.standin.world.take_role(stage.standin.member("grace").id, role)
        assert f"<@&{role}>" in await told(stage, "imagine", prompt="a fox")


async def test_every_way_to_ask_leads_through_the_same_gate(stage: Stage) -> None:
    """A button, a batch and a schedule are refused in the same words as a command."""
    await permit(stage, What.ASK, Kind.ROLE, stage.standin.make_role("Artists"))
    async with stage.bot():
        job, message = await stage.posted()
        refused = [
            await told(stage, "imagine", prompt="a fox"),
            await pressed(stage, message, f"again:{job.id}"),
            await told(stage, "batch render", file=batch_file(ITEMS)),
            await told(stage, "schedule add", what="batch", file=batch_file(ITEMS), when="daily 02:00"),
        ]
        assert len(set(refused)) == 1
        assert "takes one of these roles" in refused[0]
        assert await open_jobs(stage) == []
        assert "Nothing is scheduled" in await told(stage, "schedule list")


async def test_a_denial_is_private(stage: Stage) -> None:
    await permit(stage, What.ASK, Kind.ROLE, stage.standin.make_role("Artists"))
    async with stage.bot():
        outcome = await started(stage, "imagine", prompt="a fox")
        await stage.answered(outcome)
        message = stage.standin.world.messages[outcome.message_id or ""]
        assert message.addressee == stage.standin.member("grace").id
        assert stage.said() == []


async def test_what_was_allowed_and_is_sent_twice_is_one_ask(stage: Stage) -> None:
    async with stage.bot():
        outcome = await started(stage, "imagine", prompt="a fox")
        await stage.answered(outcome)
        world = stage.standin.world
        world.tell(InteractionStarted(world.interactions[outcome.interaction_id]))
        await told(stage, "queue")
        assert len(await open_jobs(stage)) == 1


async def test_only_reviewers_verdicts_count(stage: Stage) -> None:
    """Of live reactions and of reasons; what is taken back is always heeded."""
    role = stage.standin.make_role("Jury")
    await permit(stage, What.REVIEW, Kind.ROLE, role)
    stage.standin.join("linus", role)
    linus, grace = (int(stage.standin.member(who).id) for who in ("linus", "grace"))
    async with stage.bot():
        job, message = await stage.posted()
        stage.standin.member("grace").react(message.id, "✅")
        stage.standin.member("linus").react(message.id, "❌")
        await stage.judged_so(job, {linus: (Verdict.REJECT, "")})
        assert "takes one of these roles" in await say(stage, message.id, job.id, "grace")
        assert await stage.judged(job) == {linus: (Verdict.REJECT, "")}
        stage.standin.world.take_role(str(linus), role)
        stage.standin.member("linus").unreact(message.id, "❌")
        await stage.judged_so(job, {})
    assert grace not in await stage.judged(job)


async def say(stage: Stage, message: str, job: str, who: str) -> str:
    asked = await stage.standin.member(who).click(message, f"why:{job}")
    return await stage.answered(await stage.standin.member(who).submit(asked.interaction_id, {"reason": "too dark"}))


async def test_reviewers_are_told_apart_also_after_an_absence(stage: Stage) -> None:
    """Reactions that are paged come without roles: people are looked up, and whoever has left counts no more."""
    role = stage.standin.make_role("Jury")
    await permit(stage, What.REVIEW, Kind.ROLE, role)
    for who, roles in (("linus", [role]), ("mary", [])):
        stage.standin.join(who, *roles)
    async with stage.bot():
        pictures = [await stage.posted() for _ in range(2)]
    for _, message in pictures:
        for who in ("grace", "linus", "mary"):
            stage.standin.member(who).react(message.id, "✅")
    async with stage.bot():
        for job, _ in pictures:
            await stage.judged_so(job, {int(stage.standin.member("linus").id): (Verdict.KEEP, "")})
    asked = [one.path for one in stage.standin.log.exchanges if "/members/" in one.path]
    assert len(asked) == len(set(asked)) == 3


async def test_verdicts_count_in_listed_channels_alone(stage: Stage) -> None:
    """Live, and after an absence."""
    await permit(stage, What.REVIEW, Kind.CHANNEL, stage.standin.channel("lounge"))
    async with stage.bot():
        here, message = await stage.posted()
        there, other = await stage.posted(channel="lounge")
        for one in (message, other):
            stage.standin.member("grace").react(one.id, "✅")
        grace = int(stage.standin.member("grace").id)
        await stage.judged_so(there, {grace: (Verdict.KEEP, "")})
        assert await stage.judged(here) == {}
    stage.standin.member("ada").react(message.id, "✅")
    async with stage.bot() as client:
        ada = int(stage.standin.member("ada").id)
        assert await gate.reviewers(client, int(stage.channel), {grace}, {}) == set()
        await stage.judged_so(here, {})
        await until(lambda: client.ready.count == 1)
        stage.standin.member("ada").react(other.id, "❌")
        await stage.judged_so(there, {grace: (Verdict.KEEP, ""), ada: (Verdict.REJECT, "")})
        assert await stage.judged(here) == {}


@pytest.mark.parametrize("how", ["role", "messages", "server"])
async def test_moderators_end_what_is_others(stage: Stage, how: str) -> None:
    """By our permit, by Discord's Manage Messages, or by Manage Server; without one of them not."""
    async with stage.bot():
        (job,) = await stage.ask(who="ada")
        card = await stage.card(job)
        assert "belongs to somebody else" in await pressed(stage, card, f"cancel:{job.ask}")
        if how == "role":
            role = stage.standin.make_role("Staff", Permission(0), "grace")
            await permit(stage, What.ADMINISTRATE, Kind.ROLE, role)
        else:
            held = Permission.MANAGE_MESSAGES if how == "messages" else Permission.MANAGE_GUILD
            stage.standin.make_role("Staff", held, "grace")
        assert "1 cancelled." in await pressed(stage, card, f"cancel:{job.ask}")


async def test_who_administrates_by_our_permit_wakes_towers_and_clears_the_schedule(stage: Stage) -> None:
    async with stage.bot():
        asked = await started(stage, "schedule add", "ada", what="batch", file=batch_file(ITEMS), when="daily 02:00")
        await stage.answered(asked)
        assert "Scheduled" in await scheduled(stage.standin, stage.standin.world.messages[asked.message_id or ""])
        assert "Only" in await told(stage, "tower wake")
        role = stage.standin.make_role("Staff", Permission(0), "grace")
        await permit(stage, What.ADMINISTRATE, Kind.ROLE, role)
        assert "I asked tower to wake" in await told(stage, "tower wake")
        (entry,) = await stage.standin.member("grace").complete(stage.channel, "schedule remove", "entry", "")
        assert "Removed" in await told(stage, "schedule remove", entry=entry["value"])


async def test_a_reply_counts_as_the_form_does(stage: Stage) -> None:
    """Not of who may not judge, live or when it is found later; the bot shows what it heard by its reaction."""
    role = stage.standin.make_role("Jury")
    await permit(stage, What.REVIEW, Kind.ROLE, role)
    stage.standin.join("linus", role)
    async with stage.bot():
        job, message = await stage.posted()
        replies = [reply(stage, message.id, who) for who in ("grace", "linus")]
        await until(lambda: bool(replies[1].reactions))
        assert not replies[0].reactions
        linus = int(stage.standin.member("linus").id)
        assert await stage.judged(job) == {linus: (Verdict.REJECT, "too dark")}
    late = [reply(stage, message.id, who, "too bright") for who in ("grace", "linus")]
    async with stage.bot():
        await stage.judged_so(job, {linus: (Verdict.REJECT, "too bright")})
        await until(lambda: bool(late[1].reactions))
    assert not late[0].reactions


def reply(stage: Stage, message: str, who: str, words: str = "too dark") -> Message:
    bot = stage.standin.world.bot.id
    return stage.standin.member(who).post(stage.channel, f"<@{bot}> {words}", reply_to=message)


async def test_a_reason_can_be_taken_back_by_who_may_judge_no_more(stage: Stage) -> None:
    """By the form that is sent empty."""
    async with stage.bot():
        job, message = await stage.posted()
        assert "Noted" in await say(stage, message.id, job.id, "grace")
        await permit(stage, What.REVIEW, Kind.ROLE, stage.standin.make_role("Jury"))
        asked = await stage.standin.member("grace").click(message.id, f"why:{job.id}")
        outcome = await stage.standin.member("grace").submit(asked.interaction_id, {"reason": ""})
        assert "taken back" in await stage.answered(outcome)
        assert await stage.judged(job) == {}
