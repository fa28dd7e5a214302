"""Variations on the stage, the thread they gather in, and the message with the current version."""

from typing import Any

from bot.demo.discord.values import PUBLIC_THREAD, Channel, Message
from bot.ledger import threads
from bot.ledger.threads import Gathering
from bot.nouns import Job
from tests.chat.stage import Stage, eventually


async def begun(stage: Stage) -> tuple[Job, Message]:
    """A fox stands in the channel."""
    return await stage.posted("a fox", slug="fox")


async def varied(stage: Stage, parent: Job, **more: Any) -> Job:
    """Made from this picture; its notice is due."""
    (job,) = await stage.ask("another fox", parent=parent.id, **{"slug": "fox", **more})
    await stage.render(job)
    return job


async def posted(stage: Stage, job: Job) -> Message:
    return await stage.message(lambda: stage.end_of(job))


def begins(stage: Stage, message: Message) -> int:
    """How often a thread was begun under this message, or tried."""
    return len(stage.standin.log.of("POST", f"/channels/{stage.channel}/messages/{message.id}/threads"))


def made(stage: Stage) -> list[Channel]:
    """The threads there are."""
    return [one for one in stage.standin.world.channels.values() if one.kind == PUBLIC_THREAD]


def inside(stage: Stage, thread: str) -> list[Message]:
    """What the bot posted there, without Discord's own words."""
    return [one for one in stage.standin.world.history(thread) if one.embeds and one.addressee is None]


async def known(stage: Stage, slug: str = "fox") -> Gathering | None:
    async with stage.db.reading() as connection:
        return await threads.of_slug(connection, int(stage.channel), slug)


async def version(stage: Stage, shown: Job) -> Message:
    """The message with the current version, once it shows this picture."""
    found = await eventually(lambda: known(stage), lambda one: one is not None and one.shown == shown.id)
    return stage.standin.world.messages[str(found.message)]


async def gathered(stage: Stage) -> tuple[Job, Channel]:
    """A fox in the channel, and its variation in a thread."""
    fox, _ = await begun(stage)
    await posted(stage, await varied(stage, fox))
    (thread,) = made(stage)
    return fox, thread
