"""The machine is held awake while it is wanted, and let go of however the daemon ends."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from gpu_agent.awake import Awake
from tests.agent.until import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="stands in for systemd's own command")


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A systemd-inhibit that notes what it was asked and then, as the real one, runs the command at the end."""
    notes = tmp_path / "asked"
    program = tmp_path / "systemd-inhibit"
    script = f'#!/bin/sh\necho "$@" >> {notes}\nfor last; do :; done\n"$last"\necho ended >> {notes}\n'
    program.write_text(script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return notes


def test_it_is_asked_for_once_and_let_go(asked: Path) -> None:
    """However often it is wanted; and again with the next work."""
    awake = Awake()
    wish = "--what=sleep:idle --mode=block --who=gpu-agent --why=rendering for Darkroom cat\n"
    for times in (1, 2):
        for _ in range(2):
            awake.want(True)
            assert awake.held
        until(lambda times=times: asked.exists() and asked.read_text() == wish * times)  # type: ignore[misc]
        for _ in range(2):
            awake.want(False)
            assert not awake.held


def test_it_steps_aside_for_a_sleep_that_was_asked_for(asked: Path) -> None:
    """The system would refuse to sleep against its own wish; with new work it is held awake again."""
    awake = Awake()
    awake.want(True)
    awake.step_aside()
    held = [awake.held]
    awake.want(True)
    held.append(awake.held)
    awake.want(False)
    assert held == [False, True]


def test_a_killed_daemon_holds_nothing_awake(asked: Path) -> None:
    """What holds waits for the end of a pipe, and a killed process has no pipes."""
    script = (
        "from gpu_agent.awake import Awake; awake = Awake(); awake.want(True); print(awake.held, flush=True); input()"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        assert daemon.stdout.readline() == "True\n"
        until(asked.exists)
        daemon.kill()
    until(lambda: "ended" in asked.read_text())


def test_a_machine_without_it_is_told_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And everything goes on."""
    monkeypatch.setenv("PATH", str(tmp_path))
    awake = Awake()
    with caplog.at_level(logging.WARNING):
        for wanted in (True, False, True, False):
            awake.want(wanted)
    (said,) = [record.getMessage() for record in caplog.records]
    assert "kept awake (systemd-inhibit: No such file or directory). Switch its automatic sleep off." in said
    assert not awake.held


def test_a_refusal_of_the_system_is_told_in_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nobody answers for logins, or the right is lacking."""
    program = tmp_path / "systemd-inhibit"
    program.write_text("#!/bin/sh\necho 'Failed to inhibit: Access denied' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    awake = Awake()
    awake.want(True)
    until(lambda: not awake.held)
    with caplog.at_level(logging.WARNING):
        awake.want(True)
        awake.want(True)
    assert [record.args for record in caplog.records] == [("Failed to inhibit: Access denied",)]
