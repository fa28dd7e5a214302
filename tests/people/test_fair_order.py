"""A hundred people at once: nobody gets a second picture before everybody who waits has had a first."""

from collections import Counter, defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nouns import InLine
from bot.turn import order

PEOPLE = range(100)
MODELS = ("demo", "sdxl", "flux")
_REMEMBERED = 300


@st.composite
def crowds(draw: st.DrawFn) -> list[InLine]:
    """Each of a hundred people with one to three pictures, some of them a batch, in any order of arrival."""
    wanted = draw(st.lists(st.integers(1, 3), min_size=len(PEOPLE), max_size=len(PEOPLE)))
    batches = draw(st.sets(st.sampled_from(PEOPLE), max_size=30))
    places = draw(st.permutations([asker for asker, count in zip(PEOPLE, wanted, strict=True) for _ in range(count)]))
    return [
        InLine(f"j{number:04}", asker, "b" if asker in batches else None, MODELS[(asker + number) % 3], float(number))
        for number, asker in enumerate(places)
    ]


def claimed(waiting: list[InLine]) -> list[InLine]:
    """What a tower takes, one after the other, as dispatch asks for it."""
    line: list[InLine] = []
    left = list(waiting)
    while left:
        recent = [one.asker for one in line[-_REMEMBERED:]]
        following = order(left, warm=line[-1].model if line else None, recent=recent)[0]
        left.remove(following)
        line.append(following)
    return line


def fair(line: list[InLine]) -> None:
    """While somebody waits, nobody is ever served twice more often than they."""
    open_now, served = Counter(one.asker for one in line), Counter[int]()
    for one in line:
        served[one.asker] += 1
        open_now[one.asker] -= 1
        least = min((served[asker] for asker, count in open_now.items() if count), default=served[one.asker])
        assert served[one.asker] <= least + 1


@settings(max_examples=25, deadline=None)
@given(crowds())
def test_a_hundred_people_take_turns(waiting: list[InLine]) -> None:
    """Whatever the order they came in, however much each wants, and whichever models they name."""
    line = order(waiting)
    assert sorted(line, key=lambda one: one.id) == sorted(waiting, key=lambda one: one.id)
    fair(line)


@settings(max_examples=25, deadline=None)
@given(crowds())
def test_within_a_round_batches_stand_behind_people(waiting: list[InLine]) -> None:
    """Somebody who waits at a card comes before any batch's item of the same round."""
    rounds: defaultdict[int, list[InLine]] = defaultdict(list)
    served = Counter[int]()
    for one in order(waiting):
        rounds[served[one.asker]].append(one)
        served[one.asker] += 1
    for line in rounds.values():
        kinds = [one.batch is not None for one in line]
        assert kinds == sorted(kinds)


@settings(max_examples=3, deadline=None)
@given(crowds())
def test_the_turns_go_on_while_a_tower_takes_one_after_the_other(waiting: list[InLine]) -> None:
    """Claims are fed back one by one, with the model that is warm then."""
    line = claimed(waiting)
    assert len(line) == len(waiting)
    fair(line)


@settings(max_examples=25, deadline=None)
@given(crowds(), st.integers(1, 40))
def test_nobody_waits_for_more_than_one_picture_of_each_of_the_others(waiting: list[InLine], many: int) -> None:
    """Somebody with forty pictures more takes one place of the first round, as everybody does."""
    flood = [InLine(f"z{number:04}", 999, None, "demo", -1.0) for number in range(many)]
    first: dict[int, int] = {}
    for place, one in enumerate(order([*waiting, *flood])):
        first.setdefault(one.asker, place)
    assert sorted(first.values()) == list(range(len(PEOPLE) + 1))
