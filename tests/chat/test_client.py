"""The connection: what the bot may see, when commands are synced, and that no fall is its last."""

import asyncio

import aiohttp
import discord
import pytest
from pydantic import SecretStr

from bot.chat.attempts import lost
from bot.chat.client import DarkroomClient
from bot.demo.discord.event import Event
from bot.demo.discord.faults import Reply
from bot.errors import BadSettings
from tests.chat.people import until
from tests.chat.stage import Stage

COMMANDS = "/commands"


def syncs(stage: Stage) -> int:
    return len(stage.standin.log.of("PUT", COMMANDS))


async def test_nothing_privileged_is_asked_for(stage: Stage) -> None:
    """Guilds, their messages and their reactions."""
    async with stage.bot():
        (session,) = stage.standin.gateway.sessions.values()
    assert session.intents == 1 << 0 | 1 << 9 | 1 << 10


async def test_commands_are_synced_once_and_again_only_when_they_changed(stage: Stage) -> None:
    """Discord allows 200 a day. A restart is no reason; a new option or another guild is."""
    for _ in range(2):
        async with stage.bot():
            assert syncs(stage) == 1

    class Richer(DarkroomClient):
        async def setup_hook(self) -> None:
            @self.tree.command(name="extra", description="One more")
            async def extra(interaction: discord.Interaction["DarkroomClient"]) -> None: ...

            await super().setup_hook()

    client = Richer(stage.settings, stage.db, stage.files, stage.board, stage.clock, stage.intake)
    serving = asyncio.create_task(client.serve(SecretStr(stage.standin.token)))
    await until(client.online.is_set)
    serving.cancel()
    assert syncs(stage) == 2
    assert "extra" in [command["name"] for command in stage.standin.world.commands.values()]


@pytest.mark.parametrize("fault", [Reply(403, {"message": "Missing Access", "code": 50001}), Reply(400)])
async def test_a_refused_sync_leaves_the_bot_working_and_is_tried_again(stage: Stage, fault: Reply) -> None:
    """Invited without commands, or out of syncs for today: pictures are posted and buttons work all the same."""
    stage.standin.faults.add("PUT", COMMANDS, fault)
    async with stage.bot():
        await stage.posted()
    async with stage.bot():
        assert syncs(stage) == 2
        assert stage.standin.world.commands


async def test_commands_come_as_soon_as_the_bot_is_let_into_the_guild(stage: Stage) -> None:
    """It was started before it was invited."""
    stage.standin.faults.add("PUT", COMMANDS, Reply(403, {"message": "Missing Access", "code": 50001}))
    async with stage.bot():
        (session,) = stage.standin.gateway.sessions.values()
        joined = next(event for event in session.sent if event["t"] == "GUILD_CREATE")["d"]
        session.dispatch(Event("GUILD_CREATE", 0, {key: joined[key] for key in joined.keys() - {"unavailable"}}))
        await until(lambda: len(stage.standin.world.commands) > 0)


async def test_nothing_is_kept_in_memory_for_a_message_with_buttons(stage: Stage) -> None:
    """Buttons are understood by their ids, so years of pictures cost nothing."""
    async with stage.bot() as client:
        await stage.posted()
        assert list(client.persistent_views) == []


async def test_a_first_connection_that_is_refused_is_tried_again(stage: Stage) -> None:
    """The library itself dies of it."""
    stage.standin.gateway.refuse(3)
    async with stage.bot():
        await stage.posted()


async def test_a_login_that_fails_is_tried_again(stage: Stage) -> None:
    stage.standin.faults.add("GET", "/users/@me", Reply(cut=True), Reply(503))
    async with stage.bot():
        await stage.posted()


async def test_a_closed_connection_is_opened_anew(stage: Stage) -> None:
    """An odd close code ends the library's own efforts; buttons and the courier outlive it."""
    async with stage.bot() as client:
        _, message = await stage.posted()
        stage.standin.gateway.forget()
        stage.standin.gateway.drop(4010)
        await until(lambda: client.ready.count == 2)
        _, second = await stage.posted("another")
        for one in (message, second):
            outcome = await stage.standin.member("ada").click(one.id, one.components[0]["components"][0]["custom_id"])
            assert "Accepted" in await stage.answered(outcome)


async def test_a_request_while_the_connection_is_opened_anew_is_a_lost_one(stage: Stage) -> None:
    """Whoever makes requests knows what to do about those, and nothing else ends the bot."""
    async with stage.bot() as client:
        client.online.clear()
        await client.http.close()
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.fetch_user(1)
        client.http.clear()
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.fetch_user(1)


async def test_so_is_one_of_a_client_that_closes_and_has_not_said_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library closes itself before anybody hears that the connection is lost."""
    async with stage.bot() as client, aiohttp.ClientSession() as closed:
        await closed.close()
        with monkeypatch.context() as patched:
            patched.setattr(client.http, "_HTTPClient__session", closed)
            with pytest.raises(RuntimeError):
                await client.fetch_user(1)
            patched.setattr(client, "is_closed", lambda: True)
            assert client.online.is_set()
            with pytest.raises(aiohttp.ClientConnectionError):
                await client.fetch_user(1)


async def test_a_ready_that_was_held_back_is_not_told_to_a_closed_client(stage: Stage) -> None:
    """The library waits a moment for guilds before it tells, and does not ask whether it was closed meanwhile."""
    async with stage.bot() as client:
        before = client.ready.count
        await client.close()
        client.dispatch("ready")
        await asyncio.sleep(0)
        assert client.ready.count == before


async def test_an_event_the_library_cannot_read_is_survived(stage: Stage) -> None:
    """It ends the library's connection; a new one is made."""
    async with stage.bot() as client:
        await stage.posted()
        (session,) = stage.standin.gateway.sessions.values()
        session.dispatch(Event("GUILD_CREATE", 0, {"id": "not a number"}))
        await until(lambda: client.ready.count == 2)
        await stage.posted("another")


async def test_a_wrong_token_ends_it_with_a_sentence(stage: Stage) -> None:
    client = DarkroomClient(stage.settings, stage.db, stage.files, stage.board, stage.clock, stage.intake)
    with pytest.raises(BadSettings) as refused:
        await client.serve(SecretStr("wrong"))
    assert refused.value.facts["place"] == "DISCORD_TOKEN"
    assert "wrong" not in str(refused.value)


@pytest.mark.parametrize(
    ("status", "code", "repeated"),
    [
        (500, 0, True),
        (503, 0, True),
        (429, 0, True),
        (401, 0, True),
        (403, 0, True),
        (403, 50013, False),
        (404, 10003, False),
        (400, 50035, False),
    ],
)
def test_what_is_repeated_is_what_may_work_the_next_time(status: int, code: int, *, repeated: bool) -> None:
    """A wall without a name (a proxy's 403) may fall; a permission does not come back by asking again."""

    class Response:
        reason = "for a test"

    response = Response()
    response.status = status  # type: ignore[attr-defined]
    error = discord.HTTPException(response, {"code": code, "message": ""})  # type: ignore[arg-type]
    assert lost(error) is repeated
