"""What a card says of its end: told only when the ledger's past knows it, and told anew only when it has moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from bot.chat import forecast
from bot.chat.forecast import Lane
from bot.chat.loads import Loads
from bot.ledger import estimates, towers
from bot.ledger.database import Connection
from bot.ledger.estimates import Like, Work, usual
from bot.nouns import Notice

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

CLIMBING = ("waking", "port", "ssh", "login")
_FORESEEN = 60  # jobs from the front of the line
_FRESH = 2.0  # seconds for which a forecast is good, as long as nobody joined or left the line
_MOVED = 10.0  # seconds, or the share below, that an end must move to be told anew
_MOVED_SHARE = 0.2
_ENOUGH = 5  # jobs of a batch, by whose pace the rest of it is foreseen


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Of an ask or a batch: how many of its jobs have a known end, and the last of these."""

    jobs: int
    end: float


class Estimates:
    """`await of(…)` gives the end a card may tell."""

    def __init__(self, client: "DarkroomClient") -> None:
        self._client = client
        self._made_at, self._front = float("-inf"), tuple[str, ...]()
        self._foreseen: dict[str, Foreseen] = {}
        self._told: dict[str, float] = {}
        self._loads = Loads(client)

    async def of(self, notice: Notice, left: int, line: Mapping[str, int]) -> float | None:
        """When the last of the `left` open jobs of this card ends, in UTC seconds; None while that is not known.

        `line` are the places of the waiting jobs, the first one first. A batch may be longer than what is foreseen.
        """
        await self._loads.watch()
        await self._look(line)
        found = self._foreseen.get(notice.ask or notice.batch or "")
        if found is None or not left or (found.jobs < left and (notice.batch is None or found.jobs < _ENOUGH)):
            self._told.pop(notice.id, None)
            return None
        now = self._client.clock.now()
        return self._steady(notice.id, now + (found.end - now) * max(1.0, left / found.jobs))

    def _steady(self, card: str, end: float) -> float | None:
        """What was told before unless it has moved; nothing when it should be over by now."""
        now, told = self._client.clock.now(), self._told.get(card)
        if told is None or abs(end - told) > max(_MOVED, _MOVED_SHARE * (told - now)):
            told = self._told[card] = end
        return told if told > now else None

    async def _look(self, line: Mapping[str, int]) -> None:
        now, front = self._client.clock.monotonic(), tuple(islice(line, _FORESEEN))
        if now - self._made_at < _FRESH and front == self._front:
            return
        self._made_at, self._front = now, front
        async with self._client.db.reading() as connection:
            running = await estimates.rendering(connection)
            ahead = await estimates.waiting(connection, list(front))
            ends = await self._ends(connection, running, ahead)
        foreseen: dict[str, Foreseen] = {}
        for work in (*running, *ahead):
            if (end := ends.get(work.job)) is not None:
                scope = work.batch or work.ask
                before = foreseen.get(scope, Foreseen(0, end))
                foreseen[scope] = Foreseen(before.jobs + 1, max(before.end, end))
        self._foreseen = foreseen

    async def _ends(self, connection: Connection, running: Sequence[Work], ahead: Sequence[Work]) -> dict[str, float]:
        lanes = await self._lanes(connection)
        if not lanes:
            return {}
        likes: dict[Like, float | None] = {}
        for work in (*running, *ahead):
            if work.like not in likes:
                likes[work.like] = usual(await estimates.took(connection, work.like))
        models = {(lane.tower, like.model) for lane in lanes for like in likes}
        loads = {pair: usual(await estimates.loads(connection, *pair)) for pair in models}
        board = self._client.board.jobs
        return forecast.ends(
            lanes,
            [(work, board.get(work.job)) for work in running],
            ahead,
            lambda work: likes[work.like],
            lambda tower, model: loads.get((tower, model)),
        )

    async def _lanes(self, connection: Connection) -> list[Lane]:
        """The cards of the towers that are ready; else one of the first that is being woken, once it usually is."""
        board, now = self._client.board, self._client.clock.now()
        names = [tower.name for tower in self._client.settings.tower if tower.name in board.towers]
        lanes = []
        for name in (name for name in names if board.towers[name].rung == "ready"):
            status = board.states.get(name)
            cards = max(1, len(status.gpus)) if status else 1
            lanes += [Lane(name, now, status.warm if status else "")] * cards
        if lanes:
            return lanes
        waking = next((name for name in names if board.towers[name].rung in CLIMBING), None)
        rest = None if waking is None else await self._until_awake(connection, waking, now)
        return [] if waking is None or rest is None else [Lane(waking, now + rest)]

    async def _until_awake(self, connection: Connection, tower: str, now: float) -> float | None:
        wakes = await towers.wakes(connection, tower)
        usually = usual([wake.seconds for wake in wakes if wake.seconds is not None])
        if usually is None:
            return None
        begun = wakes[0].asked_at if wakes[0].seconds is None else now
        return max(0.0, usually - (now - begun))
