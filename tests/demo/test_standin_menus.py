"""Message commands, select menus and forms, through the real client library."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.demo.discord.call import Upload
from bot.demo.discord.faults import Reply
from bot.demo.discord.refusals import Mistake
from bot.demo.discord.server import StandIn
from bot.demo.discord.values import Message
from tests.demo.asking import Asking
from tests.demo.menu_bot import MenuBot, Menus
from tests.demo.small_bot import running
from tests.demo.waiting import until

CODE = 50035


@pytest.fixture
async def bot(standin: StandIn) -> AsyncIterator[MenuBot]:
    menus = MenuBot(standin)
    async with running(standin, menus):
        yield menus


@pytest.fixture
async def menus(standin: StandIn, bot: MenuBot) -> Message:
    """A message with the five menus."""
    sent = await bot.place().send("choose", view=Menus())
    return standin.world.messages[str(sent.id)]


async def test_a_message_command_brings_the_message_along(standin: StandIn, bot: MenuBot) -> None:
    """Its words too, which the bot may not read otherwise; the answer says which command it was."""
    ada, grace = standin.member("ada"), standin.member("grace")
    said = grace.post(standin.channel(), "a fox at dusk")
    assert [one["name"] for one in ada.message_commands()] == ["Ask again", "Edit it"]
    outcome = await ada.use(said.id, "Ask again")
    answer = standin.world.messages[outcome.message_id or ""]
    assert (answer.content, answer.addressee, answer.kind) == ("again: a fox at dusk by grace", ada.id, 23)
    assert [line.name for line in ada.commands()] == ["describe", "imagine", "slow"]


async def test_a_private_message_has_no_commands_of_its_own(standin: StandIn, bot: MenuBot) -> None:
    ada = standin.member("ada")
    outcome = await ada.use(ada.post(standin.channel(), "a fox").id, "Ask again")
    with pytest.raises(Mistake, match="Only you can see that message"):
        await ada.use(outcome.message_id or "", "Ask again")
    with pytest.raises(Mistake, match="no command Dance"):
        await ada.use(ada.post(standin.channel(), "a fox").id, "Dance")


async def test_every_kind_of_menu_gives_the_bot_what_was_chosen(standin: StandIn, menus: Message) -> None:
    """Strings as they are; people, roles and channels resolved."""
    ada, world = standin.member("ada"), standin.world
    role = world.bot.roles[0]
    choices: list[tuple[str, list[str], str]] = [
        ("strings", ["light", "hands"], "strings ['light', 'hands']"),
        ("strings", [], "strings []"),
        ("people", [standin.member("grace").id], "people ['Member grace']"),
        ("roles", [role], "roles ['Darkroom']"),
        ("anyone", [role, ada.id], "anyone ['Darkroom', 'ada']"),
        ("places", [standin.channel("lounge")], "places ['lounge']"),
    ]
    for custom_id, values, said in choices:
        assert (await ada.click(menus.id, custom_id, values)).state == "updated"
        assert menus.content == said


@pytest.mark.parametrize(
    ("custom_id", "values", "sentence"),
    [
        ("strings", ["fog"], "Choose among the options"),
        ("strings", ["light", "light"], "Choose between 0 and 2"),
        ("people", [], "Choose 1"),
        ("people", ["1"], "no such user"),
        ("anyone", ["1"], "no such role"),
    ],
)
async def test_a_client_does_not_send_a_choice_that_is_not_offered(
    standin: StandIn, menus: Message, custom_id: str, values: Sequence[str], sentence: str
) -> None:
    with pytest.raises(Mistake, match=sentence):
        await standin.member().click(menus.id, custom_id, values)
    assert menus.content == "choose"


async def test_a_form_of_five_inputs_comes_back_filled_in(standin: StandIn, bot: MenuBot) -> None:
    """Words, a choice, a file whose bytes the bot reads, a person, and an older row, opened from a message's menu."""
    ada, grace = standin.member("ada"), standin.member("grace")
    outcome = await ada.use(grace.post(standin.channel(), "a fox").id, "Edit it")
    mask = Upload("mask.png", "image/png", b"x" * 33)
    filled: dict[str, Any] = {"words": "an owl", "why": "light", "mask": [mask], "judge": [grace.id], "note": "n"}
    answered = await ada.submit(outcome.interaction_id, filled)
    said = standin.world.messages[answered.message_id or ""].content
    assert said == "['an owl', ['light'], [33], ['grace'], 'n']"


