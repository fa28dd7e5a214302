"""What an ask takes over from verdicts: as its model reads, by one's own reasons, and no longer than it is fresh."""

from dataclasses import replace

import pytest

from bot.intake.accept import Intake
from bot.ledger import cues, presets, towers, verdicts
from bot.ledger.database import Database
from bot.nouns import WORDS, CueEdit, CueVerb, Job, Mark, Preset, Scope, Verdict
from bot.settings import Limits
from bot.taste.cues import DAY, Taste
from bot.taste.reading import parse, shipped
from tests.clock import FakeClock
from tests.intake.asking import ADA, MODEL, ask, shelf

GUIDED = MODEL.model_copy(update={"id": "guided", "guidance": 5.0, "negative_acts": True})
OWN = (
    b'[[reason]]\nid = "mood"\nname = "Mood"\nemoji = "\xf0\x9f\x98\xb6"\npositive = "lively"\nnegative = "lifeless"\n'
)


@pytest.fixture(autouse=True)
async def offered(db: Database) -> None:
    """A tower with a model that needs no negative prompt, and one where it acts."""
    async with db.transaction() as connection:
        await towers.saw(connection, "tower", *shelf(MODEL, GUIDED), now=1.0)


async def reject(db: Database, clock: FakeClock, job: Job, emoji: str, words: str = "") -> None:
    async with db.transaction() as connection:
        await verdicts.set_mark(connection, Mark(7, job.id, ADA, emoji, Verdict.REJECT, words), clock.now())


async def test_a_cue_is_phrased_as_the_model_reads(db: Database, intake: Intake, clock: FakeClock) -> None:
    """Positively only where a negative prompt does nothing; the same verdict puts it there where it acts."""
    (first,) = await intake.accept(ask(model="big"))
    await reject(db, clock, first, WORDS, "too dark")
    (plain,) = await intake.accept(ask(key="a", model="big", negative="text"))
    (guided,) = await intake.accept(ask(key="b", model="guided", negative="text"))
    assert (plain.prompt, plain.negative) == ("a red boat on the sea, bright", "text")
    assert (guided.prompt, guided.negative) == ("a red boat on the sea, bright", "text, dark")
    assert ([cue.negative for cue in plain.cues], [cue.negative for cue in guided.cues]) == ([""], ["dark"])


async def test_reasons_of_ones_own_teach(db: Database, clock: FakeClock) -> None:
    """What was said before the file had a keyword or an emoji for it is read anew by it."""
    before = Intake(db, clock, Limits(), ("tower",))
    after = Intake(db, clock, Limits(), ("tower",), Taste(parse("own.toml", OWN, shipped())))
    (first,) = await before.accept(ask())
    await reject(db, clock, first, "😶")
    assert (await before.accept(ask(key="a")))[0].cues == ()
    assert [cue.phrase for cue in (await after.accept(ask(key="b")))[0].cues] == ["lively"]


async def test_what_was_said_long_ago_acts_no_more(db: Database, intake: Intake, clock: FakeClock) -> None:
    """Fresh at first; after four half-lives and more one person's word has faded."""
    (first,) = await intake.accept(ask())
    await reject(db, clock, first, WORDS, "too dark")
    clock.jump(300 * DAY)
    assert len((await intake.accept(ask(key="a")))[0].cues) == 1
    clock.jump(200 * DAY)
    assert (await intake.accept(ask(key="b")))[0].cues == ()


async def test_cues_of_every_reach_are_woven_in_the_nearest_first(db: Database, intake: Intake) -> None:
    """A slug's, style's, archetype's, model's and everybody's, but only into asks they are about; the nearest wins."""
    places = {"big": (Scope.SLUG, "red-boat"), "on paper": (Scope.ARCHETYPE, "hero"), "in ink": (Scope.MODEL, "guided")}
    places |= {"small": (Scope.EVERYTHING, ""), "with grain": (Scope.STYLE, "wash")}
    async with db.transaction() as connection:
        for phrase, place in places.items():
            await cues.record(connection, CueEdit(phrase, CueVerb.ADD, *place, phrase, ADA, 1.0))
        await presets.save(connection, Preset(name="wash", prompt="{prompt}, wash"), ADA, 1.0)
    (near,) = await intake.accept(ask(prompt="a boat", model="guided", archetype="hero"))
    (far,) = await intake.accept(ask(key="a", prompt="a boat", slug="other", model="big"))
    drawn = ask(key="b", prompt="a boat", slug="other", model="guided", archetype="hero")
    (styled,) = await intake.accept(replace(drawn, style="wash"))
    assert (near.prompt, far.prompt) == ("a boat, big, on paper, in ink", "a boat, small")
    assert [cue.phrase for cue in styled.cues] == ["with grain", "on paper", "in ink", "small"]
