"""Variations gather in a thread, over the wire: one thread, every picture once, each like any other."""

from bot.nouns import Verdict
from tests.chat import groups
from tests.chat.gathering import begins, begun, gathered, inside, made, posted, varied
from tests.chat.people import until
from tests.chat.stage import Stage
from tests.chat.test_buttons import press
from tests.chat.test_varying import only_new, standing

KEEP = (Verdict.KEEP, "")


async def test_variations_gather_in_a_thread_under_the_first_picture(stage: Stage) -> None:
    """One thread, named after the slug; each is a picture like any other, with what can be pressed and reacted."""
    async with stage.bot():
        fox, first = await begun(stage)
        second = await varied(stage, fox)
        third = await varied(stage, second)
        messages = [await posted(stage, one) for one in (second, third)]
        await until(lambda: list(messages[1].reactions) == ["✅", "❌", "🔁"])
    (thread,) = made(stage)
    assert (thread.id, thread.name, thread.parent_id) == (first.id, "fox", stage.channel)
    assert inside(stage, thread.id) == messages
    assert messages[0].attachments[0].filename.startswith("fox-")
    assert begins(stage, first) == 1


async def test_what_is_no_variation_of_its_slug_stays_in_the_channel(stage: Stage) -> None:
    """Asked for anew, under another slug, or made from a picture of another channel."""
    async with stage.bot():
        fox, _ = await begun(stage)
        stage.standin.make_channel("elsewhere")
        (anew,) = await stage.ask("a fox", slug="fox")
        await stage.render(anew)
        owl = await varied(stage, fox, slug="owl")
        abroad = await varied(stage, fox, channel="elsewhere")
        places = [(await posted(stage, one)).channel_id for one in (anew, owl, abroad)]
    assert places == [stage.channel, stage.channel, stage.standin.channel("elsewhere")]
    assert made(stage) == []


async def test_a_verdict_in_a_thread_counts_live_and_after_downtime(stage: Stage) -> None:
    async with stage.bot():
        fox, _ = await begun(stage)
        job = await varied(stage, fox)
        message = await posted(stage, job)
        stage.standin.member("ada").react(message.id, "✅")
        await stage.judged_so(job, {stage.ada: KEEP})
    grace = int(stage.standin.member("grace").id)
    stage.standin.member("grace").react(message.id, "❌")
    stage.standin.member("ada").unreact(message.id, "✅")
    async with stage.bot():
        await stage.judged_so(job, {grace: (Verdict.REJECT, "")})


async def test_what_is_asked_inside_the_thread_stays_in_it(stage: Stage) -> None:
    """Its card, its picture, what is made from it, and its failures."""
    async with stage.bot():
        fox, thread = await gathered(stage)
        (inner,) = await stage.ask("a fox", slug="fox", channel="fox")
        card = await stage.card(inner)
        await stage.render(inner)
        await posted(stage, inner)
        (child,) = await stage.ask("a fox", slug="fox", channel="fox", parent=inner.id)
        (failing,) = await stage.ask("a fox", slug="fox", channel="fox", parent=fox.id)
        await stage.render(child)
        await stage.fail(failing, "picture-black")
        found = [await posted(stage, one) for one in (inner, child, failing)]
    assert {one.channel_id for one in [card, *found]} == {thread.id}
    assert [one.id for one in made(stage)] == [thread.id]


async def test_commands_and_buttons_work_in_a_thread(stage: Stage) -> None:
    """`/imagine` typed there, and Again pressed there."""
    async with stage.bot():
        _, thread = await gathered(stage)
        ada = stage.standin.member("ada")
        said = await stage.answered(await ada.run(thread.id, "imagine", {"prompt": "a fox", "slug": "fox"}))
        assert said.startswith("Accepted 1 picture of **fox**")
        (message,) = [one for one in inside(stage, thread.id) if one.attachments]
        (again,) = [one for row in message.components for one in row["components"] if "again" in one["custom_id"]]
        assert "Accepted" in await stage.answered(await ada.click(message.id, again["custom_id"]))
        async with stage.db.reading() as connection:
            rows = list(
                await connection.execute_fetchall("SELECT channel FROM jobs WHERE state = 'queued' ORDER BY id")
            )
    assert rows[0][0] == int(thread.id)


async def test_a_group_of_variations_has_its_sheet_in_the_thread(stage: Stage) -> None:
    async with stage.bot():
        fox, thread = await gathered(stage)
        jobs = await stage.ask("foxes", slug="fox", parent=fox.id, count=2)
        for job in jobs:
            await stage.render(job)
        sheet = await groups.sheet(stage, jobs)
        assert sheet.channel_id == thread.id
        await stage.answered(await groups.choose(stage, sheet, Verdict.KEEP, jobs[:1]))
        await stage.judged_so(jobs[0], {stage.ada: KEEP})


async def test_many_variations_at_once_are_one_thread_in_their_order(stage: Stage) -> None:
    """They became due while the bot was away."""
    async with stage.bot():
        fox, _ = await begun(stage)
    jobs = [await varied(stage, fox) for _ in range(6)]
    async with stage.bot():
        messages = [await posted(stage, one) for one in jobs]
    (thread,) = made(stage)
    assert inside(stage, thread.id) == messages


async def test_what_the_buttons_of_a_picture_make_gathers(stage: Stage) -> None:
    """Vary, pressed under the picture in the channel, then under its variation in the thread."""
    async with standing(stage, prompt="a fox", slug="fox") as (_, first):
        await stage.answered(await press(stage, first, "vary"))
        child = await only_new(stage)
        await stage.render(child)
        second = await posted(stage, child)
        await stage.answered(await press(stage, second, "vary"))
        grandchild = await only_new(stage)
        await stage.render(grandchild)
        third = await posted(stage, grandchild)
    assert [one.channel_id for one in (second, third)] == [first.id, first.id]
    assert grandchild.parent == child.id
