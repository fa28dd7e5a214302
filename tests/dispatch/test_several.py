"""Two towers and one queue: who is woken, who gets which job, and that nobody renders what another has rendered."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.dispatch.tower import Ladder
from bot.nouns import Job, JobState
from tests.dispatch.pair import Pair, make_pair


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    async with make_pair(tmp_path) as pair:
        yield pair


@pytest.fixture
async def slow_pair(tmp_path: Path) -> AsyncIterator[Pair]:
    async with make_pair(tmp_path, "slow") as pair:
        yield pair


async def until_rendered(pair: Pair, *asked: Job) -> None:
    for job in asked:
        assert (await pair.first.until_state(job, JobState.RENDERED)).epoch == 1


async def test_one_job_wakes_only_the_first(pair: Pair) -> None:
    """The one that its owner prefers; the other gets no packet."""
    pair.start_asleep()
    await pair.until_asleep()
    job = await pair.first.ask()
    await until_rendered(pair, job)
    assert (await pair.where(job), await pair.woken()) == (["first"], ["first"])
    assert pair.rungs()[1] == "asleep"


async def test_more_jobs_than_the_first_holds_use_both(slow_pair: Pair) -> None:
    """Six that take their time: each is drawn once, on either of them, and told once."""
    pair = slow_pair
    pair.start_asleep()
    await pair.until_asleep()
    asked = [await pair.first.ask(steps=10) for _ in range(6)]
    await until_rendered(pair, *asked)
    assert set(await pair.where(*asked)) == {"first", "second"}
    assert pair.drawn() == sorted(job.id for job in asked)
    assert sorted(await pair.first.notices()) == sorted((job.id, "picture") for job in asked)


async def test_two_jobs_are_left_to_the_first(slow_pair: Pair) -> None:
    """It holds one and one ahead."""
    pair = slow_pair
    pair.start_asleep()
    await pair.until_asleep()
    asked = [await pair.first.ask() for _ in range(2)]
    await until_rendered(pair, *asked)
    assert (await pair.where(*asked), await pair.woken()) == (["first", "first"], ["first"])


async def test_the_second_stands_in_for_a_first_that_does_not_wake(pair: Pair) -> None:
    """And at once for the next jobs, although the first is tried again for each."""
    pair.start_asleep(dead=pair.first)
    await pair.until_asleep()
    job = await pair.first.ask()
    await until_rendered(pair, job)
    assert (await pair.where(job), await pair.woken()) == (["second"], ["first", "second"])
    assert pair.first.board.towers["first"].ailing
    another = await pair.first.ask()
    await until_rendered(pair, another)
    assert await pair.where(another) == ["second"]
    assert pair.drawn() == sorted([job.id, another.id])


async def test_the_second_stands_in_for_a_stranger(pair: Pair) -> None:
    """The first shows another host key: it is spoken to no more, and nobody waits for a person's word."""
    pair.first.server.stop()
    pair.first.server.renew_host_key()
    pair.first.server.start()
    pair.start()
    await pair.first.until_board("trouble", "host-key-changed")
    await pair.second.until_board("ready")
    job = await pair.first.ask()
    await until_rendered(pair, job)
    assert await pair.where(job) == ["second"]


async def test_trouble_that_leaves_no_row_is_heard_of(pair: Pair) -> None:
    """The job came while the first looked well. Nothing is committed when it lets nobody in: the second starts."""
    pair.first.server.allow_nobody()
    pair.first.proxy.flowing.clear()
    pair.start_asleep(well=pair.first)
    await pair.second.until_board("asleep")
    job = await pair.first.ask()
    pair.first.proxy.flowing.set()
    await until_rendered(pair, job)
    assert (await pair.where(job), await pair.woken()) == (["second"], ["second"])


def test_trouble_is_remembered_until_the_tower_is_ready(pair: Pair) -> None:
    """While the first is tried again, the second goes on standing in for it."""
    first = pair.first
    ladder = Ladder(first.settings, first.db, first.board, first.clock, "bot-1")
    ailing = []
    for rung in ("waking", "trouble", "waking", "asleep", "port", "ready", "unknown", "waking"):
        ladder.show(rung)
        ailing.append(first.board.towers["first"].ailing)
    assert ailing == [False, True, True, True, True, False, False, False]


async def test_who_is_awake_takes_what_it_can_and_nobody_is_woken(pair: Pair) -> None:
    """The second was woken by a person: one job needs no other tower."""
    pair.start_asleep()
    await pair.until_asleep()
    await pair.second.wish("wake")
    await pair.second.until_board("ready")
    await pair.until_shelves("second")
    job = await pair.first.ask()
    await until_rendered(pair, job)
    assert (await pair.where(job), await pair.woken()) == (["second"], ["second"])


async def test_a_model_of_the_second_goes_there(pair: Pair) -> None:
    """Both are awake; the first takes only what lies on its shelf, however idle it is."""
    pair.start()
    asked = [await pair.first.ask(model="extra") for _ in range(4)]
    await until_rendered(pair, *asked)
    assert await pair.where(*asked) == ["second"] * 4
    assert pair.drawn() == sorted(job.id for job in asked)


async def test_a_model_of_the_second_wakes_the_second_alone(pair: Pair) -> None:
    """Once the shelves are known: by the rows, in the bot's next life."""
    pair.start()
    await pair.until_shelves()
    await pair.stop()
    pair.start_asleep()
    await pair.until_asleep()
    job = await pair.first.ask(model="extra")
    await until_rendered(pair, job)
    assert (await pair.where(job), await pair.woken()) == (["second"], ["second"])


async def test_a_model_that_nobody_has_is_refused_by_the_first(pair: Pair) -> None:
    """In its agent's words, and the queue goes on."""
    pair.start()
    await pair.until_shelves()
    job, right = await pair.first.ask(model="nowhere"), await pair.first.ask()
    ended = await pair.first.until_state(job, JobState.FAILED)
    await until_rendered(pair, right)
    assert (ended.tower, ended.error_kind) == ("first", "unknown-model")
    assert "extra" not in str(ended.error_facts["known"])
    assert (job.id, "failure") in await pair.first.notices()


async def test_shelves_that_were_never_seen_are_looked_at_before_a_job_is_refused(pair: Pair) -> None:
    """Nobody knows yet who has it: one after the other is woken for it, and the second has it."""
    pair.start_asleep()
    await pair.until_asleep()
    job = await pair.first.ask(model="extra")
    await until_rendered(pair, job)
    assert (await pair.where(job), await pair.woken()) == (["second"], ["first", "second"])


async def test_a_bot_that_is_killed_anywhere_renders_nothing_twice(pair: Pair) -> None:
    """Twelve lives of a few milliseconds each, then one that may finish: each job is begun once, on one tower."""
    dice = random.Random(11)
    asked = [await pair.first.ask(asker=n % 3, model="extra" if n % 4 == 3 else "demo") for n in range(12)]
    for _ in range(12):
        pair.start()
        await asyncio.sleep(dice.uniform(0, 0.6))
        await pair.stop()
    pair.start()
    await until_rendered(pair, *asked)
    assert pair.drawn() == sorted(job.id for job in asked)
    assert sorted(await pair.first.notices()) == sorted((job.id, "picture") for job in asked)