async def test_what_nobody_has_to_fill_in_may_stay_empty(standin: StandIn, bot: MenuBot) -> None:
    ada = standin.member("ada")
    outcome = await ada.use(ada.post(standin.channel(), "a fox").id, "Edit it")
    with pytest.raises(Mistake, match="fill in every required field"):
        await ada.submit(outcome.interaction_id, {"note": "n"})
    with pytest.raises(Mistake, match="Between 0 and 40"):
        await ada.submit(outcome.interaction_id, {"words": "x" * 41})
    answered = await ada.submit(outcome.interaction_id, {"words": "an owl"})
    assert standin.world.messages[answered.message_id or ""].content == "['an owl', [], [], [], '']"


async def test_a_form_that_the_bot_did_not_take_stays_open(standin: StandIn, bot: MenuBot) -> None:
    """The person may press Submit again; once taken, it is closed."""
    ada = standin.member("ada")
    outcome = await ada.use(ada.post(standin.channel(), "a fox").id, "Edit it")
    standin.world.rules = replace(standin.world.rules, ack_seconds=0.3)
    standin.faults.add("POST", "/callback", Reply(404, {"message": "Unknown interaction", "code": 10062}))
    assert (await ada.submit(outcome.interaction_id, {"words": "an owl"})).state == "failed"
    assert (await ada.submit(outcome.interaction_id, {"words": "an owl"})).state == "answered"
    with pytest.raises(Mistake, match="no longer open"):
        await ada.submit(outcome.interaction_id, {"words": "an owl"})


def select(**changed: Any) -> dict[str, Any]:
    options = [{"label": "Left", "value": "l"}, {"label": "Right", "value": "r"}]
    return {"type": 3, "custom_id": "s", "options": options, **changed}


def long_option(**changed: Any) -> list[dict[str, Any]]:
    return [{"label": "x", "value": "x", **changed}]


WRONG_MENUS = {
    "26 options": select(options=[{"label": "x", "value": str(number)} for number in range(26)]),
    "no options": select(options=[]),
    "twin values": select(options=long_option() * 2),
    "more than there are": select(max_values=3),
    "least above most": select(min_values=2, max_values=1),
    "26 values": select(max_values=26),
    "long label": select(options=long_option(label="x" * 101)),
    "long value": select(options=long_option(value="x" * 101)),
    "long description": select(options=long_option(description="x" * 101)),
    "no label": select(options=[{"value": "x"}]),
    "two defaults": select(options=[{"label": v, "value": v, "default": True} for v in "ab"]),
    "long placeholder": select(placeholder="x" * 151),
    "no id": select(custom_id=None),
    "a role for a person": {"type": 5, "custom_id": "s", "default_values": [{"id": "1", "type": "role"}]},
    "too many defaults": {"type": 6, "custom_id": "s", "default_values": [{"id": n, "type": "role"} for n in "12"]},
}


@pytest.mark.parametrize("wrong", WRONG_MENUS)
async def test_menus_discord_refuses(standin: StandIn, ask: Asking, wrong: str) -> None:
    """With the place in the tree of errors; nothing is posted."""
    refused = await ask.send({"content": "x", "components": [{"type": 1, "components": [WRONG_MENUS[wrong]]}]})
    assert refused.said == (400, CODE)
    assert list(refused.body["errors"]["components"]["0"]["components"]) == ["0"]
    assert standin.world.messages == {}


