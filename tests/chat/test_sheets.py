"""Contact sheets over the wire: due once, true to what counts, and taking verdicts in every life of the bot."""

import asyncio

import pytest

from bot.chat import judging
from bot.chat import sheets as chat_sheets
from bot.demo.discord.faults import Reply
from bot.intake import axes
from bot.ledger import pictures, sheets
from bot.nouns import Group, Job, Notice
from tests.chat import groups
from tests.chat.groups import KEEP, REJECT, choose, image, menus
from tests.chat.people import until
from tests.chat.stage import Stage, eventually, text


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


async def test_a_group_that_was_deleted_before_its_sheet_was_said_has_none(stage: Stage) -> None:
    async with stage.bot():
        group = await groups.asked(stage, ("a", "b"))
    for job in group:
        await stage.render(job)
        async with stage.db.transaction() as connection:
            await pictures.delete(connection, job.id, stage.ada, stage.clock.now())
    async with stage.bot():
        await eventually(lambda: state(stage, group), lambda found: found == "unsayable")
    assert [one for one in stage.said() if menus(one)] == []


async def state(stage: Stage, group: list[Job]) -> str:
    async with stage.db.reading() as connection:
        rows = await connection.execute_fetchall(
            "SELECT state FROM notices WHERE ask = ? AND kind = 'sheet'", (group[0].ask,)
        )
    return str(next(iter(rows))[0])


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
    """As `/grid` labels its cells."""
    cells = axes.cells([axes.parse("guidance: 1, 4"), axes.parse("steps: 8, 20")], 16)
    labels = [cell.label for cell in cells]
    async with stage.bot():
        _, message = await groups.shown(stage, labels, Group.GRID)
    assert "A grid. Rows: steps 8, steps 20. Columns: guidance 1, guidance 4." in text(message)
    assert image(message).width > 2 * 480


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


async def test_sheets_and_cards_of_a_channel_share_one_budget(stage: Stage) -> None:
    """While a card's edit is under way the sheet waits, and everybody's votes are one edit after it."""
    async with stage.bot():
        group, message = await groups.shown(stage, ("A", "B"), Group.COMPARE)
        (waiting,) = await stage.ask("an owl")
        card = await stage.card(waiting)
        gate = stage.hold("PATCH", f"/messages/{card.id}")
        await stage.start(waiting)
        await until(lambda: bool(stage.edits(card)))
        for who in ("ada", "grace"):
            for verdict in (REJECT, KEEP):
                await stage.answered(await choose(stage, message, verdict, group, who))
        assert stage.edits(message) == []
        gate.set()
        await until(lambda: "A · 2 keep" in text(message))
    assert len(stage.edits(message)) == 1


async def test_a_sheet_that_the_bot_fails_at_holds_up_no_other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of its own is tried once in a life; once it is mended, the next life makes the edit."""
    whole = chat_sheets.post
    async with stage.bot():
        (first, bad), (second, good) = [await groups.shown(stage, ("A", "B"), Group.COMPARE) for _ in range(2)]

        def broken(known: chat_sheets.Known) -> judging.SheetPost:
            assert known.notice.ask != first[0].ask
            return whole(known)

        with monkeypatch.context() as fault:
            fault.setattr(chat_sheets, "post", broken)
            await stage.answered(await choose(stage, bad, KEEP, first[:1]))
            await stage.answered(await choose(stage, good, KEEP, second[:1]))
            await until(lambda: "A · 1 keep" in text(good))
        assert "A · 0 keep" in text(bad)
    async with stage.bot():
        await until(lambda: "A · 1 keep" in text(bad))
