"""`/cue` and `/taste`: everybody may look, moderators may change, and what is changed counts from the next ask on."""

import pytest

from bot.ledger import cues, verdicts
from bot.nouns import WORDS, CueVerb, Job, Mark, Scope, Verdict
from tests.chat.people import Studio
from tests.chat.people import studio as studio

HOSTILE = ["<@&1> @everyone", "https://evil.example", "\u202e", "```"]


async def reject(studio: Studio, words: str, *slugs: str, archetype: str | None = None) -> list[Job]:
    """A picture of each slug that somebody rejects with these words."""
    for slug in slugs:
        await studio.run("imagine", prompt="a thing", slug=slug, archetype=archetype)
    asked = await studio.jobs()
    async with studio.db.transaction() as connection:
        for number, job in enumerate(asked, 1):
            mark = Mark(number, job.id, 5, WORDS, Verdict.REJECT, words)
            await verdicts.set_mark(connection, mark, studio.client.clock.now())
    return asked


async def next_prompt(studio: Studio, slug: str, archetype: str | None = None) -> str:
    known = {job.id for job in await studio.jobs()}
    await studio.run("imagine", prompt="a thing", slug=slug, archetype=archetype)
    (job,) = [job for job in await studio.jobs() if job.id not in known]
    return job.prompt


async def pick(studio: Studio, command: str, typed: str) -> str:
    """The first cue that is offered for these letters."""
    return next(iter((await studio.offered(f"cue {command}", "cue", typed)).values()))


async def test_what_was_learned_is_listed_with_its_contradictions(studio: Studio) -> None:
    """Both sides are shown, and which of them is left out."""
    assert "No cues here yet" in await studio.run("cue list")
    await reject(studio, "too bright, too dark, blurry", "fox")
    said = await studio.run("cue list", scope="slug", about="fox")
    lines = said.splitlines()
    assert len(lines) == 3
    assert sum("contradicts it" in line for line in lines) == 1
    assert "**sharp focus** (against: blurry) · slug fox · active · learned on 1 picture" in said
    assert "sharp focus" in await studio.run("cue list", "grace")
    assert "sharp focus" in await studio.run("cue list", scope="slug")
    assert "No cues here yet" in await studio.run("cue list", scope="model")
    assert "No cues here yet" in await studio.run("cue list", about="owl")


async def test_a_muted_cue_rests_until_it_is_unmuted_and_a_retired_one_for_good(studio: Studio) -> None:
    """Each is an event; the next ask shows it."""
    await reject(studio, "too dark", "fox")
    assert await next_prompt(studio, "fox") == "a thing, bright"
    for verb, prompt in (("mute", "a thing"), ("unmute", "a thing, bright"), ("retire", "a thing")):
        said = await studio.run(f"cue {verb}", cue=await pick(studio, verb, "bright"))
        assert "**bright**" in said
        assert await next_prompt(studio, "fox") == prompt
    assert "retired" in await studio.run("cue list")
    async with studio.db.reading() as connection:
        edits = await cues.edits_about(connection, {(Scope.SLUG, "fox")})
    assert [edit.verb for edit in edits] == [CueVerb.MUTE, CueVerb.UNMUTE, CueVerb.RETIRE]


async def test_what_slugs_agree_on_acts_for_their_archetype_once_accepted(studio: Studio) -> None:
    """Until then it is a proposal that reaches no other slug; without the verdicts it is gone again."""
    rejected = await reject(studio, "too dark", "fox", "owl", "elk", archetype="hero")
    assert await next_prompt(studio, "cat", "hero") == "a thing"
    assert "archetype hero · proposed" in await studio.run("cue list", scope="archetype", about="hero")
    offered = await studio.offered("cue accept", "cue", "archetype hero")
    await studio.run("cue accept", cue=next(iter(offered.values())))
    assert await next_prompt(studio, "cat", "hero") == "a thing, bright"
    assert await next_prompt(studio, "cat") == "a thing"
    async with studio.db.transaction() as connection:
        for number, _ in enumerate(rejected, 1):
            await verdicts.clear_mark(connection, number, 5, WORDS, studio.client.clock.now())
    assert await next_prompt(studio, "cat", "hero") == "a thing"


async def test_a_cue_is_added_by_hand_for_a_slug_or_for_everything(studio: Studio) -> None:
    """It says what it reaches; a phrase of the taxonomy brings what it is against."""
    said = await studio.run("cue add", phrase="sharp focus", scope="everything")
    assert "**sharp focus** (against: blurry) for everything" in said
    await studio.run("cue add", phrase=" on  paper ", about="fox")
    assert await next_prompt(studio, "fox") == "a thing, on paper, sharp focus"
    assert await next_prompt(studio, "owl") == "a thing, sharp focus"


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"phrase": "x"}, "Say which slug"),
        ({"phrase": "x", "about": "fox", "scope": "everything"}, "leave the name out"),
        ({"phrase": "x", "about": "../x"}, "slug"),
        ({"phrase": "x", "about": "nothing", "scope": "model"}, "nothing"),
        ({"phrase": "x", "about": "a\u202eb", "scope": "archetype"}, "Say which slug"),
        ({"phrase": "<@> https://evil.example/x", "scope": "everything"}, "Nothing of that"),
    ],
)
async def test_a_cue_that_cannot_be_is_refused_with_a_sentence(
    studio: Studio, options: dict[str, str], word: str
) -> None:
    """Nothing is stored."""
    assert word in await studio.run("cue add", **options)
    async with studio.db.reading() as connection:
        assert (await cues.lately(connection)).edits == ()


async def test_only_who_may_manage_messages_changes_cues(studio: Studio) -> None:
    """Grace may look and judge; a cue that was typed by hand is no cue."""
    await reject(studio, "too dark", "fox")
    picked = await pick(studio, "mute", "bright")
    assert "Only moderators" in await studio.run("cue mute", "grace", cue=picked)
    assert "Only moderators" in await studio.run("cue add", "grace", phrase="x", about="fox")
    for typed in ("bright", "slug:fox:0", "planet:x:0"):
        assert "no such cue" in await studio.run("cue mute", cue=typed)
    assert await next_prompt(studio, "fox") == "a thing, bright"


async def test_words_without_a_reason_are_listed_harmlessly(studio: Studio) -> None:
    """Counted, cleaned, and with nothing in them that pings or links."""
    assert "Everything" in await studio.run("taste unfiled")
    await reject(studio, f"soulless, too dark, {HOSTILE[0]} {HOSTILE[1]}", "fox", "owl")
    assert "shown to moderators" in await studio.run("taste unfiled", "grace")
    said = await studio.run("taste unfiled")
    assert "• soulless (2×)" in said
    assert "too dark" not in said
    assert not [hostile for hostile in HOSTILE if hostile in said]


async def test_the_reasons_are_shown_with_their_reactions(studio: Studio) -> None:
    said = await studio.run("taste reasons")
    for words in ("🎨 **Colour and light**", "🎯 **Not what was asked**", "Time of day"):
        assert words in said


async def test_hostile_words_reach_neither_lists_nor_notifications(studio: Studio) -> None:
    """What is told of them is escaped, and the message may ping nobody."""
    await reject(studio, " ".join(["at night", *HOSTILE]), "fox")
    await studio.run("cue add", phrase="in @everyone's `house`", scope="everything")
    for command in ("cue list", "taste unfiled"):
        said = await studio.run(command)
        assert not [hostile for hostile in [*HOSTILE, "@everyone"] if hostile in said]
    assert await next_prompt(studio, "fox") == "a thing, at night &1 everyone, in everyone's house"
