"""Runs servers and all processes that they start together: when one ends, all of them end.

The command starts a keeper (this module run as a program), and the keeper starts the servers. If
the command is killed, the operating system notifies the keeper; if the keeper is killed, the
command notices. `webserver.py` decides what is served.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from linernotes.base import locks
from linernotes.base.child_processes import adopt_orphans, end_with_parent
from linernotes.base.errors import LinernotesError

PROJECT_ROOT = Path(__file__).resolve().parent.parent

STOPPED = 0
GRACE_SECONDS = 10.0
LOOK_SECONDS = 0.2
# Processes of a killed command have their grace period, and a loaded machine is slow to end them.
FREE_SECONDS = 60.0
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextmanager
def the_only_one(folder: Path, home: Path) -> Generator[int]:
    """Locks the home against a second daemon, which would run every schedule a second time.

    Args:
        folder: The folder of the lock.
        home: The home, for the message.

    Yields:
        The descriptor of the lock. It is free only after all processes that have it have ended.

    Raises:
        LinernotesError: if another `linernotes up` runs for this home.
    """
    with (folder / "up.lock").open("a+") as lock:
        until = time.monotonic() + FREE_SECONDS
        while not locks.take(lock):
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            # A killed command ends before the processes that it started.
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
    """Whether the named process still runs; an unknown process counts as running."""
    if not holder.isdigit() or not Path("/proc/self/stat").exists():
        return True
    try:
        state = Path(f"/proc/{holder}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def keep_together(
    commands: Sequence[Sequence[str]], environment: Mapping[str, str], lock: int
) -> int:
    """Runs servers until one ends or this process is stopped, and ends all processes.

    Args:
        commands: One for each server.
        environment: The environment of the servers.
        lock: A locked descriptor. Keeper and servers inherit it, so the lock is free only after all
            of them have ended.

    Returns:
        The exit status of the server that ended first; 0 if all were stopped.
    """
    adopt_orphans()
    keeper = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "orchestration.servers",
            str(os.getpid()),
            str(GRACE_SECONDS),
            json.dumps(commands),
        ],
        cwd=PROJECT_ROOT,
        env=environment,
        pass_fds=[lock],
        # Ctrl-C in a terminal then reaches only this process, which stops the others in order.
        start_new_session=True,
    )
    was_stopped = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal was_stopped
        was_stopped = True
        keeper.terminate()

    before = {number: signal.signal(number, stop) for number in STOP_SIGNALS}
    try:
        status = keeper.wait()
    finally:
        end_descendants()
        for number, handler in before.items():
            signal.signal(number, handler)
    return STOPPED if was_stopped else status


def end_descendants() -> None:
    """Kills all processes below this one until none is left; on Linux including indirect ones."""
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
    """Ids of all processes below one; empty if the system has no /proc."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            # The name is in parentheses and may contain anything; the parent is two fields after
            # it.
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(path.parent.name))
    found, waiting = [], [process]
    while waiting:
        below = parents.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def main() -> None:
    """The keeper: starts the servers, and ends them and all below them after the command."""
    command_process, grace_seconds, commands = map(json.loads, sys.argv[1:])
    for number in STOP_SIGNALS:
        signal.signal(number, _stop)
    end_with_parent(signal.SIGTERM)
    adopt_orphans()
    if os.getppid() != command_process:
        return
    status = STOPPED
    servers: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            # Servers also inherit the lock.
            servers.append(subprocess.Popen(command, close_fds=False))
        status = _status_of_the_first_to_end(servers)
    except _Stopped:
        pass
    finally:
        _stop_in_order(servers, grace_seconds)
        end_descendants()
    sys.exit(status if status >= 0 else 128 - status)


def _status_of_the_first_to_end(servers: Sequence[subprocess.Popen[bytes]]) -> int:
    while True:
        for server in servers:
            status = server.poll()
            if status is not None:
                return status
        time.sleep(LOOK_SECONDS)


def _stop_in_order(servers: Sequence[subprocess.Popen[bytes]], seconds: float) -> None:
    """Tells the servers to stop, and waits for them up to a time limit."""
    until = time.monotonic() + seconds
    with suppress(subprocess.TimeoutExpired, _Stopped):
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(max(0.0, until - time.monotonic()))


class _Stopped(BaseException):
    """The keeper was asked to stop."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _Stopped


if __name__ == "__main__":
    main()
