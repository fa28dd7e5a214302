"""The rejects of a batch drawn again: new cues, new seeds, once a press, as often as wanted."""

import pytest

from bot.demo.discord.values import Message
from bot.ledger import people
from bot.ledger.takes import Standing
from bot.nouns import Job, JobState
from bot.people.permits import Kind, What
from tests.chat import reviewed
from tests.chat.people import until
from tests.chat.reviewed import KEEP, confirm, pick, press, presses, rerolled, say, settled, shown, stands
from tests.chat.stage import Stage, eventually, text
from tests.chat.trouble import everything_twice

KEPT, REJECTED, OPEN, WAITING = Standing.KEPT, Standing.REJECTED, Standing.OPEN, Standing.WAITING


async def count(stage: Stage) -> int:
    async with stage.db.reading() as connection:
        ((found,),) = await connection.execute_fetchall("SELECT count(*) FROM jobs")
    return int(found)


async def begun(stage: Stage, typed: str = "all but 2: too dark, 3") -> tuple[list[Job], Message]:
    """A batch of four of which Ada said this."""
    jobs, message = await shown(stage)
    page = await say(stage, message, typed)
    if presses(page):
        await confirm(stage, page)
    return jobs, message


async def rounds(stage: Stage, job: Job) -> list[str]:
    """The announcements of the batch's rounds."""
    async with stage.db.reading() as connection:
        rows = await connection.execute_fetchall(
            "SELECT text FROM notices WHERE batch = ? AND kind = 'announcement' ORDER BY id", (job.batch,)
        )
    return [str(row["text"]) for row in rows]


async def test_only_the_rejects_are_drawn_again_with_cues_and_new_seeds(stage: Stage) -> None:
    """What is kept stays; the round is announced in the thread, and told on the sheet as it comes."""
    async with stage.bot():
        jobs, message = await begun(stage)
        said = await stage.answered(await press(stage, message, "reroll:"))
        assert said.startswith("**Round 2**: 2–3 are drawn again")
        assert "**2** owl: with cues: " in said
        made = await rerolled(stage, jobs[0].batch)
        assert sorted(made) == [2, 3]
        assert [made[at].slug for at in (2, 3)] == ["owl", "elk"]
        assert made[2].seed != jobs[1].seed
        (cue,) = made[2].cues
        assert cue.phrase in made[2].prompt
        assert (made[2].asked, made[2].again, made[2].batch) == (jobs[1].asked, jobs[1].id, jobs[0].batch)
        assert made[3].cues == ()
        await until(lambda: "Round 2: 2–3" in text(message) and "To come: 2–3" in text(message))
        assert "**2 of 4 decided**, 2 kept, 2 to come, round 2" in text(message)
        await stage.render(made[2])
        await until(lambda: "To come: 3" in text(message))
        await settled(stage)
        assert [one["label"] for one in reviewed.menus(message)[0]["options"]][1] == "2 · owl · round 2"
        posts = reviewed.said(stage, message.channel_id)
        assert [text(one) for one in posts if "Round 2" in text(one) and one.id != message.id] == [
            "**Round 2**: 2–3 are drawn again, with what was said of them and new seeds."
        ]
        post = await stage.message(lambda: stage.end_of(made[2]))
        assert post.channel_id == message.channel_id


async def test_the_card_of_the_batch_counts_the_round(stage: Stage) -> None:
    """Of a picture that is drawn again the newer job counts: four are four."""
    async with stage.bot():
        jobs, message = await begun(stage)
        card = await stage.card(jobs[0])
        await until(lambda: "4 of 4 done" in text(card))
        await stage.answered(await press(stage, message, "reroll:"))
        await until(lambda: "2 of 4 done" in text(card) and "2 left" in text(card))
        for job in (await rerolled(stage, jobs[0].batch)).values():
            await stage.render(job)
        await until(lambda: "4 of 4 done" in text(card))


