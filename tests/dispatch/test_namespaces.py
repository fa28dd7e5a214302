"""Two machines on one cable: the magic packet crosses a real broadcast domain and starts the tower's SSH server.

Two network namespaces joined by a veth pair, so it needs Linux, root and iproute2. The bot's side runs in a process
inside the first namespace, the tower's sleeping side in one inside the second.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent import sshd
from tests.agent.sshd import ROOT
from tests.dispatch.namespace_sides import BOT_IP, BROADCAST, TOWER_IP

BOT, TOWER = "darkroom-bot", "darkroom-tower"
IP = shutil.which("ip", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]))


def ip(*arguments: str) -> None:
    assert IP is not None
    subprocess.run([IP, *arguments], check=True, capture_output=True, text=True)


def inside(namespace: str, *arguments: str) -> "subprocess.Popen[str]":
    """A process of `namespace_sides` in there."""
    assert IP is not None
    command = [IP, "netns", "exec", namespace, sys.executable, "-m", "tests.dispatch.namespace_sides", *arguments]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)


@pytest.fixture
def cable() -> Iterator[None]:
    """The two namespaces; skipped where they cannot be made."""
    if IP is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("needs root and iproute2 to make network namespaces")
    if sshd.SSHD is None:
        pytest.skip("no OpenSSH server here: install openssh-server")
    made = []
    try:
        for namespace in (BOT, TOWER):
            try:
                ip("netns", "add", namespace)
            except subprocess.CalledProcessError as error:
                pytest.skip(f"this system makes no network namespaces: {error.stderr}")
            made.append(namespace)
        connect()
        yield
    finally:
        for namespace in made:
            ip("netns", "delete", namespace)


def connect() -> None:
    ip("link", "add", "eth0", "netns", BOT, "type", "veth", "peer", "name", "eth0", "netns", TOWER)
    for namespace, address in ((BOT, BOT_IP), (TOWER, TOWER_IP)):
        ip("-n", namespace, "address", "add", f"{address}/24", "broadcast", BROADCAST, "dev", "eth0")
        ip("-n", namespace, "link", "set", "eth0", "up")
        ip("-n", namespace, "link", "set", "lo", "up")


@pytest.mark.parametrize("target", [BROADCAST, "255.255.255.255"])
def test_the_packet_crosses_the_cable_and_starts_the_tower(cable: None, tmp_path: Path, target: str) -> None:
    """A job is queued, the tower is dark, the broadcast reaches its card, its SSH server starts, the picture comes."""
    if target == "255.255.255.255":
        ip("-n", BOT, "route", "add", "default", "dev", "eth0")  # as on a machine with a router
    with inside(TOWER, "tower", str(tmp_path)) as tower:
        assert tower.stdout is not None
        assert tower.stdout.readline() == "asleep\n"
        with inside(BOT, "bot", str(tmp_path), target) as bot:
            told, _ = bot.communicate(timeout=120)
        tower.terminate()
    rungs, state, woken = told.splitlines()
    assert rungs.startswith("waking")
    assert rungs.endswith("port ssh login ready")
    assert (state, woken) == ("rendered", "ready")
