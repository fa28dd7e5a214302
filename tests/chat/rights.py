"""Commands as somebody runs them somewhere, and the house rules they meet."""

from typing import Any

from bot.demo.discord.values import Message, Outcome
from bot.ledger import people
from bot.nouns import Job
from bot.people.permits import Kind, What
from bot.settings import PeopleTable
from tests.chat.stage import Stage
from tests.ledger import lookups


async def told(stage: Stage, command: str, who: str = "grace", place: str | None = None, **options: Any) -> str:
    """The private sentence that answers this command; `place` is a channel's id."""
    return await stage.answered(await started(stage, command, who, place, **options))


async def started(stage: Stage, command: str, who: str = "grace", place: str | None = None, **options: Any) -> Outcome:
    return await stage.standin.member(who).run(place or stage.channel, command, options)


async def pressed(stage: Stage, message: Message, custom_id: str, who: str = "grace") -> str:
    return await stage.answered(await stage.standin.member(who).click(message.id, custom_id))


def rules(stage: Stage, **table: Any) -> None:
    """These are the settings of the bot's next life."""
    stage.settings = stage.settings.model_copy(update={"people": PeopleTable(**table)})


async def permit(stage: Stage, what: What, kind: Kind, *ids: str) -> None:
    """As `/setup` stores it."""
    async with stage.db.transaction() as connection:
        await people.permit(connection, what, kind, map(int, ids))


async def open_jobs(stage: Stage) -> list[Job]:
    async with stage.db.reading() as connection:
        return await lookups.unfinished(connection)
