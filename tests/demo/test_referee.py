"""The referee itself: it must catch what is wrong and let pass what Discord and its client libraries do."""

import os
from dataclasses import replace
from typing import Any

import pytest

from bot.demo.discord.log import Exchange
from tests.referee import Referee

pytestmark = pytest.mark.skipif(
    "DISCORD_OPENAPI" not in os.environ, reason="DISCORD_OPENAPI names no copy of Discord's OpenAPI document"
)

SENT = Exchange(
    method="POST",
    path="/channels/1/messages",
    template="/channels/{channel}/messages",
    query={},
    content_type="application/json",
    body={"content": "hello", "tts": False},
    parts=(),
    status=400,
    answer={"message": "Invalid Form Body", "code": 50035},
)
ROW = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Again", "custom_id": "again"}]}


@pytest.fixture
def referee() -> Referee:
    appointed = Referee.appointed()
    assert appointed is not None
    return appointed


def sent(body: Any, **changed: Any) -> Exchange:
    """A message that Discord took; its answer is left out."""
    return replace(SENT, body=body, status=200, answer=None, **changed)


@pytest.mark.parametrize(
    "body",
    [
        {"content": "hello", "nonce": "j0123456789abcdef", "enforce_nonce": True},
        {"content": None, "components": [ROW]},
        {"attachments": [{"id": 0, "filename": "fox.png"}], "allowed_mentions": {"parse": []}},
        {"embeds": [{"title": "fox", "image": {"url": "attachment://fox.png"}}]},
    ],
)
def test_right_bodies_pass(referee: Referee, body: dict[str, Any]) -> None:
    assert referee.check(sent(body)) == []


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"contnet": "hello"}, "'contnet' was unexpected"),
        ({"content": 5}, "body at content"),
        ({"nonce": "n" * 26}, "body at nonce"),
        ({"embeds": [{"tilte": "fox"}]}, "body at embeds.0"),
        (
            {"components": [{"type": 1, "components": [{"type": 2, "style": 9, "custom_id": "x"}]}]},
            "body at components.0",
        ),
        ({"allowed_mentions": {"parse": ["nobody"]}}, "body at allowed_mentions"),
        ({"message_reference": {"message_id": [12]}}, "body at message_reference"),
    ],
)
def test_hand_made_wrong_bodies_are_caught(referee: Referee, body: dict[str, Any], place: str) -> None:
    """With method, path, place and reason."""
    (fault,) = referee.check(sent(body))
    assert fault.startswith("POST /channels/1/messages: body at")
    assert place in fault


def test_a_refused_body_may_be_wrong_but_its_refusal_may_not(referee: Referee) -> None:
    assert referee.check(replace(SENT, body={"contnet": "hello"})) == []
    (fault,) = referee.check(replace(SENT, answer={"message": "no code"}))
    assert "answer at its root: 'code' is a required property" in fault


def test_unknown_requests_queries_and_parts_are_caught(referee: Referee) -> None:
    assert "knows no such request" in referee.check(replace(SENT, path="/channels/1/massages"))[0]
    assert referee.check(sent({}, query={"wiat": "true"}))[0].endswith("query: wiat is unknown")
    assert referee.check(sent({}, parts=("file",)))[0].endswith("body: a file's part is called file")


def test_an_answer_without_a_required_key_is_caught(referee: Referee) -> None:
    got = replace(SENT, method="GET", path="/users/@me", body=None, status=200, answer={"id": "1"})
    assert "GET /users/@me: answer at" in referee.check(got)[0]
