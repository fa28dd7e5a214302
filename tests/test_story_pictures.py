"""A picture becomes others, is changed in a part, and is deleted, while the bot dies and comes back in between."""

from io import BytesIO

from PIL import Image

from bot.demo.discord.call import Upload
from bot.demo.discord.values import Message
from gpu_agent.engine.picture import read_receipt
from tests.dispatch.rig import until
from tests.test_story import button
from tests.town import Town


def posts(town: Town) -> list[Message]:
    """Every post with a picture, in whichever channel or thread, oldest first."""
    world = town.standin.world
    mine = [one for one in world.messages.values() if one.author_id == world.bot.id and not one.addressee]
    return [one for one in mine if any(file.filename.endswith(".png") for file in one.attachments)]


async def another(town: Town, number: int) -> Message:
    """The newest post, once there are so many and the ledger knows it."""
    await until(lambda: len(posts(town)) >= number, f"{number} pictures; {town.words()}")
    newest = posts(town)[-1]
    await town.until_ledger(lambda found: int(newest.id) in {one.message for one in found.posted})
    return newest


async def restart(town: Town) -> None:
    await town.end_bot()
    await town.start_bot()


def mask(width: int, height: int) -> Upload:
    """The upper half shall be new."""
    drawn = Image.new("L", (width, height))
    drawn.paste(255, (0, 0, width, height // 2))
    buffer = BytesIO()
    drawn.save(buffer, "PNG")
    return Upload("mask.png", "image/png", buffer.getvalue())


async def test_a_picture_has_children_and_goes(town: Town) -> None:
    """Varied by a button of an earlier life, painted over through a mask, and taken away again with its file."""
    await town.imagine("a house on hills", slug="hero", seed=7)
    first = await another(town, 1)
    await restart(town)

    # The button is from before; the new picture begins with the old one and links it.
    assert "hero" in await town.told(await town.ada.click(first.id, button(first, "vary")))
    second = await another(town, 2)
    order = read_receipt(second.attachments[0].data).order
    assert (order.mode, order.strength, order.prompt) == ("image", 0.5, "a house on hills")
    assert second.attachments[0].data != first.attachments[0].data
    assert f"/{first.id})" in str(second.embeds[0]["description"])

    # Only what is white in the mask is new.
    options = {"picture": "hero", "mask": mask(order.width, order.height), "prompt": "a red moon", "slug": "moon"}
    assert "moon" in await town.told(await town.ada.run(town.channel, "remix", options))
    third = await another(town, 3)
    assert read_receipt(third.attachments[0].data).order.mode == "inpaint"

    # Deleted: gone from Discord and, since nothing begins with it, from the disk.
    asked = await town.ada.click(third.id, button(third, "delete"))
    await town.told(asked)
    await restart(town)
    question = town.standin.world.messages[asked.message_id or ""]
    await town.ada.click(question.id, button(question, "remove"))
    await until(lambda: third.id not in town.standin.world.messages, "the post to be gone")
    ((digest, person),) = await town.rows("SELECT sha256, deleted_by FROM pictures WHERE deleted_at IS NOT NULL")
    kept = town.folder / "pictures" / str(digest)[:2] / f"{digest}.png"
    await until(lambda: not kept.exists(), "the file to be gone")
    assert person == int(town.ada.id)
