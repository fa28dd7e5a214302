"""What people did while the bot was away: after READY the ledger is what stands on Discord."""

from collections.abc import Iterable

from bot.demo.discord.faults import Reply
from bot.demo.discord.values import Message, Person
from bot.nouns import Job, Verdict
from tests.chat.people import until
from tests.chat.stage import Stage

KEEP, REJECT = (Verdict.KEEP, ""), (Verdict.REJECT, "")


def crowd(stage: Stage, message: Message, emoji: str, size: int) -> set[int]:
    """So many new people react."""
    world = stage.standin.world
    people = [Person(world.ids.next(), f"guest{number}", f"Guest {number}") for number in range(size)]
    for person in people:
        world.people[person.id] = person
        world.react(message, person.id, emoji)
    return {int(person.id) for person in people}


def asked_for_people(stage: Stage, messages: Iterable[Message]) -> int:
    """How often the people behind reactions were fetched."""
    ids = {message.id for message in messages}
    gets = [one for one in stage.standin.log.exchanges if one.method == "GET" and "/reactions/" in one.path]
    return sum(one.path.split("/messages/")[1].split("/")[0] in ids for one in gets)


async def test_a_verdict_cast_while_the_bot_was_away_counts_and_one_taken_back_does_not(stage: Stage) -> None:
    async with stage.bot():
        (fox, under_fox), (owl, under_owl) = await stage.posted("a fox"), await stage.posted("an owl")
        stage.standin.member("ada").react(under_fox.id, "✅")
        await stage.judged_so(fox, {stage.ada: KEEP})
    stage.standin.member("ada").unreact(under_fox.id, "✅")
    stage.standin.member("grace").react(under_owl.id, "❌")
    async with stage.bot():
        await stage.judged_so(owl, {int(stage.standin.member("grace").id): REJECT})
        await stage.judged_so(fox, {})


async def test_one_goes_and_another_comes_with_the_same_count(stage: Stage) -> None:
    """The counts agree and the people do not."""
    async with stage.bot():
        job, message = await stage.posted()
        stage.standin.member("ada").react(message.id, "✅")
        await stage.judged_so(job, {stage.ada: KEEP})
    stage.standin.member("ada").unreact(message.id, "✅")
    stage.standin.member("grace").react(message.id, "✅")
    async with stage.bot():
        await stage.judged_so(job, {int(stage.standin.member("grace").id): KEEP})


async def test_a_crowd_is_paged_to_its_end(stage: Stage) -> None:
    async with stage.bot():
        job, message = await stage.posted()
    people = crowd(stage, message, "✅", 231)
    async with stage.bot():
        await stage.judged_so(job, dict.fromkeys(people, KEEP))


async def test_bots_have_no_verdicts(stage: Stage) -> None:
    async with stage.bot():
        job, message = await stage.posted()
    world = stage.standin.world
    robot = Person(world.ids.next(), "robot", "Robot", bot=True)
    world.people[robot.id] = robot
    world.react(message, robot.id, "✅")
    stage.standin.member("ada").react(message.id, "❌")
    async with stage.bot():
        await stage.judged_so(job, {stage.ada: REJECT})
        assert int(robot.id) not in await stage.judged(job)


async def test_people_are_fetched_only_where_somebody_reacted(stage: Stage) -> None:
    """Counts come with the history, a hundred messages a request; nobody is asked for under an untouched picture."""
    async with stage.bot():
        untouched = [(await stage.posted(f"number {number}"))[1] for number in range(3)]
        job, touched = await stage.posted("last")
    stage.standin.member("ada").react(touched.id, "✅")
    async with stage.bot():
        await stage.judged_so(job, {stage.ada: KEEP})
    assert asked_for_people(stage, untouched) == 0
    assert asked_for_people(stage, [touched]) == 2  # a page of people, and one that says there are no more


async def test_a_lost_session_is_reconciled_and_a_resumed_one_replayed(stage: Stage) -> None:
    """Discord forgets the session: READY comes again without the events in between."""
    async with stage.bot() as client:
        job, message = await stage.posted()
        stage.standin.gateway.forget()
        stage.standin.gateway.drop()
        stage.standin.member("ada").react(message.id, "✅")
        await until(lambda: client.ready.count == 2)
        await stage.judged_so(job, {stage.ada: KEEP})


async def test_reactions_the_bot_did_not_get_to_set_are_set(stage: Stage) -> None:
    async with stage.bot():
        _, message = await stage.posted()
    for emoji in ("❌", "🔁"):
        stage.standin.world.unreact(message, stage.standin.world.bot.id, emoji)
    async with stage.bot():
        await until(lambda: set(message.reactions) == {"✅", "❌", "🔁"})


async def test_a_reason_given_in_a_reply_while_the_bot_was_away_counts(stage: Stage) -> None:
    """Once: it does not overrule what the same person said later, at no later start."""
    async with stage.bot():
        job, message = await stage.posted()
    stage.standin.member("ada").post(stage.channel, "too dark", reply_to=message.id)
    async with stage.bot() as client:
        await stage.judged_so(job, {stage.ada: (Verdict.REJECT, "too dark")})
        later = stage.clock.now() + 5
        assert await client.feedback.words(job.id, int(message.id), stage.ada, "", later)
    stage.standin.member("grace").react(message.id, "✅")
    async with stage.bot():
        await stage.judged_so(job, {int(stage.standin.member("grace").id): KEEP})


async def test_pictures_beyond_the_age_are_left_alone(stage: Stage) -> None:
    async with stage.bot():
        old, under_old = await stage.posted("old")
        stage.clock.skipped += 15 * 86_400
        new, under_new = await stage.posted("new")
    for message in (under_old, under_new):
        stage.standin.member("ada").react(message.id, "✅")
    async with stage.bot():
        await stage.judged_so(new, {stage.ada: KEEP})
        assert await stage.judged(old) == {}


async def test_an_outage_while_reconciling_is_sat_out(stage: Stage) -> None:
    async with stage.bot():
        job, message = await stage.posted()
    stage.standin.member("ada").react(message.id, "✅")
    history = f"/channels/{stage.channel}/messages"
    stage.standin.faults.add("GET", history, Reply(503), Reply(cut=True))
    async with stage.bot():
        await stage.judged_so(job, {stage.ada: KEEP})


async def test_a_reaction_taken_back_while_its_people_are_fetched_stays_away(stage: Stage) -> None:
    """The answer is older than the event: what was heard meanwhile has its own way into the ledger."""
    async with stage.bot():
        job, message = await stage.posted()
    for who in ("ada", "grace"):
        stage.standin.member(who).react(message.id, "✅")
    gate = stage.hold("GET", f"/messages/{message.id}/reactions/")
    async with stage.bot() as client:
        await until(lambda: asked_for_people(stage, [message]) == 1)
        stage.standin.member("ada").unreact(message.id, "✅")
        await until(lambda: bool(client.feedback.touched))
        gate.set()
        await stage.judged_so(job, {int(stage.standin.member("grace").id): KEEP})


async def test_reconciling_does_not_hold_up_the_courier(stage: Stage) -> None:
    job: Job
    async with stage.bot():
        job, message = await stage.posted()
    stage.standin.member("ada").react(message.id, "✅")
    gate = stage.hold("GET", f"/channels/{stage.channel}/messages")
    async with stage.bot():
        await stage.posted("another")
        assert await stage.judged(job) == {}
        gate.set()
        await stage.judged_so(job, {stage.ada: KEEP})
