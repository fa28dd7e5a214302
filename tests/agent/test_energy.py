"""Joules of each picture: the card's count, or its power over time, or nothing."""

from collections.abc import Iterator

import pytest

from gpu_agent.energy import Meter, Metered
from gpu_agent.frames import Frame
from gpu_agent.value import Message
from gpu_agent.wire import Cancelled, Done, Progress
from tests.agent.made import receipt
from tests.agent.nvidia import Nvml, chip, use


def done(job: str) -> Done:
    return Done(job=job, epoch=1, sha256="0" * 64, bytes=1, receipt=receipt(job), seconds=1.0, peak=0)


def told(readings: list[float | None], *messages: Message) -> list[float | None]:
    """The joules in each Done, with these readings one after the other; all of them are used."""
    heard: list[Frame] = []
    left: Iterator[float | None] = iter(readings)
    metered = Metered(lambda: next(left), heard.append)
    for message in messages:
        metered(Frame(message, b"preview"))
    assert next(left, "none") == "none"
    assert [type(frame.message) for frame in heard] == [type(message) for message in messages]
    assert all(frame.payload == b"preview" for frame in heard)
    return [frame.message.joules for frame in heard if isinstance(frame.message, Done)]


def words(job: str, *phases: str) -> list[Message]:
    return [Progress.model_validate({"job": job, "phase": phase}) for phase in phases]


def test_a_picture_takes_what_the_card_took_up_to_its_pixels() -> None:
    """Read twice, whatever is said in between; encoding the file is the next picture's time on the card."""
    first = words("a", "loading", "encoding", "rendering", "rendering", "saving")
    second = words("b", "encoding", "rendering")
    after = [done("a"), *words("b", "saving"), done("b")]
    assert told([100.0, 130.0, 131.0, 141.5], *first, *second, *after) == [30.0, 10.5]


def test_a_picture_without_pixels_leaves_nothing_behind() -> None:
    """The same job, tried again, is measured anew."""
    cancelled = Cancelled(job="a", epoch=1)
    tried = [*words("a", "rendering"), cancelled, *words("a", "rendering"), done("a")]
    assert told([1.0, 2.0, 50.0, 53.0], *tried) == [3.0]


def test_what_is_not_measured_is_not_made_up() -> None:
    """A card that stops telling, or never told, gives None."""
    assert told([None, 5.0, 5.0, None], *words("a", "rendering"), done("a"), *words("b", "rendering"), done("b")) == [
        None,
        None,
    ]
    assert told([], done("a")) == [None]


def test_the_cards_own_count_comes_in_joules(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library counts thousandths."""
    use(monkeypatch, Nvml(chip(TotalEnergyConsumption=12_345, PowerUsage=250_000)))
    assert Meter("GPU-aaa").read() == 12.345


def test_power_is_added_up_where_energy_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean of two readings for the time between them."""
    card, now = chip(PowerUsage=0), [0.0]
    use(monkeypatch, Nvml(card))
    meter = Meter("GPU-aaa", lambda: now[0])
    read = [meter.read()]
    for second, milliwatts in ((10.0, 100_000), (12.0, 300_000)):
        now[0], card.answers["PowerUsage"] = second, milliwatts
        read.append(meter.sample())
    assert read == [0.0, 500.0, 900.0]


def test_a_card_that_tells_neither_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a processor is."""
    use(monkeypatch, Nvml(chip()))
    assert (Meter("GPU-aaa").read(), Meter("").read()) == (None, None)