async def test_as_often_as_wanted_until_the_set_is_accepted(stage: Stage) -> None:
    """Each round draws what is rejected then; a keep of an earlier take counts, whatever came after it."""
    async with stage.bot():
        jobs, message = await begun(stage)
        for number in (2, 3):
            await stage.answered(await press(stage, message, "reroll:"))
            made = await rerolled(stage, jobs[0].batch)
            for job in made.values():
                await stage.render(job)
            await until(lambda number=number: f"round {number}" in str(message.components))  # type: ignore[misc]
            await settled(stage)
            await say(stage, message, "reject 2, 3" if number == 2 else "keep 2, reject 3")
        await stands(stage, jobs[0].batch, KEPT, KEPT, REJECTED, KEPT)
        assert (await reviewed.review(stage, jobs[0].batch)).rounds == 3
        await reviewed.choose_again(stage, jobs[2], KEEP)
        await until(lambda: "**The set is accepted**: all 4 pictures are kept." in text(message))
    assert [line.split(":")[0] for line in await rounds(stage, jobs[0])] == ["**Round 2**", "**Round 3**"]
    takes = [take.seed for slot in (await reviewed.review(stage, jobs[0].batch)).slots for take in slot.takes]
    assert len(set(takes)) == len(takes) == 8


async def test_a_press_that_comes_twice_is_one_round(stage: Stage) -> None:
    """The same interaction again is the first round, and another press finds nothing left to draw."""
    async with stage.bot():
        jobs, message = await begun(stage)
        with everything_twice(stage.standin):
            await press(stage, message, "reroll:")
        await eventually(lambda: count(stage), lambda found: found == 6)
        assert "Nothing of this batch is rejected" in await stage.answered(await press(stage, message, "reroll:"))
        first, second = [await press(stage, message, "reroll:", who) for who in ("ada", "grace")]
        await stage.answered(first)
        await stage.answered(second)
        assert await count(stage) == 6
    assert len(await rounds(stage, jobs[0])) == 1


async def test_many_are_drawn_when_that_is_confirmed_and_once(stage: Stage) -> None:
    """The question works in another life of the bot; pressed twice it is one round."""
    slugs = tuple("abcdefg")
    async with stage.bot():
        jobs, message = await shown(stage, slugs)
        await confirm(stage, await say(stage, message, "none"))
        outcome = await press(stage, message, "reroll:")
        assert "7 rejects would be drawn again" in await stage.answered(outcome)
        page = stage.standin.world.messages[outcome.message_id or ""]
        assert await count(stage) == 7
        (button,) = presses(page)
    async with stage.bot():
        with everything_twice(stage.standin):
            await stage.standin.member("ada").click(page.id, button["custom_id"])
        await until(lambda: page.content.startswith("**Round 2**: 1–7 are drawn again"))
        assert await count(stage) == 14
        await stands(stage, jobs[0].batch, *[WAITING] * 7)


async def test_what_was_decided_otherwise_meanwhile_is_left_out(stage: Stage) -> None:
    """Between the question and its answer."""
    async with stage.bot():
        jobs, message = await shown(stage, tuple("abcdefg"))
        await confirm(stage, await say(stage, message, "none"))
        outcome = await press(stage, message, "reroll:")
        await stage.answered(outcome)
        page = stage.standin.world.messages[outcome.message_id or ""]
        await stage.answered(await pick(stage, message, KEEP, jobs[:5]))
        await confirm(stage, page)
        assert sorted(await rerolled(stage, jobs[0].batch)) == [6, 7]


async def test_a_take_that_fails_leaves_the_reject_to_be_drawn_once_more(stage: Stage) -> None:
    """From the latest picture there is, behind the failed take."""
    async with stage.bot():
        jobs, message = await begun(stage, "all but 2")
        await stage.answered(await press(stage, message, "reroll:"))
        (failed,) = (await rerolled(stage, jobs[0].batch)).values()
        await stage.fail(failed, "picture-black")
        await stands(stage, jobs[0].batch, KEPT, REJECTED, KEPT, KEPT)
        await stage.answered(await press(stage, message, "reroll:"))
        (made,) = (await rerolled(stage, jobs[0].batch)).values()
        assert (made.again, made.asked) == (failed.id, jobs[1].asked)


