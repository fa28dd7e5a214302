"""Files that are replaced, hidden, shown in embeds, and clips; whom a post pings."""

from io import BytesIO

import discord
import pytest
from PIL import Image

from bot.demo.discord.server import StandIn
from bot.demo.discord.values import Message
from tests.demo.asking import Asking
from tests.demo.small_bot import Card, SmallBot


def png(width: int = 4) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, 2)).save(out, "PNG")
    return out.getvalue()


def file(name: str, width: int = 4, *, spoiler: bool = False) -> discord.File:
    return discord.File(BytesIO(png(width)), name, spoiler=spoiler)


def stands(standin: StandIn, message: discord.Message) -> Message:
    return standin.world.messages[str(message.id)]


async def test_an_edit_keeps_the_files_it_names_and_adds_new_ones(standin: StandIn, bot: SmallBot) -> None:
    """Ids of kept ones stay; the others are gone."""
    sent = await bot.place().send(files=[file("a.png"), file("b.png")])
    kept = sent.attachments[1]
    edited = await sent.edit(attachments=[kept, file("c.png", 8)])
    assert [(one.filename, one.width) for one in edited.attachments] == [("b.png", 4), ("c.png", 8)]
    assert edited.attachments[0].id == kept.id
    assert [one.filename for one in (await edited.edit(content="words alone")).attachments] == ["b.png", "c.png"]


async def test_a_preview_in_an_embed_is_replaced_and_never_stands_beside_it(standin: StandIn, bot: SmallBot) -> None:
    """Each edit brings a file of its own; the message lists none, and holds only the last."""
    embed = discord.Embed(title="Rendering").set_image(url="attachment://preview.jpg")
    sent = await bot.place().send(embed=embed, file=file("preview.jpg", 4))
    for width in (8, 12):
        sent = await sent.edit(embed=embed.copy(), attachments=[file("preview.jpg", width)])
        assert (sent.embeds[0].image.width, sent.attachments) == (width, [])
    assert [one.dimensions for one in stands(standin, sent).attachments] == [(12, 2)]
    url = sent.embeds[0].image.url
    assert url is not None
    assert url.startswith(standin.cdn_base)
    ended = await sent.edit(embed=discord.Embed(title="Done"), attachments=[])
    assert (ended.attachments, stands(standin, ended).attachments) == ([], [])


async def test_a_picture_whose_embed_goes_is_listed_unless_the_edit_says_otherwise(
    standin: StandIn, bot: SmallBot
) -> None:
    embed = discord.Embed(title="x").set_image(url="attachment://a.png")
    sent = await bot.place().send(embed=embed, file=file("a.png"))
    edited = await sent.edit(content="no embed", embed=None)
    assert [one.filename for one in edited.attachments] == ["a.png"]


async def test_ten_files_in_all_after_an_edit(standin: StandIn, bot: SmallBot) -> None:
    sent = await bot.place().send(files=[file(f"{number}.png") for number in range(8)])
    with pytest.raises(discord.HTTPException) as refused:
        await sent.add_files(*(file(f"more-{number}.png") for number in range(3)))
    assert refused.value.code == 50035
    assert len(stands(standin, sent).attachments) == 8


async def test_a_spoiler_is_a_spoiler_for_the_bot_and_for_the_page(
    standin: StandIn, bot: SmallBot, ask: Asking
) -> None:
    sent = await bot.place().send(file=file("fox.png", spoiler=True))
    assert sent.attachments[0].is_spoiler()
    shown = (await ask.page("GET", f"/member/channels/{standin.channel()}/messages")).body["messages"][0]
    assert (shown["attachments"][0]["spoiler"], shown["attachments"][0]["filename"]) == (True, "SPOILER_fox.png")


@pytest.mark.parametrize("version", [0, 1])
async def test_a_clip_tells_its_size(standin: StandIn, bot: SmallBot, version: int) -> None:
    """As Discord says it of videos, so that nobody's page jumps when it loads."""
    times = 88 if version else 76
    header = bytes([version]) + bytes(times - 1) + (320).to_bytes(2) + bytes(2) + (192).to_bytes(2) + bytes(2)
    data = b"\0\0\0\x14ftypmp42" + b"\0\0\0\x60tkhd" + header
    sent = await bot.place().send(file=discord.File(BytesIO(data), "fox.mp4"))
    (clip,) = sent.attachments
    assert (clip.content_type, clip.width, clip.height) == ("video/mp4", 320, 192)


async def test_only_those_named_are_pinged(standin: StandIn, bot: SmallBot, ask: Asking) -> None:
    """The asker of a finished picture may be; whoever else its words name is not."""
    ada, grace = standin.member("ada"), standin.member("grace")
    words = f"<@{ada.id}> your picture with <@{grace.id}> is there"
    allowed = discord.AllowedMentions(users=[discord.Object(int(ada.id))], everyone=False, roles=False)
    sent = await bot.place().send(words, allowed_mentions=allowed)
    assert stands(standin, sent).mentions == [ada.id]
    for person, pinged in ((ada, True), (grace, False)):
        path = f"/member/channels/{standin.channel()}/messages"
        shown = (await ask.page("GET", path, member=person.id)).body["messages"][0]
        assert shown["mentions_me"] is pinged
    both = {"parse": ["users"], "users": [ada.id]}
    assert (await ask.send({"content": words, "allowed_mentions": both})).said == (400, 50035)


async def test_a_private_answer_may_have_a_picture_and_buttons(standin: StandIn, bot: SmallBot) -> None:
    """Seen and pressed by one person alone."""
    ada = standin.member("ada")
    await ada.run(standin.channel(), "imagine", {"prompt": "a fox"})
    assert bot.last is not None
    sent = await bot.last.followup.send("look", ephemeral=True, file=file("a.png"), view=Card(), wait=True)
    assert sent.attachments[0].ephemeral
    assert (await ada.click(str(sent.id), "again")).state == "updated"
    assert stands(standin, sent).content == "again!"
    assert not standin.member("grace").sees(stands(standin, sent))
