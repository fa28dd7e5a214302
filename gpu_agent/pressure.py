"""How short of memory a Mac is, by the kernel's own judgement."""

import subprocess
import sys

from gpu_agent import holds
from gpu_agent.holds import Hold

_ASK = ("sysctl", "-n", "kern.memorystatus_vm_pressure_level")


def hold() -> Hold | None:
    """`memory-pressure` while other programs need the memory that a render would take; elsewhere never."""
    return holds.pressure(_level()) if sys.platform == "darwin" else None


def _level() -> int:
    try:
        asked = subprocess.run(_ASK, capture_output=True, text=True, check=False, timeout=5)
        return int(asked.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):  # a system that does not tell is not held up by that
        return 1
