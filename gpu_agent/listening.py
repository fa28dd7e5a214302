"""The daemon's local socket: for this user alone, and never another daemon's."""

import os
import sys
from multiprocessing.connection import Client, Listener
from pathlib import Path

from gpu_agent.spool import folder

LONGEST_UNIX_ADDRESS = 100


class CannotServe(Exception):
    """The daemon cannot start; the text is a sentence for the person who started it."""


def listen(address: str) -> Listener:
    """Raises CannotServe when another daemon answers there, or the address cannot be used."""
    return Listener(address, family="AF_PIPE") if sys.platform == "win32" else _listen_unix(address)


def _listen_unix(address: str) -> Listener:
    """Only this user reaches it, from the first moment on: the mask acts before the socket has its name."""
    path = Path(address)
    if len(address.encode()) > LONGEST_UNIX_ADDRESS:
        raise CannotServe(f"The socket's path {address} is too long for a socket. Choose a shorter one.")
    folder(path.parent)
    _make_way(path)
    mask = os.umask(0o177)
    try:
        return Listener(address, family="AF_UNIX", backlog=16)
    finally:
        os.umask(mask)


def _make_way(path: Path) -> None:
    """A socket that nobody answers on was left by a daemon that was killed."""
    if path.parent.stat().st_mode & 0o022:  # others could put a socket of their own in our place
        raise CannotServe(f"Others can write into {path.parent}. Choose a --socket in a folder of your own.")
    if not path.exists():
        return
    if not path.is_socket():
        raise CannotServe(f"{path} is a file that is no socket. Choose another --socket, or move it away.")
    try:
        Client(str(path)).close()
    except ConnectionRefusedError:
        path.unlink()
    except OSError as error:
        raise CannotServe(f"{path} cannot be used ({error.strerror}). Choose another --socket.") from error
    else:
        raise CannotServe(f"A daemon already serves {path}. Stop it first, or choose another --socket.")
