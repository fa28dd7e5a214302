"""How a picture or clip is posted: its facts, hidden, calling, too large, moving; and the way to its original."""

import hashlib
import random
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.chat import layout
from bot.demo.discord.faults import Reply
from bot.demo.discord.permissions import Permission
from bot.demo.discord.values import Attachment, Message
from bot.dispatch import outcomes
from bot.ledger import pictures
from bot.nouns import Extras, Job, Manner
from tests import made
from tests.chat.people import until
from tests.chat.shelves import stocked
from tests.chat.stage import Stage, buttons, done, png, text
from tests.chat.test_buttons import press
from tests.chat.test_layout import JOB, NOTICE, picture

CLIPS = made.shelf_model(id="clips", modes=("video",), frames=9, most_frames=17, fps=8)


async def posted(stage: Stage, job: Job) -> Message:
    return await stage.message(lambda: stage.end_of(job))


def noise(size: int) -> bytes:
    """A picture that nothing packs well."""
    buffer = BytesIO()
    Image.frombytes("RGB", (size, size), random.Random(1).randbytes(size * size * 3)).save(buffer, "PNG")
    return buffer.getvalue()


def test_the_receipt_line_tells_what_it_was_made_with() -> None:
    """Style, strength, lines and frames only where there are any."""
    job = replace(JOB, style="noir", extras=Extras(source="a" * 64, strength=0.25))
    assert "8 steps · strength 0.25 · style noir · " in layout.picture(NOTICE, job, picture(job)).footer
    clip = replace(JOB, extras=Extras(frames=33))
    assert "64×64 · 33 frames · seed" in layout.picture(NOTICE, clip, picture(clip)).footer
    assert not {"style", "strength", "frames"} & set(layout.picture(NOTICE, JOB, picture()).footer.split())


def test_a_cell_of_a_group_says_which_it_is() -> None:
    """In bold, and harmless whatever stood in the braces."""
    assert (
        "\n**guidance 2 · steps 16**\n"
        in layout.picture(NOTICE, replace(JOB, label="guidance 2 · steps 16"), picture()).body
    )
    assert "\n**\\*red\\***\n" in layout.picture(NOTICE, replace(JOB, label="*red*"), picture()).body


def test_a_parent_that_stands_nowhere_is_named_without_a_link() -> None:
    """It was deleted, or its channel was closed."""
    around = layout.Around(parent=("fox", ""))
    assert "\nfrom fox\n" in layout.picture(NOTICE, JOB, picture(), around).body


async def test_a_picture_is_hidden_where_its_asker_wants_it(stage: Stage) -> None:
    """By Discord's own mark, the file's name; its words for those who cannot see it stay."""
    async with stage.bot():
        (job,) = await stage.ask("a fox", slug="fox", seed=7, manner=Manner(spoiler=True))
        await stage.render(job)
        message = await posted(stage, job)
    (file,) = message.attachments
    assert (file.filename, file.description) == ("SPOILER_fox-7.png", "a fox")
    assert "image" not in message.embeds[0]


async def test_who_wants_to_be_called_is_called_once(stage: Stage) -> None:
    """By the last picture of the group, in a new message, and nobody else whatever the prompt says."""
    grace = stage.standin.member("grace").id
    async with stage.bot():
        first, second = await stage.ask(f"<@{grace}> @everyone", count=2, manner=Manner(ping=True))
        messages = []
        for job in (first, second):
            await stage.render(job)
            messages.append(await posted(stage, job))
        (quiet,) = await stage.ask()
        await stage.render(quiet)
        messages.append(await posted(stage, quiet))
    assert [one.mentions for one in messages] == [[], [str(stage.ada)], []]
    assert [one.content for one in messages] == ["", f"<@{stage.ada}>", ""]
    assert not any(one.mention_everyone for one in stage.said())


async def test_a_lost_answer_calls_nobody_twice(stage: Stage) -> None:
    """The nonce makes Discord give the first message, and no edit mentions anyone."""
    stage.standin.faults.add("POST", f"/channels/{stage.channel}/messages", *[Reply(cut=True, after=True)] * 2)
    async with stage.bot():
        (job,) = await stage.ask(manner=Manner(ping=True))
        await stage.render(job)
        message = await posted(stage, job)
        await until(lambda: stage.edits(message) == [])
    assert [one.mentions for one in stage.said() if one.mentions] == [[str(stage.ada)]]


async def render_clip(stage: Stage, job: Job, size: int = 4000) -> bytes:
    """A clip and its poster lie in the bot's files, and the notice is due. Gives the clip."""
    job = await stage.start(job)
    clip = random.Random(job.seed).randbytes(size)
    for data in (clip, png(job)):
        stage.files.store(data)
    told = done(job, hashlib.sha256(clip).hexdigest(), len(clip))
    poster = hashlib.sha256(png(job)).hexdigest()
    told = told.model_copy(update={"media": "video/mp4", "poster": poster})
    assert await outcomes.rendered(stage.db, stage.clock, job, told)
    return clip


