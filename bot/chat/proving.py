"""`/taste report`: do cues help? The figures come from a child process; retiring what harms is a moderator's click."""

import asyncio
import logging
import re
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ButtonStyle
from discord.ui import DynamicItem

from bot.chat import cues, gate
from bot.chat.answers import Interaction, Page, answer
from bot.evidence.child import Unproven
from bot.ledger import cues as rows
from bot.ledger import pairs
from bot.nouns import Cue, CueState, CueVerb, Figure, Scope
from bot.taste.cues import fold
from bot.texts import evidence as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_log = logging.getLogger(__name__)


class Retire(DynamicItem[discord.ui.Button[Any]], template=r"retire:(?P<cue>.{1,92})"):
    """Retires the cue that its id names; who may is decided when it is pressed."""

    def __init__(self, cue: str, label: str) -> None:
        super().__init__(discord.ui.Button(label=label, style=ButtonStyle.danger, custom_id=f"retire:{cue}"))
        self._cue = cue

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(match["cue"], str(item.label))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await answer(interaction, partial(cues.change, interaction, CueVerb.RETIRE, self._cue))


@cues.taste.command(name="report", description="Whether cues help, by pictures drawn with and without them")
async def show_report(interaction: discord.Interaction["DarkroomClient"]) -> None:
    await answer(interaction, partial(_report, interaction))


async def _report(interaction: Interaction) -> str | Page:
    client = interaction.client
    async with client.db.reading() as connection:
        trials, asked = await pairs.judged(connection), await pairs.count(connection)
    if not trials:
        return texts.none(asked, client.settings.taste.evidence_share)
    try:
        found = await client.prover.report(trials)
    except Unproven as error:
        _log.warning("no report on evidence: %s", error)
        return texts.missing(error.missing) if error.missing else texts.FAILED
    harmful = await _harmful(client, found.cues)
    may = await gate.may_moderate(interaction)
    return Page(texts.report(found, harmful, may_retire=may), view=_view(harmful) if harmful and may else None)


async def _harmful(client: "DarkroomClient", figures: Iterable[Figure]) -> list[Cue]:
    """The cues that harm, worst first, as far as they still act: only those can be retired."""
    worst = sorted((one for one in figures if one.harms and not one.few), key=lambda one: one.high)
    found = [texts.cue(one.name) for one in worst]
    async with client.db.reading() as connection:
        learned = await rows.looked_at(connection, {(cue.scope, cue.about) for cue in found})
    made = await asyncio.to_thread(fold, learned, client.intake.taste, client.clock.now())
    active = {_name(cue): cue for cue in made if cue.state is CueState.ACTIVE}
    return [active[_name(cue)] for cue in found if _name(cue) in active][: texts.HARMFUL]


def _name(cue: Cue) -> tuple[Scope, str, str]:
    return cue.scope, cue.about, cue.phrase.casefold()


def _view(harmful: list[Cue]) -> discord.ui.View:
    made = discord.ui.View(timeout=None)
    for cue in harmful:
        made.add_item(Retire(cues.identity(cue), texts.retire(cue)))
    return made
