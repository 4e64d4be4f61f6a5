"""Locks between processes: an open file that one process holds at a time. Nothing else calls flock.

The system releases a lock when the last process that has the file open ends, for any reason. The
holder documents what a lock protects, and what it removes while it has the lock.
"""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


def take(lock: int | IO[Any]) -> bool:
    """Takes the lock of an open file, unless another process has it.

    Returns:
        Whether the lock is ours now; closing the file gives it back.
    """
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def holding(path: Path, busy: Exception | None = None) -> Generator[IO[str]]:
    """Holds the lock of a file, which is made if it is not there; its folder has to be.

    Args:
        path: The file.
        busy: Raised if another process holds the lock; without it, this waits.

    Yields:
        The open file.
    """
    with path.open("w") as lock:
        if busy is None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        elif not take(lock):
            raise busy
        yield lock
