"""Care for the machine: every two seconds a look at what uses the cards, how hot they are, and who wants it awake.

probes → holds → desk        heat → notes        power → energy        work → awake
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

from gpu_agent import heat, holds, occupants, pressure, shelf
from gpu_agent.awake import Awake
from gpu_agent.config import Config
from gpu_agent.desk import Desk
from gpu_agent.energy import Meter
from gpu_agent.holds import Hold, Occupation
from gpu_agent.places import Runner

EVERY = 2.0
_log = logging.getLogger(__name__)


class Working(Runner, Protocol):
    """A runner whose process is known by its number."""

    @property
    def pid(self) -> int | None: ...


@dataclass
class Card:
    """A runner and its card; `name` is empty where NVIDIA's library knows none. `note` is of the last look."""

    runner: Working
    name: str
    meter: Meter
    occupation: Occupation = field(default_factory=Occupation)
    note: str = ""


class Watch:
    """`staying` says whether a bot asked this tower to stay awake; `mounted` is called when the drive with the weights
    has come back, before the orders that waited for it go on."""

    def __init__(
        self,
        config: Config,
        desk: Desk,
        cards: Sequence[Card],
        staying: Callable[[], bool],
        mounted: Callable[[], None],
        awake: Awake,
    ) -> None:
        self._config, self._desk, self._cards = config, desk, tuple(cards)
        self._staying, self._mounted, self._awake = staying, mounted, awake
        self._was_away = False
        self._stopped = Event()
        self._thread = Thread(target=self._keep_looking, name="watch", daemon=True)

    def start(self) -> None:
        """The first look is over when this returns: no order is taken before it."""
        self._look_without_falling()
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(EVERY)

    def notes(self) -> tuple[str, ...]:
        """What a person should know of the cards at work."""
        return tuple(card.note for card in self._cards if card.note)

    def look(self) -> None:
        """Once, everything."""
        self._desk.tend(self._holds(), self._config.card.release_minutes * 60)
        rendering = bool(self._desk.rendering())
        for card in self._cards:
            reading = heat.read(card.name) if rendering else None
            card.note = heat.note(reading) if reading is not None else ""
            card.meter.sample()
        self._awake.want(rendering or bool(self._desk.waiting()) or self._staying())

    def _holds(self) -> Mapping[Runner, Hold]:
        away = self._unmounted()
        if self._was_away and away is None:
            self._mounted()
        self._was_away = away is not None
        everywhere = away or pressure.hold()
        ours = {card.runner.pid for card in self._cards if card.runner.pid is not None}
        found = {card.runner: everywhere or self._in_use(card, ours) for card in self._cards}
        return {runner: hold for runner, hold in found.items() if hold is not None}

    def _unmounted(self) -> Hold | None:
        guard: Path | None = self._config.models.guard_path
        return None if guard is None or shelf.mounted(self._config) else holds.unmounted(guard.name)

    def _in_use(self, card: Card, ours: Collection[int]) -> Hold | None:
        return card.occupation.look(occupants.others(card.name, ours)) if self._config.card.share else None

    def _keep_looking(self) -> None:
        while not self._stopped.wait(EVERY):
            self._look_without_falling()
        self._awake.want(False)

    def _look_without_falling(self) -> None:
        """A probe that fails must neither stop the looking nor hold anything up."""
        try:
            self.look()
        except Exception:
            _log.exception("a look at the machine failed")
