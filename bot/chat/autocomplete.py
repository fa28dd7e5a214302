"""What Discord suggests while a person types. Late is as good as never, so whatever takes long gives nothing."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from itertools import islice
from typing import Any

from discord.app_commands import Choice

from bot.chat import ranking, sizes
from bot.chat.answers import Interaction
from bot.chat.options import reference
from bot.errors import NotRenderable
from bot.intake import permutations
from bot.intake.models import chosen
from bot.ledger import recent
from bot.texts import asking
from gpu_agent.stock import ShelfLora, ShelfModel

Suggest = Callable[[Interaction, str], Coroutine[Any, Any, list[Choice[str]]]]

_IN_TIME = 1.5  # seconds; Discord shows nothing after 3
_MOST = 25
_LONGEST = 100
_LOOKED_AT = 500  # of what a person asked for lately
_AXES = ("guidance: 1, 2, 4", "steps: 4, 8, 16", "seed: 1, 2, 3, 4", "model: ", "style: ")
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
    """Models with their licence: those with weights on a tower first, among them what this person used lately."""
    return fitting(typed, ((_described(model), model.id) for model in await _models(interaction)))


def models_for(*modes: str) -> Suggest:
    """The same of those that do one of these: nobody picks a model there only to be refused."""

    @in_time
    async def able(interaction: Interaction, typed: str) -> list[Choice[str]]:
        found = [model for model in await _models(interaction) if set(modes) & set(model.modes)]
        return fitting(typed, ((_described(model), model.id) for model in found))

    return able


@in_time
async def shapes(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """The sizes of the model that is meant so far; there are none for one that is still being typed."""
    model = await _model(interaction)
    if model is None:
        return []
    return fitting(typed, ((f"{name} {w}×{h}", f"{w}x{h}") for name, (w, h) in sizes.named(model).items()))


@in_time
async def slugs(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Slugs this person asked for lately."""
    return fitting(typed, ((slug, slug) for slug in await _lately(interaction, "slug")))


