"""Contact sheets over the wire: due once, true to what counts, and taking verdicts in every life of the bot."""

import asyncio

import pytest

from bot.chat import judging
from bot.demo.discord.faults import Reply
from bot.ledger import people, pictures, sheets
from bot.ledger.people import Block
from bot.nouns import Group, Notice
from tests.chat import groups
from tests.chat.groups import KEEP, REJECT, choose, image, menus, press, standing
from tests.chat.people import until
from tests.chat.stage import Stage, buttons, eventually, text
from tests.chat.trouble import everything_twice, lose, private, too_late, worn_out


async def settled(stage: Stage) -> None:
    """Every sheet shows what counts."""

    async def open_ones() -> list[Notice]:
        async with stage.db.reading() as connection:
            return await sheets.unsettled(connection)

    await eventually(open_ones, lambda found: found == [])


async def test_a_group_has_its_sheet_after_its_last_picture(stage: Stage) -> None:
    """Numbered as the pictures were asked for, described for who cannot see it, with a menu for either verdict."""
    async with stage.bot():
        group, message = await groups.shown(stage)
        posts = [await stage.message(lambda job=job: stage.end_of(job)) for job in group]  # type: ignore[misc]
    assert all(int(message.id) > int(post.id) for post in posts)
    (attachment,) = message.attachments
    assert attachment.filename == "fox-sheet.jpg"
    assert attachment.description == "Contact sheet of 3 pictures of “a fox”: 1 seed 0; 2 seed 1; 3 seed 2"
    assert message.embeds[0]["title"] == "fox"
    assert f"**2** · seed 1 · [its post](https://discord.com/channels/{stage.standin.guild_id}" in text(message)
    assert posts[1].id in text(message)
    keep, reject = menus(message)
    assert [option["label"] for option in keep["options"]] == ["1 · seed 0", "2 · seed 1", "3 · seed 2"]
    assert [option["value"] for option in reject["options"]] == [job.id for job in group]
    assert (keep["min_values"], keep["max_values"]) == (0, 3)


async def test_what_failed_or_was_cancelled_keeps_its_number(stage: Stage) -> None:
    """The sheet comes when the last one has ended, also by Cancel; only pictures can be chosen."""
    async with stage.bot():
        group = await groups.asked(stage, ("a", "b", "c", "d"))
        await stage.render(group[0])
        await stage.fail(group[1], "picture-black")
        await stage.render(group[2])
        assert await groups.notice(stage, group) is None
        await stage.intake.cancel(group[0].ask, person=stage.ada, moderator=False)
        message = await groups.sheet(stage, group)
    assert [option["label"] for option in menus(message)[0]["options"]] == ["1 · a", "3 · c"]
    assert "**2** · b · failed" in text(message)
    assert "**4** · d · cancelled" in text(message)


async def test_one_picture_of_a_group_has_no_sheet(stage: Stage) -> None:
    async with stage.bot():
        group = await groups.asked(stage, ("a", "b"))
        await stage.render(group[0])
        await stage.fail(group[1], "picture-black")
        await stage.message(lambda: stage.end_of(group[1]))
    assert await groups.notice(stage, group) is None


async def test_a_hidden_group_has_a_hidden_sheet(stage: Stage) -> None:
    async with stage.bot():
        _, message = await groups.shown(stage, spoiler=True)
    assert message.attachments[0].filename == "SPOILER_fox-sheet.jpg"


async def test_a_grid_tells_its_axes(stage: Stage) -> None:
    labels = [f"guidance {one} · steps {two}" for one in (1, 4) for two in (8, 20)]
    async with stage.bot():
        _, message = await groups.shown(stage, labels, Group.GRID)
    assert "A grid. Rows: steps 8, steps 20. Columns: guidance 1, guidance 4." in text(message)
    assert image(message).width > 2 * 480


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
    grace = int(stage.standin.member("grace").id)
    async with stage.bot():
        group, message = await groups.shown(stage)
        async with stage.db.transaction() as connection:
            await people.block(connection, Block(grace, stage.ada, "", stage.clock.now()))
        outcome = await choose(stage, message, KEEP, group, "grace")
        said = await stage.answered(outcome)
        assert "blocked" in said.lower(), said
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