async def test_five_rows_of_five_buttons_pass_and_a_menu_needs_a_row_alone(standin: StandIn, ask: Asking) -> None:
    button = {"type": 2, "style": 2, "label": "x"}
    rows = [{"type": 1, "components": [{**button, "custom_id": f"{r}{n}"} for n in range(5)]} for r in range(5)]
    assert (await ask.send({"content": "x", "components": rows})).status == 200
    crowded = [{"type": 1, "components": [select(), {**button, "custom_id": "b"}]}]
    assert (await ask.send({"content": "x", "components": crowded})).said == (400, CODE)
    assert (await ask.send({"content": "x", "components": [{"type": 1, "components": [{"type": 4}]}]})).status == 400


def text(**changed: Any) -> dict[str, Any]:
    return {"type": 4, "custom_id": "t", "style": 1, **changed}


def label(item: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"type": 18, "label": "Words", "component": item, **changed}


def form(*tops: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"custom_id": "m", "title": "Edit", "components": list(tops), **changed}


WRONG_FORMS = {
    "long title": form(label(text()), title="x" * 46),
    "no title": form(label(text()), title=""),
    "long id": form(label(text()), custom_id="x" * 101),
    "six inputs": form(*(label(text(custom_id=str(number))) for number in range(6))),
    "nothing": form(),
    "twin ids": form(label(text()), label(text())),
    "long label": form(label(text(), label="x" * 46)),
    "no label": form({"type": 1, "components": [text()]}),
    "a button": form({"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "b"}]}),
    "no style": form(label(text(style=None))),
    "lengths crossed": form(label(text(min_length=9, max_length=3))),
    "long value": form(label(text(value="abcd", max_length=3))),
    "long placeholder": form(label(text(placeholder="x" * 101))),
    "a menu too long": form(label(WRONG_MENUS["26 options"])),
    "a radio of one": form(label({"type": 21, "custom_id": "r", "options": [{"label": "x", "value": "x"}]})),
}


@pytest.mark.parametrize("wrong", WRONG_FORMS)
async def test_forms_discord_refuses(standin: StandIn, bot: MenuBot, ask: Asking, wrong: str) -> None:
    """The interaction stays unanswered, so that the bot may still say something else."""
    asked = asyncio.create_task(standin.member().run(standin.channel(), "slow"))
    await until(lambda: bot.last)
    waiting = next(iter(standin.world.interactions.values()))
    path = f"/interactions/{waiting.id}/{waiting.token}/callback"
    refused = await ask.rest("POST", path, {"type": 9, "data": WRONG_FORMS[wrong]})
    assert refused.said == (400, CODE)
    assert list(refused.body["errors"]) == ["data"]
    assert (await ask.rest("POST", path, {"type": 9, "data": form(label(text()))})).status == 204
    assert (await asked).state == "modal"


MENU = {"name": "Ask again", "type": 3}
WRONG_COMMANDS = {
    "a description": [{**MENU, "description": "x"}],
    "options": [{**MENU, "options": [{"name": "a", "description": "b", "type": 3}]}],
    "long name": [{**MENU, "name": "x" * 33}],
    "twins": [MENU, MENU],
}


@pytest.mark.parametrize("wrong", WRONG_COMMANDS)
async def test_message_commands_discord_refuses(standin: StandIn, ask: Asking, wrong: str) -> None:
    path = f"/applications/{standin.world.bot.id}/guilds/{standin.guild_id}/commands"
    assert (await ask.rest("PUT", path, WRONG_COMMANDS[wrong])).said == (400, CODE)
    standin.log.violations.clear()
    many = [{**MENU, "name": f"Menu {number}"} for number in range(6)]
    assert (await ask.rest("PUT", path, many)).said == (400, 30032)
    assert (await ask.rest("PUT", path, many[:5])).status == 200
