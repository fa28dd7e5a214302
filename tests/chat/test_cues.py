"""`/cue` and `/taste`: everybody may look, moderators may change, and what is changed counts from the next ask on."""

import pytest

from bot.ledger import cues, verdicts
from bot.nouns import WORDS, CueEdit, CueVerb, Job, Mark, Scope, Verdict
from tests.chat import rights
from tests.chat.people import Studio
from tests.chat.people import studio as studio
from tests.chat.stage import Stage

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


async def test_a_list_leads_to_posts_and_is_never_cut_in_a_line(stage: Stage) -> None:
    """Whatever is asked for: of a slug, and what was learned last. What has no room is counted."""
    async with stage.bot():
        job, message = await stage.posted("a fox", slug="fox")
        await stage.client.feedback.words(job.id, int(message.id), stage.ada, "too dark, blurry, hands", 1.0)
        post = f"[its post](https://discord.com/channels/{stage.standin.guild_id}/{stage.channel}/{message.id})"
        for options in ({"scope": "slug", "about": "fox"}, {}):
            said = await rights.told(stage, "cue list", "ada", **options)
            assert said.count(post) == 3
        async with stage.db.transaction() as connection:
            for number in range(20):
                phrase = f"{number} {'long words ' * 6}"
                await cues.record(connection, CueEdit(str(number), CueVerb.ADD, Scope.SLUG, "fox", phrase, 5, 1.0))
        lines = (await rights.told(stage, "cue list", "ada", scope="slug", about="fox")).splitlines()
        assert lines[-1] == f"… and {23 - len(lines) + 1} more"


async def test_a_cue_may_reach_as_far_as_a_style(studio: Studio) -> None:
    """Its names are offered, and only a style that is there has cues."""
    assert "photo" in (await studio.offered("cue add", "about", "pho", scope="style", phrase="x")).values()
    assert "for style photo" in await studio.run("cue add", phrase="with grain", scope="style", about="photo")
    assert "There is no style" in await studio.run("cue add", phrase="x", scope="style", about="nothing")
    assert "with grain" in await studio.run("cue list", scope="style", about="photo")
