"""`gpu-agent serve`: whose socket it is, how it ends, and the sentences when it cannot start."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gpu_agent.wire import Cancelled, Done, Rest, Resting, Shelf, Status, Stay
from tests.agent.caller import Caller
from tests.agent.made import order
from tests.agent.serving import ROOT, Serving, agent, serving
from tests.agent.until import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sockets and signals of POSIX")


def refused(*arguments: str) -> str:
    """The sentence of a daemon that does not start."""
    ran = subprocess.run(agent("serve", *arguments), cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode in (1, 2), ran
    assert "Traceback" not in ran.stderr
    return " ".join(ran.stderr.split())


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_and_keeps_the_spool(tmp_path: Path, end: signal.Signals) -> None:
    """Status 0, no socket left, pictures and outcomes kept for the next life."""
    with serving(tmp_path) as daemon:
        caller = Caller(daemon.address)
        caller.greet()
        caller.next(Shelf)
        (daemon.spool / "outcomes" / "6a31.json").write_text(Cancelled(job="j1", epoch=1).model_dump_json())
        daemon.process.send_signal(end)
        assert daemon.process.wait(60) == 0
        assert not Path(daemon.address).exists()
        with pytest.raises(EOFError):
            caller.frame()
    with serving(tmp_path) as daemon:
        assert Caller(daemon.address).greet().held == ("j1",)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_its_worker_ends_with_it_and_it_stays_small(tmp_path: Path) -> None:
    """Whether it is told to stop or killed; torch is in the worker alone."""
    for end in (signal.SIGTERM, signal.SIGKILL):
        with serving(tmp_path) as daemon:
            caller = Caller(daemon.address)
            caller.greet()
            caller.render(order(f"end-{end.value}"))
            worker = _worker_of(daemon)
            assert "libtorch" not in Path(f"/proc/{daemon.process.pid}/maps").read_text()
            assert "libtorch" in Path(f"/proc/{worker}/maps").read_text()
            daemon.process.send_signal(end)
            daemon.process.wait(60)
            until(lambda worker=worker: not running(worker))  # type: ignore[misc]


def _worker_of(daemon: Serving) -> int:
    """The child that runs torch; Python keeps another one that counts semaphores."""
    children = Path(f"/proc/{daemon.process.pid}/task").glob("*/children")
    pids = [pid for file in children for pid in file.read_text().split()]
    (worker,) = [pid for pid in pids if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()]
    return int(worker)


def test_only_this_user_reaches_the_socket(tmp_path: Path) -> None:
    """0600 in a folder of 0700."""
    with serving(tmp_path) as daemon:
        socket = Path(daemon.address)
        assert (socket.stat().st_mode & 0o777, socket.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_second_daemon_does_not_take_the_place_of_a_living_one(tmp_path: Path) -> None:
    """It says so and leaves the first alone."""
    with serving(tmp_path) as daemon:
        said = refused("--spool", str(tmp_path / "other"), "--socket", daemon.address)
        assert "already serves" in said
        assert Caller(daemon.address).greet().held == ()


def test_the_socket_of_a_killed_daemon_is_replaced(tmp_path: Path) -> None:
    """Nobody has to tidy up after a crash."""
    with serving(tmp_path) as daemon:
        daemon.process.kill()
        daemon.process.wait(60)
        assert Path(daemon.address).exists()
    with serving(tmp_path) as daemon:
        Caller(daemon.address).greet()


def test_what_it_cannot_use_it_names(tmp_path: Path) -> None:
    """A folder of everybody, a path too long, a file in the way, a models file that is none: one sentence each."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    file = tmp_path / "file"
    file.write_text("not toml")
    spool = ("--spool", str(tmp_path / "spool"))
    assert "Others can write into" in refused(*spool, "--socket", str(shared / "s"))
    assert "too long" in refused(*spool, "--socket", str(tmp_path / ("x" * 100)))
    assert "cannot be used" in refused("--spool", str(file / "spool"), "--socket", str(tmp_path / "s"))
    assert "Correct the file" in refused(*spool, "--socket", str(tmp_path / "s"), "--models", str(file))
    assert file.read_text() == "not toml"


def test_settings_come_from_a_file_and_the_command_line_counts_more(tmp_path: Path) -> None:
    """Models from the one or the other, and no more of the card than is allowed."""
    for name in ("settings", "own"):
        (tmp_path / f"{name}.toml").write_text(f'[[model]]\nid = "{name}"\nbase = "demo"\n')
    config = tmp_path / "config.toml"
    config.write_text('[models]\nfile = "settings.toml"\n[card]\nvram_gb = 2.0\n')
    shown = []
    for options in ((), ("--models", str(tmp_path / "own.toml"), "--vram", "1.5")):
        with serving(tmp_path, "--config", str(config), *options) as daemon:
            caller = Caller(daemon.address)
            most = max(gpu.total for gpu in caller.greet().gpus)
            shown.append((caller.next(Shelf).models[-1].id, most))
    assert shown == [("settings", 2_000_000_000), ("own", 1_500_000_000)]
    config.write_text("[card]\nvram_gb = -1\n")
    socket = ("--spool", str(tmp_path / "spool"), "--socket", str(tmp_path / "s"))
    assert "card.vram_gb" in refused(*socket, "--config", str(config))


def test_a_file_that_is_no_socket_is_not_removed(tmp_path: Path) -> None:
    """A wrong path costs nobody a file."""
    file = tmp_path / "thesis"
    file.write_text("precious")
    said = refused("--spool", str(tmp_path / "spool"), "--socket", str(file))
    assert "thesis is a file that is no socket" in said
    assert file.read_text() == "precious"


def test_rest_reaches_every_line_and_then_the_owners_command(tmp_path: Path) -> None:
    """Two bots are told; the command runs once; the daemon is still there when the tower wakes."""
    slept = tmp_path / "slept"
    script = "import sys; open(sys.argv[1], 'a').write('x')"
    command = f'"{sys.executable}" -c "{script}" "{slept}"'
    with serving(tmp_path, "--suspend-command", command, "--rest-delay", "0.01") as daemon:
        callers = [Caller(daemon.address), Caller(daemon.address)]
        for caller in callers:
            caller.greet()
        callers[0].say(Stay(seconds=0), Rest())
        assert [caller.until(Resting).seconds for caller in callers] == [0.01, 0.01]
        until(slept.exists)
        callers[1].say(Status(asked=True))
        assert not callers[1].until(Status).worker_alive
        assert slept.read_text() == "x"


def test_a_picture_that_waits_is_no_reason_to_stay_awake(tmp_path: Path) -> None:
    """It waits on disk; the bot fetches it after the next wake."""
    with serving(tmp_path, "--suspend-command", "true", "--rest-delay", "0.01") as daemon:
        caller = Caller(daemon.address)
        caller.greet()
        assert isinstance(caller.render(order("waits")), Done)
        caller.say(Rest())
        caller.until(Resting)
        assert Caller(daemon.address).greet().held == ("waits",)
