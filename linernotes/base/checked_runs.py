"""The record of a checked run: which calculation made a DuckDB file, and what its checks said.

A build and a closing write it into the file that they make. Whoever reads figures asks for it
first. What is checked is decided in `warehouse` and `expectations`.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import duckdb

from linernotes.base.errors import LinernotesError

BUILD, CLOSING = "build", "closing"
PASSED = "passed"
Kind = Literal["model", "test", "suite"]
Outcome = Literal["passed", "failed", "error", "awaited"]
MOST_LISTED = 10
RUN_TABLE, RESULTS_TABLE = "quality.checked_run", "quality.checked_run_results"
COLUMNS = {
    RUN_TABLE: {
        "invocation_id": (
            "varchar",
            "Identifies the run; dbt gave it, if it made the file.",
        ),
        "run_kind": ("varchar", "`build` of everything, or `closing` of the open months."),
        "known_at": ("timestamp", "The freeze: only what was recorded by then counts; UTC."),
        "project_sha256": ("varchar", "Hash of the models, seeds, macros and tests that ran."),
        "is_whole": ("boolean", "Whether all models and blocking tests ran that had to."),
        "finished_at": ("timestamp", "When models and tests were done; UTC."),
    },
    RESULTS_TABLE: {
        "check_kind": ("varchar", "`model`, `test` (of dbt) or `suite` (an expectation)."),
        "check_name": ("varchar", "The name of the model, test or expectation."),
        "is_blocking": ("boolean", "Whether statements and publication wait for it."),
        "outcome": ("varchar", "`passed`, `failed`, `error` (could not run) or `awaited`."),
        "row_count": ("bigint", "Rows that break it."),
        "message": ("varchar", "What it said; empty if it holds."),
    },
}
COMMENTS = {
    RUN_TABLE: "One row: the run that made the figures in this file.",
    RESULTS_TABLE: "One row per model, test and expectation of the run that made this file.",
}


@dataclass(frozen=True)
class Check:
    """What one model, test or expectation came to in a run.

    Attributes:
        kind: `model`, `test` or `suite`.
        name: Its name.
        outcome: `passed`, `failed`, `error` if it could not run, `awaited` if it has not run yet.
        is_blocking: Whether a run in which it does not hold may be used.
        row_count: Rows that break it.
        message: What it said; empty if it holds.
    """

    kind: Kind
    name: str
    outcome: Outcome
    is_blocking: bool = True
    row_count: int = 0
    message: str = ""

    @property
    def is_failure(self) -> bool:
        """Whether it keeps the run's figures from being used."""
        return self.is_blocking and self.outcome != "passed"

    def __str__(self) -> str:
        rows = f", {self.row_count} rows" if self.row_count else ""
        said = f": {self.message}" if self.message else ""
        return f"{self.name} ({self.outcome}{rows}){said}"


@dataclass(frozen=True)
class CheckedRun:
    """One calculation, and what its checks said.

    Attributes:
        invocation_id: dbt's id of the run, or an id of our own where dbt did not run itself.
        kind: `build` or `closing`.
        known_at: The freeze, naive UTC.
        project_sha256: Hash of the models, seeds, macros and tests that ran.
        is_whole: Whether all models and blocking tests ran; False for a selection.
        finished_at: When models and tests were done, naive UTC.
        checks: Every model, test and expectation.
    """

    invocation_id: str
    kind: str
    known_at: datetime
    project_sha256: str
    is_whole: bool
    finished_at: datetime
    checks: list[Check] = field(default_factory=list)

    @property
    def failures(self) -> list[Check]:
        """Blocking checks that do not hold, or have not run."""
        return [check for check in self.checks if check.is_failure]

    def count(self, kind: Kind) -> int:
        """How many blocking checks of a kind held."""
        return sum(
            check.kind == kind and check.is_blocking and not check.is_failure
            for check in self.checks
        )

    @property
    def summary(self) -> dict[str, Any]:
        """The run as drafts bear it, and through them approvals."""
        return {
            "invocation_id": self.invocation_id,
            "kind": self.kind,
            "known_at": self.known_at.isoformat() + "Z",
            "project_sha256": self.project_sha256,
            "tests_passed": self.count("test"),
            "expectations_passed": self.count("suite"),
            "result": PASSED if self.is_whole and not self.failures else "failed",
        }


def new_run_id() -> str:
    """An id for a run that dbt does not number itself."""
    return str(uuid.uuid4())


def forget_run(connection: duckdb.DuckDBPyConnection) -> None:
    """Takes the record away, before anything in the connection's database is changed."""
    for table in COLUMNS:
        connection.execute(f"drop table if exists {table}")


