"""`/remix`, `/upscale` and `/animate`: pictures from pictures, ours and attached ones, with masks and lines to hold."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.demo.discord.call import Upload
from bot.demo.discord.permissions import Permission
from bot.ledger import pictures
from bot.nouns import Job
from tests import made
from tests.chat.people import describe_attachments as describe_attachments
from tests.chat.shelves import stocked
from tests.chat.stage import Stage
from tests.chat.test_buttons import open_jobs

DEMO = made.shelf_model(modes=("text", "image", "inpaint"), largest=256)
LINES = made.shelf_model(id="lines", name="Lines", modes=("text", "control"), controls=("canny", "depth"), largest=512)
CLIPS = made.shelf_model(id="clips", name="Clips", modes=("animate",), frames=9, most_frames=17, largest=256)


def upload(size: tuple[int, int] = (96, 64), name: str = "mine.jpg", kind: str = "JPEG", mode: str = "RGB") -> Upload:
    buffer = BytesIO()
    Image.new(mode, size, "white").save(buffer, kind)
    return Upload(name, f"image/{kind.lower()}", buffer.getvalue())


async def run(stage: Stage, command: str, who: str = "ada", channel: str = "", **options: Any) -> str:
    outcome = await stage.standin.member(who).run(channel or stage.channel, command, options)
    return await stage.answered(outcome)


async def only(stage: Stage) -> Job:
    (job,) = await open_jobs(stage)
    return job


def kept(stage: Stage) -> int:
    """Files on the bot's disk."""
    return len(list(stage.files.root.glob("??/*")))


def opened(stage: Stage, digest: str | None) -> Image.Image:
    assert digest is not None
    return Image.open(stage.files.path(digest))


@pytest.fixture
async def able(stage: Stage) -> Stage:
    await stocked(stage.db, DEMO, LINES, CLIPS)
    return stage


async def test_an_attached_picture_is_kept_before_it_is_asked_with(able: Stage) -> None:
    """Fetched at once and packed anew as PNG; the order names it by its digest, and has its size."""
    async with able.bot():
        assert "Accepted 1 picture" in await run(able, "remix", prompt="a fox", image=upload(), strength=0.4)
        job = await only(able)
    assert (job.asked, job.parent, job.model) == ("a fox", None, "demo")
    assert (job.width, job.height, job.extras.strength) == (96, 64, 0.4)
    with opened(able, job.extras.source) as image:
        assert (image.format, image.size, image.mode) == ("PNG", (96, 64), "RGB")


async def test_a_mask_lies_on_its_picture(able: Stage) -> None:
    """In the picture's own size, white where something new shall be; strong unless said otherwise."""
    async with able.bot():
        mask = upload((192, 128), "mask.png", "PNG", "L")
        await run(able, "remix", prompt="a fox", image=upload(), mask=mask)
        job = await only(able)
    assert (job.order().mode, job.extras.strength) == ("inpaint", 0.9)
    with opened(able, job.extras.mask) as image:
        assert (image.size, image.mode) == ((96, 64), "L")


async def test_lines_are_held_on_to(able: Stage) -> None:
    """With a model that has this kind, and no source that would be painted over."""
    async with able.bot():
        await run(able, "remix", prompt="a fox", image=upload(), control="canny")
        job = await only(able)
    assert (job.model, job.order().mode, job.extras.source) == ("lines", "control", None)
    assert job.extras.control is not None
    assert job.extras.control.kind == "canny"
    assert able.files.has(job.extras.control.image)


@pytest.mark.parametrize("by", ["link", "job", "slug", "nothing"])
async def test_an_earlier_picture_is_named_in_four_ways(able: Stage, by: str) -> None:
    """Its message's link, its job's id, its slug, or none at all: then it is the newest of the channel."""
    async with able.bot():
        await able.posted("an owl", slug="owl")
        job, message = await able.posted("a fox", slug="fox")
        link = f"https://discord.com/channels/{able.standin.guild_id}/{able.channel}/{message.id}"
        words = {"link": link, "job": job.id, "slug": "fox", "nothing": None}[by]
        options = {} if words is None else {"picture": words}
        await run(able, "remix", "grace", seed=5, **options)
        new = await only(able)
        async with able.db.reading() as connection:
            picture = await pictures.of_job(connection, job.id)
    assert picture is not None
    assert (new.parent, new.asked, new.slug, new.seed) == (job.id, "a fox", "fox", 5)
    assert new.extras.source == picture.sha256


