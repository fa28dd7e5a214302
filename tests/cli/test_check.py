"""`darkroom check`: each part is told apart, in order, with the next step, and the token is never said."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from bot.cli.check import check, look
from bot.cli.findings import Finding, all_well
from bot.demo.discord.permissions import Permission
from bot.demo.discord.rules import unhurried
from bot.demo.discord.server import StandIn
from bot.ledger.database import Database
from bot.settings import Tower
from tests.dispatch.rig import make_rig, until

PARTS = ["settings", "ledger", "token", "permissions", "tower awake", "host key", "agent version", "models"]


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    async with StandIn(rules=unhurried()) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file for the stand-in, without a tower; the token is right."""
    monkeypatch.setenv("DISCORD_TOKEN", standin.token)
    lines = [
        "[discord]",
        f"guild_id = {standin.guild_id}",
        f'api_base = "{standin.api_base}"',
        "[ledger]",
        f'path = "{tmp_path / "ledger.db"}"',
    ]
    path = tmp_path / "darkroom.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def add_tower(config: Path, tower: Tower) -> None:
    lines = ["", "[[tower]]", f"port = {tower.port}"]
    lines += [f'{key} = "{getattr(tower, key)}"' for key in ("name", "host", "user", "key", "known_hosts")]
    with config.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines))


def by_part(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.part: finding for finding in findings}


async def test_a_fresh_bot_with_a_good_token_lacks_only_a_tower(config: Path, standin: StandIn) -> None:
    """Nothing is asked of the gateway, so a running bot would not be disturbed."""
    found = await look(config)
    assert [(one.part, one.well) for one in found] == [
        ("settings", True),
        ("ledger", True),
        ("token", True),
        ("permissions", True),
        ("tower awake", False),
    ]
    assert "Darkroom" in by_part(found)["token"].sentence.title()
    assert not standin.world.bot_online
    assert standin.log.violations == []


async def test_a_refused_token_is_said_and_never_shown(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret itself stays where it was."""
    monkeypatch.setenv("DISCORD_TOKEN", "not-the-right-secret")
    found = by_part(await look(config))
    assert "refuses" in found["token"].sentence
    assert not found["permissions"].well
    assert "not-the-right-secret" not in repr(found)


async def test_a_missing_token_names_where_it_belongs(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names the variable."""
    monkeypatch.delenv("DISCORD_TOKEN")
    assert "DISCORD_TOKEN" in by_part(await look(config))["token"].sentence


async def test_each_permission_the_bot_lacks_is_named(config: Path, standin: StandIn) -> None:
    """By the name that Discord's documentation uses."""
    everyone = standin.world.roles[standin.world.guild.id]
    everyone.permissions &= ~int(Permission.ATTACH_FILES | Permission.ADD_REACTIONS)
    found = by_part(await look(config))["permissions"]
    assert not found.well
    assert (
        "lacks ADD_REACTIONS, ATTACH_FILES" in found.sentence or "lacks ATTACH_FILES, ADD_REACTIONS" in found.sentence
    )


async def test_a_guild_without_the_bot_is_said(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token may be right and the server wrong."""
    monkeypatch.setenv("DARKROOM_DISCORD__GUILD_ID", "42")
    found = by_part(await look(config))
    assert found["token"].well
    assert "not in the server 42" in found["permissions"].sentence


async def test_a_discord_that_cannot_be_reached_is_not_a_bad_token(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cut cable is told apart from a wrong secret."""
    monkeypatch.setenv("DARKROOM_DISCORD__API_BASE", "http://127.0.0.1:1/api/v10")
    assert "cannot be reached" in by_part(await look(config))["token"].sentence


async def test_a_ledger_in_use_is_well_and_a_damaged_one_is_not(config: Path, tmp_path: Path) -> None:
    """A running bot is not a fault."""
    async with Database(tmp_path / "ledger.db"):
        assert "running bot" in by_part(await look(config))["ledger"].sentence
    assert "is whole" in by_part(await look(config))["ledger"].sentence
    (tmp_path / "ledger.db").write_bytes(b"no ledger at all" * 1000)
    found = by_part(await look(config))["ledger"]
    assert not found.well
    assert "damaged" in found.sentence


async def test_a_tower_that_sleeps_is_told_and_what_lies_above_is_not_looked_at(config: Path, tmp_path: Path) -> None:
    """Nothing is woken by looking."""
    add_tower(config, Tower(host="127.0.0.1", port=1, key=tmp_path / "key", known_hosts=tmp_path / "known_hosts"))
    found = await look(config)
    assert [one.part for one in found] == PARTS
    assert "port 1" in found[4].sentence
    assert all("“tower awake” is not well" in one.sentence for one in found[5:])
    assert not all_well(found)


async def test_every_rung_of_a_real_tower_is_told(config: Path, tmp_path: Path) -> None:
    """Well from the settings to the models; then the daemon ends, then the host key is another one."""
    async with make_rig(tmp_path / "rig", "real") as rig:
        add_tower(config, rig.settings)

        async def serving() -> bool:
            return all_well(await look(config))

        await until(serving, "every part to be well")
        found = await look(config)
        assert [one.part for one in found] == PARTS
        assert "gpu-agent" in by_part(found)["agent version"].sentence
        assert "can be rendered" in by_part(found)["models"].sentence
        rig.daemon.end()
        found = await look(config)
        assert [one.well for one in found] == [True] * 6 + [False] * 2
        assert "gpu-agent serve" in found[6].sentence
        rig.server.stop()
        rig.server.renew_host_key()
        rig.server.start()
        found = await look(config)
        assert [one.well for one in found] == [True] * 5 + [False] * 3
        assert "darkroom tower trust" in found[5].sentence


def test_wrong_settings_end_with_status_one_and_name_the_key(tmp_path: Path) -> None:
    """For a person a line each, for programs JSON with the same content."""
    path = tmp_path / "darkroom.toml"
    path.write_text("[discord]\nguild_id = 'none'\n", encoding="utf-8")
    app = Typer()
    app.command()(check)
    shown = CliRunner().invoke(app, ["--config", str(path)])
    told = CliRunner().invoke(app, ["--config", str(path), "--json"])
    assert (shown.exit_code, told.exit_code) == (1, 1)
    assert "discord.guild_id" in shown.stdout.splitlines()[0]
    report = json.loads(told.stdout)
    assert report["well"] is False
    assert [finding["part"] for finding in report["findings"]] == PARTS


async def test_a_taxonomy_that_cannot_be_used_is_told_with_its_place(config: Path, tmp_path: Path) -> None:
    """The file, the reason and the field; the bot would not start with it either."""
    (tmp_path / "own.toml").write_text('[[reason]]\nid = "weather"\n', encoding="utf-8")
    with config.open("a", encoding="utf-8") as file:
        file.write(f'\n[taste]\ntaxonomy = "{tmp_path / "own.toml"}"\n')
    found = by_part(await look(config))["settings"]
    assert not found.well
    assert all(words in found.sentence for words in ("own.toml", "reason “weather”", "field “name”"))
