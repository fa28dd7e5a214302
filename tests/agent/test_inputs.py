"""Uploads go on where they stopped, are checked at the end, and never fill the disk."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from gpu_agent.inputs import Inputs
from gpu_agent.wire import Chunk, Need, Offer, Refused

CONTENT = bytes(range(256)) * 40
DIGEST = sha256(CONTENT).hexdigest()
OFFER = Offer(sha256=DIGEST, bytes=len(CONTENT))


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return Inputs(tmp_path)


def send(inputs: Inputs, content: bytes, offset: int, digest: str = DIGEST) -> Need | Refused | None:
    piece = content[offset : offset + 4000]
    return inputs.take(Chunk(sha256=digest, offset=offset, total=len(content)), piece)


def stored(root: Path) -> list[str]:
    return sorted(file.name for file in (root / "inputs").iterdir())


def test_pieces_in_order_become_the_input(inputs: Inputs, tmp_path: Path) -> None:
    """Silence while it goes well, Need with the full size when it is checked and stored."""
    assert inputs.offer(OFFER) == Need(sha256=DIGEST, offset=0)
    assert [send(inputs, CONTENT, offset) for offset in (0, 4000)] == [None, None]
    assert send(inputs, CONTENT, 8000) == Need(sha256=DIGEST, offset=len(CONTENT))
    assert (tmp_path / "inputs" / DIGEST).read_bytes() == CONTENT


def test_an_upload_goes_on_after_a_restart(inputs: Inputs, tmp_path: Path) -> None:
    """What has come is not sent again."""
    inputs.offer(OFFER)
    send(inputs, CONTENT, 0)
    again = Inputs(tmp_path)
    assert again.offer(OFFER) == Need(sha256=DIGEST, offset=4000)
    send(again, CONTENT, 4000)
    assert send(again, CONTENT, 8000) == Need(sha256=DIGEST, offset=len(CONTENT))
    assert stored(tmp_path) == [DIGEST]


def test_what_is_there_already_is_not_needed(inputs: Inputs) -> None:
    """The same image for a hundred jobs travels once."""
    inputs.offer(OFFER)
    for offset in (0, 4000, 8000):
        send(inputs, CONTENT, offset)
    assert inputs.offer(OFFER) == Need(sha256=DIGEST, offset=len(CONTENT))
    assert send(inputs, CONTENT, 0) == Need(sha256=DIGEST, offset=len(CONTENT))


def test_a_wrong_offset_is_set_right(inputs: Inputs) -> None:
    """A gap is never filled with something else."""
    inputs.offer(OFFER)
    send(inputs, CONTENT, 0)
    assert send(inputs, CONTENT, 8000) == Need(sha256=DIGEST, offset=4000)
    assert send(inputs, CONTENT, 0) == Need(sha256=DIGEST, offset=4000)


def test_bytes_that_do_not_have_the_promised_digest_are_thrown_away(inputs: Inputs, tmp_path: Path) -> None:
    """And asked for from the beginning."""
    wrong = bytes(len(CONTENT))
    inputs.offer(OFFER)
    for offset in (0, 4000):
        send(inputs, wrong, offset)
    assert send(inputs, wrong, 8000) == Need(sha256=DIGEST, offset=0)
    assert [file.stat().st_size for file in (tmp_path / "inputs").iterdir()] == [0]


def test_bytes_beyond_the_promised_size_are_refused(inputs: Inputs, tmp_path: Path) -> None:
    """An input is not longer than was offered."""
    inputs.offer(Offer(sha256=DIGEST, bytes=10))
    answer = inputs.take(Chunk(sha256=DIGEST, offset=0, total=10), bytes(11))
    assert isinstance(answer, Refused)
    assert (answer.kind, stored(tmp_path)) == ("input-too-long", [])


def test_bytes_that_nobody_offered_are_refused(inputs: Inputs, tmp_path: Path) -> None:
    """Nothing is written for them."""
    answer = send(inputs, CONTENT, 0)
    assert isinstance(answer, Refused)
    assert (answer.kind, stored(tmp_path)) == ("not-offered", [])


def test_the_input_that_was_longest_not_asked_for_makes_room(tmp_path: Path) -> None:
    """The folder has a bound, and an unfinished upload counts with what it promised."""
    inputs = Inputs(tmp_path, most=30)
    digests = [letter * 64 for letter in "abc"]
    for age, digest in zip((300, 100, 200), digests, strict=True):
        inputs.offer(Offer(sha256=digest, bytes=10))
        os.utime(tmp_path / "inputs" / f"{digest}.10.part", (10_000 - age, 10_000 - age))
    inputs.offer(Offer(sha256="d" * 64, bytes=15))
    assert stored(tmp_path) == ["b" * 64 + ".10.part", "d" * 64 + ".15.part"]


def test_an_input_larger_than_all_room_is_refused(tmp_path: Path) -> None:
    """Without driving out the others."""
    inputs = Inputs(tmp_path, most=30)
    inputs.offer(Offer(sha256="a" * 64, bytes=10))
    answer = inputs.offer(Offer(sha256="b" * 64, bytes=31))
    assert isinstance(answer, Refused)
    assert (answer.kind, stored(tmp_path)) == ("input-too-large", ["a" * 64 + ".10.part"])
