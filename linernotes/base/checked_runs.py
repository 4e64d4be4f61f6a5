"""The record of a checked run: which calculation made a DuckDB file, and the results of its checks.

A build and a closing write it into the file that they make. Readers of the figures require it
first. `warehouse` and `expectations` decide what is checked.
"""

import uuid
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import duckdb

from linernotes.base.errors import LinernotesError
from linernotes.base.open_files import why_not_opened

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
        "is_whole": ("boolean", "Whether all required models and blocking tests ran."),
        "finished_at": ("timestamp", "When models and tests were done; UTC."),
    },
    RESULTS_TABLE: {
        "check_kind": ("varchar", "`model`, `test` (of dbt) or `suite` (an expectation)."),
        "check_name": ("varchar", "The name of the model, test or expectation."),
        "is_blocking": ("boolean", "Whether it blocks statements and publication when it fails."),
        "outcome": ("varchar", "`passed`, `failed`, `error` (could not run) or `awaited`."),
        "row_count": ("bigint", "Rows that break it."),
        "message": ("varchar", "Its message; empty if it passed."),
    },
}
COMMENTS = {
    RUN_TABLE: "One row: the run that made the figures in this file.",
    RESULTS_TABLE: "One row per model, test and expectation of the run that made this file.",
}


@dataclass(frozen=True)
class Check:
    """The outcome of one model, test or expectation in a run.

    Attributes:
        kind: `model`, `test` or `suite`.
        name: Its name.
        outcome: `passed`, `failed`, `error` if it could not run, `awaited` if it has not run yet.
        is_blocking: Whether its failure forbids the use of the run's figures.
        row_count: Rows that break it.
        message: Its message; empty if it passed.
    """

    kind: Kind
    name: str
    outcome: Outcome
    is_blocking: bool = True
    row_count: int = 0
    message: str = ""

    @property
    def is_failure(self) -> bool:
        """Whether it forbids the use of the run's figures."""
        return self.is_blocking and self.outcome != "passed"

    def __str__(self) -> str:
        rows = f", {self.row_count} rows" if self.row_count else ""
        text = f": {self.message}" if self.message else ""
        return f"{self.name} ({self.outcome}{rows}){text}"


@dataclass(frozen=True)
class CheckedRun:
    """One calculation with the results of its checks.

    Attributes:
        invocation_id: dbt's id of the run, or our own id if dbt did not run the models.
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
        """Blocking checks that failed or have not run."""
        return [check for check in self.checks if check.is_failure]

    def count(self, kind: Kind) -> int:
        """The number of blocking checks of a kind that passed."""
        return sum(
            check.kind == kind and check.is_blocking and not check.is_failure
            for check in self.checks
        )

    @property
    def summary(self) -> dict[str, Any]:
        """The summary of the run that drafts contain, and through them approvals."""
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
    """An id for a run that dbt does not execute."""
    return str(uuid.uuid4())


def forget_run(connection: duckdb.DuckDBPyConnection) -> None:
    """Removes the record, before anything in the connection's database is changed."""
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


def record_checks(file: Path, invocation_id: str, checks: Iterable[Check]) -> None:
    """Adds the results of checks that ran after a run to its record.

    Raises:
        LinernotesError: if the file has been made by another run since, or cannot be opened.
    """
    answered = list(checks)
    with _opened(file) as connection:
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
    """The record in a file, if there is a file and a record.

    Raises:
        LinernotesError: if the file cannot be opened.
    """
    if not file.exists():
        return None
    with _opened(file, read_only=True) as connection:
        return _read(connection)


def require_run(
    connection: duckdb.DuckDBPyConnection, place: object, consequence: str
) -> CheckedRun:
    """The record in the connection's current database, if it allows the next step.

    Args:
        connection: Its current database is the one that was calculated.
        place: The name of the database, for the message.
        consequence: The step that is refused, such as `nothing is drafted`.

    Raises:
        LinernotesError: if there is no record, if not all checks ran, or if a blocking check failed
            or has not run.
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
            f"{len(run.failures)} blocking checks of the run that made {place} failed or have not "
            f"run, so {consequence}:\n{listed_failures(run.failures)}"
        )
    return run


def listed_failures(failures: list[Check]) -> str:
    """The first failures, a line each."""
    texts = [f"  - {check}" for check in failures[:MOST_LISTED]]
    more = len(failures) - MOST_LISTED
    return "\n".join([*texts, f"  - and {more} more"] if more > 0 else texts)


@contextmanager
def _opened(file: Path, read_only: bool = False) -> Generator[duckdb.DuckDBPyConnection]:
    try:
        connection = duckdb.connect(str(file), read_only=read_only)
    except duckdb.Error as error:
        raise LinernotesError(why_not_opened(file, str(error))) from None
    with connection:
        yield connection


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
