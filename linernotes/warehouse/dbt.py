"""Runs dbt over a home and reads its results. When and over what is decided in `building.py`."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from linernotes.errors import LinernotesError
from linernotes.settings import PROJECT_ROOT, Settings
from linernotes.warehouse.failing_rows import failing_rows
from linernotes.warehouse.sources import sources_folder

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
        "LINERNOTES_SOURCES": str(sources_folder(settings)),
        "LINERNOTES_DBT_THREADS": str(settings.dbt_threads),
        "LINERNOTES_DUCKDB_THREADS": str(settings.duckdb_threads or os.cpu_count() or 1),
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


def run_dbt(
    settings: Settings,
    arguments: list[str],
    on_progress: Progress | None = None,
    sources_root: str | None = None,
) -> list[str]:
    """Runs one dbt command in a process of its own and returns its plain messages.

    In our own process its DuckDB handle would keep the warehouse locked after the run.

    Args:
        settings: The home.
        arguments: dbt's own.
        on_progress: Called with nodes done, nodes in all, and the node's name.
        sources_root: Where the models read the lake, if not from the home's links.
    """
    command = [sys.executable, "-m", "linernotes.warehouse.run_dbt", "--log-format", "json"]
    command += ["--log-level", "info", "--no-use-colors", *arguments]
    environment = os.environ | dbt_environment(settings)
    if sources_root:
        environment["LINERNOTES_SOURCES"] = sources_root
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


# What dbt says of a part of a selection that selects nothing; it then goes on without it.
NO_MATCH = "does not match any enabled nodes"
_RESULT_EVENTS = {"LogModelResult", "LogTestResult", "LogSeedResult", "LogNodeResult"}


def _event(line: str) -> dict | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "info" in event else None


def build_result(settings: Settings, freeze: datetime, messages: list[str]) -> BuildResult:
    """What dbt left behind of its last run.

    Raises:
        BuildFailed: if a node failed, or dbt did not run.
    """
    unmatched = sorted({one for one in messages if NO_MATCH in one})
    if unmatched:
        raise BuildFailed(
            f"{' '.join(unmatched)}. Nothing is published. Write names of models, such as "
            "dim_partners, or other selections that dbt knows."
        )
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
            failures.append("\n      ".join([text, *failing_rows(settings, node)]))
    if failures or not results["results"]:
        skipped = sum(node["status"] == "skipped" for node in results["results"])
        listed = "\n".join(f"  - {text}" for text in failures[:10]) or "\n".join(messages[-15:])
        raise BuildFailed(
            f"{len(failures)} nodes failed, {skipped} after them did not run; nothing is published."
            f"\n{listed}\nThe compiled SQL is under {settings.warehouse_file.parent / 'target'}."
        )
    return BuildResult(freeze, len(results["results"]), warnings, float(results["elapsed_time"]))
