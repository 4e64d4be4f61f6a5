"""Runs dbt over a home: links the lake's active files as sources, starts dbt, reads its results.

One build at a time holds the home's build lock; readers of the published file never notice.
"""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from linernotes.errors import LinernotesError
from linernotes.ingestion import Lake
from linernotes.settings import PROJECT_ROOT, Settings

Progress = Callable[[int, int, str], None]


class BuildFailed(LinernotesError):
    """dbt said no, or could not run; the message names the first nodes and what they said."""


@dataclass(frozen=True)
class BuildResult:
    """What one build did.

    Attributes:
        known_at: The freeze, naive UTC.
        node_count: Nodes that ran: seeds, models and tests.
        warnings: One text per test of warning severity that found something.
        elapsed_seconds: Wall time of dbt itself.
    """

    known_at: datetime
    node_count: int
    warnings: list[str] = field(default_factory=list)
    elapsed_seconds: float = 0.0


def dbt_environment(settings: Settings) -> dict[str, str]:
    """The environment variables with which the dbt project finds this home."""
    return {
        "LINERNOTES_WAREHOUSE_FILE": str(settings.warehouse_file),
        "LINERNOTES_SOURCES": str(_sources_root(settings)),
        "LINERNOTES_DUCKDB_THREADS": os.environ.get(
            "LINERNOTES_DUCKDB_THREADS", str(os.cpu_count() or 1)
        ),
        "DBT_TARGET_PATH": str(settings.warehouse_file.parent / "target"),
        "DBT_LOG_PATH": str(settings.warehouse_file.parent / "logs"),
        "DBT_PROFILES_DIR": str(PROJECT_ROOT),
        "DBT_PROJECT_DIR": str(PROJECT_ROOT),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "TZ": "UTC",
    }


def dbt_vars(known_at: datetime) -> dict[str, str]:
    """The dbt variables of a build at a freeze."""
    return {"known_at": known_at.strftime("%Y-%m-%d %H:%M:%S.%f")}


def now() -> datetime:
    """The present as a naive UTC instant in whole seconds, the default freeze."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


@contextmanager
def building(settings: Settings) -> Generator[None]:
    """Holds the home's build lock and lays out the sources.

    Raises:
        BuildFailed: if another build of this home is running.
    """
    with _locked(settings, "build.lock"):
        link_sources(settings)
        yield


@contextmanager
def publishing_alone(settings: Settings) -> Generator[None]:
    """Holds the home from the first check of a build to its publication.

    Without it another build could slip in between, and be published unchecked.

    Raises:
        BuildFailed: if another build of this home is running.
    """
    with _locked(settings, "publish.lock"):
        yield


@contextmanager
def _locked(settings: Settings, name: str) -> Generator[None]:
    settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    with (settings.warehouse_file.parent / name).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BuildFailed(
                f"Another build of {settings.home} is running; wait for it to end and try again."
            ) from None
        yield


def link_sources(settings: Settings) -> None:
    """Lays one folder of links per lake table: the files that the Delta log calls active.

    Every engine reads such a folder as plain Parquet; a crashed load's orphans stay out of it.
    """
    lake = Lake(settings.lake_root)
    lake.ensure_tables()
    root = _sources_root(settings)
    for table in lake.tables():
        folder = root / table
        folder.mkdir(parents=True, exist_ok=True)
        wanted = {
            f"{index:06d}.parquet": path for index, path in enumerate(lake.active_files(table))
        }
        for link in folder.iterdir():
            if link.name not in wanted or link.readlink() != wanted[link.name].resolve():
                link.unlink()
        for name, path in wanted.items():
            if not (folder / name).is_symlink():
                (folder / name).symlink_to(path.resolve())


def build(
    settings: Settings,
    known_at: datetime | None = None,
    select: str | None = None,
    on_progress: Progress | None = None,
) -> BuildResult:
    """Builds the warehouse file with dbt: seeds, models, data tests, each after what it needs.

    Args:
        settings: The home.
        known_at: The freeze, naive UTC; the present by default.
        select: dbt selection, everything by default.
        on_progress: Called with nodes done, nodes in all, and the node's name.

    Raises:
        BuildFailed: if a model or a test of error severity fails. The published file is untouched.
    """
    freeze = known_at or now()
    with building(settings):
        arguments = ["build", "--vars", json.dumps(dbt_vars(freeze))]
        # Unit tests check the models on hand-made rows, which no delivery can change.
        arguments += ["--exclude-resource-type", "unit_test"]
        if select:
            # A test that also reads what is not selected waits for a whole build.
            arguments += ["--select", *select.split(), "--indirect-selection", "buildable"]
        output = run_dbt(settings, arguments, on_progress)
        return _result(settings, freeze, output)


def run_dbt(
    settings: Settings, arguments: list[str], on_progress: Progress | None = None
) -> list[str]:
    """Runs one dbt command in a process of its own and returns its plain messages.

    In our own process its DuckDB handle would keep the warehouse locked after the run.
    """
    command = [sys.executable, "-m", "linernotes.warehouse.run_dbt", "--log-format", "json"]
    command += ["--log-level", "info", "--no-use-colors", *arguments]
    environment = os.environ | dbt_environment(settings)
    messages: list[str] = []
    with subprocess.Popen(
        command,
        cwd=PROJECT_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or []:
            event = _event(line)
            messages.append(event["info"].get("msg", line) if event else line.rstrip())
            if event and on_progress and event["info"].get("name") in _RESULT_EVENTS:
                data = event["data"]
                node = data.get("node_info", {}).get("node_name", "")
                on_progress(int(data.get("index", 0)), int(data.get("total", 0)), node)
    return messages


_RESULT_EVENTS = {"LogModelResult", "LogTestResult", "LogSeedResult", "LogNodeResult"}


def _event(line: str) -> dict | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "info" in event else None


def _result(settings: Settings, freeze: datetime, messages: list[str]) -> BuildResult:
    results_file = settings.warehouse_file.parent / "target" / "run_results.json"
    if not results_file.exists():
        raise BuildFailed("dbt did not run:\n" + "\n".join(messages[-15:]))
    results = json.loads(results_file.read_text())
    warnings, failures = [], []
    for node in results["results"]:
        name = node["unique_id"].split(".", 2)[-1]
        said = " ".join((node.get("message") or node["status"]).split())
        text = f"{name}: {said[:300]}"
        if node["status"] == "warn":
            warnings.append(text)
        elif node["status"] in {"error", "fail", "runtime error"}:
            failures.append(text)
    if failures or not results["results"]:
        skipped = sum(node["status"] == "skipped" for node in results["results"])
        listed = "\n".join(f"  - {text}" for text in failures[:10]) or "\n".join(messages[-15:])
        raise BuildFailed(
            f"{len(failures)} nodes failed, {skipped} after them did not run; nothing is published."
            f"\n{listed}\nThe compiled SQL is under {settings.warehouse_file.parent / 'target'}."
        )
    return BuildResult(freeze, len(results["results"]), warnings, float(results["elapsed_time"]))


def _sources_root(settings: Settings) -> Path:
    return settings.warehouse_file.parent / "sources"
