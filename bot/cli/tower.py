"""`darkroom tower`: vouch for a tower's host key, and see how far up the ladder each tower is. Neither wakes one."""

import asyncio
import json as notation
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot import settings as configuration
from bot.dispatch.link import open_link
from bot.dispatch.trust import Shown, Standing, look_at_key
from bot.errors import BadSettings, DarkroomError
from bot.settings import Tower
from bot.texts import trust as texts
from bot.texts.failures import plain

_BOT = "darkroom-tower"  # its own name: the line of the running bot is another one
app = typer.Typer(help="Towers: vouch for one, or look at all.", no_args_is_help=True)
Config = Annotated[Path, typer.Option(help="The settings of the bot.")]
Json = Annotated[bool, typer.Option("--json", help="For programs; asks nothing.")]


@app.command()
def trust(
    config: Config = Path("darkroom.toml"),
    tower: Annotated[str, typer.Option(help="Which tower, when there are several.")] = "",
    fingerprint: Annotated[str, typer.Option(help="SHA256:… as the tower itself prints it; asks nothing.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Trust whatever key is shown; asks nothing.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Also when another key is pinned.")] = False,
    json: Json = False,
) -> None:
    """Show a tower's host key and pin it. The exit status is 0 when the key it shows is pinned."""
    chosen = _choose(_towers(config), tower)
    try:
        shown = asyncio.run(look_at_key(chosen))
    except DarkroomError as error:
        _refuse(plain(error.kind, error.facts), json, chosen.name)
    if not json:
        typer.echo(texts.shows(chosen.name, chosen.host, shown.fingerprint))
    if shown.standing is Standing.PINNED and fingerprint in ("", shown.fingerprint):
        _say(shown, texts.trusted_before(chosen.name), json)
        return
    if (objection := _objection(shown, fingerprint, replace)) is not None:
        _refuse(objection, json, chosen.name, shown.fingerprint)
    if not (yes or fingerprint or (not json and typer.confirm(texts.ask(chosen.name), err=True))):
        _refuse(texts.declined(chosen.name), json, chosen.name, shown.fingerprint)
    shown.trust()
    _say(shown, texts.trusted(chosen.name), json)


@app.command()
def status(config: Config = Path("darkroom.toml"), json: Json = False) -> None:
    """Look at each tower, from its port to its agent."""
    found = asyncio.run(_look_at_all(_towers(config)))
    if json:
        typer.echo(notation.dumps({"towers": found}, ensure_ascii=False, indent=1))
        return
    for one in found:
        typer.echo(f"{one['tower']}  {one['rung']}  {one['sentence']}")


async def _look_at_all(towers: tuple[Tower, ...]) -> list[dict[str, str]]:
    return list(await asyncio.gather(*(_look(tower) for tower in towers)))


async def _look(tower: Tower) -> dict[str, str]:
    """`rung` is the highest one reached, `kind` what is in the way to the next, "" when nothing is."""
    rungs = ["asleep"]
    try:
        link = await open_link(tower, _BOT, "", rungs.append)
    except DarkroomError as error:
        return {"tower": tower.name, "rung": rungs[-1], "kind": error.kind, "sentence": plain(error.kind, error.facts)}
    await link.close()
    return {"tower": tower.name, "rung": rungs[-1], "kind": "", "sentence": texts.ready(tower.name, link.ready.agent)}


def _towers(config: Path) -> tuple[Tower, ...]:
    try:
        towers = configuration.load(config).tower
    except BadSettings as error:
        _refuse(plain(error.kind, error.facts), False)
    if not towers:
        _refuse(texts.none_set_up(), False)
    return towers


def _choose(towers: tuple[Tower, ...], name: str) -> Tower:
    fitting = [tower for tower in towers if name in ("", tower.name)]
    if len(fitting) != 1:
        _refuse(texts.which(", ".join(tower.name for tower in towers)), False)
    return fitting[0]


def _objection(shown: Shown, fingerprint: str, replace: bool) -> str | None:
    if fingerprint not in ("", shown.fingerprint):
        return texts.not_the_one(shown.tower.name, fingerprint)
    if shown.standing is Standing.DIFFERENT and not replace:
        return texts.different(shown.tower.name)
    return None


def _say(shown: Shown, sentence: str, json: bool) -> None:
    typer.echo(_as_json(shown.tower.name, shown.fingerprint, True, sentence) if json else sentence)


def _refuse(sentence: str, json: bool, tower: str = "", fingerprint: str = "") -> NoReturn:
    if json:
        typer.echo(_as_json(tower, fingerprint, False, sentence))
    else:
        typer.echo(sentence, err=True)
    raise typer.Exit(1)


def _as_json(tower: str, fingerprint: str, trusted: bool, sentence: str) -> str:
    return notation.dumps(
        {"tower": tower, "fingerprint": fingerprint, "trusted": trusted, "sentence": sentence}, ensure_ascii=False
    )
