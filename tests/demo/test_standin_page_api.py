"""The people's API over HTTP, as the page uses it, with live news."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from bot.demo.discord.server import StandIn
from tests.demo.asking import Asking
from tests.demo.small_bot import SmallBot
from tests.demo.waiting import until


@asynccontextmanager
async def listening(standin: StandIn, ask: Asking, person_id: str) -> AsyncIterator[aiohttp.StreamReader]:
    url = standin.page_url + "member/events"
    async with ask.session.get(url, params={"member": person_id}) as response:
        yield response.content


async def news(stream: aiohttp.StreamReader, kind: str) -> Any:
    """The next event of that type."""
    while True:
        line = await stream.readline()
        if line.startswith(b"data: "):
            event = json.loads(line[6:])
            if event["type"] == kind:
                return event


async def test_the_world_lists_people_channels_and_commands(standin: StandIn, bot: SmallBot, ask: Asking) -> None:
    world = (await ask.page("GET", "/member/world")).body
    assert (world["me"], world["bot"]["online"]) == (standin.member("ada").id, True)
    assert [channel["name"] for channel in world["channels"]] == ["darkroom", "lounge"]
    assert {person["username"] for person in world["members"]} == {"ada", "grace", "darkroom"}
    commands = (await ask.page("GET", "/member/commands")).body["commands"]
    imagine = next(command for command in commands if command["name"] == "imagine")
    kinds = [(option["name"], option["type"], option["required"], option["max_value"]) for option in imagine["options"]]
    assert kinds == [("prompt", "string", True, None), ("count", "integer", False, 8), ("model", "string", False, None)]
    async with ask.session.get(world["members"][0]["avatar_url"]) as avatar:
        assert avatar.content_type == "image/svg+xml"


async def test_a_command_a_button_and_a_modal_over_http(standin: StandIn, bot: SmallBot, ask: Asking) -> None:
    channel = standin.channel()
    run = {"channel_id": channel, "command": "imagine", "options": {"prompt": "a fox", "count": "2"}}
    outcome = (await ask.page("POST", "/member/commands/run", run)).body
    assert outcome["state"] == "deferred"
    await until(lambda: len(standin.member().messages(channel)) == 2)
    answer, card = (await ask.page("GET", f"/member/channels/{channel}/messages")).body["messages"]
    assert (answer["id"], answer["ephemeral"], answer["command"]["name"]) == (outcome["message_id"], True, "imagine")
    assert [one["label"] for one in card["components"][0]["components"]] == ["Again", "Why"]
    click = {"channel_id": channel, "message_id": card["id"], "custom_id": "why"}
    shown = (await ask.page("POST", "/member/components/click", click)).body
    (field,) = shown["modal"]["inputs"]
    assert (field["label"], field["style"], field["max_length"]) == ("Reason", "short", 20)
    values = {"interaction_id": shown["interaction_id"], "values": {"reason": "dark"}}
    assert (await ask.page("POST", "/member/modals/submit", values)).body["state"] == "answered"


async def test_autocomplete_over_http(standin: StandIn, bot: SmallBot, ask: Asking) -> None:
    body = {"channel_id": standin.channel(), "command": "imagine", "focused": "model", "value": "de", "options": {}}
    choices = (await ask.page("POST", "/member/commands/autocomplete", body)).body["choices"]
    assert choices == [{"name": "Demo", "value": "demo"}]


async def test_a_file_travels_with_a_command_and_with_a_message(standin: StandIn, bot: SmallBot, ask: Asking) -> None:
    run = {"channel_id": standin.channel(), "command": "describe", "options": {"who": standin.member("grace").id}}
    with aiohttp.MultipartWriter("form-data") as form:
        form.append_json(run).set_content_disposition("form-data", name="payload_json")
        form.append(b"abc").set_content_disposition("form-data", name="option:file", filename="a.bin")
    async with ask.session.post(standin.page_url + "member/commands/run", data=form) as response:
        assert (await response.json())["state"] == "answered"
    assert standin.member().messages(standin.channel())[0].content == "a.bin: 3 bytes from grace"
    with aiohttp.MultipartWriter("form-data") as form:
        form.append_json({"content": "two"}).set_content_disposition("form-data", name="payload_json")
        for name in ("one.png", "two.png"):
            form.append(b"x").set_content_disposition("form-data", name="file", filename=name)
    url = f"{standin.page_url}member/channels/{standin.channel()}/messages"
    async with ask.session.post(url, data=form) as response:
        assert [one["filename"] for one in (await response.json())["attachments"]] == ["one.png", "two.png"]


async def test_every_change_is_pushed_to_whom_it_concerns(standin: StandIn, bot: SmallBot, ask: Asking) -> None:
    ada, grace, channel = standin.member("ada"), standin.member("grace"), standin.channel()
    async with listening(standin, ask, ada.id) as hers, listening(standin, ask, grace.id) as others:
        assert (await news(hers, "hello"))["bot_online"] is True
        await ada.run(channel, "imagine", {"prompt": "a fox"})
        assert (await news(hers, "message"))["message"]["loading"] is True
        assert (await news(hers, "message"))["message"]["content"] == "accepted 1 of a fox"
        card = (await news(others, "message"))["message"]
        assert card["content"] == "waiting"
        await ask.page("PUT", f"/member/channels/{channel}/messages/{card['id']}/reactions/✅", member=grace.id)
        reactions = (await news(others, "message"))["message"]["reactions"]
        assert reactions == [{"emoji": "✅", "count": 1, "me": True, "members": [grace.id]}]
        await ask.page("DELETE", f"/member/channels/{channel}/messages/{card['id']}/reactions/✅", member=grace.id)
        assert (await news(others, "message"))["message"]["reactions"] == []
        async with bot.place().typing():
            assert (await news(others, "typing"))["channel_id"] == channel
        await bot.place().get_partial_message(int(card["id"])).delete()
        assert (await news(others, "message_deleted"))["id"] == card["id"]
        standin.gateway.drop(4000)
        assert (await news(others, "bot"))["online"] is False


async def test_own_messages_are_edited_and_deleted_and_replies_name_their_original(
    standin: StandIn, ask: Asking
) -> None:
    base = f"/member/channels/{standin.channel()}/messages"
    first = (await ask.page("POST", base, {"content": "one"})).body
    reply = (await ask.page("POST", base, {"content": "two", "reply_to": first["id"], "ping": False})).body
    assert reply["reply_to"] == {"id": first["id"], "author": "Ada", "content": "one"}
    edited = (await ask.page("PATCH", f"{base}/{first['id']}", {"content": "uno"})).body
    assert (edited["content"], edited["edited"] is None) == ("uno", False)
    assert (await ask.page("DELETE", f"{base}/{first['id']}")).status == 204
    (left,) = (await ask.page("GET", base)).body["messages"]
    assert left["reply_to"] == {"id": first["id"], "author": None, "content": None}


async def test_mistakes_are_sentences(standin: StandIn, bot: SmallBot, ask: Asking) -> None:
    base = f"/member/channels/{standin.channel()}/messages"
    ghost = await ask.page("GET", "/member/world", member="1")
    assert (ghost.status, ghost.body) == (404, {"error": "There is no member 1."})
    long = await ask.page("POST", base, {"content": "x" * 2001})
    assert (long.status, long.body) == (400, {"error": "Must be 2000 or fewer in length."})
    unknown = await ask.page("POST", "/member/commands/run", {"channel_id": standin.channel(), "command": "paint"})
    assert (unknown.status, unknown.body) == (404, {"error": "There is no command /paint."})
    theirs = standin.member("ada").post(standin.channel(), "hers")
    grace = standin.member("grace").id
    assert (await ask.page("DELETE", f"{base}/{theirs.id}", member=grace)).status == 403


async def test_another_sites_page_may_not_ask(standin: StandIn, ask: Asking) -> None:
    headers = {"Origin": "https://example.org"}
    async with ask.session.get(standin.page_url + "member/world", headers=headers) as refused:
        assert refused.status == 403
    async with ask.session.get(standin.page_url + "member/world", headers={"Host": "evil.example"}) as rebound:
        assert rebound.status == 403
