"""Builds every room in the order of the flow, hands each its parts, and runs their loops side by side.

If one loop dies the process dies, and whoever supervises it starts it again; the rows bring the work back.
"""

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.board import CONNECTED, Board
from bot.chat.client import DarkroomClient
from bot.clock import Clock, SystemClock, new_id
from bot.dispatch.claims import give_back_strays
from bot.dispatch.dispatcher import Dispatcher
from bot.errors import BadSettings
from bot.intake.accept import Intake
from bot.ledger import remembered
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.people import words
from bot.people.terms import Terms
from bot.schedule.foreseeing import Towers
from bot.schedule.rota import Rota
from bot.settings import Settings
from bot.taste import reading
from bot.taste.cues import DAY, Taste
from bot.watched.watch import Watch
from bot.yours.nightly import Nightly

_log = logging.getLogger(__name__)
Loop = Callable[[], Coroutine[Any, Any, None]]


async def run(settings: Settings, token: SecretStr) -> None:
    """Runs until SIGINT or SIGTERM. Raises BadSettings for a token that Discord refuses, or a LedgerTrouble."""
    clock, board, taste = SystemClock(), Board(), taste_of(settings)
    terms = Terms(unwanted=words.read(settings.people.words_file))
    async with AsyncExitStack() as opened:
        db = await opened.enter_async_context(Database(settings.ledger.path))
        files = Files(settings.ledger.path.with_name("pictures"))
        towers = [tower.name for tower in settings.tower]
        intake = Intake(db, clock, settings.limits, towers, taste, settings.routing, settings.taste.evidence_share)
        client = DarkroomClient(settings, db, files, board, clock, intake)
        rota = Rota(db, clock, intake, settings.schedule.grace_hours, terms, _known(towers, board), settings.costs)
        me = await _identity(db, clock)
        await give_back_strays(db, clock, towers)
        dispatchers = [Dispatcher(tower, db, files, board, clock, me, towers) for tower in settings.tower]
        await intake.refile()
        await rota.settle()
        loops = [*client.loops(), rota.run, *(dispatcher.run for dispatcher in dispatchers)]
        loops += [
            Watch(table, settings.discord.guild_id, db, files, clock, intake.batches, settings.limits, terms).run
            for table in settings.watch
        ]
        if settings.export.folder:
            loops.append(Nightly(db, clock, settings.export, settings.schedule.zone).run)
        await _side_by_side(loops, lambda: client.serve(token))


def _known(names: list[str], board: Board) -> Towers:
    """The towers, as the rota has to know of them."""
    return Towers(names, lambda: any(view.rung in CONNECTED for view in board.towers.values()))


def taste_of(settings: Settings) -> Taste:
    """By what verdicts are learned from. Raises BadSettings when the taxonomy's file cannot be used."""
    try:
        own = Path(settings.taste.taxonomy).expanduser() if settings.taste.taxonomy else None
        return Taste(reading.load(own), settings.taste.half_life_days * DAY)
    except reading.TaxonomyError as error:
        raise BadSettings(place=error.file, fault=error.fault) from error


async def _side_by_side(loops: list[Loop], serve: Loop) -> None:
    """Ends all of them when one fails, or when the process is told to stop. Raises what the first failure was."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(loop()) for loop in [*loops, serve]]
            await stop.wait()
            _log.info("told to stop: what is unfinished goes on at the next start")
            for task in tasks:
                task.cancel()
    except* Exception as failures:
        raise _first(failures) from failures


def _first(failures: BaseException) -> BaseException:
    while isinstance(failures, BaseExceptionGroup):
        failures = failures.exceptions[0]
    return failures


async def _identity(db: Database, clock: Clock) -> str:
    """This bot's name towards its towers, made once: two bots on one tower are told apart by it."""
    async with db.transaction() as connection:
        if (known := await remembered.get(connection, "bot")) is not None:
            return known
        await remembered.put(connection, "bot", name := new_id(clock))
        return name
