"""Who else is on a card."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest

from gpu_agent import occupants
from tests.agent.nvidia import Nvml, chip, process, sample, use

NOBODY = 2**22 + 1  # above every number that Linux gives


@pytest.fixture(scope="module")
def other() -> Iterator[int]:
    """A process of somebody else's."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        yield child.pid
        assert child.stdin is not None
        child.stdin.close()


def test_processes_are_told_with_name_memory_and_work(monkeypatch: pytest.MonkeyPatch, other: int) -> None:
    """From both lists once, with the larger figure; samples make a mean; ours are left out."""
    use(monkeypatch, Nvml(chip(
        ComputeRunningProcesses=[process(other, 100), process(os.getpid(), 900)],
        GraphicsRunningProcesses=[process(other, 300)],
        ProcessUtilization=[sample(other, 20), sample(other, 60), sample(os.getpid(), 99)],
    )))  # fmt: skip
    (found,) = occupants.others("GPU-aaa", {os.getpid()})
    assert (found.pid, found.bytes, found.share) == (other, 300, 0.4)
    assert found.name == psutil.Process(other).name()


def test_a_process_of_another_house_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container the numbers are the host's, and one of them is our own worker."""
    use(monkeypatch, Nvml(chip(ComputeRunningProcesses=[process(NOBODY, 10**10)])))
    assert occupants.others("GPU-aaa", set()) == ()


def test_what_is_not_told_is_unknown(monkeypatch: pytest.MonkeyPatch, other: int) -> None:
    """Windows knows no bytes, an old card no samples, and a machine without a card nothing at all."""
    use(monkeypatch, Nvml(chip(GraphicsRunningProcesses=[process(other, None)])))
    assert [(one.bytes, one.share) for one in occupants.others("GPU-aaa", set())] == [(None, 0.0)]
    assert occupants.others("", set()) == ()
    use(monkeypatch, None)
    assert occupants.others("", set()) == ()
