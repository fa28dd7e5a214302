"""Whose turn it is, tried with made-up queues."""

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.nouns import Job
from bot.turn import MOST_OVERTAKEN, order

MODELS = ("demo", "sdxl", "flux")


def job(number: int, asker: int = 1, model: str = "demo", batch: str | None = None, at: float | None = None) -> Job:
    return Job(
        id=f"j{number:03}", ask=f"a{number}", index=0, asker=asker, guild=1, channel=1, slug="s", model=model,
        asked="a fox", prompt="a fox", negative="", seed=1, width=64, height=64, steps=1, guidance=1.0,
        created_at=float(number) if at is None else at, batch=batch,
    )  # fmt: skip


@st.composite
def queues(draw: st.DrawFn) -> list[Job]:
    rows = draw(
        st.lists(
            st.tuples(st.integers(1, 5), st.sampled_from(MODELS), st.sampled_from([None, "b1"]), st.integers(0, 9)),
            max_size=40,
        )
    )
    return [job(n, asker, model, batch, float(at)) for n, (asker, model, batch, at) in enumerate(rows)]


recents = st.lists(st.integers(1, 6), max_size=30)


def ids(jobs: list[Job], model: str | None = None) -> list[str]:
    return [each.id for each in jobs if model is None or each.model == model]


def test_people_take_turns() -> None:
    """Whoever asked for ten first does not keep the others waiting for ten."""
    waiting = [job(n, asker=1) for n in range(4)] + [job(n, asker=2) for n in range(4, 6)] + [job(6, asker=3)]
    assert [each.asker for each in order(waiting)] == [1, 2, 3, 1, 2, 1, 1]


def test_a_card_is_served_before_a_batch() -> None:
    """A person who waits in the channel goes before an item of a batch, also before items of the own batch."""
    waiting = [job(0, 1, batch="b"), job(1, 1, batch="b"), job(2, 2), job(3, 1)]
    assert ids(order(waiting)) == ["j002", "j003", "j000", "j001"]


def test_the_loaded_model_goes_first_within_a_round() -> None:
    """Changing models costs half a minute, so a round serves one model's jobs together."""
    waiting = [job(n, asker=n, model=MODELS[n % 2]) for n in range(4)]
    assert [each.model for each in order(waiting, warm="sdxl")] == ["sdxl", "sdxl", "demo", "demo"]


def test_the_loaded_model_does_not_skip_a_round() -> None:
    """A second job of the loaded model does not overtake another person's first."""
    waiting = [job(0, asker=1), job(1, asker=1), job(2, asker=2, model="flux")]
    assert ids(order(waiting, warm="demo")) == ["j000", "j002", "j001"]


def test_who_rendered_alone_does_not_pay_for_it() -> None:
    """After thirty turns alone, a newcomer comes next and then both alternate."""
    waiting = [job(n, asker=1) for n in range(3)] + [job(n, asker=2) for n in range(3, 6)]
    assert [each.asker for each in order(waiting, recent=[1] * 30)] == [2, 1, 2, 1, 2, 1]


@given(queues(), st.sampled_from([None, *MODELS]), recents)
def test_nobody_is_lost_or_doubled(waiting: list[Job], warm: str | None, recent: list[int]) -> None:
    """The line holds exactly the waiting jobs."""
    assert sorted(ids(order(waiting, warm=warm, recent=recent))) == sorted(ids(waiting))


@given(queues(), st.sampled_from([None, *MODELS]), recents, st.randoms(use_true_random=False))
def test_the_line_does_not_depend_on_how_rows_arrive(waiting, warm, recent, random) -> None:  # type: ignore[no-untyped-def]
    """The same rows in another order give the same line."""
    shuffled = list(waiting)
    random.shuffle(shuffled)
    assert ids(order(shuffled, warm=warm, recent=recent)) == ids(order(waiting, warm=warm, recent=recent))


@given(queues(), recents)
def test_claiming_one_by_one_follows_the_line(waiting: list[Job], recent: list[int]) -> None:
    """A place in line that was told stays true while jobs are claimed: of one model, the line is kept exactly."""
    alike = [replace(each, model="demo") for each in waiting]
    told, claimed, served = ids(order(alike, recent=recent)), [], list(recent)
    while alike:
        first = order(alike, recent=served)[0]
        alike.remove(first)
        claimed.append(first.id)
        served.append(first.asker)
    assert claimed == told


