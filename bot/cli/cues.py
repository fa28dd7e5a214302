"""`darkroom cues`: what was learned about a slug, for people and for whatever writes the next prompts."""

import asyncio
import json as notation
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import settings as configuration
from bot.app import taste_of
from bot.clock import SystemClock
from bot.errors import DarkroomError
from bot.ledger import beside, notices, reasons
from bot.ledger import cues as rows
from bot.nouns import Cue, Scope
from bot.settings import Settings
from bot.taste.cues import acts, fold
from bot.taste.promoting import grown
from bot.texts import cues as texts
from bot.texts import ledger
from bot.texts.failures import plain_sentences


def cues(
    slug: Annotated[str, typer.Argument(help="What the pictures are for.")],
    style: Annotated[str | None, typer.Option(help="The style it will be drawn in: cues of that act, too.")] = None,
    archetype: Annotated[str | None, typer.Option(help="Its kind of subject: cues of that act, too.")] = None,
    model: Annotated[str | None, typer.Option(help="The model that will draw it: cues of that act, too.")] = None,
    config: Annotated[Path, typer.Option(help="The settings of the bot.")] = Path("darkroom.toml"),
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Print the cues that the next prompt for a slug will be composed with, the nearest and heaviest first."""
    places = {(Scope.SLUG, slug), (Scope.EVERYTHING, "")}
    named = {Scope.STYLE: style, Scope.ARCHETYPE: archetype, Scope.MODEL: model}
    places |= {(scope, name) for scope, name in named.items() if name}
    try:
        found, links = asyncio.run(_acting(configuration.load(config), places))
    except DarkroomError as error:
        typer.echo(plain_sentences(error), err=True)
        raise typer.Exit(1) from error
    told = notation.dumps(_as_json(slug, found, links), indent=2, ensure_ascii=False) if json else _as_lines(found)
    typer.echo(told)


async def _acting(settings: Settings, places: set[rows.Place]) -> tuple[list[Cue], dict[int, str]]:
    """What acts there, and links to the messages that it was learned on."""
    async with beside.reading(settings.ledger.path) as connection:
        learned, taste = await rows.learned(connection, places), taste_of(settings)
        taxonomy = grown(taste.taxonomy, await reasons.edits(connection))
        found = fold(learned, replace(taste, taxonomy=taxonomy), SystemClock().now())
        acting = [cue for cue in found if (cue.scope, cue.about) in places and acts(cue) and not cue.against]
        channels = await notices.channels_of(connection, {message for cue in acting for message in cue.origin})
    place = f"https://discord.com/channels/{settings.discord.guild_id}"
    return acting, {message: f"{place}/{channel}/{message}" for message, channel in channels.items()}


def _as_json(slug: str, found: Sequence[Cue], links: Mapping[int, str]) -> dict[str, Any]:
    """`messages` are the ids of the Discord messages that a cue was learned on; imported pictures have none."""
    told = [
        {
            "phrase": cue.phrase,
            "negative": cue.negative,
            "scope": cue.scope.value,
            "about": cue.about,
            "weight": round(cue.weight, 4),
            "messages": [str(message) for message in cue.origin if message > 0],
            "links": [links[message] for message in cue.origin if message in links],
            "imported": sum(message < 0 for message in cue.origin),
        }
        for cue in found
    ]
    return {"slug": slug, "cues": told}


def _as_lines(found: Sequence[Cue]) -> str:
    lines = [ledger.weighed(texts.unmarked(cue), texts.reach(cue), cue.weight) for cue in found]
    return "\n".join(lines) or ledger.NO_CUES
