"""Builds the shim, and talks to processes that run under it.

What the shim does is in `shim.c`; which points are tried is in `campaign.py`.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from linernotes.base.settings import PROJECT_ROOT

SOURCE = Path(__file__).with_name("shim.c")
COMPILER = shutil.which("cc") or shutil.which("gcc")
# 15 July 2026, 6:00 UTC.
NOW = 1_784_095_200
# A hang is told only after what a crowded machine takes for a report of several partners.
TIMEOUT_SECONDS = 300
ENVIRONMENT = {
    "POLARS_MAX_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "TOKIO_WORKER_THREADS": "1",
    "LINERNOTES_DUCKDB_THREADS": "1",
    # The clock of a disturbed command says nothing of how old a file is.
    "LINERNOTES_SETTLING_SECONDS": "0",
}


def build_shim(folder: Path) -> Path:
    """Compiles the shim into a folder."""
    assert COMPILER, "a C compiler is needed"
    library = folder / "shim.so"
    if not library.exists():
        made = folder / f"shim-{os.getpid()}.so"
        flags = ["-shared", "-fPIC", "-O2", "-Wall"]
        subprocess.run([COMPILER, *flags, "-o", str(made), str(SOURCE), "-ldl"], check=True)
        made.replace(library)
    return library


@dataclass(frozen=True)
class Disturbance:
    """What happens to one command.

    Attributes:
        at: Number of the operation, from 1; 0 for none.
        when: `before` and `after` kill there, `torn` after half of a write; `enospc` and `eio` fail
            it.
        lasts: Whether the operations after it fail, too.
        clock: What the clock shows at the start, in seconds since 1970.
        shadow: Where what fsync has made to last is kept; None if nobody will ask.
    """

    at: int = 0
    when: str = ""
    lasts: bool = False
    clock: float = NOW
    shadow: Path | None = None

    def spec(self, root: Path, state: Path, log: Path) -> str:
        """The shim's text for it."""
        values: dict[str, object] = {
            "root": root,
            "state": state,
            "log": log,
            "at": self.at,
            "when": self.when,
            "until": "on" if self.lasts else "once",
            "clock": round(self.clock * 1_000_000) * 1000,
            "shadow": self.shadow or "",
        }
        return ";".join(f"{name}={value}" for name, value in values.items())


@dataclass(frozen=True)
class Operation:
    """One operation that a command asked of the disk."""

    number: int
    kind: str
    path: str


@dataclass
class Ended:
    """How a command ended.

    Attributes:
        status: Its exit status; negative for a signal.
        printed: What it wrote to its output and its errors.
        operations: What it asked of the disk below the root, in order.
    """

    status: int
    hangs: bool
    seconds: float
    kilobytes: int
    printed: str
    operations: list[Operation] = field(default_factory=list)

    @property
    def was_killed(self) -> bool:
        """Whether it was killed at its point; the shim ends it otherwise if it fails itself."""
        return self.status == -signal.SIGKILL


class Commands:
    """A process from which commands are forked, with everything imported.

    Used in a `with` statement. Without the shim, nothing can be disturbed.
    """

    def __init__(self, library: Path | None = None) -> None:
        self._library = library

    def __enter__(self) -> Self:
        self._scratch = tempfile.TemporaryDirectory(prefix="faults-")
        environment = os.environ | ENVIRONMENT
        if self._library:
            environment["LD_PRELOAD"] = str(self._library)
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.server"],
            cwd=PROJECT_ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._number = 0
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.communicate()
        self._scratch.cleanup()

    def run(
        self,
        call: str,
        arguments: list[Any],
        root: Path,
        disturbance: Disturbance | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> Ended:
        """Runs one command.

        Args:
            call: `module:function`, which gives an exit status.
            arguments: What it is given.
            root: Only operations below it are counted and disturbed.
            disturbance: None to be undisturbed.
            timeout: Seconds after which it hangs, and is killed.
        """
        return self.run_all([(call, arguments, disturbance)], root, timeout)[0]

    def run_all(
        self,
        jobs: list[tuple[str, list[Any], Disturbance | None]],
        root: Path,
        timeout: float = TIMEOUT_SECONDS,
    ) -> list[Ended]:
        """Runs commands at the same time."""
        request, places = [], []
        for call, arguments, disturbance in jobs:
            self._number += 1
            place = Path(self._scratch.name) / str(self._number)
            place.mkdir()
            places.append(place)
            disturbance = disturbance or Disturbance()
            request.append(
                {
                    "call": call,
                    "arguments": arguments,
                    "environment": {},
                    "spec": disturbance.spec(root, place / "state", place / "log")
                    if self._library
                    else "",
                    "printed": str(place / "printed"),
                    "timeout": timeout,
                }
            )
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        answers = json.loads(self._server.stdout.readline())
        ended = []
        for place, answer in zip(places, answers, strict=True):
            printed = (place / "printed").read_text(errors="replace")
            ended.append(Ended(printed=printed, operations=_operations(place / "log"), **answer))
            shutil.rmtree(place)
        return ended


def _operations(log: Path) -> list[Operation]:
    if not log.exists():
        return []
    lines = log.read_text(errors="replace").splitlines()
    found = [line.split(" ", 2) for line in lines]
    return sorted(
        (Operation(int(number), kind, path) for number, kind, path in found),
        key=lambda one: one.number,
    )
