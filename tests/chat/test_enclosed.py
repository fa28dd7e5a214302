"""Announcements with a picture: what they show, and that what was deleted leaves it."""

from bot.demo.discord.values import Message
from bot.ledger import notices, pictures
from bot.nouns import Job, Notice
from bot.schedule.saying import Saying, say
from tests.chat.people import until
from tests.chat.stage import Stage, text

BARS = [{"day": f"2026-11-{16 + number}", "kept": number, "open": 3, "rejected": 1, "failed": 0} for number in range(7)]


async def announce(stage: Stage, saying: Saying) -> None:
    async with stage.db.transaction() as connection:
        await say(connection, stage.clock, int(stage.channel), stage.ada, saying)


async def announced(stage: Stage) -> Message:
    """The message of the announcement, once the ledger knows that it stands."""
    found: list[Notice] = []

    async def said() -> bool:
        async with stage.db.reading() as connection:
            rows = await connection.execute_fetchall(f"{notices.SELECT} WHERE kind = 'announcement' AND state = 'said'")
            found[:] = [notices.of_row(row) for row in rows]
        return bool(found)

    while not await said():
        await stage.clock.sleep(0.1)
    return stage.standin.world.messages[str(found[-1].message)]


async def best(stage: Stage, count: int = 3) -> list[Job]:
    """So many rendered pictures, and an announcement due that shows them."""
    made = await stage.batch([f"fox-{number}" for number in range(count)])
    for job in made:
        await stage.render(job)
        await stage.message(lambda job=job: stage.end_of(job))  # type: ignore[misc]
    await announce(stage, Saying("**b.json** is done.", ("best", {"jobs": [job.id for job in made]})))
    return made


async def delete(stage: Stage, job: Job) -> None:
    async with stage.db.transaction() as connection:
        assert await pictures.delete(connection, job.id, stage.ada, stage.clock.now())


async def test_the_best_of_a_batch_is_on_one_sheet(stage: Stage) -> None:
    """Inside the announcement, numbered, and described for who cannot see it."""
    async with stage.bot():
        await best(stage)
        message = await announced(stage)
    assert text(message) == "**b.json** is done."
    (file,) = message.attachments
    assert file.filename == "best.jpg"
    assert file.description == "The best of them. 1: fox-0, 2: fox-1, 3: fox-2"
    assert message.embeds[0]["image"]["url"]


async def test_what_is_deleted_leaves_the_sheet(stage: Stage) -> None:
    """One after another, until the words stand alone; killed in between, the edit is still owed."""
    async with stage.bot():
        first, second = await best(stage, 2)
        message = await announced(stage)
        await delete(stage, first)
        await until(lambda: message.attachments[0].description == "The best of them. 1: fox-1")
    await delete(stage, second)
    async with stage.bot():
        await until(lambda: not message.attachments)
    assert text(message) == "**b.json** is done."


async def test_what_was_deleted_while_it_was_sent_leaves_it_too(stage: Stage) -> None:
    """The answer to the request was on its way when somebody deleted a picture."""
    async with stage.bot():
        made = await stage.batch(["fox-0", "fox-1"])
        for job in made:
            await stage.render(job)
            await stage.message(lambda job=job: stage.end_of(job))  # type: ignore[misc]
        gate = stage.hold("POST", f"/channels/{stage.channel}/messages")
        await announce(stage, Saying("Done.", ("best", {"jobs": [job.id for job in made]})))
        await until(lambda: any(text(one) == "Done." for one in stage.said()))
        await delete(stage, made[0])
        gate.set()
        message = await announced(stage)
        await until(lambda: message.attachments[0].description == "The best of them. 1: fox-1")


async def test_a_week_is_a_chart(stage: Stage) -> None:
    async with stage.bot():
        await announce(stage, Saying("**Weekly report**", ("chart", {"bars": BARS, "alt": "Bars for each day"})))
        message = await announced(stage)
    (file,) = message.attachments
    assert (file.filename, file.description) == ("week.png", "Bars for each day")
    assert file.dimensions == (1200, 675)


async def test_plain_words_have_no_picture(stage: Stage) -> None:
    async with stage.bot():
        await announce(stage, Saying("**b.json** starts now."))
        message = await announced(stage)
    assert message.attachments == []
    assert text(message) == "**b.json** starts now."
