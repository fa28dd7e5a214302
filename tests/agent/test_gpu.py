"""What the tower says of its cards, from NVIDIA's library or without it."""

from types import SimpleNamespace
from typing import Any

import pytest

from gpu_agent import gpu
from gpu_agent.stock import Gpu

CARDS = {"GPU-aaa": ("Card A", 24_000, 20_000), "GPU-bbb": ("Card B", 12_000, 11_000)}


class Nvml:
    """Stands in for NVIDIA's library on machines without a card; a handle is the card's UUID."""

    class NVMLError(Exception):
        pass

    def __init__(self, *cards: str, driver: bool = True) -> None:
        self.cards, self.driver = cards, driver

    def nvmlInit(self) -> None:
        if not self.driver:
            raise self.NVMLError("Driver Not Loaded")

    def nvmlDeviceGetCount(self) -> int:
        return len(self.cards)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> str:
        return self.cards[index]

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> str:
        if uuid not in self.cards:
            raise self.NVMLError("Not Found")
        return uuid

    def nvmlDeviceGetUUID(self, handle: str) -> str:
        return handle

    def nvmlDeviceGetName(self, handle: str) -> str:
        return CARDS[handle][0]

    def nvmlDeviceGetMemoryInfo(self, handle: str) -> Any:
        return SimpleNamespace(total=CARDS[handle][1], free=CARDS[handle][2])


@pytest.fixture(autouse=True)
def no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def use(monkeypatch: pytest.MonkeyPatch, library: Nvml | None) -> None:
    monkeypatch.setattr(gpu, "pynvml", library)


def test_without_the_library_the_processor_is_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the machine's memory, and one worker."""
    use(monkeypatch, None)
    (card,) = gpu.cards()
    assert card.name == gpu.PROCESSOR
    assert card.total >= card.free > 0
    assert gpu.devices() == ("",)


def test_without_a_driver_the_processor_is_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library alone makes no card."""
    use(monkeypatch, Nvml("GPU-aaa", driver=False))
    assert [card.name for card in gpu.cards()] == [gpu.PROCESSOR]
    assert gpu.devices() == ("",)


def test_one_card_is_measured_and_left_unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its worker finds it by itself."""
    use(monkeypatch, Nvml("GPU-aaa"))
    assert gpu.cards() == (Gpu(name="Card A", total=24_000, free=20_000),)
    assert gpu.devices() == ("",)


def test_several_cards_get_a_worker_each_by_uuid(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order in which they are told to the bot."""
    use(monkeypatch, Nvml("GPU-aaa", "GPU-bbb"))
    assert [card.name for card in gpu.cards()] == ["Card A", "Card B"]
    assert gpu.devices() == ("GPU-aaa", "GPU-bbb")


@pytest.mark.parametrize(
    ("choice", "cards", "devices"),
    [
        ("1", ["Card B"], ("",)),
        ("1,0", ["Card B", "Card A"], ("1", "0")),
        ("GPU-bbb", ["Card B"], ("",)),
        ("", [gpu.PROCESSOR], ("",)),
        ("-1", [gpu.PROCESSOR], ("",)),
        ("GPU-gone", [gpu.PROCESSOR], ("",)),
    ],
)
def test_the_owners_choice_of_cards_is_obeyed(
    monkeypatch: pytest.MonkeyPatch, choice: str, cards: list[str], devices: tuple[str, ...]
) -> None:
    """A card kept for something else is neither told nor used."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", choice)
    use(monkeypatch, Nvml("GPU-aaa", "GPU-bbb"))
    assert [card.name for card in gpu.cards()] == cards
    assert gpu.devices() == devices
