"""What is happening right now: in memory, latest wins, may be lost. Dispatch writes, chat reads."""

import asyncio
from dataclasses import dataclass, field

from gpu_agent.value import Facts
from gpu_agent.wire import Progress


@dataclass(frozen=True, slots=True)
class TowerView:
    """How far up the ladder a tower is; `kind` and `facts` become a sentence. `since` is wall time.

    `ailing`: it has not been ready since it was last in trouble.
    """

    rung: str
    since: float
    kind: str = ""
    facts: Facts = field(default_factory=dict)
    ailing: bool = False


class Board:
    """Two dictionaries and an event. `changed` is set on every write; whoever waits for it clears it first."""

    def __init__(self) -> None:
        self.jobs: dict[str, Progress] = {}
        self.towers: dict[str, TowerView] = {}
        self.changed = asyncio.Event()

    def progress(self, progress: Progress) -> None:
        self.jobs[progress.job] = progress
        self.changed.set()

    def ended(self, job: str) -> None:
        self.jobs.pop(job, None)
        self.changed.set()

    def tower(self, name: str, view: TowerView) -> None:
        self.towers[name] = view
        self.changed.set()
