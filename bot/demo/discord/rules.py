"""Discord's numbers. Tests shorten the times; the demo takes them as they are."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rate:
    """`calls` per `seconds`, counted in a window that the first call opens."""

    calls: int
    seconds: float


def _rates() -> dict[str, Rate]:
    return {
        "create": Rate(5, 5.0),
        "edit": Rate(5, 5.0),
        "old_edit": Rate(3, 20.0),
        "react": Rate(1, 0.25),
        "webhook": Rate(5, 2.0),
        "other": Rate(30, 1.0),
    }


@dataclass(frozen=True)
class Rules:
    """Times in seconds, sizes in bytes. `rates` are per bucket and channel; `everything` is the bot-wide limit."""

    ack_seconds: float = 3.0
    token_seconds: float = 15 * 60.0
    nonce_seconds: float = 5 * 60.0
    old_message_seconds: float = 60 * 60.0
    heartbeat_seconds: float = 41.25
    upload_bytes: int = 10 * 1024 * 1024
    request_bytes: int = 25 * 1024 * 1024
    command_creates_per_day: int = 200
    everything: Rate = Rate(50, 1.0)
    rates: dict[str, Rate] = field(default_factory=_rates)


def unhurried() -> Rules:
    """Rules whose rate limits never bite: for tests about something else."""
    return Rules(everything=Rate(100_000, 1.0), rates={name: Rate(10_000, 1.0) for name in _rates()})
