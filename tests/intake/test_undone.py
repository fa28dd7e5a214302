"""Taking back every verdict takes back everything it did to prompts."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.intake.accept import Intake
from bot.ledger import cues, towers, verdicts
from bot.ledger.database import Database
from bot.nouns import WORDS, CueEdit, CueVerb, Job, Mark, Scope, Verdict
from bot.settings import Limits
from tests.clock import FakeClock
from tests.intake.asking import ADA, GRACE, MODEL, ask, shelf
from tests.taste.judged import COMPLAINTS, EMOJIS

NOW = FakeClock().now()
GUIDED = MODEL.model_copy(update={"id": "guided", "guidance": 5.0, "negative_acts": True, "prompt_limit": 400})
SLUGS = ("boat", "moon", "hill")
WIDER = ((Scope.MODEL, "guided"), (Scope.ARCHETYPE, "hero"), (Scope.EVERYTHING, ""))


@dataclass(frozen=True)
class Said:
    """What somebody thinks of the picture of a slug."""

    slug: str
    person: int
    emoji: str
    words: str
    verdict: Verdict


said = st.lists(
    st.one_of(
        st.builds(
            Said, st.sampled_from(SLUGS), st.sampled_from([ADA, GRACE, 13]), st.just(WORDS),
            st.sampled_from(COMPLAINTS), st.just(Verdict.REJECT),
        ),
        st.builds(
            Said, st.sampled_from(SLUGS), st.sampled_from([ADA, GRACE, 13]), st.sampled_from([*EMOJIS, "❌", "✅"]),
            st.just(""), st.sampled_from(Verdict),
        ),
    ),
    max_size=20,
)  # fmt: skip
hands = st.lists(
    st.tuples(
        st.sampled_from([CueVerb.ACCEPT, CueVerb.UNMUTE, CueVerb.MUTE, CueVerb.RETIRE]),
        st.sampled_from([*((Scope.SLUG, slug) for slug in SLUGS), *WIDER]),
        st.sampled_from(["bright", "sharp focus", "vivid colours", "well drawn hands"]),
    ),
    max_size=6,
)


async def _asked(intake: Intake, key: str, slug: str) -> Job:
    (job,) = await intake.accept(ask(key=key, prompt=f"a {slug}", slug=slug, model="guided", archetype="hero"))
    return job


async def _play(db: Database, judged: list[Said], edited: list[tuple[CueVerb, tuple[Scope, str], str]]) -> None:
    async with db.transaction() as connection:
        await towers.saw(connection, "tower", *shelf(MODEL, GUIDED), now=1.0)
    intake = Intake(db, FakeClock(), Limits(), ("tower",))
    base = {slug: await _asked(intake, f"base {slug}", slug) for slug in SLUGS}
    async with db.transaction() as connection:
        for nth, (verb, place, phrase) in enumerate(edited):
            await cues.record(connection, CueEdit(f"e{nth}", verb, *place, phrase, ADA, NOW))
        for one in judged:
            job = base[one.slug]
            mark = Mark(SLUGS.index(one.slug) + 1, job.id, one.person, one.emoji, one.verdict, one.words)
            await verdicts.set_mark(connection, mark, NOW)
    for slug in SLUGS:
        await _asked(intake, f"between {slug}", slug)
    async with db.transaction() as connection:
        for one in judged:
            await verdicts.clear_mark(connection, SLUGS.index(one.slug) + 1, one.person, one.emoji, NOW)
    for slug in SLUGS:
        after = await _asked(intake, f"after {slug}", slug)
        assert (after.prompt, after.negative, after.cues) == (f"a {slug}", "", ())


@settings(
    max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(said, hands)
def test_without_its_verdicts_every_prompt_is_as_it_was_asked(
    judged: list[Said], edited: list[tuple[CueVerb, tuple[Scope, str], str]]
) -> None:
    """Whatever was said by whom, and whatever hands did to the cues that came of it."""

    async def run(folder: str) -> None:
        async with Database(Path(folder) / "darkroom.db") as db:
            await _play(db, judged, edited)

    with TemporaryDirectory() as folder:
        asyncio.run(run(folder))


async def test_the_same_verdicts_do_change_prompts(db: Database) -> None:
    """Or the promise above would be empty."""
    async with db.transaction() as connection:
        await towers.saw(connection, "tower", *shelf(MODEL, GUIDED), now=1.0)
    intake = Intake(db, FakeClock(), Limits(), ("tower",))
    first = await _asked(intake, "a", "boat")
    async with db.transaction() as connection:
        await verdicts.set_mark(connection, Mark(1, first.id, ADA, WORDS, Verdict.REJECT, "too dark"), NOW)
    assert (await _asked(intake, "b", "boat")).prompt == "a boat, bright"