async def a_clip(stage: Stage, **more: Any) -> Job:
    await stocked(stage.db, CLIPS)
    (job,) = await stage.ask("a fox runs", slug="fox", seed=7, extras=Extras(frames=9), **more)
    return job


async def test_a_clip_is_posted_with_its_still(stage: Stage) -> None:
    """The clip byte for byte, its still in the embed, both described; what is made from stills is not offered."""
    async with stage.bot():
        job = await a_clip(stage)
        clip = await render_clip(stage, job)
        message = await posted(stage, job)
    files: dict[str, Attachment] = {one.filename: one for one in message.attachments}
    assert files["fox-7.mp4"].data == clip
    assert {one.description for one in files.values()} == {"a fox runs"}
    assert files["fox-7.webp"].id in message.embeds[0]["image"]["url"]
    assert buttons(message) == ["again", "edit", "delete", "why", "origin"]


async def test_a_hidden_clip_shows_no_still(stage: Stage) -> None:
    """An embed's picture cannot be covered."""
    async with stage.bot():
        job = await a_clip(stage, manner=Manner(spoiler=True))
        await render_clip(stage, job)
        message = await posted(stage, job)
    assert [one.filename for one in message.attachments] == ["SPOILER_fox-7.mp4"]
    assert "image" not in message.embeds[0]


async def test_a_clip_that_is_too_large_is_a_still_with_the_way_to_it(stage: Stage) -> None:
    """Discord refuses it; the still and the words come instead, and the button gives the clip in parts."""
    async with stage.bot():
        job = await a_clip(stage)
        stage.standin.world.rules = replace(stage.standin.world.rules, upload_bytes=200_000)
        clip = await render_clip(stage, job, 250_000)
        message = await posted(stage, job)
        parts = await original(stage, message)
    assert [one.filename for one in message.attachments] == ["fox-7.webp"]
    assert "too large for this server" in text(message)
    assert buttons(message)[-1] == "original"
    assert [one.filename for one in parts] == ["fox-7.mp4.001", "fox-7.mp4.002"]
    assert b"".join(one.data for one in parts) == clip


async def original(stage: Stage, message: Message) -> list[Attachment]:
    """What the button Original gives to Ada alone, in the order it came."""
    outcome = await press(stage, message, "original")
    answer = stage.standin.world.messages[outcome.message_id or ""]
    await until(lambda: answer.content.startswith("This is the original"))
    ada = stage.standin.member("ada").id
    private = [one for one in stage.standin.world.history(stage.channel) if one.addressee == ada]
    return [file for one in private for file in one.attachments]


@pytest.mark.parametrize("limit", [100_000, 20_000])
async def test_the_original_of_a_smaller_copy_is_there_for_the_asking(stage: Stage, limit: int) -> None:
    """Whole or in parts, byte for byte, also after a restart."""
    data = noise(180)
    assert len(data) > 97_000
    async with stage.bot():
        stage.standin.world.rules = replace(stage.standin.world.rules, upload_bytes=80_000)
        (job,) = await stage.ask("a fox", slug="fox", seed=7)
        await stage.render(job, data)
        message = await posted(stage, job)
    assert [one.filename for one in message.attachments] == ["fox-7.webp"]
    async with stage.bot():
        stage.standin.world.rules = replace(stage.standin.world.rules, upload_bytes=limit + 64 * 1024)
        parts = await original(stage, message)
    assert b"".join(one.data for one in parts) == data
    assert len(parts) == -(-len(data) // limit)


async def test_what_discord_takes_in_no_way_is_named_on_the_host(stage: Stage) -> None:
    """The file's name there is told, so that whoever runs the bot finds it."""
    data = noise(180)
    async with stage.bot():
        stage.standin.world.rules = replace(stage.standin.world.rules, upload_bytes=80_000)
        (job,) = await stage.ask("a fox")
        await stage.render(job, data)
        message = await posted(stage, job)
        stage.standin.world.rules = replace(stage.standin.world.rules, upload_bytes=64 * 1024 + 5_000)
        said = await stage.answered(await press(stage, message, "original"))
    assert f"`{hashlib.sha256(data).hexdigest()}.png`" in said
    assert "on the bot's host" in said


async def test_an_original_that_is_gone_is_explained(stage: Stage) -> None:
    """Its file was lost, or the picture deleted since: in both cases there is a next step."""
    async with stage.bot():
        stage.standin.world.rules = replace(stage.standin.world.rules, upload_bytes=80_000)
        (job,) = await stage.ask("a fox")
        data = await stage.render(job, noise(180))
        message = await posted(stage, job)
        stage.files.remove(hashlib.sha256(data).hexdigest())
        assert "its file is missing" in await stage.answered(await press(stage, message, "original"))
        world = stage.standin.world
        world.overwrite(world.channel(stage.channel), world.bot.id, deny=int(Permission.VIEW_CHANNEL))
        async with stage.db.transaction() as connection:
            assert await pictures.delete(connection, job.id, None, stage.clock.now())
        assert "This picture was deleted" in await stage.answered(await press(stage, message, "original"))
