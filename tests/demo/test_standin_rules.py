"""What Discord refuses, with its own status and code: the rules that no published schema states."""

from typing import Any

import pytest

from bot.demo.discord.server import StandIn
from tests.demo.asking import Asking


def button(**changed: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Again", "custom_id": "again", **changed}


def row(*children: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(children)}


def option(name: str, **changed: Any) -> dict[str, Any]:
    return {"name": name, "description": "An option", "type": 3, **changed}


def command(**changed: Any) -> dict[str, Any]:
    return {"name": "imagine", "description": "Ask for a picture", **changed}


CHOICES = [{"name": f"c{number}", "value": "v"} for number in range(26)]
LARGE = "x" * 1024
WRONG_MESSAGES = {
    "too long": ({"content": "x" * 2001}, "content"),
    "long nonce": ({"content": "x", "nonce": "n" * 26}, "nonce"),
    "eleven embeds": ({"embeds": [{"title": "x"}] * 11}, "embeds"),
    "long title": ({"embeds": [{"title": "x" * 257}]}, "embeds"),
    "6001 in embeds": ({"embeds": [{"description": "x" * 3001}, {"description": "x" * 3000}]}, "embeds"),
    "empty field": ({"embeds": [{"fields": [{"name": "", "value": "x"}]}]}, "embeds"),
    "26 fields": ({"embeds": [{"fields": [{"name": "x", "value": "x"}] * 26}]}, "embeds"),
    "twin ids": ({"components": [row(button()), row(button())]}, "components"),
    "no id": ({"components": [row(button(custom_id=None))]}, "components"),
    "no label": ({"components": [row(button(label=None))]}, "components"),
    "long id": ({"components": [row(button(custom_id="x" * 101))]}, "components"),
    "no style": ({"components": [row(button(style=9))]}, "components"),
    "link without url": ({"components": [row(button(style=5, custom_id=None))]}, "components"),
    "empty row": ({"components": [row()]}, "components"),
    "six buttons": ({"components": [row(*(button(custom_id=str(number)) for number in range(6)))]}, "components"),
    "six rows": ({"components": [row(button(custom_id=str(number))) for number in range(6)]}, "components"),
    "layout without flag": ({"components": [{"type": 10, "content": "x"}]}, "components"),
    "content with layout": ({"flags": 32768, "content": "x", "components": [{"type": 10, "content": "x"}]}, "content"),
    "no such file": ({"content": "x", "attachments": [{"id": 0, "filename": "x.png"}]}, "attachments"),
    "unknown reply": ({"content": "x", "message_reference": {"message_id": "1"}}, "message_reference"),
    "file not there": ({"embeds": [{"image": {"url": "attachment://x.png"}}]}, "attachments"),
}
WRONG_COMMANDS = {
    "upper case": [command(name="Imagine")],
    "no description": [command(description="")],
    "long description": [command(description="x" * 101)],
    "twins": [command(), command()],
    "required last": [command(options=[option("a"), option("b", required=True)])],
    "twin options": [command(options=[option("a"), option("a")])],
    "26 options": [command(options=[option(f"o{number}") for number in range(26)])],
    "26 choices": [command(options=[option("a", choices=CHOICES)])],
    "choices and autocomplete": [command(options=[option("a", choices=CHOICES[:1], autocomplete=True)])],
    "too heavy": [command(options=[option(f"o{n}", choices=[{"name": "n", "value": LARGE}]) for n in range(8)])],
}


@pytest.mark.parametrize("wrong", WRONG_MESSAGES)
async def test_messages_discord_refuses(standin: StandIn, ask: Asking, wrong: str) -> None:
    """50035 with the place; nothing is posted."""
    body, place = WRONG_MESSAGES[wrong]
    refused = await ask.send(body)
    assert refused.said == (400, 50035)
    assert list(refused.body["errors"]) == [place]
    assert standin.world.messages == {}


@pytest.mark.parametrize("wrong", WRONG_COMMANDS)
async def test_commands_discord_refuses(standin: StandIn, ask: Asking, wrong: str) -> None:
    path = f"/applications/{standin.world.bot.id}/guilds/{standin.guild_id}/commands"
    assert (await ask.rest("PUT", path, WRONG_COMMANDS[wrong])).said == (400, 50035)
    assert standin.world.commands == {}


async def test_an_empty_message_is_not_sent(standin: StandIn, ask: Asking) -> None:
    assert (await ask.send({"content": " "})).said == (400, 50006)


async def test_ten_mebibytes_pass_and_one_byte_more_does_not(standin: StandIn, ask: Asking) -> None:
    limit = standin.world.rules.upload_bytes
    assert (await ask.send({}, [("a.png", b"x" * (limit + 1))])).said == (413, 40005)
    taken = await ask.send({}, [("a.png", b"x" * limit)])
    assert taken.body["attachments"][0]["size"] == limit


async def test_twenty_five_mebibytes_are_a_requests_limit(standin: StandIn, ask: Asking) -> None:
    files = [(f"{number}.bin", b"x" * (9 * 1024 * 1024)) for number in range(3)]
    assert (await ask.send({}, files)).said == (413, 40005)


async def test_ten_files_pass_and_eleven_do_not(standin: StandIn, ask: Asking) -> None:
    files = [(f"{number}.txt", b"x") for number in range(11)]
    assert len((await ask.send({}, files[:10])).body["attachments"]) == 10
    assert (await ask.send({}, files)).said == (400, 50035)
    # The document has ten parts as well; the eleventh was the point here.
    assert [fault for fault in standin.log.violations if "files[10]" not in fault] == []
    standin.log.violations.clear()


async def test_a_layout_comes_back_numbered_with_its_picture_resolved(standin: StandIn, ask: Asking) -> None:
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://fox.png"}}]}
    box = {"type": 17, "components": [{"type": 10, "content": "fox"}, gallery, row(button())]}
    sent = await ask.send({"flags": 32768, "components": [box]}, [("fox.png", b"x")])
    (inner,) = sent.body["components"]
    assert [inner["id"], *(one["id"] for one in inner["components"])] == [1, 2, 3, 4]
    assert inner["components"][2]["components"][0]["id"] == 5
    assert inner["components"][1]["items"][0]["media"]["url"].startswith(standin.cdn_base)
    assert sent.body["attachments"] == []


async def test_two_hundred_new_commands_a_day(standin: StandIn, ask: Asking, clock: Any) -> None:
    path = f"/applications/{standin.world.bot.id}/guilds/{standin.guild_id}/commands"
    for start in (0, 100):
        wanted = [command(name=f"c{start + number}") for number in range(100)]
        assert (await ask.rest("PUT", path, wanted)).status == 200
    assert (await ask.rest("PUT", path, [command(name="one-more")])).said == (400, 30034)
    clock.skipped += 86_400
    assert (await ask.rest("PUT", path, [command(name="one-more")])).status == 200
    assert (await ask.rest("PUT", path, [command(name=f"d{number}") for number in range(101)])).said == (400, 30032)


async def test_a_wrong_token_and_an_unknown_path(standin: StandIn, ask: Asking) -> None:
    """A path that this stand-in does not know is a violation: the bot must not go where nobody looks."""
    async with ask.session.get(standin.api_base + "/users/@me", headers={"Authorization": "Bot x"}) as response:
        assert response.status == 401
    assert (await ask.rest("GET", "/stickers/1")).said == (404, 0)
    assert any("does not know the path" in fault for fault in standin.log.violations)
    standin.log.violations.clear()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/channels/1", (404, 10003)),
        ("/guilds/1", (404, 10004)),
        ("/users/1", (404, 10013)),
        ("/webhooks/1/token/messages/@original", (404, 10015)),
    ],
)
async def test_unknown_things(standin: StandIn, ask: Asking, path: str, said: tuple[int, int]) -> None:
    assert (await ask.rest("GET", path)).said == said


async def test_the_world_answers_what_a_client_may_look_up(standin: StandIn, ask: Asking) -> None:
    """Each shape is the referee's business; here only that it is the right thing."""
    guild = f"/guilds/{standin.guild_id}"
    assert (await ask.rest("GET", guild)).body["name"] == "Studio"
    assert [one["name"] for one in (await ask.rest("GET", f"{guild}/channels")).body] == ["darkroom", "lounge"]
    assert len((await ask.rest("GET", f"{guild}/roles")).body) == 2
    ada = standin.member("ada").id
    assert (await ask.rest("GET", f"{guild}/members/{ada}")).body["user"]["username"] == "ada"
    assert (await ask.rest("GET", f"/users/{ada}")).body["global_name"] == "Ada"
    assert (await ask.rest("GET", "/gateway/bot")).body["url"] == standin.gateway_url
