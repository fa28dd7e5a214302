"""The units: systemd reads them, they start what exists, and they meet the installers where they must."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.commands import DEPLOY, assert_they_exist, commands

UNITS = sorted(DEPLOY.glob("*.service"))
YOUNGER = ("RestartSteps", "RestartMaxDelaySec")
"""Keys of systemd 254, which an older one ignores and says so."""
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")


def values(unit: Path, key: str) -> list[str]:
    return re.findall(rf"(?m)^{key}=(.*)$", unit.read_text(encoding="utf-8"))


def analyze(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, check=False)


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_has_nothing_to_say_against_a_unit(unit: Path, tmp_path: Path) -> None:
    """Except that the programs are not installed on the machine that tests."""
    copy = tmp_path / unit.name
    text = unit.read_text(encoding="utf-8")
    copy.write_text(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={sys.executable}", text), encoding="utf-8")
    told = analyze("verify", "--man=no", copy)
    assert [line for line in told.stderr.splitlines() if not any(key in line for key in YOUNGER)] == []
    assert told.returncode == 0


@needs_systemd
@pytest.mark.parametrize(("name", "most"), [("darkroom", 2.0), ("gpu-agent", 3.5)])
def test_a_unit_is_as_closed_as_its_work_allows(name: str, most: float) -> None:
    """systemd's own scale of exposure, from 0 to 10."""
    told = analyze("security", "--offline=true", "--no-pager", DEPLOY / f"{name}.service")
    found = re.search(r"exposure level for \S+: ([\d.]+)", told.stdout)
    assert found, told.stdout + told.stderr
    assert float(found[1]) <= most


@pytest.mark.parametrize("name", ["darkroom", "gpu-agent"])
def test_a_unit_starts_a_command_that_exists_and_starts_it_again(name: str) -> None:
    """For ever, however it ended."""
    unit = DEPLOY / f"{name}.service"
    (start,) = values(unit, "ExecStart")
    assert_they_exist(found := commands(start))
    assert [one.program for one in found] == [name]
    assert (values(unit, "Restart"), values(unit, "StartLimitIntervalSec")) == (["always"], ["0"])


def test_agent_attach_and_service_meet_at_one_socket() -> None:
    """In a folder that only the agent's own user may enter, and short enough for a socket."""
    unit = DEPLOY / "gpu-agent.service"
    serve = shlex.split(values(unit, "ExecStart")[0])
    socket = serve[serve.index("--socket") + 1]
    assert f"attach --socket {socket}" in (DEPLOY / "authorized_keys.example").read_text(encoding="utf-8")
    assert Path(socket).parent == Path("/run") / values(unit, "RuntimeDirectory")[0]
    assert values(unit, "RuntimeDirectoryMode") == ["0700"]
    assert len(socket.encode()) <= 100


def test_the_agent_has_its_card_and_no_network() -> None:
    """Each of these keys would close the card's device, too."""
    unit = DEPLOY / "gpu-agent.service"
    assert values(unit, "PrivateNetwork") == ["yes"]
    assert not any(values(unit, key) for key in ("PrivateDevices", "ProtectClock", "DevicePolicy", "DeviceAllow"))