async def test_killed_before_the_commit_the_sheet_is_found_and_not_sent_again(stage: Stage) -> None:
    async with stage.bot():
        gate = asyncio.Event()
        group = await groups.faulty(stage, Reply(gate=gate))
        await until(lambda: any(menus(one) for one in stage.said()))
    gate.set()
    stage.clock.skipped += 3600
    async with stage.bot():
        message = await groups.sheet(stage, group)
        await settled(stage)
    assert [one.id for one in stage.said() if menus(one)] == [message.id]


async def test_a_sheet_that_is_too_large_is_sent_smaller(stage: Stage) -> None:
    async with stage.bot():
        group = await groups.faulty(stage, Reply(413, {"message": "Request entity too large", "code": 40005}))
        message = await groups.sheet(stage, group)
    sent = stage.standin.log.of("POST", f"/channels/{stage.channel}/messages")
    assert len(sent) == 5
    assert image(message).format == "JPEG"


async def test_a_comparison_counts_its_votes_as_they_come(stage: Stage) -> None:
    """However they were given; many in a moment are one edit, and the picture is not sent again."""
    async with stage.bot():
        group, message = await groups.shown(stage, ("Little Model", "Large Model"), Group.COMPARE)
        assert "with 2 models" in text(message)
        assert "**1** · Little Model · 0 keep" in text(message)
        post = await stage.message(lambda: stage.end_of(group[0]))
        await stage.answered(await choose(stage, message, KEEP, group))
        stage.standin.member("grace").react(post.id, "✅")
        await until(lambda: "Little Model · 2 keep" in text(message) and "Large Model · 1 keep" in text(message))
        await settled(stage)
    assert len(stage.edits(message)) <= 2
    assert all("attachments" not in edit.body for edit in stage.edits(message))


async def test_votes_that_came_while_nobody_could_edit_are_shown_by_the_next_life(stage: Stage) -> None:
    async with stage.bot():
        group, message = await groups.shown(stage, ("A", "B"), Group.COMPARE)
        gate = stage.hold("PATCH", f"/messages/{message.id}")
        await stage.answered(await choose(stage, message, KEEP, group[:1]))
    gate.set()
    async with stage.bot():
        await until(lambda: "A · 1 keep" in text(message))
        await settled(stage)


async def test_other_groups_are_not_edited_for_a_verdict(stage: Stage) -> None:
    async with stage.bot():
        group, message = await groups.shown(stage)
        await stage.answered(await choose(stage, message, KEEP, group))
        await settled(stage)
    async with stage.bot():
        await settled(stage)
    assert stage.edits(message) == []


async def test_a_deleted_picture_leaves_the_sheet(stage: Stage) -> None:
    """Its cell is drawn empty, its number stays, and it can be chosen no more."""
    async with stage.bot():
        group, message = await groups.shown(stage, ("a", "b", "c"))
        before = message.attachments[0].data
        async with stage.db.transaction() as connection:
            await pictures.delete(connection, group[1].id, stage.ada, stage.clock.now())
        await until(lambda: "**2** · b · deleted" in text(message))
        await settled(stage)
    assert [option["label"] for option in menus(message)[0]["options"]] == ["1 · a", "3 · c"]
    assert message.attachments[0].data != before
    assert image(message).size[0] > 640


@pytest.mark.parametrize("status", [403, 404])
async def test_a_sheet_that_cannot_be_edited_is_given_up(stage: Stage, status: int) -> None:
    """Somebody deleted it, or the channel is closed: nothing tries for ever."""
    codes = {403: 50001, 404: 10008}
    async with stage.bot():
        group, message = await groups.shown(stage, ("A", "B"), Group.COMPARE)
        gone = Reply(status, {"message": "gone", "code": codes[status]})
        stage.standin.faults.add("PATCH", f"/messages/{message.id}", gone)
        await stage.answered(await choose(stage, message, KEEP, group[:1]))
        await settled(stage)
    assert len(stage.edits(message)) == 1


async def test_the_edit_that_was_lost_is_made_again(stage: Stage) -> None:
    async with stage.bot():
        group, message = await groups.shown(stage, ("A", "B"), Group.COMPARE)
        stage.standin.faults.add("PATCH", f"/messages/{message.id}", Reply(cut=True), Reply(503))
        await stage.answered(await choose(stage, message, KEEP, group[:1]))
        await until(lambda: "A · 1 keep" in text(message))


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
