"""Choosing: by setting, by what was accepted, and now and then by chance that is always the same chance."""

from dataclasses import replace

from bot.nouns import Ask, Route, Routed, RouteWhy
from bot.routing.choosing import wished

ASK = Ask(key="k", prompt="a fox", asker=1, guild=2, channel=3, archetype="hero")
ROUTE = Route(model="new", instead="old")
OFFERED = ["old", "new", "third"]


def why(ask: Ask, share: float = 0.0, offered: list[str] = OFFERED, **settings: str) -> tuple[str, str] | None:
    found = wished(ask, settings, {"hero": ROUTE}, share, offered)
    return (found.why, found.route.model) if found else None


def test_an_accepted_route_is_taken() -> None:
    """By an ask that names no model and says what kind of subject it is."""
    assert why(ASK) == (RouteWhy.ACCEPTED, "new")


def test_whoever_names_a_model_gets_it() -> None:
    """So does what comes from a picture, what was routed already, and what has no archetype or another one."""
    routed = Routed(why=RouteWhy.ABSENT, route=ROUTE)
    for other in (
        replace(ASK, model="old"),
        replace(ASK, archetype=None),
        replace(ASK, archetype="portrait"),
        replace(ASK, parent="j"),
        replace(ASK, routed=routed),
    ):
        assert why(other, share=0.5) is None


def test_the_operators_setting_wins_and_is_not_explored() -> None:
    """It stands until somebody changes the file."""
    assert {why(replace(ASK, key=str(nth)), 0.5, hero="third") for nth in range(50)} == {(RouteWhy.SETTING, "third")}


def test_a_small_share_tries_another_model() -> None:
    """About as many as were set; the model that was replaced, and never one that cannot be had."""
    found = [why(replace(ASK, key=f"interaction:{nth}"), share=0.05) for nth in range(4000)]
    assert {one[1] for one in found if one and one[0] == RouteWhy.EXPLORED} == {"old"}
    assert 140 <= sum(one == (RouteWhy.EXPLORED, "old") for one in found) <= 260
    assert {why(replace(ASK, key=str(nth)), 0.5, offered=["new"]) for nth in range(50)} == {(RouteWhy.ACCEPTED, "new")}


def test_the_default_of_today_is_tried_too() -> None:
    """Where it is neither the model of the route nor the one that was replaced."""
    found = {why(replace(ASK, key=str(nth)), 0.5, offered=["third", "old", "new"]) for nth in range(100)}
    assert found == {(RouteWhy.ACCEPTED, "new"), (RouteWhy.EXPLORED, "old"), (RouteWhy.EXPLORED, "third")}


def test_an_ask_that_is_sent_twice_takes_one_road() -> None:
    """Its key decides, whatever else happens."""
    for nth in range(100):
        one = replace(ASK, key=str(nth))
        assert why(one, 0.5) == why(replace(one, prompt="an owl"), 0.5)
