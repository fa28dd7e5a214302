"""Looking back over the wire: pages, filters, who sees what, and buttons that work in every later life."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageChops

from bot.demo.discord.permissions import Permission
from bot.demo.discord.values import Message, Outcome
from bot.ledger import pictures
from bot.nouns import Job, Verdict
from tests.chat.people import until
from tests.chat.stage import Stage, text


async def hang(stage: Stage, count: int, **more: Any) -> list[Job]:
    """So many posted pictures, oldest first."""
    made = []
    for number in range(count):
        (job,) = await stage.ask(**{"slug": f"fox-{number:02}", "seed": number, **more})
        await stage.render(job)
        made.append(job)
    for job in made:
        await stage.message(lambda job=job: stage.end_of(job))  # type: ignore[misc]  # the job of this turn
    return made


async def page(stage: Stage, outcome: Outcome, who: str = "ada") -> Message:
    """The page that answered; nobody else sees it."""
    await stage.answered(outcome)
    message = stage.standin.world.messages[outcome.message_id or ""]
    assert message.addressee == stage.standin.member(who).id
    return message


async def look(stage: Stage, command: str = "gallery", who: str = "ada", **options: Any) -> Message:
    return await page(stage, await stage.standin.member(who).run(stage.channel, command, options), who)


def button(message: Message, way: str) -> dict[str, Any]:
    return next(one for one in message.components[0]["components"] if f":{way}:" in one["custom_id"])


async def turn(stage: Stage, message: Message, way: str, who: str = "ada") -> Message:
    """Presses; the page is replaced where it stands."""
    before = text(message)
    outcome = await stage.standin.member(who).click(message.id, button(message, way)["custom_id"])
    assert outcome.state == "deferred"
    await until(lambda: text(message) != before)
    return message


def shown(message: Message) -> list[str]:
    """The slugs on the page, in its order."""
    return [line.split("**")[1] for line in text(message).splitlines() if line[:1].isdigit() and "**" in line]


def names(numbers: Sequence[int]) -> list[str]:
    return [f"fox-{number:02}" for number in numbers]


async def test_pages_follow_one_another_and_back(stage: Stage) -> None:
    """Nine a page, newest first, nothing twice and nothing left out; at both ends the button is switched off."""
    async with stage.bot():
        await hang(stage, 20)
        message = await look(stage)
        assert shown(message) == names(range(19, 10, -1))
        assert button(message, "newer")["disabled"]
        await turn(stage, message, "older")
        assert shown(message) == names(range(10, 1, -1))
        await turn(stage, message, "older")
        assert shown(message) == names([1, 0])
        assert button(message, "older")["disabled"]
        await turn(stage, message, "newer")
        assert shown(message) == names(range(10, 1, -1))
        await turn(stage, message, "newer")
        assert shown(message) == names(range(19, 10, -1))
        assert button(message, "newer")["disabled"]


async def test_a_page_is_one_strip_with_numbers_and_lines_with_links(stage: Stage) -> None:
    """The file is a picture described in words; each line leads to its post and tells what people think."""
    async with stage.bot():
        first, second = await hang(stage, 2)
        post = await stage.message(lambda: stage.end_of(first))
        stage.standin.member("grace").react(post.id, "✅")
        await stage.judged_so(first, {int(stage.standin.member("grace").id): (Verdict.KEEP, "")})
        message = await look(stage)
        (strip,) = message.attachments
        assert strip.description == "A strip of pictures: 1 fox-01, 2 fox-00"
        with Image.open(BytesIO(strip.data)) as opened:
            assert opened.format == "JPEG"
        lines = text(message).splitlines()
        assert f"/{stage.channel}/{post.id})" in lines[-1]
        assert lines[-1].startswith("2. [**fox-00**](")
        assert f"demo · seed 0 · <@{stage.ada}> · <t:{int(first.created_at)}:d> · kept by 1" in lines[-1]
        assert "kept" not in lines[-2]
        assert second.slug in lines[-2]


async def test_buttons_turn_pages_in_another_life_of_the_bot(stage: Stage) -> None:
    async with stage.bot():
        await hang(stage, 11, model="demo")
        message = await look(stage, model="demo")
    async with stage.bot():
        await turn(stage, message, "older")
        assert shown(message) == names([1, 0])


async def test_a_page_goes_on_where_it_was_though_new_pictures_came(stage: Stage) -> None:
    async with stage.bot():
        await hang(stage, 11)
        message = await look(stage)
        await hang(stage, 3, slug="new")
        await turn(stage, message, "older")
        assert shown(message) == names([1, 0])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"slug": "fox-01"}, ["fox-01"]),
        ({"slug": "Fox-01 "}, ["fox-01"]),
        ({"verdict": "keep"}, ["fox-02", "fox-00"]),
        ({"verdict": "keep", "slug": "fox-00"}, ["fox-00"]),
        ({"verdict": "reroll"}, []),
        ({"model": "demo"}, ["fox-02", "fox-01", "fox-00"]),
        ({"model": "other"}, []),
        ({"time": "1h"}, ["fox-02", "fox-01", "fox-00"]),
        ({"time": "2020-01..2021-01"}, []),
    ],
)
async def test_filters_leave_out(stage: Stage, options: dict[str, str], expected: list[str]) -> None:
    async with stage.bot():
        made = await hang(stage, 3)
        for job in (made[0], made[2]):
            post = await stage.message(lambda job=job: stage.end_of(job))  # type: ignore[misc]  # of this turn
            stage.standin.member("grace").react(post.id, "✅")
            await stage.judged_so(job, {int(stage.standin.member("grace").id): (Verdict.KEEP, "")})
        message = await look(stage, **options)
        assert shown(message) == expected
        if not expected:
            assert "There is no picture that fits" in message.content


async def test_by_person(stage: Stage) -> None:
    async with stage.bot():
        await hang(stage, 2)
        await hang(stage, 1, who="grace", slug="owl")
        grace = stage.standin.member("grace").id
        assert shown(await look(stage, person=grace)) == ["owl"]
        assert shown(await look(stage, "mine", "grace")) == ["owl"]


async def test_a_time_that_cannot_be_read_is_explained(stage: Stage) -> None:
    async with stage.bot():
        assert "Write 7d, 24h, 2026-01" in (await look(stage, time="soon")).content


async def test_what_is_deleted_or_not_posted_or_hidden_is_not_drawn(stage: Stage) -> None:
    """A deleted picture is left out; one that was posted hidden has a line but no picture; a lost file says so."""
    async with stage.bot():
        first, second, third = [
            job for number in range(3) for job in await hang(stage, 1, slug=f"fox-{number:02}", seed=250 + number)
        ]
        async with stage.db.transaction() as connection:
            await pictures.delete(connection, first.id, stage.ada, stage.clock.now())
            await connection.execute("UPDATE asks SET spoiler = 1 WHERE id = ?", (second.ask,))
            lost = await pictures.of_job(connection, third.id)
        assert lost is not None
        stage.files.path(lost.sha256).unlink()
        message = await look(stage)
        assert shown(message) == names([2, 1])
        with Image.open(BytesIO(message.attachments[0].data)) as strip:
            reds, _, blues = strip.convert("RGB").split()
            orange = ImageChops.subtract(reds, blues).point([0] * 100 + [255] * 156)
        assert orange.getbbox() is None, "a hidden picture is drawn"


async def test_channels_one_may_not_read_are_left_out(stage: Stage) -> None:
    """What was asked in a closed channel is shown to nobody else, by page, by slug, or as a suggestion."""
    world = stage.standin.world
    closed = world.channels[stage.standin.channel("lounge")]
    world.overwrite(closed, stage.standin.member("grace").id, deny=int(Permission.VIEW_CHANNEL))
    async with stage.bot():
        await hang(stage, 1, slug="secret", channel="lounge")
        await hang(stage, 1, slug="open")
        assert shown(await look(stage)) == ["open", "secret"]
        assert shown(await look(stage, who="grace")) == ["open"]
        assert "no picture that fits" in (await look(stage, who="grace", slug="secret")).content
        for who, offered in (("ada", ["open", "secret"]), ("grace", ["open"])):
            choices = await stage.standin.member(who).complete(stage.channel, "gallery", "slug", "", {})
            assert sorted(choice["value"] for choice in choices) == offered


async def test_what_is_for_adults_is_shown_only_among_adults(stage: Stage) -> None:
    adults = stage.standin.make_channel("adults", nsfw=True)
    async with stage.bot():
        await hang(stage, 1, slug="bare", channel="adults")
        assert "There is no picture yet" in (await look(stage)).content
        there = await stage.standin.member("ada").run(adults, "gallery", {})
        assert shown(await page(stage, there)) == ["bare"]


async def test_mine_tells_what_waits_and_what_was_asked_for_today(stage: Stage) -> None:
    """Of the person alone; failed ones do not count, and what was asked for a day ago neither."""
    async with stage.bot():
        await hang(stage, 2)
        first, _ = await stage.ask(count=2, slug="later")
        await stage.start(first)
        (broken,) = await stage.ask(slug="broken")
        await stage.fail(broken, "picture-black", model="demo")
        await stage.ask("an owl", "grace", slug="owl")
        said = text(await look(stage, "mine"))
        assert said.startswith("My pictures\n1 waiting, 1 rendering now, 4 asked for in the last 24 hours.")
        stage.clock.skipped = 90_000.0
        assert "1 waiting, 1 rendering now, 0 asked for" in text(await look(stage, "mine"))


async def test_nothing_yet_is_said_in_words(stage: Stage) -> None:
    async with stage.bot():
        assert "Ask for one with `/imagine`" in (await look(stage)).content
        said = (await look(stage, "mine")).content
    assert "0 waiting, 0 rendering now, 0 asked for" in said


async def test_slugs_are_suggested_by_any_of_their_letters(stage: Stage) -> None:
    """Those that begin so first; then the latest."""
    async with stage.bot():
        for slug in ("red-boat", "boat", "tree"):
            await stage.ask(slug=slug)
        choices = await stage.standin.member("grace").complete(stage.channel, "show", "what", "boat", {})
    assert [choice["value"] for choice in choices] == ["boat", "red-boat"]
