"""The shelf is looked at again, and a change reaches whoever is there."""

import logging
from pathlib import Path
from typing import Any

import pytest

from gpu_agent.config import Config, Models
from gpu_agent.frames import MAX_HEADER, FrameReader, pack
from gpu_agent.stock import ShelfLora
from gpu_agent.stockroom import Stockroom, fitting
from gpu_agent.wire import Shelf, encode
from tests.agent.made import DEMO
from tests.agent.until import until

ENTRY = '[[model]]\nid = "{}"\nbase = "demo"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "models.toml"
    file.write_text("")
    return file


def stockroom(file: Path, told: list[Shelf], **own: Any) -> Stockroom:
    return Stockroom(Config(models=Models(file=file, **own)), lambda shelf: None, told.append)


def test_a_change_is_told_once_and_no_change_is_not(file: Path) -> None:
    """With another digest and the new model in it."""
    told: list[Shelf] = []
    room = stockroom(file, told)
    first = room.shelf
    room.look()
    file.write_text(ENTRY.format("mine"))
    room.look()
    room.look()
    (second,) = told
    assert room.shelf == second
    assert second.digest != first.digest
    assert {model.id for model in second.models} - {model.id for model in first.models} == {"mine"}


def test_workers_hear_of_a_new_shelf_before_an_order_for_it_can_be_taken(file: Path) -> None:
    """And bots only afterwards: one may order at once."""
    shown: list[tuple[str, str]] = []
    room = Stockroom(
        Config(models=Models(file=file)),
        lambda shelf: shown.append(("coming", room.shelf.models[-1].id)),
        lambda shelf: shown.append(("changed", room.shelf.models[-1].id)),
    )
    before = room.shelf.models[-1].id
    file.write_text(ENTRY.format("mine"))
    room.look()
    assert shown == [("coming", before), ("changed", "mine")]


def test_who_asks_is_answered_by_the_thread(file: Path) -> None:
    """Nobody waits for the disks."""
    told: list[Shelf] = []
    room = stockroom(file, told)
    room.start()
    file.write_text(ENTRY.format("mine"))
    room.ask()
    until(lambda: bool(told))
    room.stop()
    assert [model.id for model in told[0].models][-1] == "mine"


def test_a_file_that_broke_changes_nothing(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The log says which; the tower goes on with what it knew."""
    told: list[Shelf] = []
    room = stockroom(file, told)
    before = room.shelf
    file.write_text("not toml")
    with caplog.at_level(logging.WARNING):
        room.look()
    assert (room.shelf, told) == (before, [])
    assert "models.toml" in caplog.text


def test_what_is_on_a_drive_that_is_away_is_not_gone(file: Path, tmp_path: Path) -> None:
    """The shelf stays as it was until the drive is back."""
    told: list[Shelf] = []
    guard = tmp_path / "mounted"
    guard.touch()
    file.write_text(ENTRY.format("mine"))
    room = stockroom(file, told, guard_path=guard)
    guard.unlink()
    file.write_text("")
    room.look()
    assert told == []
    guard.touch()
    room.look()
    assert [model.id for model in told[0].models if model.id == "mine"] == []


def test_more_loras_than_a_message_holds_are_cut_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    """What fits is shown; a shelf that fits is left as it is."""
    loras = tuple(ShelfLora(id=f"lora-{number}-{'x' * 90}", family="sdxl", bytes=1) for number in range(9000))
    whole = Shelf(digest="d", models=(DEMO,), loras=loras)
    assert len(encode(whole)) > MAX_HEADER
    with caplog.at_level(logging.WARNING):
        cut = fitting(whole)
    (frame,) = FrameReader().feed(pack(cut))
    assert frame.message == cut
    assert cut.loras == loras[: len(cut.loras)]
    assert len(cut.loras) > 5000
    assert f"only {len(cut.loras)} of 9000 LoRAs" in caplog.text
    small = whole.model_copy(update={"loras": loras[:10]})
    assert fitting(small) is small
