"""The statistics in a process of their own, for as long as they take: the bot itself never loads their libraries."""

import asyncio
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from pydantic import TypeAdapter

from bot.nouns import Report, Trial

TRIALS: TypeAdapter[tuple[Trial, ...]] = TypeAdapter(tuple[Trial, ...])
REPORT: TypeAdapter[Report] = TypeAdapter(Report)
NEEDED = ("numpy", "scipy")
_PATIENCE = 120.0  # seconds; a Raspberry Pi reads the libraries in ten


class Unproven(Exception):
    """There is no report; `missing` are the libraries that are not installed, empty when something else went wrong."""

    def __init__(self, missing: tuple[str, ...], fault: str = "") -> None:
        super().__init__(fault or ", ".join(missing))
        self.missing = missing


class Prover:
    """One child at a time, and none while nothing has changed since the last one."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._last: tuple[tuple[Trial, ...], Report] | None = None

    async def report(self, trials: Sequence[Trial]) -> Report:
        """What these pairs show. Raises Unproven."""
        given = tuple(trials)
        async with self._turn:
            if self._last is None or self._last[0] != given:
                self._last = given, await _asked(given)
            return self._last[1]


async def _asked(trials: tuple[Trial, ...]) -> Report:
    missing = tuple(name for name in NEEDED if find_spec(name) is None)
    if missing:
        raise Unproven(missing)
    command = (sys.executable, "-m", "bot.evidence")
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        async with asyncio.timeout(_PATIENCE):
            told, fault = await child.communicate(await asyncio.to_thread(TRIALS.dump_json, trials))
    except TimeoutError as error:
        raise Unproven((), "it took too long") from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise Unproven((), fault.decode(errors="replace").strip().rpartition("\n")[2])
    return REPORT.validate_json(told)
