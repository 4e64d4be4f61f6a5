"""Runs one command in a process of its own, and measures its cost.

The callers decide which commands are measured.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

SHOWN_LINES = 20


class StepFailed(Exception):
    """A measured command failed; the message ends with the last lines of its output."""


# The measurement excludes the time that a new delivery must stay unchanged.
_AT_ONCE = {"LINERNOTES_SETTLING_SECONDS": "0"}


@dataclass(frozen=True)
class Cost:
    """The cost of one command.

    Attributes:
        wall_seconds: From start to end.
        cpu_seconds: User and system time of the command and its child processes.
        peak_megabytes: Peak resident memory of the largest of these processes.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_megabytes: float


@dataclass(frozen=True)
class Scale:
    """The sizes and costs at one scale.

    Attributes:
        factor: The scale of the sample world.
        feed_bytes: Size of the landing zone.
        lake_rows: Rows in the lake after the load.
        lake_bytes: Size of the lake's active files.
        costs: Cost by step, in the order of the steps; the last ones are the floor's and Polars'.
        slowest: The models and tests of the build with the longest wall time in seconds.
    """

    factor: float
    feed_bytes: int
    lake_rows: int
    lake_bytes: int
    costs: dict[str, Cost]
    slowest: dict[str, float] = field(default_factory=dict)


def measure(command: Sequence[str | Path], environment: dict[str, str], cwd: Path) -> Cost:
    """Runs a command to its end.

    Raises:
        StepFailed: if its exit status is not 0.
    """
    with tempfile.TemporaryFile("w+") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            env=os.environ | _AT_ONCE | environment,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        # `Popen.wait` would discard the resource usage.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            output.seek(0)
            last = "".join(output.readlines()[-SHOWN_LINES:])
            text = " ".join(str(word) for word in command)
            raise StepFailed(f"{text}\nended with status {process.returncode}:\n{last}")
    # Linux counts the peak in KiB.
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