def record_run(connection: duckdb.DuckDBPyConnection, run: CheckedRun) -> None:
    """Writes the record of a finished run into the database, in place of an earlier one."""
    connection.execute("begin")
    connection.execute("create schema if not exists quality")
    forget_run(connection)
    for table, columns in COLUMNS.items():
        listed = ", ".join(f"{name} {kind}" for name, (kind, _) in columns.items())
        connection.execute(f"create table {table} ({listed})")
        connection.execute(f"comment on table {table} is '{COMMENTS[table]}'")
        for name, (_, comment) in columns.items():
            connection.execute(f"comment on column {table}.{name} is '{comment}'")
    connection.execute(
        f"insert into {RUN_TABLE} values (?, ?, ?, ?, ?, ?)",
        [
            run.invocation_id,
            run.kind,
            run.known_at,
            run.project_sha256,
            run.is_whole,
            run.finished_at,
        ],
    )
    _insert(connection, run.checks)
    connection.execute("commit")


def answer_checks(file: Path, invocation_id: str, checks: Iterable[Check]) -> None:
    """Adds to a run's record what checks said that ran after it.

    Raises:
        LinernotesError: if the file has been made by another run since.
    """
    answered = list(checks)
    with duckdb.connect(str(file)) as connection:
        found = _read(connection)
        if found is None or found.invocation_id != invocation_id:
            raise LinernotesError(
                f"Another run has changed {file} while its reports were checked: run it again."
            )
        connection.execute("begin")
        connection.executemany(
            f"delete from {RESULTS_TABLE} where check_kind = ? and check_name = ?",
            [(check.kind, check.name) for check in answered],
        )
        _insert(connection, answered)
        connection.execute("commit")


def run_of(file: Path) -> CheckedRun | None:
    """The record in a file, if there is a file and a record."""
    if not file.exists():
        return None
    with duckdb.connect(str(file), read_only=True) as connection:
        return _read(connection)


def require_run(
    connection: duckdb.DuckDBPyConnection, place: object, consequence: str
) -> CheckedRun:
    """The record in the connection's current database, if nothing in it forbids to go on.

    Args:
        connection: Its current database is the one that was calculated.
        place: What is read, for the message.
        consequence: What does not happen, such as `nothing is drafted`.

    Raises:
        LinernotesError: if there is no record, if not all ran, or if a blocking check does not
            hold or has not run.
    """
    run = _read(connection)
    if run is None:
        raise LinernotesError(
            f"{place} has no record of a checked run: it is unfinished, or older than this "
            f"version, so {consequence}. Run `linernotes build`, or draft with --close."
        )
    if not run.is_whole:
        raise LinernotesError(
            f"The run {run.invocation_id} that made {place} did not run everything, so "
            f"{consequence}. Run `linernotes build` without a selection."
        )
    if run.failures:
        raise LinernotesError(
            f"{len(run.failures)} blocking checks of the run that made {place} do not hold, so "
            f"{consequence}:\n{listed_failures(run.failures)}"
        )
    return run


def listed_failures(failures: list[Check]) -> str:
    """The first failures, a line each."""
    texts = [f"  - {check}" for check in failures[:MOST_LISTED]]
    more = len(failures) - MOST_LISTED
    return "\n".join([*texts, f"  - and {more} more"] if more > 0 else texts)


def _insert(connection: duckdb.DuckDBPyConnection, checks: Iterable[Check]) -> None:
    rows = [
        (one.kind, one.name, one.is_blocking, one.outcome, one.row_count, one.message)
        for one in checks
    ]
    if rows:
        marks = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(rows))
        values = [value for row in rows for value in row]
        connection.execute(f"insert into {RESULTS_TABLE} values {marks}", values)


def _read(connection: duckdb.DuckDBPyConnection) -> CheckedRun | None:
    found = connection.execute(
        "select count(*) from information_schema.tables where table_catalog = current_database()"
        " and table_schema = 'quality' and table_name in ('checked_run', 'checked_run_results')"
    ).fetchone()
    if not found or found[0] != len(COLUMNS):
        return None
    rows = connection.execute(f"select {', '.join(COLUMNS[RUN_TABLE])} from {RUN_TABLE}").fetchall()
    checks = connection.execute(
        "select check_kind, check_name, outcome, is_blocking, row_count, message "
        f"from {RESULTS_TABLE} order by all"
    ).fetchall()
    return CheckedRun(*rows[0], checks=[Check(*one) for one in checks]) if len(rows) == 1 else None