async def test_who_may_not_ask_or_has_spent_the_day_draws_nothing(stage: Stage) -> None:
    """The one who presses asks for the pictures, by their own quota."""
    async with stage.bot() as client:
        jobs, message = await begun(stage)
        async with stage.db.transaction() as connection:
            await people.permit(connection, What.ASK, Kind.ROLE, [1])
        assert "drawn again" not in await stage.answered(await press(stage, message, "reroll:", "grace"))
        async with stage.db.transaction() as connection:
            await people.permit(connection, What.ASK, Kind.ROLE, [])
        client.settings = client.settings.model_copy(
            update={"people": client.settings.people.model_copy(update={"daily": 4})}
        )
        said = await stage.answered(await press(stage, message, "reroll:"))
        assert "drawn again" not in said
        assert await count(stage) == 4
        await stage.answered(await press(stage, message, "reroll:", "grace"))
        made = await rerolled(stage, jobs[0].batch)
        assert {job.asker for job in made.values()} == {int(stage.standin.member("grace").id)}


async def test_members_of_a_cluster_that_shared_a_seed_share_a_new_one(stage: Stage) -> None:
    items = [{"slug": slug, "prompt": slug, "cluster": "set", "seed": 7} for slug in ("fox", "owl", "elk")]
    async with stage.bot():
        made = await reviewed.batch(stage, items)
        for job in made:
            await stage.render(job)
        message = await reviewed.sheet(stage, made[0].batch)
        await until(lambda: "3 · elk" in str(message.components))
        await say(stage, message, "keep 1, reject 2, 3")
        await stage.answered(await press(stage, message, "reroll:"))
        again = await rerolled(stage, made[0].batch)
    assert {job.seed for job in again.values()} != {7}
    assert again[2].seed == again[3].seed


async def test_a_round_survives_a_bot_that_dies_as_it_is_accepted(stage: Stage) -> None:
    """Accepted is committed: the next life announces it once, and renders what was asked for once."""
    async with stage.bot():
        jobs, message = await begun(stage)
        gate = stage.hold("POST", f"/channels/{message.channel_id}/messages")
        await press(stage, message, "reroll:")
        await eventually(lambda: count(stage), lambda found: found == 6)
    gate.set()
    async with stage.bot():
        await until(lambda: "To come: 2–3" in text(message))
        await eventually(lambda: _due(stage), lambda due: due == 0)
        said = [text(one) for one in reviewed.said(stage, message.channel_id) if text(one).startswith("**Round 2**")]
        assert len(said) == 1
        assert await count(stage) == 6
        assert {job.state for job in (await rerolled(stage, jobs[0].batch)).values()} == {JobState.QUEUED}


async def _due(stage: Stage) -> int:
    async with stage.db.reading() as connection:
        ((found,),) = await connection.execute_fetchall("SELECT count(*) FROM notices WHERE state = 'due'")
    return int(found)


@pytest.mark.parametrize("named", ["b.json", ""])
async def test_the_command_does_as_the_button_does(stage: Stage, named: str) -> None:
    """The batch by its name or its id; one that is not there is told."""
    async with stage.bot():
        jobs, _ = await begun(stage)
        ada = stage.standin.member("ada")
        outcome = await ada.run(stage.channel, "batch reroll", {"batch": named or jobs[0].batch})
        assert "**Round 2**: 2–3 are drawn again" in await stage.answered(outcome)
        outcome = await ada.run(stage.channel, "batch reroll", {"batch": "none.json"})
        assert "no such batch" in await stage.answered(outcome)
    assert await count(stage) == 6
