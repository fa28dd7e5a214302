"""The contact sheets of a batch over the wire: in its thread, page by page, kept true, in every life of the bot."""

import pytest

from bot.ledger import batch_sheets, pictures
from bot.ledger.takes import Standing
from tests.chat import groups, reviewed
from tests.chat.groups import image, menus, presses
from tests.chat.people import until
from tests.chat.reviewed import KEEP, REJECT, confirm, pick, press, say, settled, shown
from tests.chat.stage import Stage, eventually, text


async def test_a_batch_has_a_sheet_with_its_pictures_in_the_thread(stage: Stage) -> None:
    """Numbered as in the file, by their slugs, with a menu for either verdict."""
    async with stage.bot():
        jobs, message = await shown(stage)
        card = await stage.card(jobs[0])
    assert message.channel_id == card.id  # the thread has the id of the message it began under
    assert message.embeds[0]["title"] == "b.json · 1–4"
    assert "**0 of 4 decided**" in text(message)
    (attachment,) = message.attachments
    assert attachment.filename == "sheet-1-4.jpg"
    assert attachment.description == "Contact sheet of b.json: 1 fox; 2 owl; 3 elk; 4 hare"
    keep, reject = menus(message)
    assert [one["label"] for one in keep["options"]] == ["1 · fox", "2 · owl", "3 · elk", "4 · hare"]
    assert [one["value"] for one in reject["options"]] == [job.id for job in jobs]
    assert [one["label"] for one in presses(message)] == ["All but …", "Take my choices back", "Reroll the rejects"]
    assert image(message).width > 480


async def test_the_sheet_stands_from_the_first_picture_on_and_follows(stage: Stage) -> None:
    """What is to come, failed or was cancelled keeps its number; each picture that comes is drawn on it."""
    async with stage.bot():
        jobs = await stage.batch(("fox", "owl", "elk", "hare"))
        await stage.card(jobs[0])
        await stage.render(jobs[1])
        message = await reviewed.sheet(stage, jobs[0].batch)
        before = message.attachments[0].data
        assert "To come: 1, 3–4" in text(message)
        assert [one["label"] for one in menus(message)[0]["options"]] == ["2 · owl"]
        await stage.fail(jobs[0], "picture-black")
        await stage.render(jobs[2])
        await until(lambda: "Without a picture: 1" in text(message) and "To come: 4" in text(message))
        await stage.intake.cancel(str(jobs[0].batch), person=stage.ada, moderator=False)
        await until(lambda: "Without a picture: 1, 4" in text(message))
        await settled(stage)
    assert message.attachments[0].data != before
    assert "**0 of 2 decided**, 2 without a picture" in text(message)
    assert (
        message.attachments[0].description
        == "Contact sheet of b.json: 1 fox (failed); 2 owl; 3 elk; 4 hare (cancelled)"
    )
    assert len(await reviewed.sheets(stage, jobs[0].batch)) == 1


async def test_verdicts_of_every_kind_are_shown_and_the_accepted_set_told(stage: Stage) -> None:
    """A reaction under the single post counts as a choice on the sheet does; open ones are links to their posts."""
    async with stage.bot():
        jobs, message = await shown(stage, ("fox", "owl"))
        fox, owl = [await stage.message(lambda job=job: stage.end_of(job)) for job in jobs]  # type: ignore[misc]
        assert f"Open: [1](https://discord.com/channels/{stage.standin.guild_id}/{fox.channel_id}/{fox.id})" in text(
            message
        )
        stage.standin.member("ada").react(fox.id, "✅")
        await stage.answered(await pick(stage, message, REJECT, jobs[1:]))
        await until(lambda: "**2 of 2 decided**, 1 kept, 1 rejected" in text(message))
        assert "Kept: 1\nRejected: 2" in text(message)
        assert "**All is decided.** 1 picture is rejected: **Reroll the rejects**" in text(message)
        await stage.answered(await pick(stage, message, KEEP, jobs[1:]))
        await until(lambda: "**The set is accepted**: all 2 pictures are kept." in text(message))
        await settled(stage)
        assert [one.get("description") for one in menus(message)[0]["options"]] == ["kept", "kept"]
        stage.standin.member("ada").unreact(fox.id, "✅")
        await until(lambda: "1 of 2 decided" in text(message))
    assert "accepted" not in text(message)
    assert owl.id not in text(message)


