"""`/cue` and `/taste`: what was learned can be looked at by everybody, and changed by moderators."""

import asyncio
import hashlib
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from discord.app_commands import Choice, CommandTree, Group, Range, autocomplete, describe

from bot.chat import autocomplete as suggest
from bot.chat import gate
from bot.chat.answers import Interaction, answer
from bot.chat.why import links
from bot.intake import presets
from bot.intake.models import chosen
from bot.intake.slugs import checked
from bot.ledger import cues as rows
from bot.ledger import verdicts
from bot.ledger.cues import Place
from bot.nouns import Cue, CueEdit, CueVerb, Learned, Scope
from bot.taste.cues import acts, fold
from bot.taste.lessons import unfiled
from bot.taste.wording import clean
from bot.texts import cues as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_UNFILED = 25
group: Group = Group(name="cue", description="What verdicts taught, and what it adds to prompts", guild_only=True)
taste: Group = Group(name="taste", description="How verdicts are understood", guild_only=True)
Picked = Range[str, 1, 100]
_NAMES = {Scope.STYLE: suggest.styles, Scope.ARCHETYPE: suggest.archetypes, Scope.MODEL: suggest.models}


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(group)
    tree.add_command(taste)


async def _abouts(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Names of the scope that is picked so far."""
    scope = getattr(interaction.namespace, "scope", None)
    return await _NAMES.get(scope or Scope.SLUG, suggest.slugs)(interaction, typed)


@group.command(name="list", description="What was learned, and what of it reaches prompts")
@describe(scope="How far the cues reach", about="What the scope names; what was learned last when left out")
@autocomplete(about=_abouts)
async def entries(interaction: Interaction, scope: Scope | None = None, about: Range[str, 1, 64] | None = None) -> None:
    await answer(interaction, partial(_list, interaction, scope, about))


@group.command(name="add", description="Add a phrase to prompts by hand")
@describe(
    phrase="What is added to prompts",
    about="The slug, style, archetype or model it is for",
    scope="How far it reaches; one slug when left out",
    against="What it keeps out, for models with a negative prompt",
)
@autocomplete(about=_abouts)
async def add_cue(
    interaction: Interaction,
    phrase: Range[str, 1, 200],
    about: Range[str, 1, 64] | None = None,
    scope: Scope = Scope.SLUG,
    against: Range[str, 1, 200] | None = None,
) -> None:
    await answer(interaction, partial(_add, interaction, phrase, (scope, about or ""), against or ""))


@suggest.in_time
async def _known(interaction: Interaction, typed: str) -> list[Choice[str]]:
    async with interaction.client.db.reading() as connection:
        learned = await rows.lately(connection)
    found = await _folded(interaction.client, learned)
    return suggest.fitting(
        typed, ((f"{cue.phrase} · {cue.scope} {cue.about} · {cue.state}", identity(cue)) for cue in found)
    )


@group.command(name="mute", description="Leave a cue out of prompts for a while")
@describe(cue="Which one; pick it from the list")
@autocomplete(cue=_known)
async def mute(interaction: Interaction, cue: Picked) -> None:
    await answer(interaction, partial(change, interaction, CueVerb.MUTE, cue))


@group.command(name="unmute", description="Let a muted or retired cue act again")
@describe(cue="Which one; pick it from the list")
@autocomplete(cue=_known)
async def unmute(interaction: Interaction, cue: Picked) -> None:
    await answer(interaction, partial(change, interaction, CueVerb.UNMUTE, cue))


@group.command(name="accept", description="Let a proposed cue act for its style, archetype, model or everything")
@describe(cue="Which one; pick it from the list")
@autocomplete(cue=_known)
async def accept(interaction: Interaction, cue: Picked) -> None:
    await answer(interaction, partial(change, interaction, CueVerb.ACCEPT, cue))


@group.command(name="retire", description="Leave a cue out of prompts for good, whatever verdicts say")
@describe(cue="Which one; pick it from the list")
@autocomplete(cue=_known)
async def retire(interaction: Interaction, cue: Picked) -> None:
    await answer(interaction, partial(change, interaction, CueVerb.RETIRE, cue))


@taste.command(name="unfiled", description="What people said that fits no reason of the taxonomy")
async def show_unfiled(interaction: Interaction) -> None:
    await answer(interaction, partial(_unfiled, interaction))


@taste.command(name="reasons", description="The reasons for which a picture is rejected, and their reactions")
async def show_reasons(interaction: Interaction) -> None:
    async def told() -> str:
        known = interaction.client.intake.taste.taxonomy.reasons
        return texts.reasons((reason.emoji, reason.name, reason.positive) for reason in known)

    await answer(interaction, told)


async def _list(interaction: Interaction, scope: Scope | None, about: str | None) -> str:
    """Those of one place; without a name those learned lately, of this scope or of all."""
    place = (scope or Scope.SLUG, about or "")
    async with interaction.client.db.reading() as connection:
        learned = await (rows.lately(connection) if about is None else rows.looked_at(connection, {place}))
    found = await _folded(interaction.client, learned)
    if about is None:
        shown = [cue for cue in found if scope in (None, cue.scope)]
    else:
        shown = [cue for cue in found if (cue.scope, cue.about) == place]
    acting = [cue for cue in shown if acts(cue) and not cue.against]
    return texts.listing(shown, acting, await links(interaction, shown))


async def _add(interaction: Interaction, phrase: str, place: Place, against: str) -> str:
    if not await gate.may_moderate(interaction):
        return texts.NOT_YOURS
    if refused := await _misplaced(interaction.client, place):
        return refused
    phrase, against = clean(phrase), clean(against)
    if not phrase:
        return texts.NO_WORDS
    against = against or interaction.client.intake.taste.taxonomy.negative(phrase)
    cue = Cue(phrase, place[1], (), negative=against, scope=place[0])
    await _record(interaction, CueVerb.ADD, cue)
    return texts.done(CueVerb.ADD, cue)


async def _misplaced(client: "DarkroomClient", place: Place) -> str:
    """Why a cue cannot be about this; raises the Refusal of a slug, style or model that cannot be."""
    scope, about = place
    if (scope is Scope.EVERYTHING) != (not about):
        return texts.ABOUT_NOTHING if about else texts.ABOUT_WHAT
    if scope is Scope.SLUG:
        checked(about)
    elif scope is Scope.STYLE:
        presets.chosen(await client.intake.styles(), about)
    elif scope is Scope.MODEL:
        chosen(await client.intake.models(), about)
    return "" if about.isprintable() else texts.ABOUT_WHAT


async def change(interaction: Interaction, verb: CueVerb, picked: str) -> str:
    if not await gate.may_moderate(interaction):
        return texts.NOT_YOURS
    scope, _, rest = picked.partition(":")
    about = rest.rpartition(":")[0]
    if scope not in set(Scope):
        return texts.UNKNOWN
    async with interaction.client.db.reading() as connection:
        learned = await rows.looked_at(connection, {(Scope(scope), about)})
    found = await _folded(interaction.client, learned)
    cue = next((cue for cue in found if identity(cue) == picked), None)
    if cue is None:
        return texts.UNKNOWN
    await _record(interaction, verb, cue)
    return texts.done(verb, cue)


async def _record(interaction: Interaction, verb: CueVerb, cue: Cue) -> None:
    edit = CueEdit(
        key=f"interaction:{interaction.id}",
        verb=verb,
        scope=cue.scope,
        about=cue.about,
        phrase=cue.phrase,
        person=interaction.user.id,
        at=interaction.client.clock.now(),
        negative=cue.negative if verb is CueVerb.ADD else "",
    )
    async with interaction.client.db.transaction() as connection:
        await rows.record(connection, edit)


async def _unfiled(interaction: Interaction) -> str:
    """Whole sentences of people in any channel: for those who look after them."""
    if not await gate.may_moderate(interaction):
        return texts.NOT_FOR_ALL
    return texts.unfiled((await said_unfiled(interaction.client)).most_common(_UNFILED))


async def said_unfiled(client: "DarkroomClient") -> Counter[str]:
    """How often something was said lately that fits no reason."""
    async with client.db.reading() as connection:
        said = await verdicts.unkept(connection, Scope.EVERYTHING, "", rows.LOOKED_AT)
    taxonomy = client.intake.taste.taxonomy
    return await asyncio.to_thread(lambda: Counter(part for one in said for part in unfiled(taxonomy, one.words)))


async def _folded(client: "DarkroomClient", learned: Learned) -> tuple[Cue, ...]:
    """Five hundred people's words are read beside the loop."""
    return await asyncio.to_thread(fold, learned, client.intake.taste, client.clock.now())


def identity(cue: Cue) -> str:
    """Names its place and, short enough for Discord, its phrase."""
    digest = hashlib.sha256(cue.phrase.casefold().encode()).hexdigest()[:12]
    return f"{cue.scope}:{cue.about}:{digest}"