@in_time
async def archetypes(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """What this person asked for lately, then common kinds of subject; any other word is accepted too."""
    kinds = dict.fromkeys([*await _lately(interaction, "archetype"), *_KINDS_OF_SUBJECT])
    return fitting(typed, ((kind, kind) for kind in kinds))


@in_time
async def prompts(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """The person's own words of before; what is too long for a suggestion, or has lines, is named by its job."""
    async with interaction.client.db.reading() as connection:
        found = await recent.prompts(connection, interaction.user.id, _LOOKED_AT)
    return fitting(typed, ((" ".join(asked.split()), _short(job, asked)) for job, asked in found))


@in_time
async def styles(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Presets with their words, this person's own first."""
    found = (await interaction.client.intake.styles()).values()
    mine_first = sorted(found, key=lambda preset: preset.person != interaction.user.id)
    return fitting(typed, ((f"{preset.name}: {preset.prompt}", preset.name) for preset in mine_first))


@in_time
async def own_styles(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Those that people saved, this person's own first: the only ones that can be replaced or removed."""
    found = [preset for preset in (await interaction.client.intake.styles()).values() if preset.person is not None]
    mine_first = sorted(found, key=lambda preset: preset.person != interaction.user.id)
    return fitting(typed, ((preset.name, preset.name) for preset in mine_first))


@in_time
async def loras(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """The towers' LoRAs for the model that is meant so far, behind those that stand there already."""
    model = await _model(interaction)
    family = model.family if model else ""
    before, comma, last = typed.rpartition(",")
    name, colon, weight = last.strip().partition(":")
    kept = f"{before.strip()}{comma} " if comma else ""
    there = {part.partition(":")[0].strip() for part in before.split(",")}
    found = [lora for lora in await interaction.client.intake.loras() if lora.id not in there]
    fit = [lora for lora in found if not family or not lora.family or lora.family == family]
    pairs = ranking.ranked(name, ((_lora(lora), lora.id) for lora in fit))
    return _choices((f"{kept}{told}", f"{kept}{lora}{colon}{weight}") for told, lora in pairs)


@in_time
async def axes(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """The kinds of axis, and behind one of models or styles its next value."""
    kind, colon, values = typed.partition(":")
    if not colon:
        return fitting(typed, ((example, example) for example in _AXES))
    known: list[ranking.Pair] = []
    if kind.strip().lower().startswith("model"):
        known = [(_described(model), model.id) for model in await _models(interaction)]
    elif kind.strip().lower().startswith("style"):
        known = [(name, name) for name in [*await interaction.client.intake.styles(), "none"]]
    before, comma, last = values.rpartition(",")
    there = {part.strip() for part in before.split(",")}
    kept = f"{kind.strip()}:{before}{comma} "
    pairs = ranking.ranked(last, [pair for pair in known if pair[1] not in there])
    return _choices((f"{kept}{value}", f"{kept}{value}") for _, value in pairs)


@in_time
async def controls(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """What the picked model can hold on to in a picture; of all models before one is picked."""
    models = await interaction.client.intake.models()
    picked = getattr(interaction.namespace, "model", None)
    kinds = {kind for model in models if picked in (None, model.id) for kind in model.controls}
    return fitting(typed, ((kind, kind) for kind in sorted(kinds)))


@in_time
async def towers(interaction: Interaction, typed: str) -> list[Choice[str]]:
    return fitting(typed, ((tower.name, tower.name) for tower in interaction.client.settings.tower))


def _described(model: ShelfModel) -> str:
    use = "" if model.commercial else asking.NOT_COMMERCIAL
    place = "" if model.present else asking.NOT_ON_A_TOWER
    return f"{model.name} ({model.licence}{use}{place})"


def _lora(lora: ShelfLora) -> str:
    return " ".join(filter(None, (lora.id, f"({lora.family})" if lora.family else "", ", ".join(lora.triggers))))


def _short(job: str, asked: str) -> str:
    words = permutations.escaped(asked)
    return words if len(words) <= _LONGEST and words.isprintable() else reference(job)


def _picked(interaction: Interaction, *options: str) -> str | None:
    """What stands in the first of these options that the command has."""
    return next((getattr(interaction.namespace, name) for name in options if name in interaction.namespace), None)


async def _lately(interaction: Interaction, what: recent.What) -> list[str]:
    async with interaction.client.db.reading() as connection:
        return await recent.values(connection, interaction.user.id, what, _LOOKED_AT)


async def _models(interaction: Interaction) -> list[ShelfModel]:
    used = {model: place for place, model in enumerate(await _lately(interaction, "model"))}
    found = await interaction.client.intake.models()
    return sorted(found, key=lambda model: (not model.present, used.get(model.id, len(used))))


async def _model(interaction: Interaction) -> ShelfModel | None:
    """The one that was picked so far, else the style's, else the default; None for one that is still being typed."""
    wanted, style = _picked(interaction, "model", "first"), _picked(interaction, "style")
    if wanted is None and style is not None:
        found = (await interaction.client.intake.styles()).get(style)
        wanted = found.model if found else None
    try:
        return chosen(await interaction.client.intake.models(), wanted)
    except NotRenderable:
        return None


def fitting(typed: str, pairs: Iterable[tuple[str, str]]) -> list[Choice[str]]:
    """Those whose name or value holds what was typed, the nearest first, as many and as long as Discord takes."""
    return _choices(ranking.ranked(typed, pairs))


def _choices(pairs: Iterable[tuple[str, str]]) -> list[Choice[str]]:
    """A value cannot be cut: a pair whose is too long is left out."""
    fit = ((name[:_LONGEST], value) for name, value in pairs if len(value) <= _LONGEST)
    return [Choice(name=name, value=value) for name, value in islice(fit, _MOST)]


OF_ASKING: dict[str, Suggest] = {"prompt": prompts, "size": shapes, "slug": slugs, "archetype": archetypes}
"""For the options that every command has which asks by words."""
