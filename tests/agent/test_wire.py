"""One golden file for each message, and the protocol's page names them all."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from gpu_agent import wire
from gpu_agent.frames import MAX_HEADER
from gpu_agent.order import Order
from gpu_agent.value import Message

ROOT = Path(__file__).parent.parent.parent
GOLDEN = ROOT / "tests" / "golden" / "wire"
KINDS: tuple[type[Message], ...] = get_args(get_args(wire.AnyMessage)[0])


def tag(kind: type[Message]) -> str:
    return str(kind.model_fields["type"].default)


def golden(name: str) -> bytes:
    return (GOLDEN / f"{name}.json").read_bytes()


@pytest.mark.parametrize("kind", KINDS, ids=tag)
def test_each_message_round_trips_through_its_golden_file(kind: type[Message]) -> None:
    """The file is what travels: read and written again it is the same JSON, nothing lost and nothing added."""
    message = wire.decode(golden(tag(kind)))
    assert type(message) is kind
    assert json.loads(wire.encode(message)) == json.loads(golden(tag(kind)))


@pytest.mark.parametrize("kind", KINDS, ids=tag)
def test_a_golden_file_shows_every_field(kind: type[Message]) -> None:
    """Who reads the files has seen the whole wire."""
    assert set(json.loads(golden(tag(kind)))) == set(kind.model_fields)


def test_no_golden_file_is_missing_and_none_is_left_over() -> None:
    """The folder is the list of messages."""
    assert {file.name for file in GOLDEN.iterdir()} == {f"{tag(kind)}.json" for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=tag)
def test_an_unknown_field_is_refused(kind: type[Message]) -> None:
    """Two versions that differ notice it instead of guessing."""
    known: dict[str, Any] = json.loads(golden(tag(kind)))
    with pytest.raises(ValidationError):
        wire.decode(json.dumps({**known, "surprise": 1}).encode())


@pytest.mark.parametrize(
    ("field", "value"),
    [("seed", -1), ("seed", 2**32), ("width", 10**6), ("steps", 0), ("job", "../x"), ("guidance", float("nan"))],
)
def test_an_order_out_of_bounds_is_refused(field: str, value: object) -> None:
    """Numbers are bounded and a job's name cannot be a path."""
    submit: dict[str, Any] = json.loads(golden("submit"))
    submit["order"][field] = value
    with pytest.raises(ValidationError):
        wire.decode(json.dumps(submit).encode())


def test_the_protocol_page_names_every_message_and_no_other() -> None:
    """docs/protocol.md has one heading for each message of the wire."""
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    headed = [name for line in page.splitlines() if line.startswith("### ") for name in re.findall(r"`(\w+)`", line)]
    assert sorted(headed) == sorted(kind.__name__ for kind in KINDS)


def test_the_protocol_page_names_every_field_of_each_message() -> None:
    """A field without an explanation is not part of a protocol."""
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    for section in page.split("\n### ")[1:]:
        name = re.findall(r"`(\w+)`", section)[0]
        for field in set(getattr(wire, name).model_fields) - {"type"}:
            assert f"`{field}`" in section, f"{name}.{field}"


def test_the_protocol_page_gives_the_number_and_bounds_of_the_code() -> None:
    """Numbers in prose go stale unless something holds them."""
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    assert f"protocol {wire.PROTOCOL}" in page
    assert f"{wire.MAX_CHUNK // 1024} KiB" in page
    assert f"header, big-endian, at most {MAX_HEADER // 1024**2} MiB" in page


def test_the_protocol_page_names_every_field_of_an_order_and_every_hold() -> None:
    """What a bot has to fill in, and what it has to make a sentence of."""
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    section = page.split("### `Submit`")[1].split("\n### ")[0]
    assert not [field for field in Order.model_fields if not re.search(rf"\b{field}\b", section)]
    kinds = re.findall(r'Hold\("([a-z-]+)"', (ROOT / "gpu_agent" / "holds.py").read_text(encoding="utf-8"))
    assert len(kinds) == 4
    assert not [kind for kind in kinds if f"| `{kind}` |" not in page]
