"""`darkroom run` as its supervisor sees it: it stops when told, and ends with a sentence when it cannot go on."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from bot.demo.discord.server import StandIn
from tests.agent.sshd import ROOT
from tests.town import Town

CONFIG = """[discord]
guild_id = 1
api_base = "{standin.api_base}"
gateway_url = "{standin.gateway_url}"
cdn_base = "{standin.cdn_base}"
[ledger]
path = '{folder}/darkroom.db'
"""


async def run(config: Path, token: str) -> tuple[int, str]:
    """Exit status and what it said last."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", "--config", str(config)),
        cwd=ROOT,
        env=os.environ | {"DISCORD_TOKEN": token},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_it_stops_when_it_is_told_to(town: Town) -> None:
    """SIGTERM ends it with status 0, so that its supervisor sees no failure."""
    assert await town.end_bot(signal.SIGTERM) == 0


async def test_a_second_bot_on_the_same_ledger_is_refused(town: Town) -> None:
    """One process owns the file; the sentence says so, and the first one goes on."""
    status, said = await run(town.config, town.standin.token)
    assert status == 1
    assert "darkroom.db" in said
    assert "Traceback" not in said
    assert town.standin.world.bot_online


@pytest.mark.parametrize("token", ["wrong", ""])
async def test_a_token_that_discord_does_not_know_is_a_sentence(tmp_path: Path, token: str) -> None:
    """No traceback, no token in the words, and no second try that Discord would count against us."""
    async with StandIn() as standin:
        config = tmp_path / "darkroom.toml"
        config.write_text(CONFIG.format(standin=standin, folder=tmp_path))
        status, said = await run(config, token)
    assert status == 1
    assert "DISCORD_TOKEN" in said
    assert "Traceback" not in said
    assert not token or token not in said.replace("DISCORD_TOKEN", "")
