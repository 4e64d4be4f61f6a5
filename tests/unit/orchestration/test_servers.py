"""Processes that end with `linernotes up`. The server is a stand-in that starts processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path

import pytest

# A server that ignores SIGTERM, a child of it in another session, and a grandchild whose parent has
# ended.
SERVER = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sleep = [sys.executable, "-c", "import time; time.sleep(300)"]
apart = subprocess.Popen(sleep, start_new_session=True)
orphan = subprocess.run(
    [sys.executable, "-c", "import subprocess, sys;"
     "print(subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL).pid)", *sleep],
    stdout=subprocess.PIPE, text=True, check=True,
).stdout
open(sys.argv[1] + ".new", "w").write(f"{os.getpid()} {apart.pid} {orphan}")
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(300)
"""
UP = """
import os, sys
from pathlib import Path
from linernotes.base.errors import LinernotesError
from orchestration import servers
servers.GRACE_SECONDS = 0.5
try:
    with servers.the_only_one(Path(sys.argv[1]), Path(sys.argv[1])) as lock:
        sys.exit(servers.keep_together(
            [[sys.executable, "-c", *sys.argv[2:]]], os.environ, lock))
except LinernotesError as error:
    sys.exit(str(error))
"""
# Longer than a second command waits for the processes of a killed one.
PATIENCE_SECONDS = 120


def until(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


def is_running(process: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.fixture
def up(tmp_path: Path) -> Generator[tuple[subprocess.Popen, list[int]]]:
    """The command over a home, and the ids of the processes that its server has started."""
    reported = tmp_path / "processes"
    command = [sys.executable, "-c", UP, str(tmp_path), SERVER, str(reported)]
    with subprocess.Popen(command) as process:
        assert until(reported.exists)
        below = [int(one) for one in reported.read_text().split()]
        yield process, below
        for one in (process.pid, *below):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="the system must tell of a parent's end")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_up_that_ends_leaves_nothing_running(
    up: tuple[subprocess.Popen, list[int]], how: signal.Signals
) -> None:
    """Regression: stopped with SIGTERM or killed, it left five processes of Dagster behind."""
    process, below = up
    assert all(map(is_running, below))

    process.send_signal(how)

    assert process.wait(PATIENCE_SECONDS) == (-how if how == signal.SIGKILL else 0)
    assert until(lambda: not any(map(is_running, below)))


def test_up_over_a_home_that_is_served_names_the_first(
    up: tuple[subprocess.Popen, list[int]], tmp_path: Path
) -> None:
    """Regression: a second start created a second daemon, which ran every schedule twice."""
    process, _ = up
    command = [sys.executable, "-c", UP, str(tmp_path), SERVER, str(tmp_path / "second")]

    second = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )

    assert second.returncode == 1
    assert f"process {process.pid}" in second.stderr
    assert not (tmp_path / "second").exists()


def test_up_after_one_that_was_killed_may_start(
    up: tuple[subprocess.Popen, list[int]], tmp_path: Path
) -> None:
    """The processes of the first run end after a while, later on a busy machine."""
    process, _ = up
    process.kill()
    process.wait(PATIENCE_SECONDS)
    reported = tmp_path / "second"
    command = [sys.executable, "-c", UP, str(tmp_path), SERVER, str(reported)]

    with subprocess.Popen(command) as second:
        until(lambda: reported.exists() or second.poll() is not None)
        has_started = reported.exists()
        second.terminate()

    assert has_started


def test_up_with_two_servers_ends_with_the_first_that_ends(tmp_path: Path) -> None:
    """With a web server but no daemon, the schedules would only seem to run."""
    reported = tmp_path / "processes"
    script = UP.replace(
        '[[sys.executable, "-c", *sys.argv[2:]]]',
        '[[sys.executable, "-c", *sys.argv[2:]], [sys.executable, "-c", "raise SystemExit(7)"]]',
    )
    command = [sys.executable, "-c", script, str(tmp_path), SERVER, str(reported)]

    with subprocess.Popen(command) as process:
        status = process.wait(PATIENCE_SECONDS)

    assert status == 7
    below = map(int, reported.read_text().split()) if reported.exists() else []
    assert until(lambda: not any(map(is_running, below)))
