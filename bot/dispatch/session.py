"""One line to a ready tower, until it is cut. Everything it does is told by rows, so that it may be cut anywhere.

rows    → Submit, Cancel, Rest, Stay     `directing`, after each commit
inputs  → Offer, Chunk                   `upload`, before the order that needs them
frames  → board, and what they end       here
outcome → fetch → rows → Thanks          `filing`, one after another
"""

import asyncio
import logging

from bot.board import Board, TowerView
from bot.clock import Clock
from bot.dispatch.claims import reconcile
from bot.dispatch.directing import Directing
from bot.dispatch.fetch import Fetcher
from bot.dispatch.filing import Filing
from bot.dispatch.heed import heed_cancel
from bot.dispatch.link import Link
from bot.dispatch.share import Share
from bot.dispatch.upload import ABOUT_INPUTS, Uploads
from bot.errors import LineCut, TowerTrouble
from bot.ledger import towers
from bot.ledger.database import Database
from bot.ledger.files import Files
from gpu_agent.frames import Frame
from gpu_agent.value import Facts
from gpu_agent.wire import (
    Accepted,
    Cancelled,
    Chunk,
    Done,
    Failed,
    Need,
    Progress,
    Refused,
    Resting,
    Shelf,
    Status,
    Thanks,
)

_log = logging.getLogger(__name__)


class Session:
    """`run` ends only by raising a TowerTrouble, LineCut most of all."""

    def __init__(self, link: Link, db: Database, files: Files, board: Board, clock: Clock, share: Share) -> None:
        self._link, self._db, self._board, self._clock = link, db, board, clock
        self._name = link.tower.name
        self._fetcher = Fetcher(link, files)
        self._uploads = Uploads(link, files, lambda: self._directing.again())
        self._filing = Filing(link, self._fetcher, db, board, clock, lambda: self._directing.again())
        self._directing = Directing(link, db, clock, share, self._uploads, self._filing.refuse)

    async def run(self) -> None:
        troubles: list[TowerTrouble] = []
        try:
            await self._arrive()
            async with asyncio.TaskGroup() as group:
                for work in (
                    self._directing.hear_the_bell,
                    self._directing.run,
                    self._directing.remind,
                    self._filing.run,
                    self._uploads.run,
                    self._listen,
                ):
                    group.create_task(work(), name=f"{self._name}: {work.__qualname__}")
                # Only here does the group of Python 3.11 take back the cancellation by which it ends this wait; left to
                # its own waiting it would look afterwards as if the bot were shutting down.
                await asyncio.get_running_loop().create_future()
        except* TowerTrouble as found:
            troubles += [leaf for leaf in found.exceptions if isinstance(leaf, TowerTrouble)]
        if troubles:
            heed_cancel()
            raise troubles[0]

    async def _arrive(self) -> None:
        async with self._db.transaction() as connection:
            await towers.saw(connection, self._name, self._link.ready, None, self._clock.now())
        found = await reconcile(self._db, self._clock, self._name, self._link.ready)
        for job in found.lost:
            self._board.ended(job)
        for job in found.ended:
            await self._link.send(Thanks(job=job))

    async def _listen(self) -> None:
        async for frame in self._link:
            await self._take(frame)

    async def _take(self, frame: Frame) -> None:
        match frame.message:
            case Progress() as progress:
                self._board.progress(progress, frame.payload)
            case Done() | Failed() | Cancelled() as outcome:
                self._filing.put(outcome)
            case Chunk() as chunk:
                await self._fetcher.feed(chunk, frame.payload)
            case Need() as need:
                self._uploads.heard(need)
            case Status() as status:
                self._board.states[self._name] = status
            case Accepted(job=job):
                self._show("ready")
                self._board.progress(Progress(job=job, phase="waiting"))
            case Refused() as refused:
                await self._refused(refused)
            case Resting(seconds=seconds):
                self._show("resting", facts={"seconds": seconds})
            case Shelf() as shelf:
                async with self._db.transaction() as connection:
                    await towers.saw(connection, self._name, self._link.ready, shelf, self._clock.now())
            case other:
                _log.info("%s said %s, which needs no answer", self._name, type(other).__name__)

    async def _refused(self, refused: Refused) -> None:
        if refused.job and refused.kind == "busy":
            self._directing.not_yet(refused.job)
        elif refused.job and refused.kind == "input-missing":  # the tower made room since it was sent
            self._uploads.gone(str(refused.facts.get("sha256")))
            self._directing.not_yet(refused.job)
            self._directing.again()
        elif refused.job:
            await self._filing.refuse(refused)
        elif refused.kind in ABOUT_INPUTS:
            self._uploads.heard(refused)
        elif refused.kind == "picture-unknown":
            await self._fetcher.gone(str(refused.facts.get("sha256")))
        elif refused.kind == "line-broken":
            raise LineCut(tower=self._name, fault=str(refused.facts.get("fault")))
        else:
            self._show("ready", refused.kind, refused.facts)

    def _show(self, rung: str, kind: str = "", facts: Facts | None = None) -> None:
        shown = self._board.towers.get(self._name)
        if shown is None or (shown.rung, shown.kind) != (rung, kind):
            self._board.tower(self._name, TowerView(rung, self._clock.now(), kind, facts or {}))
