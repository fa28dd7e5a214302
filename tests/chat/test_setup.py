"""`/setup` over the wire: each step shows what stands, stores at once, and works in another life of the bot."""

import pytest

from bot.board import TowerView
from bot.demo.discord.changes import InteractionStarted
from bot.demo.discord.permissions import Permission
from bot.demo.discord.values import Json, Message
from bot.ledger import people
from bot.people.needed import NEEDED
from bot.people.permits import Kind, Permits, What
from bot.texts import people as texts
from tests.chat.people import until
from tests.chat.rights import permit, started, told
from tests.chat.stage import Stage


async def opened(stage: Stage, who: str = "ada", place: str | None = None) -> Message:
    outcome = await started(stage, "setup", who, place)
    await stage.answered(outcome)
    return stage.standin.world.messages[outcome.message_id or ""]


def items(page: Message) -> list[Json]:
    return [one for row in page.components for one in row["components"]]


async def go(stage: Stage, page: Message, label: str, who: str = "ada") -> str:
    """Presses the button of this name; gives the page that follows."""
    (custom_id,) = [one["custom_id"] for one in items(page) if one.get("label") == label]
    before = page.edited_at
    await stage.standin.member(who).click(page.id, custom_id)
    await until(lambda: page.edited_at != before)
    return page.content


async def step(stage: Stage, page: Message, number: int) -> str:
    """Goes on as far as this step; gives its page."""
    while f"step {number} of 7" not in page.content:
        await go(stage, page, "Next")
    return page.content


async def pick(stage: Stage, page: Message, *ids: str, who: str = "ada") -> str:
    """Chooses these in the page's menu, and no others."""
    (menu,) = [one for one in items(page) if one["type"] != 2]
    before = page.edited_at
    await stage.standin.member(who).click(page.id, menu["custom_id"], ids)
    await until(lambda: page.edited_at != before)
    return page.content


async def stored(stage: Stage) -> Permits:
    async with stage.db.reading() as connection:
        return await people.permits(connection)


async def test_it_leads_from_the_first_channel_to_what_stands(stage: Stage) -> None:
    """Five lists, the tower and the permissions; every step says which it is, and what is chosen is stored at once."""
    lounge, role = stage.standin.channel("lounge"), stage.standin.make_role("Artists")
    async with stage.bot():
        page = await opened(stage)
        assert "step 1 of 7" in page.content
        assert "Now: every channel." in page.content
        assert f"Now: <#{lounge}>." in await pick(stage, page, lounge)
        assert (await stored(stage)).of(What.ASK, Kind.CHANNEL) == {int(lounge)}
        assert "step 2 of 7" in await go(stage, page, "Next")
        assert f"Now: <@&{role}>." in await pick(stage, page, role)
        for step in (3, 4, 5, 6, 7):
            assert f"step {step} of 7" in await go(stage, page, "Next")
        last = await go(stage, page, "Done")
        assert f"Asking, where: <#{lounge}>" in last
        assert f"Asking, who: <@&{role}>" in last
        assert "Administrating: this server's administrators alone" in last
        assert page.components == []
    assert page.addressee == str(stage.ada)


async def test_a_menu_shows_what_stands_and_an_empty_one_lets_everybody_in(stage: Stage) -> None:
    role = stage.standin.make_role("Artists")
    await permit(stage, What.ASK, Kind.ROLE, role)
    async with stage.bot():
        page = await opened(stage)
        await go(stage, page, "Next")
        (menu,) = [one for one in items(page) if one["type"] != 2]
        assert menu["default_values"] == [{"id": role, "type": "role"}]
        assert "Now: everybody." in await pick(stage, page)
        assert await stored(stage) == Permits()


async def test_a_page_is_gone_on_with_in_another_life_of_the_bot(stage: Stage) -> None:
    """Menus, too: nothing is kept but the rows."""
    lounge = stage.standin.channel("lounge")
    async with stage.bot():
        page = await opened(stage)
    async with stage.bot():
        assert f"Now: <#{lounge}>." in await pick(stage, page, lounge)
        assert "step 2 of 7" in await go(stage, page, "Next")
        assert "step 1 of 7" in await go(stage, page, "Back")


