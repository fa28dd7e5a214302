"""`gpu-agent serve` as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Client
from pathlib import Path

from tests.agent.until import until

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Serving:
    """A running daemon: its process, its folder and its socket."""

    process: "subprocess.Popen[bytes]"
    spool: Path
    address: str


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Serving]:
    """The daemon until the block ends; the same folder again is its next life."""
    daemon = Serving(_started(folder, *options), folder / "spool", str(folder / "run" / "socket"))
    with daemon.process:
        try:
            until(lambda: _answers(daemon))
            yield daemon
        finally:
            daemon.process.terminate()


def agent(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "gpu_agent", *arguments]


def _started(folder: Path, *options: str) -> "subprocess.Popen[bytes]":
    command = agent("serve", "--spool", str(folder / "spool"), "--socket", str(folder / "run" / "socket"), *options)
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"})


def _answers(daemon: Serving) -> bool:
    assert daemon.process.poll() is None, "the daemon ended"
    try:
        Client(daemon.address).close()
    except OSError:
        return False
    return True
