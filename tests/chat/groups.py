"""Groups of pictures on the stage, their sheets, and what people choose on them."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from PIL import Image

from bot.clock import new_id
from bot.demo.discord.faults import Reply
from bot.demo.discord.values import Json, Message, Outcome
from bot.ledger import sheets, verdicts
from bot.nouns import Ask, Group, Job, Manner, Notice, Verdict
from tests.chat.stage import Stage

KEEP, REJECT = Verdict.KEEP, Verdict.REJECT


async def asked(stage: Stage, labels: Sequence[str], kind: Group = Group.SEEDS, **manner: Any) -> list[Job]:
    """A group of one picture for each label."""
    ask = Ask(
        new_id(stage.clock), "a fox", stage.ada, stage.standin.guild_id, int(stage.channel), slug="fox", label=labels[0]
    )
    further = [replace(ask, label=label, seed=number) for number, label in enumerate(labels[1:], 1)]
    return await stage.intake.accept(replace(ask, seed=0), Manner(kind, **manner), *further)


async def shown(
    stage: Stage, labels: Sequence[str] = ("", "", ""), kind: Group = Group.SEEDS, **manner: Any
) -> tuple[list[Job], Message]:
    """A group whose pictures and sheet stand."""
    group = await asked(stage, labels, kind, **manner)
    for job in group:
        await stage.render(job)
    return group, await sheet(stage, group)


async def faulty(stage: Stage, fault: Reply) -> list[Job]:
    """Two pictures stand, and this is what the request meets that sends their sheet."""
    group = await asked(stage, ("a", "b"))
    await stage.render(group[0])
    await stage.message(lambda: stage.end_of(group[0]))
    stage.standin.faults.add("POST", f"/channels/{stage.channel}/messages", Reply(), fault)
    await stage.render(group[1])
    return group


async def notice(stage: Stage, group: Sequence[Job]) -> Notice | None:
    async with stage.db.reading() as connection:
        return await sheets.of_ask(connection, group[0].ask)


async def sheet(stage: Stage, group: Sequence[Job]) -> Message:
    return await stage.message(lambda: notice(stage, group))


def menus(message: Message) -> list[Json]:
    return [one for row in message.components for one in row["components"] if one["type"] == 3]


def presses(message: Message) -> list[Json]:
    return [one for row in message.components for one in row["components"] if one["type"] == 2]


async def choose(
    stage: Stage, message: Message, verdict: Verdict, chosen: Sequence[Job], who: str = "ada", page: int = 0
) -> Outcome:
    """Somebody chooses exactly these in the menu."""
    (menu,) = [
        one for one in menus(message) if one["custom_id"].startswith(f"sheet-{verdict}:")
        and one["custom_id"].endswith(f":{page}")
    ]  # fmt: skip
    return await stage.standin.member(who).click(message.id, menu["custom_id"], [job.id for job in chosen])


async def press(stage: Stage, message: Message, verb: str, who: str = "ada") -> Outcome:
    (button,) = [one for one in presses(message) if one["custom_id"].startswith(f"sheet-{verb}:")]
    return await stage.standin.member(who).click(message.id, button["custom_id"])


async def standing(stage: Stage, group: Sequence[Job], who: str = "ada") -> list[Verdict | None]:
    """What this person thinks of each picture of the group."""
    person = int(stage.standin.member(who).id)
    async with stage.db.reading() as connection:
        judged = [await verdicts.of_job(connection, job.id) for job in group]
    return [next((one.verdict for one in found if one.person == person), None) for found in judged]


def image(message: Message) -> Image.Image:
    """The message's one picture, looked at whole."""
    (attachment,) = message.attachments
    opened = Image.open(BytesIO(attachment.data))
    opened.load()
    return opened