@given(queues())
def test_no_person_is_two_turns_ahead(waiting: list[Job]) -> None:
    """As long as somebody still waits, nobody has been served more than one job more than them."""
    line = order(waiting)
    served: defaultdict[int, int] = defaultdict(int)
    for at, each in enumerate(line):
        served[each.asker] += 1
        still = {later.asker for later in line[at + 1 :]}
        assert all(served[each.asker] <= served[other] + 1 for other in still)


@given(st.lists(st.sampled_from(MODELS), max_size=40), st.sampled_from(MODELS))
def test_nobody_is_overtaken_more_than_the_bound(models: list[str], warm: str) -> None:
    """In one round of forty people, at most eight younger jobs of a loaded model pass an older one."""
    waiting = [job(n, asker=n, model=model) for n, model in enumerate(models)]
    place = {each.id: at for at, each in enumerate(order(waiting, warm=warm))}
    for older, each in enumerate(waiting):
        younger = [other for other in waiting[older + 1 :] if place[other.id] < place[each.id]]
        assert len(younger) <= MOST_OVERTAKEN


def changes(line: list[Job], warm: str | None) -> int:
    """How often a model has to be loaded."""
    return sum(before != after for before, after in pairwise([warm, *(each.model for each in line)]))


@given(st.lists(st.sampled_from(MODELS), min_size=1, max_size=40), st.sampled_from([None, *MODELS, "else"]))
def test_a_batch_has_each_of_its_models_loaded_once(models: list[str], warm: str | None) -> None:
    """However they are mixed in the file, the loaded one comes first and is not loaded at all; the file's order is kept
    within each of them."""
    line = order([job(n, model=model, batch="b", at=0.0) for n, model in enumerate(models)], warm=warm)
    assert changes(line, warm) == len(set(models) - {warm})
    for model in MODELS:
        assert ids(line, model) == sorted(ids(line, model))


@given(st.lists(st.sampled_from(MODELS), min_size=1, max_size=30), st.sampled_from([None, *MODELS]), st.integers(0, 30))
def test_what_is_left_of_a_batch_goes_on_as_it_was_told(models: list[str], warm: str | None, died: int) -> None:
    """Claimed one by one, as the places in line said it; a bot that was started anew and does not know what is loaded
    has one model loaded once more, and no other."""
    left = [job(n, model=model, batch="b", at=0.0) for n, model in enumerate(models)]
    told, claimed, loaded = ids(order(left, warm=warm)), [], warm
    for turn in range(len(models)):
        following = order(left, warm=None if turn == died else loaded, recent=[1] * turn)[0]
        left.remove(following)
        claimed.append(following)
        loaded = following.model
    assert changes(claimed, warm) <= len(set(models) - {warm}) + (died < len(models))
    if died >= len(models):
        assert ids(claimed) == told


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from(MODELS)), max_size=40), st.sampled_from([None, *MODELS]))
def test_grouping_takes_nobodys_turn(rows: list[tuple[int, str]], warm: str | None) -> None:
    """Each person's batch gets as many turns, at the same places, as if all of it was of one model."""
    mixed = [job(n, asker, model, f"b{asker}", 0.0) for n, (asker, model) in enumerate(rows)]
    alike = [replace(each, model="demo") for each in mixed]
    assert rounds(order(mixed, warm=warm)) == rounds(order(alike))


def rounds(line: list[Job]) -> list[set[int]]:
    """Who is served in each round."""
    served: defaultdict[int, int] = defaultdict(int)
    found: list[set[int]] = []
    for each in line:
        if served[each.asker] == len(found):
            found.append(set())
        found[served[each.asker]].add(each.asker)
        served[each.asker] += 1
    return found


def test_two_batches_share_what_is_loaded() -> None:
    """Their turns alternate; while both have jobs of one model, nobody's turn changes it."""
    waiting = [job(n, n % 2 + 1, MODELS[n // 2 % 2], f"b{n % 2 + 1}", 0.0) for n in range(12)]
    line = order(waiting, warm="sdxl")
    assert [each.asker for each in line] == [1, 2] * 6
    assert [each.model for each in line] == ["sdxl"] * 6 + ["demo"] * 6


def test_a_second_try_waits_behind_its_batch() -> None:
    """It is queued later than the rest, and grouped with nothing of it."""
    waiting = [job(0, batch="b", at=9.0), *(job(n, model="sdxl", batch="b", at=0.0) for n in range(1, 4))]
    assert ids(order(waiting, warm="demo")) == ["j001", "j002", "j003", "j000"]
