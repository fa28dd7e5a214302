"""Choosing on a contact sheet, over the wire: in every life of the bot, twice, late, and beside reactions."""

import asyncio

import pytest

from bot.chat import judging
from bot.demo.discord.faults import Reply
from bot.ledger import people
from bot.ledger.people import Block
from bot.people.permits import Kind, What
from tests.chat import groups
from tests.chat.groups import KEEP, REJECT, choose, menus, press, standing
from tests.chat.people import until
from tests.chat.stage import Stage, buttons, eventually
from tests.chat.trouble import everything_twice, lose, private, too_late, worn_out


async def test_what_is_chosen_counts_and_choosing_again_replaces_it(stage: Stage) -> None:
    """The answer is private and says what is recorded now; nothing chosen withdraws."""
    async with stage.bot():
        group, message = await groups.shown(stage)
        assert await stage.answered(await choose(stage, message, KEEP, group[:2])) == "Recorded: keep 1, 2."
        outcome = await choose(stage, message, REJECT, group[1:])
        assert await stage.answered(outcome) == "Recorded: keep 1; reject 2, 3."
        private(stage.standin, outcome, "ada")
        assert await standing(stage, group) == [KEEP, REJECT, REJECT]
        await stage.answered(await choose(stage, message, REJECT, []))
        assert await standing(stage, group) == [KEEP, None, None]
        assert await standing(stage, group, "grace") == [None, None, None]


async def test_choices_can_be_taken_back_by_a_button(stage: Stage) -> None:
    """Discord forgets what a menu showed; the button works all the same, for whoever presses it."""
    async with stage.bot():
        group, message = await groups.shown(stage)
        await stage.answered(await choose(stage, message, KEEP, group))
        await stage.answered(await choose(stage, message, KEEP, group, "grace"))
        assert "Nothing is chosen" in await stage.answered(await press(stage, message, "clear"))
        assert await standing(stage, group) == [None, None, None]
        assert await standing(stage, group, "grace") == [KEEP, KEEP, KEEP]


async def test_a_sheet_takes_choices_in_another_life_of_the_bot(stage: Stage) -> None:
    """And what was chosen before the restart is replaced as if there had been none."""
    async with stage.bot():
        group, message = await groups.shown(stage)
        await stage.answered(await choose(stage, message, KEEP, group[:1]))
    async with stage.bot():
        await stage.answered(await choose(stage, message, KEEP, group[2:]))
        assert await standing(stage, group) == [None, None, KEEP]


async def test_reconciling_leaves_choices_alone(stage: Stage) -> None:
    """They are no reactions: Discord shows none of them, and they stand after every READY."""
    async with stage.bot():
        group, message = await groups.shown(stage)
        post = await stage.message(lambda: stage.end_of(group[0]))
        await stage.answered(await choose(stage, message, KEEP, group[:2]))
    stage.standin.member("grace").react(post.id, "✅")
    async with stage.bot():
        await eventually(lambda: standing(stage, group, "grace"), lambda found: found[0] is KEEP)
        assert await standing(stage, group) == [KEEP, KEEP, None]


async def test_a_stricter_reaction_under_the_post_counts_and_the_answer_says_so(stage: Stage) -> None:
    async with stage.bot():
        group, message = await groups.shown(stage)
        post = await stage.message(lambda: stage.end_of(group[0]))
        stage.standin.member("ada").react(post.id, "❌")
        await eventually(lambda: standing(stage, group), lambda found: found[0] is REJECT)
        said = await stage.answered(await choose(stage, message, KEEP, group[:2]))
        assert said.startswith("Recorded: keep 1, 2.\n1 counts as reject, by your reaction or reason")
        assert await standing(stage, group) == [REJECT, KEEP, None]
        stage.standin.member("ada").unreact(post.id, "❌")
        await eventually(lambda: standing(stage, group), lambda found: found[0] is KEEP)


