"""`/gallery` and `/mine`: pictures of this server page by page, for the eyes of who asks.

A page's buttons carry the search, by its id, and the picture from which the next page goes on, so that they need
nothing else to be understood. What is shown is decided anew at each press, by what the presser may see.
"""

import asyncio
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Self, cast

import discord
from discord.app_commands import CommandTree, Range, autocomplete, command, describe, guild_only, rename
from discord.ui import DynamicItem

from bot.chat import autocomplete as suggest
from bot.chat import seen, sight, span
from bot.chat.answers import Enclosed, Interaction, Page, answer, turn
from bot.chat.surroundings import link
from bot.clock import first_id
from bot.ledger import gallery as rows
from bot.ledger.gallery import Found, View, Wanted, Way
from bot.nouns import Verdict
from bot.review import sheet
from bot.review.sheet import Cell
from bot.texts import gallery as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

Button = discord.ui.Button[Any]
_MOST_BYTES = 2 * 1024 * 1024
_COLOUR = 0x5865F2
_DAY = 86_400.0
_NO_EDGE = "0"


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(gallery)
    tree.add_command(mine)


@command(description="Pictures of this server, newest first, for your eyes only")
@guild_only
@rename(span_text="time")
@describe(
    slug="Only those of this slug",
    model="Only those of this model",
    verdict="Only those of which this counts: whoever asked decides, else most people",
    person="Only those that this person asked for",
    span_text="Only those of this time: 7d, 2026-01, 2026-01-01..2026-02-01",
)
@autocomplete(slug=seen.slugs, model=suggest.models)
async def gallery(
    interaction: Interaction,
    slug: Range[str, 1, 64] | None = None,
    model: Range[str, 1, 100] | None = None,
    verdict: Literal["keep", "reject", "reroll"] | None = None,
    person: discord.User | None = None,
    span_text: Range[str, 1, 40] | None = None,
) -> None:
    wanted = Wanted(
        slug=(slug or "").strip().lower(),
        model=model or "",
        verdict=verdict or "",
        person=person.id if person else 0,
        span=span_text or "",
    )
    await answer(interaction, partial(_look, interaction, wanted, "older", ""))


@command(description="Your own pictures, what of yours waits, and how many you asked for today")
@guild_only
async def mine(interaction: Interaction) -> None:
    wanted = Wanted(person=interaction.user.id, mine=True)
    await answer(interaction, partial(_look, interaction, wanted, "older", ""))


class Turn(
    DynamicItem[Button],
    template=r"gallery:(?P<search>[0-9a-f]{16}):(?P<way>older|newer):(?P<edge>[0-9a-z]{1,16})",
):
    """A button whose custom_id is `gallery:search:way:edge`."""

    def __init__(self, search: str, way: Way, edge: str | None) -> None:
        label = texts.OLDER if way == "older" else texts.NEWER
        custom_id = f"gallery:{search}:{way}:{edge or _NO_EDGE}"
        super().__init__(discord.ui.Button(label=label, custom_id=custom_id, disabled=edge is None))
        self._search, self._way, self._edge = search, way, edge or ""

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(match["search"], cast("Way", match["way"]), match["edge"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await turn(interaction, partial(_turned, interaction, self._search, self._way, self._edge))


async def _turned(interaction: Interaction, search: str, way: Way, edge: str) -> str | Page:
    async with interaction.client.db.reading() as connection:
        wanted = await rows.search(connection, search)
    return texts.FORGOTTEN if wanted is None else await _look(interaction, wanted, way, edge)


async def _look(interaction: Interaction, wanted: Wanted, way: Way, edge: str) -> str | Page:
    view = _view(interaction, wanted)
    async with interaction.client.db.reading() as connection:
        page = await rows.page(connection, wanted, view, way, edge)
        opinions = await rows.opinions(connection, page.found)
        head = await _head(interaction, wanted)
        known = await rows.search(connection, search := rows.name(wanted)) is not None
    if not page.found and not page.older and not page.newer:
        return "\n".join(filter(None, [head, texts.nothing("" if wanted.mine else _sought(wanted))]))
    if not known:  # a page that is turned writes nothing
        async with interaction.client.db.transaction() as connection:
            await rows.keep_search(connection, wanted)
    buttons = discord.ui.View(timeout=None)
    buttons.add_item(Turn(search, "newer", page.newer)).add_item(Turn(search, "older", page.older))
    lines = [_line(interaction, number, one, opinions) for number, one in enumerate(page.found, 1)]
    return await _drawn(interaction, page.found, [head, *(lines or [texts.FURTHER])], wanted, buttons)


def _view(interaction: Interaction, wanted: Wanted) -> View:
    """Raises Unclear for a span that cannot be read."""
    view = View(interaction.guild_id or 0, tuple(sight.channels(interaction)))
    if not wanted.span:
        return view
    client = interaction.client
    since, until = span.read(wanted.span, client.clock.now(), client.settings.schedule.zone)
    high = view.high if until == float("inf") else first_id(until)
    return View(view.guild, view.channels, first_id(since), high)


async def _head(interaction: Interaction, wanted: Wanted) -> str:
    if not wanted.mine or wanted.person != interaction.user.id:
        return _sought(wanted)
    now = interaction.client.clock.now()
    async with interaction.client.db.reading() as connection:
        queued, rendering = await rows.waiting_of(connection, wanted.person)
        return texts.mine(queued, rendering, await rows.asked_since(connection, wanted.person, now - _DAY))


def _sought(wanted: Wanted) -> str:
    return texts.sought(wanted.slug, wanted.model, wanted.verdict, wanted.person, wanted.span)


def _line(interaction: Interaction, number: int, one: Found, opinions: dict[tuple[str, Verdict], int]) -> str:
    told = {verdict: opinions.get((one.job, verdict), 0) for verdict in Verdict}
    where = link(interaction.guild_id or 0, one.channel, one.message)
    return texts.line(number, one, where, told)


async def _drawn(
    interaction: Interaction, found: tuple[Found, ...], lines: list[str], wanted: Wanted, buttons: discord.ui.View
) -> Page:
    """The strip above is drawn in a thread; its numbers are those of the lines."""
    title = texts.MINE if wanted.mine else texts.TITLE
    embed = discord.Embed(title=title, description="\n".join(filter(None, lines)), colour=_COLOUR)
    if not found:
        return Page(embed=embed, view=buttons)
    cells = [_cell(interaction.client, number, one) for number, one in enumerate(found, 1)]
    data = await asyncio.to_thread(sheet.draw, cells, None, _MOST_BYTES, texts.LOST)
    name = f"gallery.{sheet.KIND}"
    embed.set_image(url=f"attachment://{name}")
    return Page("", embed, (Enclosed(name, data, texts.alt([one.slug for one in found])),), buttons)


def _cell(client: "DarkroomClient", number: int, one: Found) -> Cell:
    """What was posted hidden stays hidden here."""
    if one.spoiler:
        return Cell(number, "", None, texts.HIDDEN)
    return Cell(number, "", client.files.path(one.file) if one.file else None)
