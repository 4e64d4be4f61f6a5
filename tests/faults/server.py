"""Runs commands under the shim: everything is imported once, and each command is a fork of that.

`python -m tests.faults.server` reads requests from its input, one JSON line each, and answers each
with one. What disturbs a command is in its spec; see `shim.c`.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import Any

import polars

# Imported before the first fork; they start no thread of their own.
AHEAD = (
    "linernotes.cli.app",
    "linernotes.cli.console",
    "rich.progress",
    "rich.table",
    "linernotes.pipeline",
    "linernotes.cli.delivering",
    "linernotes.ingestion",
    "linernotes.warehouse",
    "linernotes.statements",
    "linernotes.packages",
    "linernotes.delivery",
    "linernotes.delivery.folder",
    "tests.faults.scenarios",
    "tests.faults.steps",
    "tests.fuzz.loading",
)
LISTEN_SECONDS = 0.002


def main() -> None:
    """Answers requests until the input ends."""
    with _polars_at_rest():
        for name in AHEAD:
            importlib.import_module(name)
    # What is never looked at again need not be copied into each fork.
    gc.collect()
    gc.freeze()
    library = os.environ.get("LD_PRELOAD")
    shim = ctypes.CDLL(library) if library else None
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        jobs = json.loads(line)
        print(json.dumps(_run_all(jobs, shim)), file=answers, flush=True)


@contextlib.contextmanager
def _polars_at_rest() -> Generator[None]:
    """Keeps Polars from starting its threads, which a fork would not have.

    A point in time as a literal is otherwise made by a query.
    """
    usual = polars.functions.lit

    def lit(value: Any, dtype: Any = None, **more: Any) -> polars.Expr:
        if not isinstance(value, datetime) or dtype is not None:
            return usual(value, dtype, **more)
        zone = "UTC" if value.tzinfo else None
        since = (value if zone else value.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
        return usual(since // timedelta(microseconds=1)).cast(polars.Datetime("us", zone))

    names = vars(polars.functions)
    names["lit"] = lit
    try:
        yield
    finally:
        names["lit"] = usual


def _run_all(jobs: list[dict[str, Any]], shim: ctypes.CDLL | None) -> list[dict[str, Any]]:
    """Runs jobs at the same time and waits for all of them."""
    started = {_start(job, shim): job for job in jobs}
    ended: dict[int, dict[str, Any]] = {}
    begun = time.monotonic()
    while len(ended) < len(started):
        time.sleep(LISTEN_SECONDS)
        seconds = time.monotonic() - begun
        for process in started.keys() - ended.keys():
            found, status, used = os.wait4(process, os.WNOHANG)
            hangs = not found and seconds > started[process]["timeout"]
            if hangs:
                os.killpg(process, signal.SIGKILL)
                _, status, used = os.wait4(process, 0)
            if found or hangs:
                # What a killed command had started goes with it.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process, signal.SIGKILL)
                ended[process] = {
                    "status": os.waitstatus_to_exitcode(status),
                    "hangs": hangs,
                    "seconds": seconds,
                    "kilobytes": used.ru_maxrss,
                }
    return [ended[process] for process in started]


def _start(job: dict[str, Any], shim: ctypes.CDLL | None) -> int:
    process = os.fork()
    if process:
        with contextlib.suppress(OSError):
            os.setpgid(process, process)
        return process
    try:
        os.setpgid(0, 0)
        printed = os.open(job["printed"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(printed, 1)
        os.dup2(printed, 2)
        os.environ |= job["environment"]
        module, name = job["call"].split(":")
        function = getattr(importlib.import_module(module), name)
        if shim and job["spec"]:
            os.environ["FAULT_SPEC"] = job["spec"]
            shim.fault_arm(job["spec"].encode())
        status = function(*job["arguments"])
    except BaseException:
        traceback.print_exc()
        status = 70
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status or 0)


if __name__ == "__main__":
    main()
    # As the command line ends: DuckDB's bindings would list their leaks.
    os._exit(0)
