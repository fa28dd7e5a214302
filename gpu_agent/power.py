"""When the tower may sleep because a person asked for it, and how each operating system is told to.

The agent decides: not with work, not while a bot wants it awake, and not when an order comes during the last seconds.
"""

import ctypes
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from threading import Lock, Timer

from gpu_agent.desk import Desk
from gpu_agent.places import Asker
from gpu_agent.value import Message
from gpu_agent.wire import Refused, Resting

SHUTDOWN_PRIVILEGE = 19
_log = logging.getLogger(__name__)


class CannotSuspend(Exception):
    """The operating system refused; the text is its own."""


def suspend(command: Sequence[str] = ()) -> None:
    """Sleep now, by the owner's own command if there is one. Raises CannotSuspend."""
    if command:
        _run(command)
    elif sys.platform == "win32":
        _suspend_windows()
    elif sys.platform == "darwin":
        _run(["pmset", "sleepnow"])
    else:
        _run(["systemctl", "suspend"])


def _run(command: Sequence[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except subprocess.CalledProcessError as error:
        raise CannotSuspend(error.stderr.strip() or f"exit status {error.returncode}") from error
    except OSError as error:
        raise CannotSuspend(f"{command[0]}: {error.strerror}") from error


def _suspend_windows() -> None:
    """The right to do so has to be switched on first. The last argument stays False: True would disarm waking."""
    if sys.platform == "win32":
        was = ctypes.c_bool()
        ctypes.windll.ntdll.RtlAdjustPrivilege(SHUTDOWN_PRIVILEGE, True, False, ctypes.byref(was))
        if not ctypes.windll.powrprof.SetSuspendState(False, False, False):
            raise CannotSuspend(f"Windows error {ctypes.get_last_error()}")


class Sleeper:
    """Answers Stay and Rest. `announce` tells every line; `sleep` suspends, and may raise CannotSuspend."""

    def __init__(
        self, desk: Desk, announce: Callable[[Message], None], sleep: Callable[[], None], delay: float
    ) -> None:
        self._desk, self._announce, self._sleep, self._delay = desk, announce, sleep, delay
        self._lock = Lock()
        self._awake_until = 0.0
        self._timer: Timer | None = None

    def stay(self, seconds: float) -> None:
        """Holds off a rest that was announced already, too."""
        with self._lock:
            self._awake_until = time.monotonic() + seconds

    def staying(self) -> bool:
        """Was this tower asked to stay awake for longer than until now?"""
        return self._awake_until > time.monotonic()

    def rest(self, asker: Asker) -> None:
        """Announce it to every line, or refuse to the one that asked."""
        with self._lock:
            if (refusal := self._refusal()) is not None:
                asker.tell(refusal)
                return
            self._forget_timer()
            self._timer = Timer(self._delay, self._fall_asleep, args=(self._desk.accepted,))
            self._announce(Resting(seconds=self._delay))
            self._timer.daemon = True
            self._timer.start()

    def stop(self) -> None:
        with self._lock:
            self._forget_timer()

    def _refusal(self) -> Refused | None:
        jobs = len(self._desk.rendering()) + len(self._desk.waiting())
        left = self._awake_until - time.monotonic()
        if jobs:
            return Refused(job="", kind="has-work", facts={"jobs": jobs})
        return Refused(job="", kind="must-stay", facts={"seconds": round(left)}) if left > 0 else None

    def _fall_asleep(self, accepted: int) -> None:
        """Looked at again: an order that came in the last seconds, even one that has ended since, keeps it awake."""
        with self._lock:
            if self._awake_until > time.monotonic() or not self._desk.close_for_the_night(accepted):
                return
        try:
            self._sleep()
        except CannotSuspend as error:
            _log.error("the tower cannot sleep: %s", error)
            self._announce(Refused(job="", kind="cannot-sleep", facts={"fault": str(error)}))

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
