"""What can go wrong between a person and the bot, to order: answers lost, come too late, or told twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from bot.demo.discord.faults import Reply
from bot.demo.discord.server import StandIn
from bot.demo.discord.values import Outcome

CALLBACK = "/callback"


def lose(standin: StandIn, method: str = "POST", path: str = CALLBACK, *, cut: bool = False) -> None:
    """The next such request is applied, but the bot does not hear so: 502, or the line is cut."""
    standin.faults.add(method, path, Reply(cut=True, after=True) if cut else Reply(502, after=True))


@contextmanager
def everything_twice(standin: StandIn) -> Iterator[None]:
    """Every interaction reaches the bot two times with one id, as after a RESUME."""
    standin.gateway.repeated.add("INTERACTION_CREATE")
    try:
        yield
    finally:
        standin.gateway.repeated.clear()


@contextmanager
def too_late(standin: StandIn) -> Iterator[None]:
    """No acknowledgement comes in time: Discord knows the interaction no more (10062), the person hears of nothing."""
    with _rules(standin, ack_seconds=0.0):
        yield


@contextmanager
def worn_out(standin: StandIn) -> Iterator[None]:
    """Acknowledged in time, but the token is void (50027) for everything after that."""
    with _rules(standin, token_seconds=-1.0):
        yield


@contextmanager
def _rules(standin: StandIn, **changed: Any) -> Iterator[None]:
    before = standin.world.rules
    standin.world.rules = replace(before, **changed)
    try:
        yield
    finally:
        standin.world.rules = before


def private(standin: StandIn, outcome: Outcome, who: str) -> str:
    """The words of an answer that this person alone sees."""
    message = standin.world.messages[outcome.message_id or ""]
    assert message.addressee == standin.member(who).id, message
    return message.content