async def test_a_choice_that_comes_twice_or_late_counts_once(stage: Stage) -> None:
    """The verdict does not depend on the answer's way back."""
    async with stage.bot():
        group, message = await groups.shown(stage)
        with everything_twice(stage.standin):
            await choose(stage, message, KEEP, group[:1])
        await eventually(lambda: standing(stage, group), lambda found: found == [KEEP, None, None])
        with too_late(stage.standin):
            await choose(stage, message, KEEP, group[:2])
        await eventually(lambda: standing(stage, group), lambda found: found == [KEEP, KEEP, None])
        with worn_out(stage.standin):
            await choose(stage, message, KEEP, group)
        await eventually(lambda: standing(stage, group), lambda found: found == [KEEP, KEEP, KEEP])
        lose(stage.standin)
        await choose(stage, message, REJECT, group[:1])
        await eventually(lambda: standing(stage, group), lambda found: found == [REJECT, KEEP, KEEP])
        async with stage.db.reading() as connection:
            rows = list(await connection.execute_fetchall("SELECT count(*) FROM verdict_events"))
    assert rows[0][0] == 4


async def test_who_may_not_review_is_told_so_and_changes_nothing(stage: Stage) -> None:
    """Blocked, or without the role that may."""
    grace = int(stage.standin.member("grace").id)
    async with stage.bot():
        group, message = await groups.shown(stage)
        async with stage.db.transaction() as connection:
            await people.permit(connection, What.REVIEW, Kind.ROLE, [1])
        said = await stage.answered(await choose(stage, message, KEEP, group, "grace"))
        assert "Recorded" not in said
        async with stage.db.transaction() as connection:
            await people.permit(connection, What.REVIEW, Kind.ROLE, [])
            await people.block(connection, Block(grace, stage.ada, "", stage.clock.now()))
        assert "blocked" in (await stage.answered(await choose(stage, message, KEEP, group, "grace"))).lower()
        assert await standing(stage, group, "grace") == [None, None, None]


async def test_a_choice_that_is_faster_than_the_ledger_counts(stage: Stage) -> None:
    """The sheet stands, and the commit that says so has not come yet."""
    async with stage.bot():
        gate = asyncio.Event()
        group = await groups.faulty(stage, Reply(gate=gate))
        await until(lambda: any(menus(one) for one in stage.said()))
        message = next(one for one in stage.said() if menus(one))
        await stage.answered(await choose(stage, message, KEEP, group))
        gate.set()
        assert await standing(stage, group) == [KEEP, KEEP]
        assert (await groups.sheet(stage, group)).id == message.id


async def test_more_pictures_than_a_message_has_menus_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The further ones have their menus behind a button, privately; what is chosen there is the same."""
    monkeypatch.setattr(judging, "_EACH", 2)
    async with stage.bot():
        group, message = await groups.shown(stage, tuple("abcdefg"))
        assert [one["placeholder"] for one in menus(message)] == [
            "Keep … (1–2)", "Keep … (3–4)", "Reject … (1–2)", "Reject … (3–4)",
        ]  # fmt: skip
        assert [one["label"] for one in groups.presses(message)] == ["Take my choices back", "Judge 5–7"]
        outcome = await press(stage, message, "page")
        assert await stage.answered(outcome) == "Your choices for pictures 5 to 7:"
        private(stage.standin, outcome, "ada")
        opened = stage.standin.world.messages[str(outcome.message_id)]
        await stage.answered(await choose(stage, message, KEEP, group[2:3], page=1))
        said = await stage.answered(await choose(stage, opened, REJECT, group[6:], page=3))
        assert said == "Recorded: keep 3; reject 7."
        assert await standing(stage, group) == [None, None, KEEP, None, None, None, REJECT]


async def test_nothing_on_a_sheet_renders_or_reacts(stage: Stage) -> None:
    """A reaction on the sheet says of no picture what to think; it is no verdict."""
    async with stage.bot():
        group, message = await groups.shown(stage)
        stage.standin.member("ada").react(message.id, "✅")
        await stage.answered(await choose(stage, message, KEEP, group[:1], "grace"))
        await asyncio.sleep(0)
        assert await standing(stage, group) == [None, None, None]
    assert set(message.reactions) == {"✅"}
    assert "again" not in buttons(message)
