"""Messages: once per nonce, read page by page, with the text a bot without the content intent may read."""

import io

import aiohttp
import discord
import pytest
from PIL import Image

from bot.demo.discord.call import Upload
from bot.demo.discord.faults import Reply
from bot.demo.discord.permissions import Permission
from bot.demo.discord.server import StandIn
from tests.demo.asking import Asking
from tests.demo.conftest import JumpingClock
from tests.demo.small_bot import SmallBot
from tests.demo.waiting import until


def png(width: int, height: int) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (width, height)).save(drawn, "PNG")
    return drawn.getvalue()


async def test_an_answer_lost_to_502_posts_once(standin: StandIn, bot: SmallBot) -> None:
    """The library repeats the request; the nonce makes the second the first."""
    standin.faults.add("POST", "/messages", Reply(502, after=True))
    message = await bot.place().send("picture", nonce="p1")
    assert len(standin.log.of("POST", "/messages")) == 2
    assert [str(message.id)] == [one.id for one in standin.member().messages(standin.channel())]


async def test_a_cut_line_after_the_post_is_repeated_by_hand(standin: StandIn, bot: SmallBot) -> None:
    standin.faults.add("POST", "/messages", Reply(cut=True, after=True))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await bot.place().send("picture", nonce="p1")
    first = standin.member().messages(standin.channel())
    again = await bot.place().send("picture", nonce="p1")
    assert [one.id for one in first] == [str(again.id)]


async def test_a_request_that_never_arrived_leaves_nothing(standin: StandIn, bot: SmallBot) -> None:
    standin.faults.add("POST", "/messages", Reply(cut=True), Reply(503))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await bot.place().send("picture", nonce="p1")
    with pytest.raises(discord.DiscordServerError):
        await bot.place().send("picture", nonce="p1")
    assert standin.member().messages(standin.channel()) == []


async def test_a_nonce_is_forgotten_after_minutes_and_history_does_not_store_it(
    standin: StandIn, ask: Asking, clock: JumpingClock
) -> None:
    body = {"content": "picture", "nonce": "p1", "enforce_nonce": True}
    first, second = await ask.send(body), await ask.send(body)
    assert first.body["id"] == second.body["id"]
    assert first.body["nonce"] == "p1"
    clock.skipped += 6 * 60
    assert (await ask.send(body)).body["id"] != first.body["id"]
    history = await ask.rest("GET", f"/channels/{standin.channel()}/messages")
    assert ["nonce" in message for message in history.body] == [False, False]


async def test_the_nonce_of_a_deleted_message_is_unknown(standin: StandIn, ask: Asking) -> None:
    body = {"content": "picture", "nonce": "p1", "enforce_nonce": True}
    first = await ask.send(body)
    assert (await ask.rest("DELETE", f"/channels/{standin.channel()}/messages/{first.body['id']}")).status == 204
    assert (await ask.send(body)).said == (404, 10008)


async def test_a_followup_whose_answer_was_lost_is_there_twice(standin: StandIn, bot: SmallBot) -> None:
    """Webhooks know no nonce: why results are never followups."""
    await standin.member().run(standin.channel(), "imagine", {"prompt": "a fox"})
    assert bot.last is not None
    await until(lambda: len(standin.log.of("POST", "/messages")) == 1)
    standin.faults.add("POST", "/webhooks", Reply(502, after=True))
    await bot.last.followup.send("done")
    texts = [message.content for message in standin.member().messages(standin.channel())]
    assert texts.count("done") == 2


async def test_files_are_served_and_what_an_embed_shows_is_not_listed_again(standin: StandIn, bot: SmallBot) -> None:
    embed = discord.Embed(title="fox").set_image(url="attachment://fox.png")
    files = [discord.File(io.BytesIO(png(64, 32)), "fox.png"), discord.File(io.BytesIO(b"why"), "notes.txt")]
    sent = await bot.place().send(embed=embed, files=files)
    assert [(one.filename, one.size) for one in sent.attachments] == [("notes.txt", 3)]
    assert await sent.attachments[0].read() == b"why"
    assert (sent.embeds[0].image.width, sent.embeds[0].image.height) == (64, 32)
    edited = await sent.edit(content="words", attachments=[])
    assert edited.attachments == []
    assert edited.embeds[0].image.url == sent.embeds[0].image.url


