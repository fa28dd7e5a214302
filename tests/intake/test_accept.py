"""One ask: committed with its jobs and its card, or refused and forgotten."""

import asyncio
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadCount, BadSeed, BadSlug, NoSuchJob, NotRenderable, Refusal
from bot.intake import slugs
from bot.intake.accept import Intake
from bot.ledger import jobs, towers, verdicts
from bot.ledger.database import Database
from bot.nouns import Ask, JobState, Mark, NoticeKind, Verdict
from bot.texts import failures
from tests.clock import FakeClock
from tests.intake.asking import ADA, GRACE, MODEL, NOTHING, ask, counts, shelf
from tests.ledger import lookups
from tests.ledger.rows import finish


async def test_an_accepted_ask_is_committed_whole(db: Database, intake: Intake, clock: FakeClock) -> None:
    """Ask, jobs and card are there together, the jobs queued with ascending seeds and what the model wants."""
    accepted = await intake.accept(ask(seed=7, count=3, archetype="hero"))
    assert await counts(db) == NOTHING | {"asks": 1, "jobs": 3, "notices": 1}
    async with db.reading() as connection:
        assert await lookups.unfinished(connection) == accepted
        card = await lookups.card_of_ask(connection, accepted[0].ask)
    assert [(job.index, job.seed) for job in accepted] == [(0, 7), (1, 8), (2, 9)]
    first = accepted[0]
    assert (first.state, first.model, first.width, first.height, first.steps) == (JobState.QUEUED, "demo", 256, 256, 20)
    assert (first.asked, first.prompt, first.created_at) == (ask().prompt, ask().prompt, clock.now())
    assert card is not None
    assert (card.kind, card.channel) == (NoticeKind.CARD, 5)
    assert first.order().seed == 7


async def test_the_same_key_gives_the_first_jobs(db: Database, intake: Intake) -> None:
    """Ten at once and one later: one ask, one card, the same jobs, even where the repeat would be refused."""
    answers = await asyncio.gather(*(intake.accept(ask(count=2)) for _ in range(10)))
    answers.append(await intake.accept(ask(count=2, model="gone")))
    assert {tuple(job.id for job in answer) for answer in answers} == {tuple(job.id for job in answers[0])}
    assert await counts(db) == NOTHING | {"asks": 1, "jobs": 2, "notices": 1}


REFUSED: list[tuple[dict[str, object], type[Refusal], str]] = [
    ({"model": "flux"}, NotRenderable, "unknown-model"),
    ({"width": 4096, "height": 128}, NotRenderable, "size-range"),
    ({"width": 128, "height": 10**30}, NotRenderable, "size-range"),
    ({"width": 129, "height": 128}, NotRenderable, "size-multiple"),
    ({"width": 128}, NotRenderable, "size-half"),
    ({"prompt": " \n"}, NotRenderable, "prompt-empty"),
    ({"prompt": "x" * 301}, NotRenderable, "prompt-length"),
    ({"prompt": "x" * 100_000}, NotRenderable, "prompt-length"),
    ({"prompt": "a \x00 boat"}, NotRenderable, "prompt-characters"),
    ({"prompt": "a \ud800 boat"}, NotRenderable, "prompt-characters"),
    ({"negative": "x" * 301}, NotRenderable, "negative-length"),
    ({"archetype": "x" * 65}, NotRenderable, "archetype-length"),
    ({"count": 0}, BadCount, "bad-count"),
    ({"count": 9}, BadCount, "bad-count"),
    ({"seed": -1}, BadSeed, "bad-seed"),
    ({"seed": 2**32}, BadSeed, "bad-seed"),
]

HOSTILE = ["../x", "CON", "con", "com1", "x" * 300, "", "-x", "a b", "é", "a\n"]
REFUSED += [({"slug": slug}, BadSlug, "bad-slug") for slug in HOSTILE]


@pytest.mark.parametrize(
    ("wrong", "error", "kind"), REFUSED, ids=[f"{kind}-{n}" for n, (_, _, kind) in enumerate(REFUSED)]
)
async def test_what_cannot_be_rendered_is_refused_and_leaves_nothing(
    db: Database, intake: Intake, wrong: dict[str, object], error: type[Refusal], kind: str
) -> None:
    """Each fault has its own kind and sentence, and no row of it is stored."""
    with pytest.raises(error) as refused:
        await intake.accept(ask(**wrong))
    assert refused.value.kind == kind
    assert "no sentence of its own" not in failures.sentence(refused.value.kind, refused.value.facts)
    assert await counts(db) == NOTHING


