"""How long towers take to load a model: nothing else writes it down, so it is watched while cards are looked at."""

from typing import TYPE_CHECKING

from bot.ledger import estimates, jobs

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_SEEN_BEGIN = 0.25  # share of a load; one that was farther when it was first seen is not measured


class Loads:
    """By job: since when it loads, on the monotonic clock; None for one whose beginning was missed."""

    def __init__(self, client: "DarkroomClient") -> None:
        self._client = client
        self._since: dict[str, float | None] = {}

    async def watch(self) -> None:
        """A load that was seen from its beginning to its end is kept in the ledger."""
        now, board = self._client.clock.monotonic(), self._client.board.jobs
        for job, progress in board.items():
            if progress.phase == "loading":
                self._since.setdefault(job, now if (progress.share or 0.0) < _SEEN_BEGIN else None)
        for job in [job for job in self._since if job not in board or board[job].phase != "loading"]:
            begun = self._since.pop(job)
            if begun is not None and job in board and board[job].phase != "waiting":
                await self._keep(job, now - begun)

    async def _keep(self, job: str, seconds: float) -> None:
        async with self._client.db.transaction() as connection:
            loaded = await jobs.get(connection, job)
            if loaded is not None and loaded.tower is not None:
                await estimates.loaded(connection, loaded.tower, loaded.model, seconds)
