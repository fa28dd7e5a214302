"""What a card is as plans see it, and how much of it this process may take."""

import platform
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest
import torch

from gpu_agent import cards, gpu
from gpu_agent.engine import place, quantize
from gpu_agent.estimate import CONTEXT
from gpu_agent.stock import Gpu

GB = 10**9
SEEN = Gpu(name="NVIDIA GeForce RTX 3070", total=8 * GB, free=5 * GB, arch="sm86", reserve=GB, ram=32 * GB)


@pytest.fixture
def fractions(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A card of 8 GB with 5 GB free, of which this process holds 2 GB; the shares that torch is told."""
    told: list[float] = []
    monkeypatch.setattr(gpu, "cards", lambda: (SEEN,))
    monkeypatch.setattr(quantize, "lacking", lambda device: frozenset({"nf4", "fp8"}))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda: 2 * GB)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (5 * GB, 8 * GB))
    monkeypatch.setattr(torch.cuda, "set_per_process_memory_fraction", told.append)
    return told


@pytest.mark.usefixtures("fractions")
def test_what_this_process_could_give_back_counts_as_free() -> None:
    """Or a warm model would be in the way of its own next picture. What NVML knows besides stays."""
    card = place.card("cuda")
    assert (card.free, card.total, card.reserve, card.lacks) == (7 * GB, 8 * GB, GB, ("fp8", "nf4"))
    assert cards.formats(card) == ("int8",)


@pytest.mark.usefixtures("fractions")
@pytest.mark.parametrize(("most", "total", "free"), [(6 * GB, 6 * GB, 6 * GB), (16 * GB, 8 * GB, 7 * GB)])
def test_an_owner_may_lend_less_than_the_card_has(most: int, total: int, free: int) -> None:
    """And not more."""
    card = place.card("cuda", most)
    assert (card.total, card.free) == (total, free)


@pytest.mark.parametrize(
    ("system", "most", "allowed"), [("linux", 4 * GB, 4 * GB), ("win32", 4 * GB, 4 * GB), ("win32", None, 7 * GB)]
)
def test_the_process_is_held_to_its_share(
    system: str, most: int | None, allowed: int, fractions: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without what the driver takes by itself. On Windows never more than is free: the driver would go on in the
    machine's memory."""
    monkeypatch.setattr(sys, "platform", system)
    place.cap("cuda", place.card("cuda", most), most)
    assert fractions == [(allowed - CONTEXT) / (8 * GB)]


def test_nobody_is_held_to_anything_unasked(fractions: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """A card of one's own may be used to its end; a processor has no such bound."""
    monkeypatch.setattr(sys, "platform", "linux")
    place.cap("cuda", place.card("cuda"), None)
    place.cap("cpu", place.card("cpu"), 4 * GB)
    assert fractions == []


def test_a_processor_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the machine's memory, even where there is a card that this torch cannot use."""
    monkeypatch.setattr(gpu, "cards", lambda: (SEEN,))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=64 * GB, available=48 * GB))
    card = place.card("cpu")
    assert (card.name, card.total, card.free, card.ram, card.ram_free) == (
        cards.PROCESSOR,
        64 * GB,
        48 * GB,
        64 * GB,
        48 * GB,
    )
    assert cards.device(card) == "cpu"


@pytest.mark.usefixtures("fractions")
def test_torch_knows_the_card_where_nvidias_library_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name, architecture and memory; whether it shares the machine's."""
    facts: Any = SimpleNamespace(name="NVIDIA GB10", major=12, minor=1, is_integrated=1)
    monkeypatch.setattr(gpu, "cards", lambda: (Gpu(name=cards.PROCESSOR, total=1, free=1),))
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda: facts)
    card = place.card("cuda")
    assert (card.name, card.arch, card.unified, card.total, card.free) == (
        "NVIDIA GB10",
        "sm121",
        True,
        8 * GB,
        7 * GB,
    )
    assert cards.device(card) == "cuda"


@pytest.mark.usefixtures("fractions")
def test_apples_card_shares_the_machines_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Metal holds for this process could be had again."""
    apple = Gpu(name="Apple M2", total=16 * GB, free=8 * GB, unified=True, ram=16 * GB, ram_free=8 * GB)
    monkeypatch.setattr(torch.mps, "driver_allocated_memory", lambda: 3 * GB)
    monkeypatch.setattr(gpu, "cards", lambda: (apple,))
    card = place.card("mps")
    assert (card.free, card.unified, cards.device(card)) == (11 * GB, True, "mps")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries are not told")
def test_what_is_freed_goes_back_to_the_system() -> None:
    """Also below what is still in use, and although a larger block was freed before."""
    kept = subprocess.run([sys.executable, "-c", _FREEING], capture_output=True, check=True, text=True).stdout
    assert int(kept) < 16  # and 72 if nothing was said


_FREEING = """
import psutil
from gpu_agent.engine import place

place.return_large_blocks()
process = psutil.Process()
before = process.memory_info().rss
larger = b"x" * (2**23 + 2**12)
del larger
blocks = [b"x" * 2**23 for _ in range(8)]
above = b"x" * 2**23
del blocks
print((process.memory_info().rss - before) // 2**20)
"""
