"""Runs dbt for a home and reads its results. `building.py` decides when, and what to select."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from linernotes.base.checked_runs import Check
from linernotes.base.dbt_process import (
    EVENTS_ONLY,
    LOCK_VARIABLE,
    MANIFEST_VARIABLE,
    SOURCES_VARIABLE,
)
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.warehouse.failing_rows import failing_rows
from linernotes.warehouse.project import keep_manifest, manifest_of_now
from linernotes.warehouse.sources import sources_folder
from linernotes.warehouse.targets import read_known_events, read_targets

Progress = Callable[[int, int, str], None]
LAST_MESSAGES = 15
# Kinds of DuckDB errors that quote a value.
QUOTES_VALUES = re.compile(r"\b(Conversion|Constraint|Invalid Input|Out of Range) Error")
QUOTED = re.compile(r"""["'`].*["'`]""", re.DOTALL)
KEPT_TEXT = 300
FAILED = frozenset({"error", "fail", "runtime error"})


class BuildFailed(LinernotesError):
    """dbt failed or could not run; the message has the first failed nodes and their messages."""


@dataclass(frozen=True)
class DbtRun:
    """The result of one call of dbt.

    Attributes:
        exit_status: 0 for success, 1 if a node failed; negative for the signal that killed it.
        invocation_id: dbt's own id of the call; empty if it ended before it printed one.
        messages: Its output, as plain text.
    """

    exit_status: int
    invocation_id: str
    messages: list[str]

    @property
    def last_output(self) -> str:
        """How it ended, and its last output."""
        output = "\n".join(self.messages[-LAST_MESSAGES:])
        if self.exit_status < 0:
            name = signal.Signals(-self.exit_status).name
            memory = " (the system does so when memory runs out)" if name == "SIGKILL" else ""
            return f"it was killed by {name}{memory}.\n{output}"
        return f"it ended with {self.exit_status}.\n{output}"


@dataclass(frozen=True)
class DbtResults:
    """The results of one run of dbt by node, checked to belong to that run.

    Attributes:
        invocation_id: dbt's id of the run.
        nodes: As in `run_results.json`, by unique id.
        manifest: The manifest of that run.
        elapsed_seconds: Wall time of dbt itself.
    """

    invocation_id: str
    nodes: dict[str, dict[str, Any]]
    manifest: dict[str, Any]
    elapsed_seconds: float

    @property
    def checks(self) -> list[Check]:
        """Every seed, model and test that ran, with its outcome; exposures do not run."""
        return self._checks_of(self.nodes)

    @property
    def failures(self) -> list[Check]:
        """The blocking nodes that failed, without those that did not run because of them."""
        failed = {name: node for name, node in self.nodes.items() if node["status"] in FAILED}
        return [check for check in self._checks_of(failed) if check.is_failure]

    @property
    def is_whole(self) -> bool:
        """Whether every seed, model and blocking test of the project ran."""
        wanted = {
            unique_id
            for unique_id, node in self.manifest["nodes"].items()
            if node["resource_type"] in {"seed", "model"} or is_blocking_test(node)
        }
        return wanted <= self.nodes.keys()

    def _checks_of(self, nodes: dict[str, dict[str, Any]]) -> list[Check]:
        known = self.manifest["nodes"]
        return [self._check(known[name], node) for name, node in nodes.items() if name in known]

    def _check(self, node: dict[str, Any], result: dict[str, Any]) -> Check:
        holds = result["status"] in {"success", "pass"}
        return Check(
            "test" if node["resource_type"] == "test" else "model",
            node["name"],
            "passed" if holds else "failed" if result["status"] in {"fail", "warn"} else "error",
            node["resource_type"] != "test" or is_blocking_test(node),
            result.get("failures") or 0,
            "" if holds else message_of(result),
        )


@dataclass(frozen=True)
class BuildResult:
    """The result of one build.

    Attributes:
        known_at: The freeze, naive UTC.
        invocation_id: dbt's id of the run.
        node_count: Nodes that ran: seeds, models and tests.
        warnings: One text per failed test of warning severity.
        elapsed_seconds: Wall time of dbt itself.
    """

    known_at: datetime
    invocation_id: str
    node_count: int
    warnings: list[str] = field(default_factory=list)
    elapsed_seconds: float = 0.0


def dbt_environment(settings: Settings) -> dict[str, str]:
    """The environment variables from which the dbt project reads this home's paths."""
    return {
        "LINERNOTES_TARGET": "duckdb",
        "LINERNOTES_WAREHOUSE_FILE": str(settings.warehouse_file),
        "LINERNOTES_DBT_THREADS": str(settings.dbt_threads),
        "LINERNOTES_DUCKDB_THREADS": str(settings.duckdb_threads or os.cpu_count() or 1),
        "LINERNOTES_DUCKDB_MEMORY_MIB": str(settings.duckdb_mebibytes),
        "DBT_TARGET_PATH": str(settings.warehouse_file.parent / "target"),
        "DBT_LOG_PATH": str(settings.warehouse_file.parent / "logs"),
        # dbt's messages are read from its output; its own log would keep values that errors quote.
        "DBT_LOG_LEVEL_FILE": "none",
        # A home's earlier parse may come from another checkout, with its paths.
        "DBT_PARTIAL_PARSE": "false",
        "DBT_PROFILES_DIR": str(PROJECT_ROOT),
        "DBT_PROJECT_DIR": str(PROJECT_ROOT),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "TZ": "UTC",
        LOCK_VARIABLE: str(writing_lock(settings)),
        SOURCES_VARIABLE: str(sources_folder(settings)),
        MANIFEST_VARIABLE: str(manifest_of_now()),
    }


def target_folder(settings: Settings) -> Path:
    """The folder of dbt's artefacts, for commands and for assets."""
    return settings.warehouse_file.parent / "target"


def writing_lock(settings: Settings) -> Path:
    """The file that a dbt process locks while it writes, even if its parent has ended."""
    return settings.warehouse_file.parent / "writing.lock"


def dbt_vars(
    settings: Settings, known_at: datetime, first_month: date | None = None
) -> dict[str, Any]:
    """The dbt variables of a build of a home at a freeze.

    Args:
        settings: The home.
        known_at: The freeze, naive UTC.
        first_month: The first month that is calculated; the rows of earlier ones are kept.
    """
    month = first_month and first_month.isoformat()
    return ({"first_month": month, "kept_before": month} if month else {}) | {
        "known_at": known_at.strftime("%Y-%m-%d %H:%M:%S.%f"),
        "reporting_currency_code": settings.reporting_currency,
        "targets": [target.model_dump(mode="json") for target in read_targets(settings)],
        "known_events": [event.model_dump(mode="json") for event in read_known_events(settings)],
    }


def forget_results(target: Path) -> None:
    """Removes the artefacts of an earlier dbt run, which could be taken for the next one's."""
    for name in ("run_results.json", "semantic_manifest.json"):
        (target / name).unlink(missing_ok=True)


def run_dbt(
    settings: Settings,
    arguments: list[str],
    on_progress: Progress | None = None,
    environment: Mapping[str, str] | None = None,
) -> DbtRun:
    """Runs one dbt command in a child process, which ends when this one does.

    In our own process its DuckDB handle would keep the warehouse locked after the run. The caller
    has to check the result: a failure of dbt raises nothing here.

    Args:
        settings: The home.
        arguments: dbt's own.
        on_progress: Called with nodes done, nodes in all, and the node's name.
        environment: Environment variables for dbt; by default those for DuckDB and this home.
    """
    command = [sys.executable, "-m", "linernotes.base.dbt_process", *EVENTS_ONLY]
    command += ["--no-use-colors", *arguments]
    environment = environment or dbt_environment(settings)
    settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    messages: list[str] = []
    invocation_id = ""
    with subprocess.Popen(
        command,
        cwd=PROJECT_ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or []:
            event = _event(line)
            output = event["info"].get("msg", line) if event else line.rstrip()
            messages.append(without_values(output))
            if event:
                invocation_id = event["info"].get("invocation_id") or invocation_id
            if event and on_progress and event["info"].get("name") in _RESULT_EVENTS:
                data = event["data"]
                node = data.get("node_info", {}).get("node_name", "")
                on_progress(int(data.get("index", 0)), int(data.get("total", 0)), node)
    if kept := environment[MANIFEST_VARIABLE]:
        keep_manifest(Path(kept), Path(environment["DBT_TARGET_PATH"]))
    return DbtRun(process.returncode, invocation_id, messages)


# dbt's message for a part of a selection without a match, which it then ignores.
NO_MATCH = "does not match any enabled nodes"
_RESULT_EVENTS = {"LogModelResult", "LogTestResult", "LogSeedResult", "LogNodeResult"}


def _event(line: str) -> dict | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "info" in event else None


def dbt_results(settings: Settings, run: DbtRun, target: Path | None = None) -> DbtResults:
    """The results of a run of dbt.

    Args:
        settings: The home.
        run: How dbt ended.
        target: The folder of its artefacts; that of builds by default.

    Raises:
        BuildFailed: if it did not run to its end, or the artefacts are of another run.
    """
    folder = target or target_folder(settings)
    found = [_artefact(folder / name) for name in ("run_results.json", "manifest.json")]
    ids = {artefact["metadata"]["invocation_id"] for artefact in found if artefact}
    if run.exit_status not in {0, 1} or not all(found) or ids != {run.invocation_id}:
        raise BuildFailed(f"dbt did not run to its end: {run.last_output}")
    results, manifest = found
    return DbtResults(
        run.invocation_id,
        {node["unique_id"]: node for node in results["results"]},
        manifest,
        float(results["elapsed_time"]),
    )


def _artefact(path: Path) -> dict[str, Any]:
    """An artefact of dbt; empty if it is missing or truncated."""
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}


def is_blocking_test(node: dict[str, Any]) -> bool:
    """Whether a node of the manifest is a data test that stops a run."""
    severity = str(node["config"].get("severity") or "error").lower()
    return node["resource_type"] == "test" and severity == "error"


def schema_of(node: Mapping[str, Any]) -> str:
    """The schema of a node in the warehouse file; on Spark its name begins with the home's."""
    return node["config"]["schema"]


def column_types_of(node: Mapping[str, Any]) -> dict[str, str]:
    """The types of a node's columns that its contract, or a documented type, gives."""
    return {
        name: column["data_type"]
        for name, column in node["columns"].items()
        if column.get("data_type")
    }


def message_of(result: dict[str, Any]) -> str:
    """The message of dbt on a node, in one line."""
    text = without_values(result.get("message") or result["status"])
    return " ".join(text.split())[:KEPT_TEXT]


def without_values(text: str) -> str:
    """A message without the values that DuckDB quotes, which may be personal."""
    return QUOTED.sub("…", text) if QUOTES_VALUES.search(text) else text


def build_result(
    settings: Settings, freeze: datetime, run: DbtRun, results: DbtResults
) -> BuildResult:
    """The result of one run of dbt.

    Raises:
        BuildFailed: if a node failed, or none ran.
    """
    unmatched = sorted({message for message in run.messages if NO_MATCH in message})
    if unmatched:
        raise BuildFailed(
            f"{' '.join(unmatched)}. Nothing is published. Give names of models, such as "
            "dim_partners, or other valid dbt selections."
        )
    warnings, failures = [], []
    for unique_id, node in results.nodes.items():
        text = f"{unique_id.split('.', 2)[-1]}: {message_of(node)}"
        if node["status"] == "warn":
            warnings.append(text)
        elif node["status"] in FAILED:
            failures.append("\n      ".join([text, *failing_rows(settings, node)]))
    if not results.nodes and run.exit_status == 0:
        raise BuildFailed("The selection contains no model, so nothing is published.")
    if failures or not results.nodes:
        skipped = sum(node["status"] == "skipped" for node in results.nodes.values())
        listed = "\n".join(f"  - {text}" for text in failures[:10]) or run.last_output
        raise BuildFailed(
            f"{len(failures)} nodes failed, {skipped} downstream did not run; nothing is published."
            f"\n{listed}\nThe compiled SQL is under {target_folder(settings)}."
        )
    if run.exit_status != 0:
        raise BuildFailed(f"dbt did not run to its end: {run.last_output}")
    return BuildResult(
        freeze, results.invocation_id, len(results.nodes), warnings, results.elapsed_seconds
    )
