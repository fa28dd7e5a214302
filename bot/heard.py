"""What is known of towers: what they said when they last answered, and how waking them went."""

from dataclasses import dataclass

from gpu_agent.stock import Gpu


@dataclass(frozen=True, slots=True)
class Wake:
    """One attempt to wake a tower. `seconds` to ready is None until it is; `rung` is how far it came."""

    id: int
    tower: str
    asked_at: float
    seconds: float | None
    rung: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What a tower said of itself when it last answered: its agent's version, its cards, free bytes on its disk."""

    agent: str
    gpus: tuple[Gpu, ...]
    disk_free: int
    seen_at: float
