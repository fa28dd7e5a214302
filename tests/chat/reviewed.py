"""Batches on the stage that are reviewed: their sheets in the thread, what is pressed on them, what became of it."""

import json
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from PIL import Image

from bot.clock import new_id
from bot.demo.discord.values import Message, Outcome
from bot.ledger import batch_sheets, jobs, notices, reviews, verdicts
from bot.ledger.batch_sheets import Sheet
from bot.ledger.takes import Review, Standing
from bot.nouns import Job, Notice, Verdict
from tests.chat.groups import menus as menus
from tests.chat.groups import presses as presses
from tests.chat.stage import Stage, eventually
from tests.ledger import lookups

KEEP, REJECT, REROLL = Verdict.KEEP, Verdict.REJECT, Verdict.REROLL
SLUGS = ("fox", "owl", "elk", "hare")


async def review(stage: Stage, batch: str | None) -> Review:
    async with stage.db.reading() as connection:
        return await reviews.of_batch(connection, batch or "")


async def standings(stage: Stage, batch: str | None) -> list[Standing]:
    return [slot.standing for slot in (await review(stage, batch)).slots]


async def stands(stage: Stage, batch: str | None, *wanted: Standing) -> None:
    """Waits until exactly this is how the slots stand."""
    await eventually(lambda: standings(stage, batch), lambda found: found == list(wanted))


async def sheets(stage: Stage, batch: str | None) -> list[Sheet]:
    async with stage.db.reading() as connection:
        return await batch_sheets.of_batch(connection, batch or "")


async def notice(stage: Stage, batch: str | None, nth: int = 0) -> Notice | None:
    found = await sheets(stage, batch)
    async with stage.db.reading() as connection:
        return await notices.get(connection, found[nth].notice) if nth < len(found) else None


async def sheet(stage: Stage, batch: str | None, nth: int = 0) -> Message:
    """The message of a sheet, once it stands."""
    return await stage.message(lambda: notice(stage, batch, nth))


async def settled(stage: Stage) -> None:
    """Every sheet shows what counts."""

    async def open_ones() -> list[Any]:
        async with stage.db.reading() as connection:
            return list(
                await connection.execute_fetchall(
                    "SELECT id FROM notices WHERE kind = 'sheet' AND (state = 'due' OR settled_at IS NULL)"
                )
            )

    await eventually(open_ones, lambda found: found == [])


def plain(colour: tuple[int, int, int]) -> bytes:
    """A picture of one colour."""
    buffer = BytesIO()
    Image.new("RGB", (16, 16), colour).save(buffer, "PNG")
    return buffer.getvalue()


def said(stage: Stage, channel: str) -> list[Message]:
    """What the bot said in this channel or thread for everybody."""
    world = stage.standin.world
    return [one for one in world.history(channel) if one.author_id == world.bot.id and one.addressee is None]


async def batch(stage: Stage, items: Sequence[dict[str, Any]]) -> list[Job]:
    """A batch of these items, whose card stands."""
    made = await stage.intake.batches.accept(
        "b.json",
        json.dumps(items).encode(),
        key=new_id(stage.clock),
        asker=stage.ada,
        guild=stage.standin.guild_id,
        channel=int(stage.channel),
    )
    async with stage.db.reading() as connection:
        found = await lookups.jobs_of_batch(connection, made.id)
    await stage.card(found[0])
    return found


async def shown(stage: Stage, slugs: Sequence[str] = SLUGS) -> tuple[list[Job], Message]:
    """A batch whose pictures stand, and its one sheet, which shows them all."""
    made = await stage.batch(slugs)
    await stage.card(made[0])
    for job in made:
        await stage.render(job)
    message = await sheet(stage, made[0].batch)
    for job in made:
        await stage.message(lambda job=job: stage.end_of(job))  # type: ignore[misc]
    await settled(stage)
    return made, message


async def pick(
    stage: Stage, message: Message, verdict: Verdict, chosen: Sequence[Job | str], who: str = "ada"
) -> Outcome:
    """Somebody chooses exactly these in the menu."""
    (menu,) = [one for one in menus(message) if one["custom_id"].startswith(f"pick-{verdict}:")]
    values = [one if isinstance(one, str) else one.id for one in chosen]
    return await stage.standin.member(who).click(message.id, menu["custom_id"], values)


async def press(stage: Stage, message: Message, verb: str, who: str = "ada") -> Outcome:
    (button,) = [one for one in presses(message) if one["custom_id"].startswith(verb)]
    return await stage.standin.member(who).click(message.id, button["custom_id"])


async def say(stage: Stage, message: Message, text: str, who: str = "ada") -> Message:
    """Types this into the form of “All but …”; gives the private answer."""
    opened = await press(stage, message, "pick-all:", who)
    assert opened.state == "modal", opened
    outcome = await stage.standin.member(who).submit(opened.interaction_id, {"numbers": text})
    await stage.answered(outcome)
    return stage.standin.world.messages[outcome.message_id or ""]


async def confirm(stage: Stage, page: Message, who: str = "ada") -> str:
    """Presses the button of the answer; gives what stands there then."""
    (button,) = presses(page)
    await stage.standin.member(who).click(page.id, button["custom_id"])
    await eventually(lambda: _left(page), lambda left: left == 0)
    return page.content


async def _left(page: Message) -> int:
    return len(presses(page))


async def choose_again(stage: Stage, job: Job, verdict: Verdict, who: str = "ada") -> None:
    """Under the picture's own post: the reaction of this verdict, and what was chosen on a sheet is taken back."""
    post = await stage.message(lambda: stage.end_of(job))
    (emoji,) = [one for one, meant in stage.settings.discord.verdicts.items() if meant is verdict]
    stage.standin.member(who).react(post.id, emoji)
    person = int(stage.standin.member(who).id)
    async with stage.db.transaction() as connection:
        rows = await connection.execute_fetchall(
            "SELECT message, emoji FROM marks WHERE job = ? AND person = ? AND emoji LIKE 'choice/%'", (job.id, person)
        )
        for row in rows:
            await verdicts.clear_mark(connection, row["message"], person, row["emoji"], stage.clock.now())


async def rerolled(stage: Stage, batch: str | None) -> dict[int, Job]:
    """The jobs that are on their way, by the numbers of their slots."""
    found = {}
    for slot in (await review(stage, batch)).slots:
        if slot.standing is Standing.WAITING:
            async with stage.db.reading() as connection:
                job = await jobs.get(connection, slot.last.job)
            assert job is not None
            found[slot.number] = job
    return found
