"""What is happening right now: in memory, latest wins, may be lost. Dispatch writes, chat reads."""

import asyncio
from dataclasses import dataclass, field

from gpu_agent.value import Facts
from gpu_agent.wire import Progress, Status

CONNECTED = ("ready", "resting")
"""The rungs on which a line to the tower stands."""


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
    """Dictionaries and an event. `changed` is set when a card may change; whoever waits for it clears it first.

    `states` is what each connected tower last answered when asked how it is, `previews` the newest small JPEG of each
    running job that has sent one.
    """

    def __init__(self) -> None:
        self.jobs: dict[str, Progress] = {}
        self.towers: dict[str, TowerView] = {}
        self.states: dict[str, Status] = {}
        self.previews: dict[str, bytes] = {}
        self.changed = asyncio.Event()

    def progress(self, progress: Progress, preview: bytes = b"") -> None:
        self.jobs[progress.job] = progress
        if preview:
            self.previews[progress.job] = preview
        self.changed.set()

    def ended(self, job: str) -> None:
        self.jobs.pop(job, None)
        self.previews.pop(job, None)
        self.changed.set()

    def tower(self, name: str, view: TowerView) -> None:
        self.towers[name] = view
        if view.rung not in CONNECTED:
            self.states.pop(name, None)
        self.changed.set()
