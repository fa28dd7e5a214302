"""`/taste promote` and `/taste demote`: words that fit no reason get one, and what was said before is filed anew."""

import re
from dataclasses import replace
from functools import partial
from typing import Any

import discord
from discord.app_commands import Choice, Range, autocomplete, describe

from bot.chat import autocomplete as suggest
from bot.chat import forms, gate
from bot.chat.answers import Interaction, answer
from bot.chat.cues import said_unfiled, taste
from bot.chat.feedback import key
from bot.ledger import reasons as rows
from bot.nouns import ReasonEdit
from bot.taste.promoting import keywords, reason_id, standing
from bot.taste.taxonomy import Reason, Taxonomy
from bot.taste.wording import LONGEST_PHRASE, clean
from bot.texts import reasons as texts

FORM = "promote"
_LONGEST_NAME = 40
_LONGEST_EMOJI = 64
_SIGN = r"[^\w\s\x00-\x7f\u200d\ufe0f][\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
_ONE = re.compile(rf"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_SIGN}(?:\u200d{_SIGN})*")


class NewReason(discord.ui.Modal, title=texts.TITLE):
    """A reason that is made of words which fit no other. Whatever is sent counts, whenever it comes."""

    def __init__(self, words: str) -> None:
        super().__init__(custom_id=FORM, timeout=900)
        self._line("words", texts.WORDS, texts.WORDS_HINT, 200, default=words)
        self._line("name", texts.NAME, texts.NAME_HINT, _LONGEST_NAME)
        self._line("emoji", texts.EMOJI, texts.EMOJI_HINT, _LONGEST_EMOJI, required=False)
        self._line("positive", texts.POSITIVE, texts.POSITIVE_HINT, LONGEST_PHRASE)
        self._line("negative", texts.NEGATIVE, texts.NEGATIVE_HINT, LONGEST_PHRASE, required=False)

    def _line(
        self, name: str, label: str, hint: str, most: int, *, default: str | None = None, required: bool = True
    ) -> None:
        line: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=label, custom_id=name, placeholder=hint, max_length=most, default=default, required=required
        )
        self.add_item(line)


@suggest.in_time
async def _words(interaction: Interaction, typed: str) -> list[Choice[str]]:
    if not await gate.may_moderate(interaction):
        return []
    said = await said_unfiled(interaction.client)
    return suggest.fitting(typed, ((f"{words} ({count}×)", words) for words, count in said.most_common()))


@suggest.in_time
async def _reasons(interaction: Interaction, typed: str) -> list[Choice[str]]:
    known = interaction.client.intake.taste.taxonomy.reasons
    return suggest.fitting(typed, ((reason.name, reason.id) for reason in known if reason.positive))


