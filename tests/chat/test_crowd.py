"""Many people at once, over the wire: every reaction is in the ledger."""

import asyncio
from collections import Counter

from bot.demo.discord.values import Message, Person
from bot.nouns import Group, Job, Verdict
from tests.chat import groups
from tests.chat.stage import Stage, eventually

CROWD = 1000
KEEP, REJECT = (Verdict.KEEP, ""), (Verdict.REJECT, "")


def crowd(stage: Stage, size: int) -> list[Person]:
    world = stage.standin.world
    people = [Person(world.ids.next(), f"guest{number}", f"Guest {number}") for number in range(size)]
    for person in people:
        world.people[person.id] = person
    return people


async def marks(stage: Stage) -> Counter[tuple[str, str]]:
    """How many marks there are of each picture and emoji."""
    async with stage.db.reading() as connection:
        rows = await connection.execute_fetchall("SELECT job, emoji FROM marks")
    return Counter((row["job"], row["emoji"]) for row in rows)


async def pair(stage: Stage) -> tuple[list[Job], list[Message]]:
    jobs = await stage.ask("foxes", count=2)
    for job in jobs:
        await stage.render(job)
    return jobs, [await stage.message(lambda job=job: stage.end_of(job)) for job in jobs]  # type: ignore[misc]


async def test_a_thousand_reactions_in_a_burst_are_all_in_the_ledger(stage: Stage) -> None:
    """On two pictures, two kinds; a hundred of them are taken back in the same burst."""
    world = stage.standin.world
    async with stage.bot():
        jobs, messages = await pair(stage)
        people = crowd(stage, CROWD)
        for number, person in enumerate(people):
            world.react(messages[number % 2], person.id, "✅" if number % 4 < 2 else "❌")
        for person in people[:100]:
            world.unreact(messages[0], person.id, "✅")
            world.unreact(messages[0], person.id, "❌")
            world.unreact(messages[1], person.id, "✅")
            world.unreact(messages[1], person.id, "❌")
        wanted = {(job.id, emoji): 225 for job in jobs for emoji in ("✅", "❌")}
        assert await eventually(lambda: marks(stage), lambda found: sum(found.values()) == 900) == wanted
        judged = [await stage.judged(job) for job in jobs]
    assert judged[0] == {int(one.id): KEEP if at % 4 < 2 else REJECT for at, one in enumerate(people)
                         if at >= 100 and at % 2 == 0}  # fmt: skip
    assert len(judged[1]) == 450


async def test_a_burst_that_the_bot_died_in_is_whole_after_its_return(stage: Stage) -> None:
    """Half of it comes while the bot is up, half while it is down; it dies with events in its hands."""
    world = stage.standin.world
    people = crowd(stage, CROWD)
    async with stage.bot():
        jobs, messages = await pair(stage)
        for person in people[: CROWD // 2]:
            world.react(messages[0], person.id, "✅")
        await eventually(lambda: marks(stage), lambda found: bool(found))
    for person in people[CROWD // 2 :]:
        world.react(messages[0], person.id, "❌")
    async with stage.bot():
        found = await eventually(lambda: marks(stage), lambda found: sum(found.values()) == CROWD)
    assert found == {(jobs[0].id, "✅"): CROWD // 2, (jobs[0].id, "❌"): CROWD // 2}


async def test_a_hundred_choose_on_one_sheet_at_once(stage: Stage) -> None:
    """Each of them is answered, each choice counts, and the sheet ends with the right number of votes."""
    async with stage.bot():
        group, message = await groups.shown(stage, ("A", "B"), Group.COMPARE)
        people = crowd(stage, 100)
        menu = next(one for one in groups.menus(message) if "keep" in one["custom_id"])
        members = [stage.standin.member(person.username) for person in people]
        clicks = [member.click(message.id, menu["custom_id"], [group[0].id]) for member in members]
        outcomes = await asyncio.gather(*clicks)
        assert {outcome.state for outcome in outcomes} == {"deferred"}
        await eventually(lambda: stage.judged(group[0]), lambda found: len(found) == 100)
        await eventually(lambda: shown(message), lambda found: "A · 100 keep" in found)
    assert len(stage.edits(message)) < 50


async def shown(message: Message) -> str:
    return str(message.embeds)
