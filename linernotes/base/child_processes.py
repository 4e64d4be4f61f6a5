"""Lets child processes end with the process that started them, and knows nothing of their work.

It imports nothing of the project: it runs before everything else in such a process.
"""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def end_with_parent(signal_number: int = signal.SIGKILL) -> None:
    """Asks the system to send this process a signal when its parent has ended (only on Linux)."""
    _prctl(PR_SET_PDEATHSIG, signal_number)


def adopt_orphans() -> None:
    """Makes descendants of this process its children when their parents have ended (Linux)."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
