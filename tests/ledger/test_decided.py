"""What counts for a picture: one rule, whoever asks for it and in whichever language it is written."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ledger import decided as rows
from bot.ledger import gallery, threads, verdicts
from bot.ledger.database import Connection, Database
from bot.ledger.gallery import View, Wanted
from bot.nouns import JobState, Mark, Verdict, decided
from tests.ledger.rows import ADA, GRACE, NOW, finish, insert, job

EVE, MAX = 13, 14
KEEP, REJECT, REROLL = Verdict.KEEP, Verdict.REJECT, Verdict.REROLL
Opinions = Mapping[int, Verdict]
opinions = st.dictionaries(st.sampled_from([ADA, GRACE, EVE, MAX]), st.sampled_from(Verdict))


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({}, None),
        ({GRACE: KEEP}, KEEP),
        ({GRACE: KEEP, EVE: REJECT}, None),
        ({GRACE: KEEP, EVE: REJECT, MAX: REJECT}, REJECT),
        ({GRACE: KEEP, EVE: REJECT, MAX: REROLL}, None),
        ({ADA: KEEP, GRACE: REJECT, EVE: REJECT}, KEEP),
        ({ADA: REROLL, GRACE: KEEP, EVE: KEEP, MAX: KEEP}, REROLL),
    ],
)
def test_the_asker_decides_else_most_people_and_a_tie_is_open(said: Opinions, counts: Verdict | None) -> None:
    """Ada asked."""
    assert decided(ADA, said) is counts


async def judge(connection: Connection, pictures: Sequence[Opinions]) -> None:
    for number, said in enumerate(pictures):
        one = job(f"j{number}", ask=f"a{number}", slug=f"s{number}")
        await finish(connection, one, JobState.RENDERED, NOW, 100 + number)
        for at, (person, verdict) in enumerate(said.items()):
            await verdicts.set_mark(connection, Mark(100 + number, one.id, person, verdict, verdict), NOW + at)
        await threads.opened(connection, 5, one.slug, 900 + number)
        await threads.recount(connection, one.id)


async def kept(connection: Connection, count: int) -> set[str]:
    """The pictures that are the current one of their slug."""
    found = [await threads.of_slug(connection, 5, f"s{number}") for number in range(count)]
    return {one.current for one in found if one is not None and one.current}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(opinions, min_size=1, max_size=6))
def test_the_ledger_answers_by_the_same_rule(pictures: Sequence[Opinions]) -> None:
    """One by one, as a filter of the gallery, and as the current version of a slug."""
    wanted = {f"j{number}": counts for number, said in enumerate(pictures) if (counts := decided(ADA, said))}

    async def run(folder: str) -> None:
        async with Database(Path(folder) / "darkroom.db") as db:
            await insert(db, *(job(f"j{n}", ask=f"a{n}", slug=f"s{n}") for n in range(len(pictures))))
            async with db.transaction() as connection:
                await judge(connection, pictures)
                assert await rows.of_jobs(connection, [f"j{n}" for n in range(len(pictures))]) == wanted
                assert await kept(connection, len(pictures)) == {one for one in wanted if wanted[one] is KEEP}
                for verdict in Verdict:
                    page = await gallery.page(connection, Wanted(verdict=verdict), View(1, (5,)), "older", "")
                    assert {one.job for one in page.found} == {one for one in wanted if wanted[one] is verdict}

    with TemporaryDirectory() as folder:
        asyncio.run(run(folder))
