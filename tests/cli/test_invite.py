"""`darkroom invite`: one link, with what is needed and no more; the token is never said."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner

from bot.cli.invite import invite
from bot.demo.discord.faults import Reply
from bot.demo.discord.rules import unhurried
from bot.demo.discord.server import StandIn
from bot.people.needed import invitation


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    async with StandIn(rules=unhurried()) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, standin: StandIn) -> Path:
    path = tmp_path / "darkroom.toml"
    path.write_text(f'[discord]\nguild_id = {standin.guild_id}\napi_base = "{standin.api_base}"\n', encoding="utf-8")
    return path


async def run(*arguments: str) -> Any:
    """The verb runs a loop of its own, so it is given a thread of its own."""
    app = Typer()
    app.command()(invite)
    return await asyncio.to_thread(CliRunner().invoke, app, arguments)


async def test_discord_is_asked_for_the_application(
    config: Path, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link names it and the guild of the settings; the gateway is not touched."""
    monkeypatch.setenv("DISCORD_TOKEN", standin.token)
    shown = await run("--config", str(config))
    assert (shown.exit_code, shown.stdout.strip()) == (0, invitation(int(standin.world.bot.id), standin.guild_id))
    assert standin.token not in shown.output
    assert not standin.gateway.sessions


async def test_who_knows_the_application_needs_neither_token_nor_settings() -> None:
    shown = await run("--application", "1234", "--config", "nowhere.toml")
    assert (shown.exit_code, shown.stdout.strip()) == (0, invitation(1234))


@pytest.mark.parametrize(
    ("token", "words"), [("wrong", "Discord refuses it"), ("", "DISCORD_TOKEN"), ("right", "cannot be reached")]
)
async def test_what_keeps_the_link_from_being_made_is_told(
    config: Path, standin: StandIn, monkeypatch: pytest.MonkeyPatch, token: str, words: str
) -> None:
    """With status one, in a sentence."""
    monkeypatch.setenv("DISCORD_TOKEN", standin.token if token == "right" else token)
    standin.faults.add("GET", "/oauth2/applications/@me", *[Reply(cut=True)] * (9 if token == "right" else 0))
    shown = await run("--config", str(config))
    assert shown.exit_code == 1
    assert words in shown.output
    assert "Traceback" not in shown.output
