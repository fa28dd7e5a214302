"""What the bot's SSH key may do, and all of it: copy bytes between the line and the resident agent.

The command line that the other side asked for is never looked at. Little is imported before the copying starts,
because each login waits for it.
"""

import os
import sys
from contextlib import suppress
from multiprocessing.connection import Client, Connection
from queue import SimpleQueue
from threading import Thread
from typing import Any, NoReturn

STDIN, STDOUT = 0, 1
SLICE = 64 * 1024
UNAVAILABLE = 69  # EX_UNAVAILABLE of sysexits.h


def attach(address: str) -> NoReturn:
    """Ends the process when either side ends: status 0, or 69 when there is no daemon to attach to."""
    _speak_binary()
    try:
        connection = Client(address)
    except OSError:
        _say_that_no_daemon_runs()
        os._exit(UNAVAILABLE)
    ended: SimpleQueue[None] = SimpleQueue()
    for copy in (_to_the_daemon, _to_the_line):
        Thread(target=_until_it_ends, args=(copy, connection, ended), daemon=True).start()
    ended.get()
    os._exit(0)  # the other thread still waits in a read that nothing would end


def _until_it_ends(copy: Any, connection: "Connection[Any, Any]", ended: "SimpleQueue[None]") -> None:
    with suppress(OSError, EOFError):
        copy(connection)
    ended.put(None)


def _to_the_daemon(connection: "Connection[Any, Any]") -> None:
    while data := os.read(STDIN, SLICE):
        connection.send_bytes(data)


def _to_the_line(connection: "Connection[Any, Any]") -> None:
    while True:
        _write(connection.recv_bytes())


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(STDOUT, view) :]


def _say_that_no_daemon_runs() -> None:
    """As a frame, so that the bot has a kind to make a sentence of. Imported late: the frames bring pydantic."""
    from gpu_agent.frames import pack
    from gpu_agent.wire import Refused

    _write(pack(Refused(job="", kind="daemon-down")))


def _speak_binary() -> None:
    """Windows would turn line feeds into two bytes and take one of our bytes for the end of the file."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(STDIN, os.O_BINARY)
        msvcrt.setmode(STDOUT, os.O_BINARY)
