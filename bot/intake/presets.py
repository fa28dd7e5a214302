"""Presets: what ships and what people saved, and how one is worn by an ask. The person's own choices always win."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from bot.errors import NotRenderable, Unclear
from bot.intake.nearest import nearest
from bot.ledger import presets as rows
from bot.ledger.database import Connection
from bot.nouns import Ask, Preset

WORDS = "{prompt}"
"""Where the person's words go in a template."""
LONGEST_TEMPLATE = 1000
LONGEST_NAME = 32

_NAME = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{LONGEST_NAME - 1}}}")
_NEAREST = 8

Styles = Mapping[str, Preset]
NO_STYLES: Styles = MappingProxyType({})


@cache
def shipped() -> Styles:
    """Those that come with the program, by name."""
    tables = tomllib.loads(files("bot.intake").joinpath("presets.toml").read_text(encoding="utf-8"))
    return MappingProxyType({name: Preset(name=name, **fields) for name, fields in tables.items()})


async def known(connection: Connection) -> dict[str, Preset]:
    """What may be asked with now: people's own, the latest first, then those that ship."""
    return {preset.name: preset for preset in await rows.saved(connection)} | dict(shipped())


async def of_names(connection: Connection, names: Collection[str]) -> dict[str, Preset]:
    """The presets of these names, also removed ones, so that a picture in that style can still be asked for again.

    Where one is not known, all others are there too, so that the nearest can be told.
    """
    found = {name: shipped().get(name) or await rows.of_name(connection, name) for name in names}
    others = await known(connection) if None in found.values() else {}
    return others | {name: preset for name, preset in found.items() if preset is not None}


def chosen(styles: Styles, wanted: str) -> Preset:
    """The preset of this name. Raises NotRenderable, with the names that come nearest."""
    name = wanted.strip().lower()
    if name not in styles:
        near = ", ".join(nearest(name, styles, _NEAREST)) or "none"
        raise NotRenderable("unknown-style", {"style": wanted[:LONGEST_NAME], "known": near})
    return styles[name]


def filled(ask: Ask, style: Preset | None) -> Ask:
    """The ask with what the preset has to say where the person said nothing.

    A preset for one model says nothing but words to another: its sizes and steps were found for that one.
    """
    if style is None:
        return ask
    ask = replace(ask, style=style.name, model=ask.model or style.model)
    if style.model not in (None, ask.model):
        return ask
    unsized = ask.width is None and ask.height is None
    return replace(
        ask,
        width=style.width if unsized else ask.width,
        height=style.height if unsized else ask.height,
        steps=style.steps if ask.steps is None else ask.steps,
        guidance=style.guidance if ask.guidance is None else ask.guidance,
        loras=ask.whole().loras or style.loras,
    )


def worded(prompt: str, style: Preset | None) -> str:
    """The person's words in those of the style."""
    return prompt if style is None else style.prompt.replace(WORDS, prompt)


def named(name: str) -> str:
    """The name as it is kept. Raises Unclear for what is none, and for those that are taken by what ships."""
    name = name.strip().lower()
    if not _NAME.fullmatch(name):
        raise Unclear("preset-name", {"name": name[:LONGEST_NAME], "most": LONGEST_NAME})
    if name in shipped():
        raise Unclear("preset-ships", {"name": name})
    return name


def template(words: str) -> str:
    """A template of these words, which stand behind the person's where they do not say otherwise. Raises Unclear."""
    text = " ".join(words.split())
    if text.count(WORDS) > 1:
        raise Unclear("preset-twice", {})
    if WORDS not in text:
        text = f"{WORDS}, {text}" if text else WORDS
    if len(text) > LONGEST_TEMPLATE:
        raise Unclear("preset-length", {"length": len(text), "limit": LONGEST_TEMPLATE})
    return text


def tried(preset: Preset, ask: Ask) -> Ask:
    """This ask with all the preset says, to see whether it can be rendered at all."""
    filled_in = filled(ask, preset)
    return replace(filled_in, style=None, prompt=worded(ask.prompt, preset), negative=preset.negative)