@suggest.in_time
async def _promoted(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """What can be taken back: words by themselves, new reasons by their ids."""
    async with interaction.client.db.reading() as connection:
        found = standing(await rows.edits(connection))
    whole = [(texts.whole(edit.name), f"{reason}/") for reason, edit in found.reasons.items()]
    return suggest.fitting(typed, [*whole, *((f"{word} → {to}", word) for word, to in found.keywords.items())])


@taste.command(name="promote", description="File words under a reason, or under a new one; what was said is read anew")
@describe(
    words="What people said, with commas between several; the list shows what fits no reason",
    reason="Where it belongs; left out, a form asks for a new reason",
)
@autocomplete(words=_words, reason=_reasons)
async def promote(
    interaction: Interaction, words: Range[str, 1, 200], reason: Range[str, 1, 100] | None = None
) -> None:
    if reason is None:
        await interaction.response.send_modal(NewReason(words))
    else:
        await answer(interaction, partial(_file, interaction, words, reason))


@taste.command(name="demote", description="Take promoted words, or a whole new reason, back")
@describe(words="Words that were promoted, or a new reason; pick from the list")
@autocomplete(words=_promoted)
async def demote(interaction: Interaction, words: Range[str, 1, 100]) -> None:
    await answer(interaction, partial(_take_back, interaction, words))


async def submitted(interaction: Interaction) -> None:
    """A form was sent, perhaps one of these."""
    if forms.name(interaction) == FORM:
        await answer(interaction, partial(_found, interaction, forms.filled(interaction)))


async def _file(interaction: Interaction, typed: str, wanted: str) -> str:
    """Under a reason that is there already."""
    if not await gate.may_moderate(interaction):
        return texts.NOT_YOURS
    taxonomy, words = interaction.client.intake.taste.taxonomy, keywords(typed)
    named = (one for one in taxonomy.reasons if wanted.casefold() in (one.id, one.name.casefold()))
    reason = next(named, None)
    if reason is None or not reason.positive:
        return texts.NO_SUCH_REASON
    if refused := _refusal(taxonomy, words):
        return refused
    return await _record(interaction, _edit(interaction, reason.id, words), reason)


async def _found(interaction: Interaction, given: dict[str, str]) -> str:
    """Under a new reason."""
    if not await gate.may_moderate(interaction):
        return texts.NOT_YOURS
    client, words = interaction.client, keywords(given.get("words", ""))
    name, emoji = clean(given.get("name", ""))[:_LONGEST_NAME], _emoji(given.get("emoji", ""))
    positive, negative = clean(given.get("positive", "")), clean(given.get("negative", ""))
    made, taxonomy = reason_id(name), client.intake.taste.taxonomy
    if not made or not positive or emoji is None:
        return texts.NO_EMOJI if emoji is None else texts.NO_NAME if not made else texts.NO_PHRASE
    if any(made == one.id for one in taxonomy.reasons):
        return texts.known(name)
    if emoji in client.feedback.verdicts:
        return texts.TAKEN
    if refused := _refusal(taxonomy, words):
        return refused
    _demand_wanted(interaction, positive, negative)
    reason = Reason(id=made, name=name, emoji=emoji, positive=positive, negative=negative)
    edit = _edit(interaction, made, words, name=name, emoji=emoji, positive=positive, negative=negative)
    return await _record(interaction, edit, reason)


def _emoji(typed: str) -> str | None:
    """As reactions are kept; None for what is not one emoji."""
    if not typed:
        return ""
    found = discord.PartialEmoji.from_str(typed)
    return key(found) if found.id or _ONE.fullmatch(typed) else None


def _refusal(taxonomy: Taxonomy, words: tuple[str, ...]) -> str:
    """Why these cannot be filed."""
    if not words:
        return texts.NO_WORDS
    filed = {word: found[0].name for word in words if (found := taxonomy.filed(word)) and taxonomy.has(word)}
    return texts.filed(filed) if filed else ""


def _demand_wanted(interaction: Interaction, *phrases: str) -> None:
    """Phrases that become part of prompts go by the same lists as prompts do. Raises their refusal."""
    where = gate.place(interaction, interaction.channel_id or 0)
    for phrase in phrases:
        if refusal := gate.wording(interaction.client, where).refusal({"phrase": phrase}):
            raise refusal


def _edit(interaction: Interaction, reason: str, words: tuple[str, ...], **new: str) -> ReasonEdit:
    client = interaction.client
    key = f"interaction:{interaction.id}"
    return ReasonEdit(key, True, reason, words, interaction.user.id, client.clock.now(), **new)


async def _record(interaction: Interaction, edit: ReasonEdit, reason: Reason) -> str:
    client = interaction.client
    before = (await said_unfiled(client)).total()
    async with client.db.transaction() as connection:
        await rows.record(connection, edit)
    await client.intake.refile()
    return texts.promoted(edit.keywords, reason, before - (await said_unfiled(client)).total())


async def _take_back(interaction: Interaction, wanted: str) -> str:
    """The edit is made of what stands when it is recorded."""
    if not await gate.may_moderate(interaction):
        return texts.NOT_YOURS
    client, word = interaction.client, wanted.casefold().strip()
    async with client.db.transaction() as connection:
        found = standing(await rows.edits(connection))
        whole = next((one for one in found.reasons if word in (f"{one}/", one)), None)
        reason = whole or found.keywords.get(word)
        if reason is None:
            return texts.NOT_PROMOTED
        words = () if whole else (word,)
        await rows.record(connection, replace(_edit(interaction, reason, words), promoted=False))
    await client.intake.refile()
    return texts.demoted(found.reasons[reason].name if whole else word)
