"""Runs one command as a process of its own and says what it cost.

Which commands are worth measuring is decided elsewhere.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SHOWN_LINES = 20


class StepFailed(Exception):
    """A measured command did not succeed; the message ends with the last lines that it wrote."""


# What is measured is work, not how long a new delivery has to stand still.
_AT_ONCE = {"LINERNOTES_SETTLING_SECONDS": "0"}


@dataclass(frozen=True)
class Cost:
    """What one command cost.

    Attributes:
        wall_seconds: From start to end.
        cpu_seconds: User and system time of the command and of the processes that it waited for.
        peak_megabytes: Resident memory of the largest one of these processes at its peak.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_megabytes: float


@dataclass(frozen=True)
class Scale:
    """What one scale weighed and cost.

    Attributes:
        factor: The scale given to the sample world.
        feed_bytes: Size of the landing zone.
        lake_rows: Rows in the lake after the load.
        lake_bytes: Size of the lake's active files.
        costs: Step -> cost, in the order in which the steps ran; the last one is the floor.
    """

    factor: float
    feed_bytes: int
    lake_rows: int
    lake_bytes: int
    costs: dict[str, Cost]


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
        # Popen's own wait would throw the usage away.
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
