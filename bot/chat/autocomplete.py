"""What Discord suggests while a person types. Late is as good as never, so whatever takes long gives nothing."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from discord.app_commands import Choice

from bot.chat import sizes
from bot.chat.answers import Interaction
from bot.errors import NotRenderable
from bot.intake.models import chosen
from bot.ledger import jobs
from gpu_agent.stock import ShelfModel

Suggest = Callable[[Interaction, str], Coroutine[Any, Any, list[Choice[str]]]]

_IN_TIME = 1.5  # seconds; Discord shows nothing after 3
_MOST = 25
_LONGEST = 100
_KINDS_OF_SUBJECT = ("single-subject hero", "layered scene", "portrait", "landscape", "product", "pattern", "lettering")

_log = logging.getLogger(__name__)


def in_time(suggest: Suggest) -> Suggest:
    """The suggestions if they come in time, else none; an error gives none, and the log its story."""

    async def suggested(interaction: Interaction, typed: str) -> list[Choice[str]]:
        try:
            async with asyncio.timeout(_IN_TIME):
                return await suggest(interaction, typed)
        except TimeoutError:
            _log.info("suggestions for interaction %s came too late", interaction.id)
        except Exception:
            _log.exception("no suggestions for interaction %s", interaction.id)
        return []

    return suggested


@in_time
async def models(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Models with their licence, those with weights on a tower first."""
    return fitting(typed, ((_described(model), model.id) for model in await interaction.client.intake.models()))


@in_time
async def shapes(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """The sizes of the model that was picked so far; there are none for a model that is still being typed."""
    try:
        model = chosen(await interaction.client.intake.models(), interaction.namespace.model)
    except NotRenderable:
        return []
    return fitting(typed, ((f"{name} {w}×{h}", f"{w}x{h}") for name, (w, h) in sizes.named(model).items()))


@in_time
async def slugs(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Slugs this person asked for lately."""
    async with interaction.client.db.reading() as connection:
        recent = await jobs.recent_slugs(connection, interaction.user.id, typed.strip().lower(), _MOST)
    return [Choice(name=slug, value=slug) for slug in recent]


@in_time
async def archetypes(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Common kinds of subject; any other word is accepted too."""
    return fitting(typed, ((kind, kind) for kind in _KINDS_OF_SUBJECT))


@in_time
async def towers(interaction: Interaction, typed: str) -> list[Choice[str]]:
    return fitting(typed, ((tower.name, tower.name) for tower in interaction.client.settings.tower))


def _described(model: ShelfModel) -> str:
    use = "" if model.commercial else ", not for commercial use"
    place = "" if model.present else ", not on a tower yet"
    return f"{model.name} ({model.licence}{use}{place})"


def fitting(typed: str, pairs: Iterable[tuple[str, str]]) -> list[Choice[str]]:
    """Those whose name or value holds what was typed, as many and as long as Discord takes."""
    wanted = typed.strip().casefold()
    fitting = [
        Choice(name=name[:_LONGEST], value=value) for name, value in pairs if wanted in f"{name}\n{value}".casefold()
    ]
    return fitting[:_MOST]
