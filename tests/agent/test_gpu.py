"""What the tower says of its cards, from NVIDIA's library or without it."""

import platform
import subprocess
import sys
from types import SimpleNamespace

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest

from gpu_agent import cards, gpu
from gpu_agent.cards import PROCESSOR
from gpu_agent.stock import Gpu
from tests.agent.nvidia import Nvml, chip, use

RAM = {"ram": 64_000, "ram_free": 48_000}
A = chip("GPU-aaa", "Card A", 24_000, 20_000, CudaComputeCapability=(8, 6), DisplayActive=0)
B = chip("GPU-bbb", "Card B", 12_000, 11_000)


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 64 kB."""
    memory = SimpleNamespace(total=RAM["ram"], available=RAM["ram_free"])
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)


@pytest.mark.parametrize("library", [None, Nvml(A, driver=False)], ids=["no library", "no driver"])
def test_without_a_card_the_processor_is_the_card(monkeypatch: pytest.MonkeyPatch, library: Nvml | None) -> None:
    """With the machine's memory, and one worker; the library alone makes no card."""
    use(monkeypatch, library)
    assert gpu.cards() == (Gpu(name=PROCESSOR, total=64_000, free=48_000, **RAM),)
    assert gpu.devices() == ("",)


def test_one_card_is_measured_and_left_unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its architecture, what is left to a machine without a screen, and the machine's memory. Its worker finds it
    by itself."""
    use(monkeypatch, Nvml(A))
    (card,) = gpu.cards()
    assert (card.name, card.total, card.free, card.arch, card.unified) == ("Card A", 24_000, 20_000, "sm86", False)
    assert (card.ram, card.ram_free, card.reserve) == (64_000, 48_000, 400_000_000)
    assert gpu.devices() == ("",)


def test_a_card_with_a_screen_keeps_more_for_the_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sits there needs it."""
    use(monkeypatch, Nvml(chip(DisplayActive=1)))
    assert gpu.cards()[0].reserve == 1_500_000_000


def test_a_card_without_memory_of_its_own_shares_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A DGX Spark knows its name and architecture, and no memory."""
    spark = chip(name="NVIDIA GB10", CudaComputeCapability=(12, 1))
    del spark.answers["MemoryInfo"]
    use(monkeypatch, Nvml(spark))
    (card,) = gpu.cards()
    assert card.model_copy(update={"lacks": ()}) == Gpu(
        name="NVIDIA GB10", total=64_000, free=48_000, arch="sm121", unified=True, **RAM
    )


def test_formats_without_a_library_are_told_with_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans are made from that, also on the bot's side: nothing is planned that the tower could not load."""
    use(monkeypatch, Nvml(A))
    monkeypatch.setattr(gpu, "find_spec", lambda library: None if library == "torchao" else object())
    (card,) = gpu.cards()
    assert card.lacks == ("fp8", "int8")
    assert cards.formats(card) == ("nf4",)
    assert cards.formats(card.model_copy(update={"lacks": ()})) == ("int8", "nf4")


def test_an_apple_chip_shares_the_machines_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes by its name and has no architecture of CUDA's."""
    use(monkeypatch, None)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(stdout="Apple M4 Max\n"))
    gpu._chip.cache_clear()
    assert gpu.cards() == (Gpu(name="Apple M4 Max", total=64_000, free=48_000, unified=True, **RAM),)
    gpu._chip.cache_clear()


def test_the_owner_may_give_less_of_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told and planned with is what may be used."""
    use(monkeypatch, Nvml(A, B))
    assert [(card.total, card.free) for card in gpu.cards(11_500)] == [(11_500, 11_500), (11_500, 11_000)]


def test_several_cards_get_a_worker_each_by_uuid(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order in which they are told to the bot."""
    use(monkeypatch, Nvml(A, B))
    assert [card.name for card in gpu.cards()] == ["Card A", "Card B"]
    assert gpu.devices() == ("GPU-aaa", "GPU-bbb")


@pytest.mark.parametrize(
    ("choice", "cards", "devices"),
    [
        ("1", ["Card B"], ("",)),
        ("1,0", ["Card B", "Card A"], ("1", "0")),
        ("GPU-bbb", ["Card B"], ("",)),
        ("", [PROCESSOR], ("",)),
        ("-1", [PROCESSOR], ("",)),
        ("GPU-gone", [PROCESSOR], ("",)),
    ],
)
def test_the_owners_choice_of_cards_is_obeyed(
    monkeypatch: pytest.MonkeyPatch, choice: str, cards: list[str], devices: tuple[str, ...]
) -> None:
    """A card kept for something else is neither told nor used."""
    use(monkeypatch, Nvml(A, B))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", choice)
    assert [card.name for card in gpu.cards()] == cards
    assert gpu.devices() == devices
