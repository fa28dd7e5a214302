"""Keeps the machine from falling asleep by itself while it is wanted: by whatever its system has for that.

What holds it awake ends with this process, however that ends: a child that waits for the end of a pipe, a child that
watches our number, or a mark on our own thread.
"""

import ctypes
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from threading import Lock

_ES_CONTINUOUS, _ES_SYSTEM_REQUIRED = 0x80000000, 0x00000001
_WHY = "rendering for Darkroom"
_SECONDS_TO_END = 5.0
_log = logging.getLogger(__name__)


class Awake:
    """`want` is called again and again, by one thread: on Windows the mark is the thread's."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._child: subprocess.Popen[str] | None = None
        self._wanted = self._complained = False

    def want(self, wanted: bool) -> None:
        """Hold the machine awake from now on, or let go. What cannot be done is said once, and nothing hangs on it."""
        with self._lock:
            if sys.platform == "win32":
                self._mark(wanted)
            elif wanted and not self._wanted:
                self._hold(_COMMANDS.get(sys.platform, _INHIBIT))
            elif not wanted:
                self._let_go()
            self._complain_of_a_dead_child()
            self._wanted = wanted

    def step_aside(self) -> None:
        """The machine is about to be put to sleep on purpose. Windows does that whatever it was asked before."""
        with self._lock:
            self._let_go()
            self._wanted = sys.platform == "win32" and self._wanted

    @property
    def held(self) -> bool:
        """Does something hold the machine awake now?"""
        return self._wanted if sys.platform == "win32" else self._child is not None and self._child.poll() is None

    def _mark(self, wanted: bool) -> None:
        if sys.platform == "win32" and wanted != self._wanted:
            state = _ES_CONTINUOUS | (_ES_SYSTEM_REQUIRED if wanted else 0)
            ctypes.windll.kernel32.SetThreadExecutionState(state)

    def _hold(self, command: Sequence[str]) -> None:
        try:
            self._child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
            )
        except OSError as error:
            self._complain(f"{command[0]}: {error.strerror}")

    def _let_go(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.terminate()
            try:
                child.communicate(timeout=_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                child.kill()
                child.communicate()

    def _complain_of_a_dead_child(self) -> None:
        if self._child is not None and self._child.poll() is not None:
            said = self._child.communicate()[1].strip()
            self._complain(said or f"{self._child.args!r} ended")
            self._child = None

    def _complain(self, fault: str) -> None:
        if not self._complained:
            _log.warning("This machine cannot be kept awake (%s). Switch its automatic sleep off.", fault)
        self._complained = True


_INHIBIT = ("systemd-inhibit", "--what=sleep:idle", "--mode=block", "--who=gpu-agent", f"--why={_WHY}", "cat")
_COMMANDS = {"darwin": ("caffeinate", "-i", "-w", str(os.getpid()))}