async def test_whose_word_counts_is_the_one_rule(stage: Stage) -> None:
    """Whoever asked decides; without a word of theirs more than half of the others."""
    async with stage.bot():
        jobs, message = await shown(stage, ("fox", "owl"))
        await stage.answered(await pick(stage, message, REJECT, jobs, "grace"))
        await reviewed.stands(stage, jobs[0].batch, Standing.REJECTED, Standing.REJECTED)
        await stage.answered(await pick(stage, message, KEEP, jobs[:1]))
        await reviewed.stands(stage, jobs[0].batch, Standing.KEPT, Standing.REJECTED)


async def test_pages_of_a_batch_each_have_a_sheet_and_the_first_tells_of_all(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verdict edits its own page and the first one, which leads to the others."""
    monkeypatch.setattr(batch_sheets, "PAGE", 2)
    async with stage.bot():
        jobs, head = await shown(stage, tuple("abcde"))
        second, third = [await reviewed.sheet(stage, jobs[0].batch, nth) for nth in (1, 2)]
        await settled(stage)
        assert [one.embeds[0]["title"] for one in (head, second, third)] == [
            "b.json · 1–2",
            "b.json · 3–4",
            "b.json · 5–5",
        ]
        assert f"[3–4](https://discord.com/channels/{stage.standin.guild_id}/{second.channel_id}/{second.id})" in text(
            head
        )
        assert "**0 of 5 decided**" in text(head)
        assert "of 5 decided" not in text(second)
        assert "On this sheet: 0 of 2 decided." in text(second)
        before = [len(stage.edits(one)) for one in (head, second, third)]
        await stage.answered(await pick(stage, third, KEEP, jobs[4:]))
        await until(lambda: "**1 of 5 decided**" in text(head) and "On this sheet: 1 of 1" in text(third))
        await settled(stage)
        after = [len(stage.edits(one)) for one in (head, second, third)]
    assert [now > then for now, then in zip(after, before, strict=True)] == [True, False, True]


async def test_a_batch_of_one_picture_has_no_sheet(stage: Stage) -> None:
    async with stage.bot():
        (job,) = await stage.batch(("fox",))
        await stage.render(job)
        await stage.message(lambda: stage.end_of(job))
    assert await reviewed.sheets(stage, job.batch) == []


async def test_several_pictures_of_one_item_are_on_the_batchs_sheet_alone(stage: Stage) -> None:
    """They have numbers of their own there, and no sheet of their ask beside it."""
    async with stage.bot():
        made = await reviewed.batch(
            stage, [{"slug": "fox", "prompt": "a fox", "count": 2}, {"slug": "owl", "prompt": "an owl"}]
        )
        for job in made:
            await stage.render(job)
        message = await reviewed.sheet(stage, made[0].batch)
        await until(lambda: len(menus(message)[0]["options"]) == 3)
        await settled(stage)
    assert [one["label"] for one in menus(message)[0]["options"]] == ["1 · fox", "2 · fox", "3 · owl"]
    assert await groups.notice(stage, made) is None


async def test_a_cluster_has_a_sheet_with_its_drift(stage: Stage) -> None:
    """Once two members can be compared; its members keep their numbers, and it has no menus."""
    items = [
        {"slug": slug, "prompt": slug, **({"cluster": "warm"} if slug != "owl" else {})}
        for slug in ("fox", "owl", "elk")
    ]
    async with stage.bot():
        fox, owl, elk = await reviewed.batch(stage, items)
        await stage.render(fox, reviewed.plain((250, 200, 180)))
        await stage.render(owl)
        page = await reviewed.sheet(stage, fox.batch)
        assert len(await reviewed.sheets(stage, fox.batch)) == 1
        await stage.render(elk, reviewed.plain((20, 10, 60)))
        message = await reviewed.sheet(stage, fox.batch, 1)
        await settled(stage)
        assert message.embeds[0]["title"] == "b.json · cluster warm"
        assert "these stand aside: 3 (" in text(message)
        assert "darker" in text(message)
        assert message.components == []
        assert f"[warm](https://discord.com/channels/{stage.standin.guild_id}" in text(page)
        high = image(message).height
        stage.standin.member("ada").react((await stage.message(lambda: stage.end_of(fox))).id, "✅")
        await until(lambda: "Kept: 1" in text(message))
    assert high > 480 + 100


async def test_a_deleted_picture_leaves_the_sheet(stage: Stage) -> None:
    """It can be chosen no more, and its slot counts for nothing."""
    async with stage.bot():
        jobs, message = await shown(stage, ("fox", "owl", "elk"))
        async with stage.db.transaction() as connection:
            await pictures.delete(connection, jobs[1].id, stage.ada, stage.clock.now())
        await until(lambda: "Without a picture: 2" in text(message))
        await settled(stage)
        assert [one["label"] for one in menus(message)[0]["options"]] == ["1 · fox", "3 · elk"]
        assert "**0 of 2 decided**" in text(message)


async def test_a_sheet_whose_pictures_were_all_deleted_is_not_said(stage: Stage) -> None:
    """The next picture of the page brings another one."""
    async with stage.bot():
        jobs = await stage.batch(("fox", "owl"))
        await stage.card(jobs[0])
    await stage.render(jobs[0])
    async with stage.db.transaction() as connection:
        await pictures.delete(connection, jobs[0].id, stage.ada, stage.clock.now())
    async with stage.bot():
        await eventually(lambda: _states(stage), lambda found: found == ["unsayable"])
        await stage.render(jobs[1])
        message = await reviewed.sheet(stage, jobs[0].batch)
        assert "Without a picture: 1" in text(message)
    assert await _states(stage) == ["unsayable", "said"]


async def _states(stage: Stage) -> list[str]:
    async with stage.db.reading() as connection:
        return [
            str(row[0])
            for row in await connection.execute_fetchall("SELECT state FROM notices WHERE kind = 'sheet' ORDER BY id")
        ]


async def test_what_was_decided_while_nobody_could_edit_is_shown_by_the_next_life(stage: Stage) -> None:
    async with stage.bot():
        jobs, message = await shown(stage, ("fox", "owl"))
        gate = stage.hold("PATCH", f"/messages/{message.id}")
        await stage.answered(await pick(stage, message, KEEP, jobs[:1]))
    gate.set()
    async with stage.bot():
        await until(lambda: "**1 of 2 decided**" in text(message))
        await settled(stage)


async def test_killed_before_the_commit_the_sheet_is_found_and_not_sent_again(stage: Stage) -> None:
    """It follows from then on, although nobody knows what it showed."""
    async with stage.bot():
        jobs = await stage.batch(("fox", "owl"))
        card = await stage.card(jobs[0])
        await stage.render(jobs[0])
        first = await reviewed.sheet(stage, jobs[0].batch)
    async with stage.db.transaction() as connection:  # the answer never came
        await connection.execute(
            "UPDATE notices SET state = 'due', message = NULL, said_at = NULL WHERE kind = 'sheet'"
        )
    stage.clock.skipped += 3600
    async with stage.bot():
        message = await reviewed.sheet(stage, jobs[0].batch)
        await stage.render(jobs[1])
        await until(lambda: len(menus(message)[0]["options"]) == 2)
    assert message.id == first.id
    assert [one.id for one in reviewed.said(stage, card.id) if menus(one)] == [first.id]


async def test_fifty_pictures_are_reviewed_to_an_accepted_set(stage: Stage) -> None:
    """Two sheets, two answers by number, a round of the rejects, and one more verdict for each of these."""
    slugs = [f"picture-{number}" for number in range(1, 51)]
    async with stage.bot():
        jobs, head = await shown(stage, slugs)
        second = await reviewed.sheet(stage, jobs[0].batch, 1)
        await settled(stage)
        assert [len(menus(one)[0]["options"]) for one in (head, second)] == [25, 25]
        await confirm(stage, await say(stage, head, "all but 3, 7-8"))
        await confirm(stage, await say(stage, second, "none but 26-49"))
        await until(lambda: "**50 of 50 decided**, 46 kept, 4 rejected" in text(head))
        await stage.answered(await press(stage, second, "reroll:"))
        made = await reviewed.rerolled(stage, jobs[0].batch)
        assert sorted(made) == [3, 7, 8, 50]
        for job in made.values():
            await stage.render(job)
        await until(lambda: "picture-8 · round 2" in str(head.components) and "round 2" in str(second.components))
        await settled(stage)
        await say(stage, head, "all")
        await say(stage, second, "keep 50")
        await until(lambda: "**The set is accepted**: all 50 pictures are kept." in text(head))
