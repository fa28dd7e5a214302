"""Sending a file as Ada or Grace does, and pressing the buttons under the question that answers it."""

import json
from typing import Any

from bot.demo.discord.log import Exchange
from bot.demo.discord.values import Message, Outcome
from bot.ledger import towers
from tests.chat.people import batch_file, buttons, until
from tests.chat.stage import Stage

FOX, OWL, ELK = ({"slug": slug, "prompt": f"a {slug}"} for slug in ("fox", "owl", "elk"))


async def asked(stage: Stage, *items: dict[str, Any], who: str = "ada", **more: Any) -> Message:
    file = batch_file(json.dumps(items), more.pop("name", "prompts-batch-1.json"))
    outcome = await stage.standin.member(who).run(stage.channel, "batch render", {"file": file, **more})
    await stage.answered(outcome)
    return stage.standin.world.messages[outcome.message_id or ""]


async def press(stage: Stage, question: Message, part: str = "all", who: str = "ada") -> str:
    """Presses a button of the question as it was at first; gives what is said then, in its place or beside it."""
    before = [dict(row) for row in question.components]
    (found,) = [one for one in buttons(question) if one.startswith(f"render:{part}:")]
    outcome = await stage.standin.member(who).click(question.id, found)
    said = await words(stage, outcome)
    question.components = before
    return said


async def words(stage: Stage, outcome: Outcome) -> str:
    token = stage.standin.world.interactions[outcome.interaction_id].token

    def sent() -> list[Exchange]:
        return [one for one in stage.standin.log.exchanges if token in one.path and "callback" not in one.path]

    await until(lambda: bool(sent()))
    return str(sent()[-1].body["content"])


def labels(question: Message) -> list[str]:
    return [str(one["label"]) for row in question.components for one in row["components"]]


async def rendered_before(stage: Stage, seconds: float) -> None:
    """Three such pictures, each in so many seconds; loads of five seconds, and wakes of forty."""
    for _ in range(3):
        (job,) = await stage.ask("before")
        await stage.render(job)
    async with stage.db.transaction() as connection:
        await connection.execute("UPDATE pictures SET seconds = ?", (seconds,))
        for _ in range(3):
            await connection.execute("INSERT INTO loads (tower, model, seconds) VALUES ('tower', 'demo', 5.0)")
            row = await towers.begin_wake(connection, "tower", stage.clock.now() - 9000)
            await towers.end_wake(connection, row, "ready", 40.0)