async def test_signed_addresses_end_after_a_day_and_are_not_forged(
    standin: StandIn, ask: Asking, clock: JumpingClock
) -> None:
    posted = standin.member().post(standin.channel(), "", files=[Upload("a.txt", "text/plain", b"hello")])
    page = await ask.page("GET", f"/member/channels/{standin.channel()}/messages")
    url = page.body["messages"][0]["attachments"][0]["url"]
    async with ask.session.get(url) as good, ask.session.get(url.replace("hm=", "hm=0")) as forged:
        assert (await good.read(), good.status, forged.status) == (b"hello", 200, 404)
    clock.skipped += 24 * 3600 + 1
    async with ask.session.get(url) as old:
        assert old.status == 404
    assert posted.attachments[0].data == b"hello"


async def test_history_is_paged_both_ways(standin: StandIn, bot: SmallBot) -> None:
    ids = [int((await bot.place().send(str(number))).id) for number in range(7)]
    place = bot.place()
    assert [one.id async for one in place.history(limit=3)] == ids[:-4:-1]
    assert [one.id async for one in place.history(limit=2, before=discord.Object(ids[3]))] == [ids[2], ids[1]]
    after = [one.id async for one in place.history(limit=None, after=discord.Object(ids[3]), oldest_first=True)]
    assert after == ids[4:]
    around = [one.id async for one in place.history(limit=3, around=discord.Object(ids[3]))]
    assert around == [ids[4], ids[3], ids[2]]


async def test_only_a_ping_shows_other_peoples_words(standin: StandIn, bot: SmallBot) -> None:
    """Without the content intent: by event and by REST alike."""
    ada, channel = standin.member("ada"), standin.channel()
    own = await bot.place().send("picture")
    ada.post(channel, "secret")
    ada.post(channel, "too dark", reply_to=str(own.id), ping=False)
    ada.post(channel, "too bright", reply_to=str(own.id))
    ada.post(channel, f"<@{standin.world.bot.id}> hello")
    await until(lambda: len(bot.named("message")) == 5)
    seen = [message.content for message in bot.named("message")]
    assert seen == ["picture", "", "", "too bright", f"<@{standin.world.bot.id}> hello"]
    assert [message.content async for message in bot.place().history(oldest_first=True)] == seen
    assert bot.named("message")[3].reference.message_id == own.id


async def test_nobody_is_pinged_unless_allowed(standin: StandIn, bot: SmallBot) -> None:
    """The client's AllowedMentions.none() travels with every message."""
    ada, channel = standin.member("ada"), standin.channel()
    await bot.place().send(f"@everyone <@{ada.id}>")
    await bot.place().send(
        f"<@{ada.id}>", allowed_mentions=discord.AllowedMentions(users=[discord.Object(int(ada.id))])
    )
    quiet, loud = ada.messages(channel)
    assert (quiet.mentions, quiet.mention_everyone) == ([], False)
    assert loud.mentions == [ada.id]


@pytest.mark.parametrize(
    ("right", "code"),
    [(Permission.SEND_MESSAGES, 50013), (Permission.ATTACH_FILES, 50013), (Permission.VIEW_CHANNEL, 50001)],
)
async def test_rights_taken_away_refuse_the_message(
    standin: StandIn, bot: SmallBot, right: Permission, code: int
) -> None:
    channel = standin.world.channels[standin.channel()]
    place = bot.place()
    standin.world.overwrite(channel, standin.world.bot.id, deny=int(right))
    with pytest.raises(discord.Forbidden) as refused:
        await place.send("picture", file=discord.File(io.BytesIO(b"x"), "x.txt"))
    assert refused.value.code == code
    standin.world.overwrite(channel, standin.world.bot.id)
    assert (await place.send("picture")).content == "picture"


async def test_only_own_messages_are_edited_and_gone_ones_are_unknown(
    standin: StandIn, bot: SmallBot, ask: Asking
) -> None:
    theirs = standin.member().post(standin.channel(), "mine")
    path = f"/channels/{standin.channel()}/messages/{theirs.id}"
    assert (await ask.rest("PATCH", path, {"content": "x"})).said == (403, 50005)
    assert (await ask.rest("DELETE", path)).said == (403, 50013)
    standin.member().delete(theirs.id)
    assert (await ask.rest("PATCH", path, {"content": "x"})).said == (404, 10008)


async def test_a_thread_is_a_place_of_its_own(standin: StandIn, bot: SmallBot) -> None:
    sent = await bot.place().send("batch of 3")
    thread = await sent.create_thread(name="batch")
    await thread.send("inside")
    assert [message.content for message in standin.member().messages(str(thread.id))] == ["", "inside"]
    assert len(standin.member().messages(standin.channel())) == 1
