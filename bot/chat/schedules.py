"""`/schedule`: what is due again and again. When it is due, and what it does then, is the rota's business."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

import discord
from discord.app_commands import Choice, CommandTree, Group, Range, autocomplete, choices, describe

from bot.chat import autocomplete as suggest
from bot.chat import door, gate, scheduling
from bot.chat.answers import Interaction, answer
from bot.ledger import rota
from bot.nouns import RotaEntry, RotaKind, WindowScope
from bot.texts import schedule as texts
from bot.texts.announcements import KINDS

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

group: Group = Group(name="schedule", description="What is done again and again", guild_only=True)
Wanted = Range[str, 1, 100]
Change = Callable[[Interaction, RotaEntry], Awaitable[str]]


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(group)


@group.command(name="add", description="Batches, a window for what waits, digests, reminders or a weekly report")
@describe(
    what="What is to be done again and again",
    when='For example "weekdays 07:30", "last day 18:00" or five cron fields; of a window "01:00-06:00"',
    file="Of a batch: JSON, JSON Lines, CSV or YAML, as for /batch render",
    zone='The time zone that is meant, for example "Europe/Berlin"; it is remembered',
    before="Minutes before, at which this channel is told what is ahead; 0 for not at all",
    grace="Hours it may be late when the bot was away; after that it is left out, and you are told",
    pictures="Of a window: which pictures wait for it",
)
@choices(
    what=[Choice(name=name, value=kind.value) for kind, name in KINDS.items()],
    pictures=[Choice(name=name, value=scope.value) for scope, name in texts.SCOPES.items()],
)
@autocomplete(zone=scheduling.zones)
async def entry(
    interaction: Interaction,
    what: str,
    when: Range[str, 1, 60],
    file: discord.Attachment | None = None,
    zone: Range[str, 1, 60] | None = None,
    before: Range[int, 0, 1440] | None = None,
    grace: Range[float, 0, 168] | None = None,
    pictures: str = WindowScope.MY_BATCHES.value,
) -> None:
    kind, scope = RotaKind(what), WindowScope(pictures)
    await answer(interaction, partial(scheduling.ask, interaction, kind, when, file, zone, before, grace, scope))


@group.command(name="list", description="What is scheduled here, when it is next due, and how it went last")
async def entries(interaction: Interaction) -> None:
    await answer(interaction, partial(_list, interaction))


async def _list(interaction: Interaction) -> str:
    async with interaction.client.db.reading() as connection:
        found = [entry for entry in await rota.entries(connection) if entry.guild == interaction.guild_id]
        lasts = [next(iter(await rota.slots(connection, entry.id)), None) for entry in found]
    return texts.listed(list(zip(found, lasts, strict=True)))


@suggest.in_time
async def _mine(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Those this person may change."""
    async with interaction.client.db.reading() as connection:
        entries = await rota.entries(connection)
    administrates = await gate.may_administrate(interaction)
    mine = (entry for entry in entries if _may_change(interaction, entry, administrates))
    return suggest.fitting(typed, ((texts.suggestion(entry), entry.id) for entry in mine))


@group.command(name="pause", description="Let its moments pass without it")
@describe(entry="Which one; pick it from the list")
@autocomplete(entry=_mine)
async def pause(interaction: Interaction, entry: Wanted) -> None:
    await answer(interaction, partial(_change, interaction, entry, _pause))


@group.command(name="resume", description="Have it go on")
@describe(entry="Which one; pick it from the list")
@autocomplete(entry=_mine)
async def resume(interaction: Interaction, entry: Wanted) -> None:
    await answer(interaction, partial(_change, interaction, entry, _resume))


@group.command(name="remove", description="Take it off the schedule")
@describe(entry="Which one; pick it from the list")
@autocomplete(entry=_mine)
async def remove(interaction: Interaction, entry: Wanted) -> None:
    await answer(interaction, partial(_change, interaction, entry, _remove))


@group.command(name="run-now", description="Do it at once, besides its own moments")
@describe(entry="Which one; pick it from the list")
@autocomplete(entry=_mine)
async def run_now(interaction: Interaction, entry: Wanted) -> None:
    await answer(interaction, partial(_change, interaction, entry, _run))


async def _change(interaction: Interaction, wanted: str, change: Change) -> str:
    """Raises a Refusal."""
    administrates = await gate.may_administrate(interaction)
    async with interaction.client.db.reading() as connection:
        found = await rota.get(connection, wanted)
    if found is None or found.guild != interaction.guild_id:
        return texts.NO_SUCH_ENTRY
    return await change(interaction, found) if _may_change(interaction, found, administrates) else texts.NOT_YOURS


async def _pause(interaction: Interaction, entry: RotaEntry) -> str:
    async with interaction.client.db.transaction() as connection:
        done = await rota.pause(connection, entry.id, interaction.client.clock.now())
    return texts.paused(entry) if done else texts.paused_before(entry)


async def _resume(interaction: Interaction, entry: RotaEntry) -> str:
    async with interaction.client.db.transaction() as connection:
        done = await rota.resume(connection, entry.id, interaction.client.clock.now())
    return texts.resumed(entry) if done else texts.not_paused(entry)


async def _remove(interaction: Interaction, entry: RotaEntry) -> str:
    async with interaction.client.db.transaction() as connection:
        await rota.remove(connection, entry.id)
    return texts.removed(entry)


async def _run(interaction: Interaction, entry: RotaEntry) -> str:
    """A paused window holds nothing back, so that there is nothing to open."""
    if entry.kind is RotaKind.WINDOW and entry.paused_at is not None:
        return texts.paused_before(entry)
    return texts.runs_now(entry) if await door.run_now(interaction, entry) else texts.runs_already(entry)


def _may_change(interaction: Interaction, entry: RotaEntry, administrates: bool) -> bool:
    """Who scheduled it, and whoever administrates."""
    return entry.guild == interaction.guild_id and (administrates or entry.asker == interaction.user.id)