async def test_a_choice_that_arrives_twice_is_one_choice(stage: Stage) -> None:
    lounge = stage.standin.channel("lounge")
    async with stage.bot():
        page = await opened(stage)
        outcome = await stage.standin.member("ada").click(page.id, "setup:ask:channel", [lounge])
        world = stage.standin.world
        world.tell(InteractionStarted(world.interactions[outcome.interaction_id]))
        await until(lambda: "Now: <#" in page.content)
        await told(stage, "queue")
        assert (await stored(stage)).of(What.ASK, Kind.CHANNEL) == {int(lounge)}


async def test_whoever_lost_the_right_meanwhile_changes_nothing(stage: Stage) -> None:
    """The page stays, and a private sentence says why nothing happened."""
    role = stage.standin.make_role("Boss", Permission.MANAGE_GUILD, "grace")
    lounge = stage.standin.channel("lounge")
    async with stage.bot():
        page = await opened(stage, "grace")
        stage.standin.world.take_role(stage.standin.member("grace").id, role)
        await stage.standin.member("grace").click(page.id, "setup:ask:channel", [lounge])
        history = stage.standin.world.history
        await until(lambda: any("Only those who administrate" in one.content for one in history(stage.channel)))
        assert await stored(stage) == Permits()
        assert "step 1 of 7" in page.content


async def test_what_is_gone_from_the_server_is_told(stage: Stage) -> None:
    """It cannot be shown in a menu, and picking anew drops it."""
    role = stage.standin.make_role("Artists")
    await permit(stage, What.ASK, Kind.ROLE, role, "4711")
    async with stage.bot():
        page = await opened(stage)
        said = await go(stage, page, "Next")
        assert "1 more is listed and gone from this server" in said
        await pick(stage, page, role)
        assert (await stored(stage)).of(What.ASK, Kind.ROLE) == {int(role)}


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (None, "look again in a minute"),
        (TowerView("asleep", 0.0), "it is woken when somebody asks"),
        (TowerView("ready", 0.0), "it takes asks"),
        (TowerView("trouble", 0.0, "daemon-down", {"tower": "tower"}), "Start `gpu-agent serve` there"),
    ],
)
async def test_the_tower_is_told_with_the_next_step(stage: Stage, view: TowerView | None, words: str) -> None:
    if view is not None:
        stage.board.tower("tower", view)
    async with stage.bot():
        page = await opened(stage)
        assert words in await step(stage, page, 6)
        assert "step 6 of 7" in await go(stage, page, "Look again")


@pytest.mark.parametrize("name", list(NEEDED))
async def test_each_permission_that_is_lacking_is_told_with_its_reason(stage: Stage, name: str) -> None:
    """Here, and in the channels where people may ask; looked at again when it was granted."""
    bot, lounge = stage.standin.world.bot.id, stage.standin.world.channel(stage.standin.channel("lounge"))
    await permit(stage, What.ASK, Kind.CHANNEL, lounge.id)
    stage.standin.world.overwrite(lounge, bot, deny=NEEDED[name])
    async with stage.bot():
        page = await opened(stage)
        said = await step(stage, page, 7)
        assert f"<#{stage.channel}>: it has all it needs." in said
        assert f"<#{lounge.id}>: it lacks\n• **{texts.permission(name)}**, " in said
        stage.standin.world.overwrite(lounge, bot)
        said = await go(stage, page, "Look again")
        assert f"<#{lounge.id}>: it has all it needs." in said


async def test_with_exactly_what_the_invitation_grants_everything_works(stage: Stage) -> None:
    """Nobody else's grants help: everybody's role is stripped to what people need."""
    world = stage.standin.world
    (own,) = world.bot.roles
    world.roles[own].permissions = sum(NEEDED.values())
    people_need = Permission.VIEW_CHANNEL | Permission.USE_APPLICATION_COMMANDS | Permission.ADD_REACTIONS
    world.roles[world.guild.id].permissions = int(people_need)
    async with stage.bot():
        _, message = await stage.posted()
        assert message.attachments
        page = await opened(stage)
        said = await step(stage, page, 7)
        assert "it lacks" not in said
