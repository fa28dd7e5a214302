"""Somebody who had pictures of another person's batch drawn again wants to be forgotten."""

from bot.ledger.takes import Standing
from bot.nouns import JobState
from tests.chat import reviewed
from tests.chat.people import until
from tests.chat.reviewed import press, rerolled, say, shown
from tests.chat.stage import Stage, text
from tests.chat.test_buttons import job_now
from tests.chat.test_privacy import forget, gone


async def test_the_batch_stays_and_what_they_had_drawn_goes(stage: Stage) -> None:
    """Its card, its sheet and what its owner has drawn again are not theirs."""
    grace = int(stage.standin.member("grace").id)
    async with stage.bot():
        jobs, message = await shown(stage)
        card = await stage.card(jobs[0])
        await say(stage, message, "reject 1, 2")
        await stage.answered(await press(stage, message, "reroll:", "grace"))
        first, second = (await rerolled(stage, jobs[0].batch)).values()
        await stage.render(first)
        await stage.message(lambda: stage.end_of(first))
        await say(stage, message, "reject 3")
        await stage.answered(await press(stage, message, "reroll:"))
        made = await rerolled(stage, jobs[0].batch)
        await forget(stage, "grace")
        await gone(stage, grace)
        assert (await job_now(stage, second)).state is JobState.CANCELLED
        assert (await job_now(stage, made[3])).state is JobState.QUEUED
        await reviewed.stands(
            stage, jobs[0].batch, Standing.REJECTED, Standing.REJECTED, Standing.WAITING, Standing.OPEN
        )
        await until(lambda: "Rejected: 1–2" in text(message) and "To come: 3" in text(message))
        world = stage.standin.world.messages
        assert card.id in world
        assert message.id in world
