"""The menus of a contact sheet: choose what to keep and what to reject. They never go deaf, as their ids say it all.

A menu has 25 pictures, and a message five rows: the first fifty have their menus on the sheet itself, the others behind
buttons that open them privately.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self, TypeAlias

import discord
from discord import ButtonStyle, SelectOption
from discord.ui import DynamicItem

from bot.chat import gate
from bot.chat.answers import Interaction, Page, answer
from bot.chat.layout import Post
from bot.errors import NoSuchJob
from bot.ledger import jobs, sheets, verdicts
from bot.nouns import Job, JobState, Verdict
from bot.people.permits import What
from bot.texts import sheet as texts

Select: TypeAlias = discord.ui.Select[Any]
Button: TypeAlias = discord.ui.Button[Any]

_EACH = 25  # options of a menu
_PAGES = 2  # of menus on one message: two menus each, and a row of buttons
_OPENERS = 4  # of the five buttons of a row
_VERDICTS = (Verdict.KEEP, Verdict.REJECT)


@dataclass(frozen=True, slots=True)
class Menu:
    """Keeps or rejects pictures of one page. `options` are (job, words)."""

    verdict: Verdict
    ask: str
    page: int
    placeholder: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Opener:
    """A button under the menus: with words it opens the menus of further pages, without it takes all choices back."""

    ask: str
    page: int = 0
    words: str = ""


Row: TypeAlias = Menu | Opener


@dataclass(frozen=True, slots=True)
class SheetPost(Post):
    """A post with menus. `face` is what of it may change."""

    rows: tuple[Row, ...] = ()
    face: str = ""

    def view(self) -> discord.ui.View:
        return _view(self.rows)


class Choice(DynamicItem[Select], template=r"sheet-(?P<verb>keep|reject):(?P<ask>[0-9a-z]{16}):(?P<page>[0-9]{1,2})"):
    """A menu; its custom_id is `sheet-verdict:ask:page`."""

    def __init__(self, verdict: Verdict, ask: str, page: int, options: list[SelectOption], placeholder: str) -> None:
        menu: Select = discord.ui.Select(
            custom_id=f"sheet-{verdict}:{ask}:{page}",
            placeholder=placeholder,
            min_values=0,
            max_values=len(options),
            options=options,
        )
        super().__init__(menu)
        self._verdict, self._ask, self._page = verdict, ask, page

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(Verdict(match["verb"]), match["ask"], int(match["page"]), item.options, item.placeholder)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await answer(interaction, partial(_chosen, interaction, self._ask, self._page, self._verdict, self.item.values))


class Press(DynamicItem[Button], template=r"sheet-(?P<verb>clear|page):(?P<ask>[0-9a-z]{16}):(?P<page>[0-9]{1,2})"):
    """A button under the menus."""

    def __init__(self, verb: str, ask: str, page: int, label: str) -> None:
        custom_id = f"sheet-{verb}:{ask}:{page}"
        super().__init__(discord.ui.Button(label=label, style=ButtonStyle.secondary, custom_id=custom_id))
        self._verb, self._ask, self._page = verb, ask, page

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(match["verb"], match["ask"], int(match["page"]), item.label)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        work = _cleared if self._verb == "clear" else partial(_opened, page=self._page)
        await answer(interaction, partial(work, interaction, self._ask))


def rows(ask: str, group: Sequence[Job], gone: Collection[str]) -> tuple[Row, ...]:
    """The menus and buttons of a sheet. Pure."""
    further = [Opener(ask, page, _words(group, page)) for page in range(_PAGES, _count(group), _PAGES)]
    return (*_menus(ask, group, gone, 0), Opener(ask), *further[:_OPENERS])


def _count(group: Sequence[Job]) -> int:
    """Pages; a picture stays on its own for ever, whatever happens to the others."""
    return -(-len(group) // _EACH)


def _words(group: Sequence[Job], page: int) -> str:
    return texts.further(page * _EACH + 1, min(len(group), (page + _PAGES) * _EACH))


def _menus(ask: str, group: Sequence[Job], gone: Collection[str], first: int) -> list[Menu]:
    found = []
    for verdict in _VERDICTS:
        for page in range(first, min(first + _PAGES, _count(group))):
            numbered = [(number, job) for number, job in _paged(group, page) if _judged(job, gone)]
            if numbered:
                last = min(len(group), (page + 1) * _EACH)
                words = texts.placeholder(verdict, page * _EACH + 1, last, several=len(group) > _EACH)
                options = tuple((job.id, texts.option(number, job)) for number, job in numbered)
                found.append(Menu(verdict, ask, page, words, options))
    return found


def _paged(group: Sequence[Job], page: int) -> list[tuple[int, Job]]:
    return list(enumerate(group, 1))[page * _EACH : (page + 1) * _EACH]


def _judged(job: Job, gone: Collection[str]) -> bool:
    return job.state is JobState.RENDERED and job.id not in gone


def _view(wanted: Sequence[Row]) -> discord.ui.View:
    made = discord.ui.View(timeout=None)
    for row in wanted:
        if isinstance(row, Menu):
            options = [SelectOption(label=words, value=job) for job, words in row.options]
            made.add_item(Choice(row.verdict, row.ask, row.page, options, row.placeholder))
        elif row.words:
            made.add_item(Press("page", row.ask, row.page, row.words))
        else:
            made.add_item(Press("clear", row.ask, row.page, texts.TAKE_BACK))
    return made


async def _chosen(interaction: Interaction, ask: str, page: int, verdict: Verdict, values: Sequence[str]) -> str:
    """Exactly these of the page have this verdict now."""
    group, message = await _sheet(interaction, ask)
    among = [job.id for _, job in _paged(group, page) if job.state is JobState.RENDERED]
    person, at = interaction.user.id, interaction.created_at.timestamp()
    async with interaction.client.db.transaction() as connection:
        await verdicts.choose(connection, message, person, verdict, values, among, at)
    return await recorded(interaction, _numbered(group), message)


async def _cleared(interaction: Interaction, ask: str) -> str:
    group, message = await _sheet(interaction, ask)
    among, at = [job.id for job in group], interaction.created_at.timestamp()
    async with interaction.client.db.transaction() as connection:
        for verdict in _VERDICTS:
            await verdicts.choose(connection, message, interaction.user.id, verdict, (), among, at)
    return await recorded(interaction, _numbered(group), message)


async def _opened(interaction: Interaction, ask: str, page: int) -> Page:
    group, _ = await _sheet(interaction, ask)
    async with interaction.client.db.reading() as connection:
        gone = (await sheets.face(connection, ask)).gone
    words = texts.menus(page * _EACH + 1, min(len(group), (page + _PAGES) * _EACH))
    return Page(words, view=_view(_menus(ask, group, gone, page)))


async def _sheet(interaction: Interaction, ask: str) -> tuple[list[Job], int]:
    """The group, and the message of its sheet. Raises for who may not judge, and for a sheet the ledger lost."""
    await gate.demand(interaction, What.REVIEW)
    async with interaction.client.db.reading() as connection:
        group, notice = await jobs.of_ask(connection, ask), await sheets.of_ask(connection, ask)
    if not group or notice is None:
        raise NoSuchJob(job=ask)
    # A choice can be faster than the commit that says which message shows the sheet.
    pressed = interaction.message.id if interaction.message else 0
    return group, notice.message or pressed


def _numbered(group: Sequence[Job]) -> dict[int, str]:
    return {number: job.id for number, job in enumerate(group, 1)}


async def recorded(interaction: Interaction, shown: Mapping[int, str], message: int) -> str:
    """What of this person is recorded now on a sheet, by the pictures' numbers."""
    person = interaction.user.id
    chosen: dict[int, Verdict] = {}
    counting: dict[int, Verdict] = {}
    async with interaction.client.db.reading() as connection:
        on_sheet = await verdicts.chosen_on(connection, message, person)
        for number, job in shown.items():
            if job in on_sheet:
                chosen[number] = on_sheet[job]
                judged = await verdicts.of_job(connection, job)
                counting[number] = next(one.verdict for one in judged if one.person == person)
    return texts.recorded(chosen, counting)
