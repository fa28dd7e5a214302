"""What slows a card down while it renders, in words for a person: heat, power, or a clock far below its own."""

from dataclasses import dataclass

from gpu_agent import nvml

# NVML_TEMPERATURE_GPU, NVML_CLOCK_SM, and the bits of nvmlClocksEventReasons.
_GPU, _SM = 0, 1
_HARDWARE, _SOFTWARE_HEAT, _HARDWARE_HEAT, _POWER_BRAKE = 0x8, 0x20, 0x40, 0x80
_SLOW, _AT_WORK = 0.6, 0.9  # a card that waits for the processor may well slow down


@dataclass(frozen=True)
class Reading:
    """One look at a card: degrees Celsius, clock and highest clock in MHz, the library's bits for what holds the clock
    down, and the share (0..1) of its time in which it worked. 0 for what it did not tell."""

    name: str
    celsius: int
    clock: int
    highest: int
    reasons: int
    share: float


def read(card: str) -> Reading | None:
    """None for a card that does not answer."""
    name = nvml.ask(card, "Name")
    if name is None:
        return None
    reasons = nvml.ask(card, "CurrentClocksEventReasons")
    if reasons is None:  # drivers before 535 have the older word for it
        reasons = nvml.ask(card, "CurrentClocksThrottleReasons")
    used = nvml.ask(card, "UtilizationRates")
    return Reading(
        name=str(name),
        celsius=int(nvml.ask(card, "Temperature", _GPU) or 0),
        clock=int(nvml.ask(card, "ClockInfo", _SM) or 0),
        highest=int(nvml.ask(card, "MaxClockInfo", _SM) or 0),
        reasons=int(reasons or 0),
        share=used.gpu / 100 if used is not None else 0.0,
    )


def note(reading: Reading) -> str:
    """A sentence's worth of words, or nothing while the card runs as it should. A card that only keeps to its power
    limit does so."""
    name, hot = reading.name, reading.celsius
    if reading.reasons & (_SOFTWARE_HEAT | _HARDWARE_HEAT):
        return f"{name} is {hot} °C and slows itself down"
    if reading.reasons & (_POWER_BRAKE | _HARDWARE):
        return f"{name} gets less power than it needs and slows itself down"
    if reading.share >= _AT_WORK and 0 < reading.clock < _SLOW * reading.highest:
        return f"{name} runs at {reading.clock} of {reading.highest} MHz, at {hot} °C"
    return ""
