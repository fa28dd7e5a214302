"""What an order needs before it gets a place."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from gpu_agent.order import Control, Lora, Reference
from gpu_agent.stock import Gpu, Part, ShelfLora
from gpu_agent.wire import Accepted, Chunk, Offer, Refused, Shelf
from tests import made
from tests.agent.house import House, accepted, refused
from tests.agent.made import DEMO, submit

GB = 1_000_000_000
SMALL = Gpu(name="Small", total=8 * GB, free=1 * GB, arch="sm86", ram=16 * GB, ram_free=1 * GB)
LARGE = Gpu(name="Large", total=140 * GB, free=1 * GB, arch="sm86", ram=16 * GB, ram_free=1 * GB)
HEAVY = made.shelf_model(
    id="heavy", family="heavy", modes=("text", "image", "control"), controls=("canny",), reference=True,
    parts=(Part(name="unet", role="denoiser", bytes=60 * GB),),
)  # fmt: skip
LORA = ShelfLora(id="ink", family="heavy", bytes=1000)
SHELF = Shelf(digest="d", models=(DEMO, HEAVY), loras=(LORA,))


def house(root: Path, *cards: Gpu, **own: Any) -> House:
    return House(root, cards=cards or (LARGE,), shelf=SHELF, **own)


def bring(house: House, content: bytes) -> str:
    """The input is uploaded."""
    digest = sha256(content).hexdigest()
    house.inputs.offer(Offer(sha256=digest, bytes=len(content)))
    house.inputs.take(Chunk(sha256=digest, offset=0, total=len(content)), content)
    return digest


def test_what_no_card_could_ever_hold_is_refused_with_what_could(tmp_path: Path) -> None:
    """By the card's whole memory; what others use of it now is no reason."""
    (told,) = house(tmp_path / "small", SMALL).submit("a", model="heavy")
    assert isinstance(told, Refused)
    assert (told.kind, told.facts["has"], told.facts["nearest"]) == ("does-not-fit", 16 * GB, "another model")
    assert house(tmp_path / "large", LARGE).submit("a", model="heavy") == [accepted("a")]


def test_of_two_cards_only_the_one_that_is_large_enough_gets_it(tmp_path: Path) -> None:
    """The other one goes on with what fits it, even past an order that has waited longer."""
    both = house(tmp_path, SMALL, LARGE)
    small, large = both.runners
    for job, model in (("a", "heavy"), ("b", "demo"), ("c", "heavy"), ("d", "demo")):
        assert isinstance(both.submit(job, model=model)[0], Accepted)
    assert (small.since(), large.since()) == ([submit("b")], [submit("a", model="heavy")])
    both.finish("b")
    assert (small.since(), large.since()) == ([submit("d")], [])
    both.finish("a")
    assert large.since() == [submit("c", model="heavy")]


def test_loras_are_known_and_fit(tmp_path: Path) -> None:
    """By the shelf's own list."""
    large = house(tmp_path)
    kinds = [
        told.kind
        for model, lora in (("heavy", "chalk"), ("heavy", "ink"))
        for told in large.submit(lora, model=model, loras=[Lora(id=lora)])
        if isinstance(told, Refused)
    ]
    assert kinds == ["unknown-lora"]


def test_every_input_is_there_before_the_order(tmp_path: Path) -> None:
    """The first that is missing is named, and a half upload is none."""
    large, digests = house(tmp_path), [sha256(word).hexdigest() for word in (b"source", b"edges", b"look")]
    extras: dict[str, Any] = {
        "control": Control(kind="canny", image=digests[1]),
        "reference": Reference(image=digests[2]),
    }
    missing = []
    for word in (b"source", b"edges", b"look"):
        missing += large.submit("a", model="heavy", source=digests[0], **extras)
        assert bring(large, word) in digests
    assert missing == [refused("a", "input-missing", sha256=digest) for digest in digests]
    assert large.submit("a", model="heavy", source=digests[0], **extras) == [accepted("a")]


def test_an_input_that_an_order_needs_is_never_driven_out(tmp_path: Path) -> None:
    """Until its last order has ended, however long the others were waited for."""
    large = house(tmp_path)
    large.inputs._most = 20
    first, second = bring(large, b"0123456789"), bring(large, b"abcdefghij")
    large.submit("a", model="heavy", source=first)
    third = bring(large, b"ABCDEFGHIJ")
    stored = {file.name for file in (tmp_path / "inputs").iterdir()}
    assert (stored, second in stored) == ({first, third}, False)
    large.finish("a")
    bring(large, b"..........")
    assert first not in {file.name for file in (tmp_path / "inputs").iterdir()}


def test_an_order_that_finds_no_place_keeps_no_input(tmp_path: Path) -> None:
    """A refusal leaves nothing behind."""
    large = house(tmp_path)
    large.inputs._most = 10
    digest = bring(large, b"0123456789")
    for job in ("a", "b"):
        large.submit(job)
    assert large.submit("c", model="heavy", source=digest) == [refused("c", "busy", places=2)]
    bring(large, b"abcdefghij")
    assert not (tmp_path / "inputs" / digest).exists()


def test_while_the_drive_is_away_nobody_knows_what_is_on_it(tmp_path: Path) -> None:
    """Orders for models and LoRAs that the shelf does not show are taken, and wait for the drive; their size counts."""
    away = house(tmp_path, mounted=lambda: False)
    assert away.submit("a", model="on-the-drive") == [accepted("a")]
    assert away.submit("b", model="heavy", loras=[Lora(id="chalk")]) == [accepted("b", ahead=1)]
    (told,) = away.submit("c", model="heavy", width=9)
    assert isinstance(told, Refused)
    assert told.kind == "size-range"
