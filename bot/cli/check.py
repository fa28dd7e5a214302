"""`darkroom check`: every part is looked at in order, each told in a sentence; nothing is changed or woken."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot import settings as configuration
from bot.app import taste_of
from bot.chat import standing
from bot.cli import tower_probe
from bot.cli.findings import Finding, all_well, as_json, as_lines
from bot.errors import BadSettings, DarkroomError, LedgerInUse
from bot.ledger.database import Database
from bot.people import words
from bot.settings import Settings
from bot.texts import check as texts
from bot.texts.failures import plain


def check(
    config: Annotated[Path, typer.Option(help="The settings of the bot.")] = Path("darkroom.toml"),
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Look at every part; the exit status is 0 when all of them are well."""
    findings = asyncio.run(look(config))
    typer.echo(as_json(findings) if json else as_lines(findings))
    raise typer.Exit(0 if all_well(findings) else 1)


async def look(config: Path) -> list[Finding]:
    try:
        settings = configuration.load(config)
        taste_of(settings)
        words.lists(settings.people)
    except BadSettings as error:
        parts = ("ledger", "token", "permissions", *tower_probe.PARTS)
        return [_ill("settings", error), *_not_looked_at("settings", parts)]
    findings = [Finding("settings", True, texts.SETTINGS_WELL), await _ledger(settings), *await _discord(settings)]
    if not settings.tower:
        return [*findings, Finding("tower awake", False, texts.NO_TOWER)]
    towers = await asyncio.gather(*(tower_probe.look(tower) for tower in settings.tower))
    return findings + [finding for tower in towers for finding in tower]


async def _ledger(settings: Settings) -> Finding:
    if not settings.ledger.path.exists():
        return Finding("ledger", True, texts.LEDGER_NEW)
    try:
        async with Database(settings.ledger.path):
            return Finding("ledger", True, texts.LEDGER_WELL)
    except LedgerInUse:
        return Finding("ledger", True, texts.LEDGER_IN_USE)
    except DarkroomError as error:
        return _ill("ledger", error)


async def _discord(settings: Settings) -> list[Finding]:
    try:
        token = configuration.token(settings)
    except BadSettings as error:
        return [_ill("token", error), *_not_looked_at("token", ("permissions",))]
    return _told(settings, await standing.ask(settings.discord, token))


def _told(settings: Settings, found: standing.Standing) -> list[Finding]:
    """The standing as two findings: the token's and the permissions'."""
    unreachable = texts.unreachable(settings.discord.api_base)
    if not found.bot:
        sentence = texts.TOKEN_REFUSED if found.trouble == "token" else unreachable
        return [Finding("token", False, sentence), *_not_looked_at("token", ("permissions",))]
    token = Finding("token", True, texts.token_well(found.bot))
    if found.trouble:
        sentence = texts.not_in_guild(settings.discord.guild_id) if found.trouble == "guild" else unreachable
        return [token, Finding("permissions", False, sentence)]
    granted = Finding("permissions", not found.lacking, texts.permissions(found.guild, found.lacking))
    return [token, granted]


def _ill(part: str, error: DarkroomError) -> Finding:
    return Finding(part, False, plain(error.kind, error.facts))


def _not_looked_at(before: str, parts: tuple[str, ...]) -> list[Finding]:
    return [Finding(part, False, texts.not_looked_at(before)) for part in parts]