async def test_what_is_told_counts_and_what_is_not_stays(able: Stage) -> None:
    """Words, size, slug and number are the person's; the rest is the picture's."""
    async with able.bot():
        await able.posted("a fox", slug="fox", archetype="hero")
        said = await run(able, "remix", prompt="an owl", slug="owl", size="160x96", count=2)
        new = await open_jobs(able)
    assert "Accepted 2 pictures of **owl**" in said
    assert {(job.asked, job.width, job.height, job.archetype) for job in new} == {("an owl", 160, 96, "hero")}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"picture": "no-such-slug"}, "There is no such picture here"),
        ({"image": Upload("notes.png", "image/png", b"not a picture")}, "notes.png cannot be read as a picture"),
        ({"image": upload((8, 64))}, "has 8x64 pixels, and each side needs 16"),
        ({"image": upload(mode="RGB"), "mask": upload((64, 96), "m.png", "PNG", "L")}, "which is another shape"),
        ({"image": upload(), "mask": upload(), "control": "canny"}, "do not go together"),
        ({"image": upload(), "picture": "fox"}, "cannot both be the beginning"),
        ({"image": upload(), "control": "colour"}, "has no ControlNet for colour"),
        ({"image": upload()}, "The prompt is empty"),
        ({"image": upload(), "prompt": "a fox", "model": "lines"}, "lines cannot do this (image)"),
        ({"image": upload(), "prompt": "a fox", "model": "lines"}, "Models that can: demo."),
        ({"image": upload(), "prompt": "a fox", "model": "lines", "control": "pose"}, "no ControlNet for pose"),
    ],
)
async def test_a_refusal_says_why_and_leaves_no_file(able: Stage, options: dict[str, Any], told: str) -> None:
    """Nothing is asked for, and what came along is taken away again."""
    async with able.bot():
        assert told in await run(able, "remix", **options)
        assert await open_jobs(able) == []
    assert kept(able) == 0


async def test_a_refusal_leaves_the_files_of_others_alone(able: Stage) -> None:
    """The same picture was asked with before."""
    async with able.bot():
        await run(able, "remix", prompt="a fox", image=upload())
        await run(able, "remix", prompt="a fox", image=upload(), model="lines")
        job = await only(able)
    assert able.files.has(job.extras.source or "")
    assert kept(able) == 1


async def test_a_file_that_is_larger_than_discord_says_is_read_no_further(stage: Stage, monkeypatch: Any) -> None:
    """Whatever it claims to be, reading ends at the bound."""
    monkeypatch.setattr("bot.chat.attachments.MOST_PICTURE", 500)
    await stocked(stage.db, DEMO)
    async with stage.bot():
        large = upload((400, 400), "big.bmp", "BMP")
        assert "big.bmp has" in await run(stage, "remix", prompt="a fox", image=large)
        assert await open_jobs(stage) == []


async def test_pictures_of_a_closed_channel_are_not_found(able: Stage) -> None:
    """Neither by link nor by slug; who may read there finds them from anywhere."""
    world = able.standin.world
    async with able.bot():
        job, _ = await able.posted("a secret fox", slug="secret", channel="lounge")
        lounge = world.channel(able.standin.channel("lounge"))
        world.overwrite(lounge, able.standin.member("grace").id, deny=int(Permission.VIEW_CHANNEL))
        for words in (job.id, "secret"):
            assert "no such picture" in await run(able, "remix", "grace", picture=words)
        assert "Accepted" in await run(able, "remix", "ada", picture="secret")


async def test_a_picture_is_enlarged_and_animated_by_command(able: Stage) -> None:
    """From an attachment or from one of ours; the model can be named."""
    async with able.bot():
        await run(able, "upscale", image=upload(), prompt="a fox")
        large = await only(able)
        await able.posted("an owl", slug="owl")
        await run(able, "animate", model="clips", prompt="it flies", seed=3)
        (clip,) = [job for job in await open_jobs(able) if job.model == "clips"]
    assert (large.width, large.height, large.extras.strength) == (192, 128, 0.3)
    assert (clip.asked, clip.slug, clip.seed, clip.extras.frames) == ("it flies", "owl", 3, 9)


async def test_what_comes_from_a_hidden_picture_is_hidden(able: Stage) -> None:
    """Nobody uncovers it by making another one of it; to be called is each person's own choice."""
    async with able.bot():
        await run(able, "imagine", prompt="a fox", slug="fox", spoiler=True, ping=True)
        (job,) = await open_jobs(able)
        await able.render(job)
        await able.message(lambda: able.end_of(job))
        await run(able, "remix", "grace", picture="fox")
        new = await only(able)
        await able.render(new)
        message = await able.message(lambda: able.end_of(new))
    assert [one.filename[:8] for one in message.attachments] == ["SPOILER_"]
    assert message.mentions == []


@pytest.mark.parametrize(
    ("command", "ids"), [("upscale", ["demo"]), ("animate", ["clips"]), ("remix", ["demo", "lines"])]
)
async def test_only_models_that_can_are_suggested(able: Stage, command: str, ids: list[str]) -> None:
    """Nobody picks one only to be refused."""
    async with able.bot():
        offered = await able.standin.member("ada").complete(able.channel, command, "model", "", {})
    assert sorted(one["value"] for one in offered) == ids


async def test_kinds_of_control_are_suggested_by_the_model(able: Stage) -> None:
    """What the picked model has; of all models before one is picked."""
    async with able.bot():
        ada = able.standin.member("ada")
        for options in ({}, {"model": "lines"}, {"model": "demo"}):
            offered = await ada.complete(able.channel, "remix", "control", "", options)
            wanted = [] if options.get("model") == "demo" else ["canny", "depth"]
            assert [one["value"] for one in offered] == wanted
