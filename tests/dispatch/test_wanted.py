"""Which towers are wanted for the waiting jobs: told by examples, and proved on towers and queues of every kind."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dispatch.wanted import Standing, may_take, places, takers, wanted

MODELS = "abc"


def tower(name: str, models: str | None = "a", cards: int = 1, state: str = "asleep") -> Standing:
    shelf = None if models is None else frozenset(models)
    return Standing(name, shelf, cards, connected=state == "connected", ailing=state == "ailing")


FIRST, SECOND, THIRD = tower("1"), tower("2"), tower("3")
WOKEN = {
    "nothing waits": ("", {}, "", [FIRST, SECOND]),
    "one job wakes the first": ("a", {}, "1", [FIRST, SECOND]),
    "as many as the first holds": ("aa", {}, "1", [FIRST, SECOND]),
    "one more": ("aaa", {}, "12", [FIRST, SECOND]),
    "more than two hold": ("aaaaa", {}, "123", [FIRST, SECOND, THIRD]),
    "two cards hold four": ("aaaa", {}, "1", [tower("1", cards=2), SECOND]),
    "unknown cards count as one": ("aaa", {}, "12", [tower("1", cards=0), SECOND]),
    "the first has its jobs": ("a", {"1": 2}, "12", [FIRST, SECOND]),
    "the first has room for one": ("a", {"1": 1}, "1", [FIRST, SECOND]),
    "the first is in trouble": ("a", {}, "12", [tower("1", state="ailing"), SECOND]),
    "all are in trouble": ("a", {}, "12", [tower("1", state="ailing"), tower("2", state="ailing")]),
    "the second is in trouble": ("a", {}, "1", [FIRST, tower("2", state="ailing")]),
    "the second is awake": ("a", {}, "2", [FIRST, tower("2", state="connected")]),
    "the second is awake and full": ("a", {"2": 2}, "12", [FIRST, tower("2", state="connected")]),
    "only the second has it": ("b", {}, "2", [FIRST, tower("2", "b")]),
    "each has another": ("ab", {}, "12", [FIRST, tower("2", "b")]),
    "what the second lacks does not wake it": ("aaabbb", {}, "13", [tower("1", "ab"), tower("2", "c"), THIRD]),
    "what only one of them has is its own": ("ab", {}, "12", [FIRST, tower("2", "ab")]),
    "a shelf that was never seen": ("b", {}, "2", [FIRST, tower("2", None), THIRD]),
    "nobody has it": ("z", {}, "1", [FIRST, SECOND]),
    "nobody has it, and the second is awake": ("z", {}, "2", [FIRST, tower("2", state="connected")]),
    "nobody has it, and the first is in trouble": ("z", {}, "2", [tower("1", state="ailing"), SECOND]),
    "an unseen one is in trouble": ("b", {}, "1", [FIRST, tower("2", None, state="ailing")]),
    "an unseen first one is in trouble": ("b", {}, "12", [tower("1", None, state="ailing"), SECOND]),
    "the only one, in trouble": ("b", {}, "1", [tower("1", None, state="ailing")]),
}


@pytest.mark.parametrize("case", WOKEN)
def test_who_is_wanted(case: str) -> None:
    """The jobs that wait, what the towers hold already, and who is wanted for the rest."""
    waiting, held, expected, towers = WOKEN[case]
    found = [one.name for one in towers if wanted(one.name, Counter(waiting), held, towers)]
    assert found == list(expected)


def test_the_connected_are_asked_first_and_then_the_owners_order_counts() -> None:
    """Those without the model are not asked at all."""
    towers = [tower("1"), tower("2", "b"), tower("3", state="connected"), tower("4", state="ailing"), tower("5")]
    assert [one.name for one in takers("a", towers)] == ["3", "1", "4", "5"]


@st.composite
def fleets(draw: st.DrawFn) -> tuple[Standing, ...]:
    states = draw(st.lists(st.sampled_from(["asleep", "connected", "ailing"]), min_size=1, max_size=4))
    shelves = st.one_of(st.none(), st.sets(st.sampled_from(MODELS)).map("".join))
    return tuple(tower(str(n), draw(shelves), draw(st.integers(0, 2)), state) for n, state in enumerate(states))


queues = st.dictionaries(st.sampled_from(MODELS + "z"), st.integers(1, 9))
holdings = st.dictionaries(st.sampled_from("0123"), st.integers(0, 5))


@given(fleets(), queues)
def test_every_model_has_somebody_to_take_it(towers: tuple[Standing, ...], waiting: dict[str, int]) -> None:
    """Whatever is asked for, and the first of them is wanted for it."""
    for model in waiting:
        line = takers(model, towers)
        assert wanted(line[0].name, waiting, {}, towers)
        assert all(may_take(one.name, model, towers) == (one in line) for one in towers)


@given(fleets(), queues, holdings)
def test_nobody_is_woken_for_what_those_before_it_will_take(
    towers: tuple[Standing, ...], waiting: dict[str, int], held: dict[str, int]
) -> None:
    """Who is wanted may take more jobs than the healthy ones before it have room for."""
    for one in towers:
        if wanted(one.name, waiting, held, towers):
            mine = [model for model in waiting if may_take(one.name, model, towers)]
            assert any(sum(waiting[model] for model in mine) > room(one, model, towers, held) for model in mine)


@given(fleets(), queues, holdings)
def test_nobody_sleeps_while_jobs_are_too_many_for_those_before_it(
    towers: tuple[Standing, ...], waiting: dict[str, int], held: dict[str, int]
) -> None:
    """More jobs of one model than the healthy ones before it have room for: it is wanted."""
    for one in towers:
        for model in waiting:
            if may_take(one.name, model, towers) and waiting[model] > room(one, model, towers, held):
                assert wanted(one.name, waiting, held, towers)


def room(one: Standing, model: str, towers: Sequence[Standing], held: dict[str, int]) -> int:
    line = takers(model, towers)
    healthy = [earlier for earlier in line[: line.index(one)] if not earlier.ailing]
    return sum(max(0, places(earlier.cards) - held.get(earlier.name, 0)) for earlier in healthy)


@given(fleets(), queues)
def test_a_tower_alone_is_wanted_for_everything(towers: tuple[Standing, ...], waiting: dict[str, int]) -> None:
    """As if nobody had ever thought of a second one."""
    alone = towers[:1]
    assert wanted(alone[0].name, waiting, {}, alone) == bool(waiting)
    assert all(may_take(alone[0].name, model, alone) for model in waiting)


@dataclass
class World:
    """Towers as they really are. Whoever is wanted is tried; whoever is connected takes one job after another."""

    towers: list[Standing]
    shelves: list[str]
    dead: list[bool]
    waiting: Counter[str]

    def turn(self) -> bool:
        """One thing that happens next; False when nothing will ever happen again."""
        for at, one in enumerate(self.towers):
            if one.connected:
                for model in self.waiting:
                    if may_take(one.name, model, self.towers):
                        self.waiting[model] -= 1
                        self.waiting = +self.waiting
                        return True
            elif not one.ailing and wanted(one.name, self.waiting, {}, self.towers):
                self.towers[at] = self.tried(at, one)
                return True
        return False

    def tried(self, at: int, one: Standing) -> Standing:
        if self.dead[at]:
            return replace(one, ailing=True)
        return replace(one, connected=True, models=frozenset(self.shelves[at]))


@given(
    st.lists(st.tuples(st.sampled_from(["", "a", "ab", "bc"]), st.booleans(), st.booleans()), min_size=1, max_size=4),
    st.dictionaries(st.sampled_from(MODELS + "z"), st.integers(1, 3)),
)
def test_every_job_ends_unless_the_only_towers_that_have_its_model_are_dead(
    kinds: list[tuple[str, bool, bool]], waiting: dict[str, int]
) -> None:
    """Rendered or refused, whatever was known of the shelves before."""
    towers = [tower(str(n), shelf if seen else None) for n, (shelf, seen, _) in enumerate(kinds)]
    world = World(towers, [shelf for shelf, _, _ in kinds], [dead for _, _, dead in kinds], Counter(waiting))
    while world.turn():
        pass
    for model in world.waiting:
        known = [dead for shelf, seen, dead in kinds if seen and model in shelf]
        assert all(known) if known else all(dead for _, _, dead in kinds)
