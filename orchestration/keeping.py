"""Keeps a server and every process that it starts together: when the command ends, all of them end.

The command starts a keeper (this module run as a program), and the keeper starts the server. If the
command is killed, the system tells the keeper; if the keeper is killed, the command sees it. What
is served is decided in `webserver.py`.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO

from linernotes.children import adopt_orphans, end_with_parent
from linernotes.errors import LinernotesError

PROJECT_ROOT = Path(__file__).resolve().parent.parent

STOPPED = 0
GRACE_SECONDS = 10.0
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextmanager
def the_only_one(folder: Path, home: Path) -> Generator[int]:
    """Holds the home against a second daemon, which would run every schedule twice.

    Args:
        folder: Where the lock lies.
        home: What is served, for the message.

    Yields:
        The descriptor of the lock. It is free only when every process that has it is gone.

    Raises:
        LinernotesError: if another `linernotes up` runs over this home.
    """
    with (folder / "up.lock").open("a+") as lock:
        until = time.monotonic() + 2 * GRACE_SECONDS
        while not _is_taken(lock):
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            # One that was killed is gone before what it started is.
            if time.monotonic() > until or _is_alive(holder):
                raise LinernotesError(
                    f"Dagster already runs over {home}: `linernotes up`, process {holder}."
                    f" A second one would run every schedule twice. Stop it first: kill {holder}"
                )
            time.sleep(0.1)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock.fileno()


def _is_alive(holder: str) -> bool:
    """Whether the process that is named still runs; one that nobody knows is taken to run."""
    if not holder.isdigit() or not Path("/proc/self/stat").exists():
        return True
    try:
        state = Path(f"/proc/{holder}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _is_taken(lock: IO[str]) -> bool:
    """Whether the lock is ours now."""
    with suppress(OSError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def keep_together(command: list[str], environment: Mapping[str, str], lock: int) -> int:
    """Runs a server until it ends or this process is told to stop, and leaves nothing running.

    Args:
        command: The server's.
        environment: Of the server.
        lock: A locked descriptor: keeper and server hold it too, so that it is free only when
            none of the three is there.

    Returns:
        The server's exit status; 0 if it was stopped.
    """
    adopt_orphans()
    keeper = subprocess.Popen(
        [sys.executable, "-m", "orchestration.keeping", str(os.getpid()), *command],
        cwd=PROJECT_ROOT,
        env=environment,
        pass_fds=[lock],
        # Ctrl-C in a terminal then reaches this process alone, which stops the others in order.
        start_new_session=True,
    )
    was_told = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal was_told
        was_told = True
        keeper.terminate()

    before = {number: signal.signal(number, stop) for number in STOP_SIGNALS}
    try:
        status = keeper.wait()
    finally:
        end_descendants()
        for number, handler in before.items():
            signal.signal(number, handler)
    return STOPPED if was_told else status


def end_descendants() -> None:
    """Kills every process below this one, until there is none; on Linux also those in between."""
    until = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < until:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        found = descendants(os.getpid())
        if not found:
            return
        for process in found:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.02)


def descendants(process: int) -> list[int]:
    """Ids of all processes below one; nothing where the system has no /proc."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            # The name stands in brackets and may hold anything; the parent is the second after it.
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(path.parent.name))
    found, waiting = [], [process]
    while waiting:
        below = parents.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def main() -> None:
    """The keeper: starts the server, and ends it and all below it when the command is gone."""
    command_process, *command = sys.argv[1:]
    for number in STOP_SIGNALS:
        signal.signal(number, _stop)
    end_with_parent(signal.SIGTERM)
    adopt_orphans()
    if os.getppid() != int(command_process):
        return
    status = STOPPED
    # The lock is among what the server inherits.
    server = subprocess.Popen(command, close_fds=False)
    try:
        status = server.wait()
    except _Stopped:
        server.terminate()
        with suppress(subprocess.TimeoutExpired, _Stopped):
            server.wait(GRACE_SECONDS)
    finally:
        end_descendants()
    sys.exit(status if status >= 0 else 128 - status)


class _Stopped(BaseException):
    """The keeper was told to stop."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _Stopped


if __name__ == "__main__":
    main()
