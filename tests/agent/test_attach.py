"""The forced command copies bytes, says when there is nobody to copy to, and wastes no time before it starts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import IO, Any

import pytest

from gpu_agent.attach import UNAVAILABLE
from gpu_agent.frames import Frame, FrameReader
from gpu_agent.wire import Refused
from tests.agent.serving import ROOT, agent

EVERY_BYTE = bytes(range(256)) * 1024
DEADLINE = 60


class Attached:
    """An attach process, and the far end of its connection."""

    def __init__(self, address: str, *options: str) -> None:
        with Listener(address) as listener:
            self.process = subprocess.Popen(
                agent("attach", *options, address),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "SSH_ORIGINAL_COMMAND": "rm -rf /; gpu-agent serve"},
            )
            self.daemon: Connection[Any, Any] = listener.accept()

    @property
    def pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        return self.process.stdin, self.process.stdout


@pytest.fixture
def attached(tmp_path: Path) -> Iterator[Attached]:
    ends = Attached(str(tmp_path / "socket"), "--socket")
    with ends.process:
        yield ends
        ends.daemon.close()
        ends.process.kill()


def test_every_byte_passes_unchanged_in_both_directions(attached: Attached) -> None:
    """No end of line, no end of file, no encoding in between."""
    stdin, stdout = attached.pipes
    stdin.write(EVERY_BYTE)
    stdin.flush()
    received = b""
    while len(received) < len(EVERY_BYTE):
        received += attached.daemon.recv_bytes()
    assert received == EVERY_BYTE
    attached.daemon.send_bytes(EVERY_BYTE)
    assert stdout.read(len(EVERY_BYTE)) == EVERY_BYTE


def test_it_ends_when_the_line_ends(attached: Attached) -> None:
    """A bot that is gone leaves no process behind."""
    attached.pipes[0].close()
    assert attached.process.wait(DEADLINE) == 0
    with pytest.raises(EOFError):
        attached.daemon.recv_bytes()


def test_it_ends_when_the_daemon_ends_and_delivers_its_last_words(attached: Attached) -> None:
    """The bot notices at once, with the line still open on its side."""
    attached.daemon.send_bytes(b"last words")
    attached.daemon.close()
    assert attached.process.wait(DEADLINE) == 0
    assert attached.pipes[1].read() == b"last words"


def test_it_ends_when_nobody_reads_what_it_brings(attached: Attached) -> None:
    """A broken pipe is an end like another, without a traceback."""
    attached.pipes[1].close()
    attached.daemon.send_bytes(b"x")
    assert attached.process.wait(DEADLINE) == 0


def test_without_a_daemon_it_says_so_in_one_frame(tmp_path: Path) -> None:
    """The bot has a kind to make a sentence of; people have the exit status."""
    command = agent("attach", "--socket", str(tmp_path / "nobody"))
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, input=b"")
    assert ran.returncode == UNAVAILABLE
    assert list(FrameReader().feed(ran.stdout)) == [Frame(Refused(job="", kind="daemon-down"))]
    assert ran.stderr == b""


def test_the_way_through_the_command_line_is_the_same(tmp_path: Path) -> None:
    """Options written another way, or asked for by --help, go through the ordinary command line."""
    command = agent("attach", f"--socket={tmp_path / 'nobody'}")
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, input=b"")
    assert ran.returncode == UNAVAILABLE
    helped = subprocess.run(agent("--help"), cwd=ROOT, capture_output=True, check=True, text=True)
    assert all(verb in helped.stdout for verb in ("serve", "attach", "models", "render"))


def test_nothing_heavy_is_imported_before_the_copying() -> None:
    """Each login waits for this program to start."""
    code = "import sys, gpu_agent.__main__, gpu_agent.attach\n"
    code += "print({'pydantic', 'typer', 'rich', 'asyncio'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
