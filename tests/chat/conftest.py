"""A fresh stage for each test. The referee watches every request, and whatever goes against Discord's rules fails."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.demo.discord.rules import Rules, unhurried
from bot.demo.discord.server import StandIn
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.settings import Discord, LedgerTable, Settings
from tests.chat.people import tower
from tests.chat.stage import Hurried, Stage
from tests.referee import wrongs


@asynccontextmanager
async def open_stage(home: Path, rules: Rules) -> AsyncIterator[Stage]:
    clock = Hurried()
    async with StandIn(rules=rules, clock=clock) as standin, Database(home / "ledger.db") as db:
        discord = Discord(
            guild_id=standin.guild_id,
            api_base=standin.api_base,
            gateway_url=standin.gateway_url,
            cdn_base=standin.cdn_base,
        )
        settings = Settings(discord=discord, ledger=LedgerTable(path=db.path), tower=(tower("tower", home),))
        yield Stage(standin, db, Files(home / "files"), settings, clock)
        assert wrongs(standin) == []


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Nothing is up yet: `async with stage.bot():`."""
    async with open_stage(tmp_path, unhurried()) as opened:
        yield opened