async def test_an_unknown_model_names_the_known_ones(intake: Intake) -> None:
    """The sentence tells what may be chosen instead."""
    with pytest.raises(NotRenderable) as refused:
        await intake.accept(ask(model="flux"))
    assert failures.sentence(refused.value.kind, refused.value.facts).endswith("Choose one of: demo, demo-sketch.")


async def test_the_shelves_of_the_towers_replace_the_packaged_models(db: Database, intake: Intake) -> None:
    """What a tower has comes first and is the default; its limits are the ones that count."""
    absent = MODEL.model_copy(update={"id": "absent", "present": False})
    ready, sent = shelf(absent, MODEL)
    async with db.transaction() as connection:
        await towers.saw(connection, "tower", ready, sent, 1.0)
    assert [model.id for model in await intake.models()] == ["big", "absent"]
    (job,) = await intake.accept(ask())
    assert (job.model, job.width, job.height, job.steps, job.guidance) == ("big", 1024, 768, 8, 1.0)
    with pytest.raises(NotRenderable) as refused:
        await intake.accept(ask(key="k2", model="demo"))
    assert refused.value.facts["known"] == "big"


async def test_cues_of_the_slug_are_woven_in_and_kept_with_the_job(
    db: Database, intake: Intake, clock: FakeClock
) -> None:
    """A rejection with words shapes the next ask for the slug, and only for it; the person's words stay verbatim."""
    (first,) = await intake.accept(ask(prompt="a red boat, @everyone"))
    async with db.transaction() as connection:
        await finish(connection, first, JobState.RENDERED, 1.0, message=77)
        await verdicts.set_mark(connection, Mark(77, first.id, GRACE, "❌", Verdict.REJECT, "too dark"), clock.now())
        await verdicts.set_mark(connection, Mark(77, first.id, GRACE, "words", Verdict.REJECT, "too dark"), clock.now())
    (again,) = await intake.again(first.id, key="k2", asker=GRACE)
    assert (again.asked, again.prompt) == ("a red boat, @everyone", "a red boat, @everyone, bright")
    assert [(cue.phrase, cue.origin) for cue in again.cues] == [("bright", (77,))]
    assert (again.asker, again.slug, again.model, again.width) == (GRACE, "red-boat", first.model, first.width)
    (other,) = await intake.accept(ask(key="k3", slug="other-boat"))
    assert other.cues == ()
    async with db.transaction() as connection:
        await verdicts.clear_mark(connection, 77, GRACE, "words", 3.0)
    (last,) = await intake.again(first.id, key="k4", asker=ADA)
    assert (last.prompt, last.cues) == ("a red boat, @everyone", ())


async def test_again_for_a_job_nobody_knows_is_refused(intake: Intake) -> None:
    """A button of another ledger's job answers with a sentence."""
    with pytest.raises(NoSuchJob):
        await intake.again("nobody", key="k", asker=ADA)


async def test_seeds_begin_again_behind_the_last(intake: Intake) -> None:
    """The largest seed is followed by 0, and without a seed the pictures still differ."""
    accepted = await intake.accept(ask(seed=2**32 - 1, count=2))
    assert [job.seed for job in accepted] == [2**32 - 1, 0]
    free = await intake.accept(ask(key="k2", count=4))
    assert len({job.seed for job in free}) == 4


@given(st.text(min_size=1, max_size=200))
def test_a_derived_slug_is_valid_and_stable(prompt: str) -> None:
    """Whatever the prompt, its slug passes the check, and the same words give the same slug."""
    slug = slugs.derived(prompt)
    assert slugs.checked(slug) == slug
    assert slugs.derived(f"  {prompt} ") == slug


def test_a_derived_slug_tells_what_the_picture_shows() -> None:
    """First words, then a digest that keeps prompts with the same beginning apart."""
    slug = slugs.derived("A red boat on the sea, at night")
    assert re.fullmatch(r"red-boat-on-sea-at-[0-9a-f]{6}", slug)
    assert slug != slugs.derived("A red boat on the sea, at noon")
    assert slugs.derived("三艘红船").startswith("picture-")


async def test_a_job_is_found_by_prompts_of_any_script(db: Database, intake: Intake) -> None:
    """Prompts are stored letter for letter, line ends, tabs and all."""
    prompt = "红船\tна море\n🛶 \u202ex\u202c"
    (job,) = await intake.accept(Ask("k9", prompt, ADA, 1, 5))
    async with db.reading() as connection:
        stored = await jobs.get(connection, job.id)
    assert stored is not None
    assert (stored.asked, stored.prompt) == (prompt, prompt)
