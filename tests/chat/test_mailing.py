"""A channel that lets the bot in no more: its picture goes to the asker, once, or waits to be shown."""

from bot.demo.discord.faults import Reply
from bot.demo.discord.permissions import Permission
from bot.demo.discord.values import Message
from bot.nouns import Job
from tests.chat.people import until
from tests.chat.stage import Stage, eventually, text


def lock(stage: Stage) -> None:
    """The bot may see and say nothing there any more."""
    world = stage.standin.world
    world.overwrite(world.channel(stage.channel), world.bot.id, deny=int(Permission.VIEW_CHANNEL))


def mail(stage: Stage) -> list[Message]:
    """What stands between the bot and somebody alone."""
    public = {stage.channel, stage.standin.channel("lounge")}
    return [one for one in stage.standin.world.messages.values() if one.channel_id not in public]


async def given_up(stage: Stage, job: Job) -> None:
    async def state() -> str:
        async with stage.db.reading() as connection:
            rows = await connection.execute_fetchall("SELECT state FROM notices WHERE job = ?", (job.id,))
        return str(next(iter(rows), [""])[0])

    await eventually(state, lambda found: found == "unsayable")


async def test_the_asker_gets_the_picture_alone(stage: Stage) -> None:
    """With its words and its file, without buttons, and told why; the rows say that no channel shows it."""
    async with stage.bot():
        (job,) = await stage.ask("a fox", slug="fox", seed=7)
        await stage.card(job)
        lock(stage)
        data = await stage.render(job)
        await given_up(stage, job)
    (message,) = mail(stage)
    assert [(one.filename, one.data) for one in message.attachments] == [("fox-7.png", data)]
    assert f"I may not write in <#{stage.channel}> any more" in text(message)
    assert message.components == []


async def test_a_lost_answer_sends_no_second_one(stage: Stage) -> None:
    """The same nonce gives the first message."""
    async with stage.bot():
        (job,) = await stage.ask()
        await stage.card(job)
        lock(stage)
        stage.standin.faults.add("POST", "/messages", Reply(), *[Reply(cut=True, after=True)] * 2)
        await stage.render(job)
        await given_up(stage, job)
    assert len(mail(stage)) == 1


async def test_a_bot_that_died_in_between_sends_no_second_one(stage: Stage) -> None:
    """Killed after the message and before the row: the next life finds it standing."""
    async with stage.bot():
        (job,) = await stage.ask()
        await stage.card(job)
        lock(stage)
        hold = stage.hold("POST", "/users/@me/channels")
        await stage.render(job)
        await until(lambda: stage.standin.log.of("POST", "/users/@me/channels") != [])
        hold.set()
        await until(lambda: len(mail(stage)) == 1)
    stage.clock.skipped = 3600.0
    async with stage.db.transaction() as connection:
        await connection.execute("UPDATE notices SET state = 'due', said_at = NULL WHERE job = ?", (job.id,))
    async with stage.bot():
        await given_up(stage, job)
    assert len(mail(stage)) == 1


async def test_who_takes_no_messages_can_still_have_it_shown(stage: Stage) -> None:
    """The picture stays on the bot's disk, and `/show` posts it where the bot is let in."""
    async with stage.bot():
        (job,) = await stage.ask(slug="fox")
        await stage.card(job)
        lock(stage)
        stage.standin.faults.add("POST", "/users/@me/channels", Reply(403, {"code": 50007, "message": "no"}))
        data = await stage.render(job)
        await given_up(stage, job)
        lounge = stage.standin.channel("lounge")
        outcome = await stage.standin.member("ada").run(lounge, "show", {"what": "fox", "public": True})
        await stage.answered(outcome)
        await until(lambda: any(one.attachments for one in stage.said("lounge")))
    assert [one.data for message in stage.said("lounge") for one in message.attachments] == [data]
    assert mail(stage) == []
