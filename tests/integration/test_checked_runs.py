"""Month-ends, builds and publications stop if one of their own checks fails, and only then."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from expectations import runner
from expectations.runner import CheckResult, Outcome, load_suites, run_raw_suites
from linernotes import ingestion, pipeline, warehouse
from linernotes.base.checked_runs import (
    BUILD,
    Check,
    CheckedRun,
    record_checks,
    record_run,
    run_of,
)
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.cli.app import NOT_ALLOWED, run
from linernotes.statements import newest_drafts
from linernotes.warehouse import BuildFailed, DbtRun, closing_lock, month_end
from linernotes.warehouse.compiled import CompiledNode, project_sha256
from tests.fixtures.worlds import FeedBuilder, add_rates

# The package exports a function of the same name.
building = sys.modules["linernotes.warehouse.building"]
JANUARY, KNOWN_AT = date(2026, 1, 1), datetime(2026, 2, 15)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def load_a_label(settings: Settings) -> None:
    """One label's recording, played in January."""
    world = FeedBuilder()
    add_rates(world)
    label = world.licensed("label")
    world.product("remix", basis="plays")
    world.played("remix", world.recording("song", owner=label), 10, territory="DE")
    recorded = {"usage_month": "2026-01", "recorded_at": "2026-02-05T06:00:00Z"}
    world.revenue("remix", "10.00", territory="DE", currency="EUR", **recorded)
    world.write(settings.landing_root)
    ingestion.admit_landing(settings)


def planted(name: str, sql: str, *needs: str) -> CompiledNode:
    return CompiledNode(name, "test", "", True, sql, needs, {})


def too_many(rows: str, threshold: str = "!= 0") -> str:
    return (
        f"select count(*) as failures, count(*) {threshold} as should_error "
        f"from ({rows}) as dbt_internal_test"
    )


def answers(layer: str, **outcomes: Outcome) -> list[CheckResult]:
    """The results of a layer's suites: all pass except the given ones."""
    return [
        CheckResult(
            "run",
            suite.table,
            name := suite.check_name(expectation),
            expectation.severity,
            outcomes.get(name, "passed"),
            0,
            expectation.reason,
            KNOWN_AT,
        )
        for suite in load_suites()
        if suite.layer == layer
        for expectation in suite.expectations
    ]


SUITE_CHECK = "rpt_partner__compensation_lines__tells_nothing_of_users"


@pytest.mark.parametrize(
    ("test", "outcomes", "words"),
    [
        (
            planted("not_null_dim_partners_x", too_many("select 1"), "dim_partners"),
            {},
            "_x(failed",
        ),
        (
            planted("fct_statements__y", too_many("select 1, 2"), "fct_statements"),
            {},
            "fct_statements__y(fail",
        ),
        (planted("fct_holds__z", "select nothing_there", "fct_holds"), {}, "fct_holds__z(error"),
        (None, {SUITE_CHECK: "failed"}, SUITE_CHECK),
        (None, {SUITE_CHECK: "error"}, SUITE_CHECK),
    ],
    ids=["generic test", "singular test", "test that breaks", "suite", "suite that breaks"],
)
def test_closing_with_a_broken_blocking_check_drafts_nothing(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    test: CompiledNode | None,
    outcomes: dict[str, Outcome],
    words: str,
) -> None:
    """Regression: a month-end ran 15 of 417 blocking tests, no suite, and ignored the results."""
    load_a_label(settings)
    project = warehouse.compiled_project(settings)
    test = test or planted("passes", too_many("select 1", "> 1"), "dim_partners")
    tests = {test.name: test}
    monkeypatch.setattr(month_end, "compiled_project", lambda _: replace(project, tests=tests))
    monkeypatch.setattr(pipeline, "run_raw_suites", lambda *_: answers("raw"))
    monkeypatch.setattr(pipeline, "run_suites", lambda *_: answers("reports", **outcomes))

    command = ["--home", str(settings.home), "statement", "draft", "--close", "--month", "2026-01"]
    status = run(command)

    assert status == NOT_ALLOWED
    assert words in "".join(capsys.readouterr().err.split())
    assert not newest_drafts(settings)


def test_closing_runs_every_blocking_test_of_its_tables_and_leaves_the_record(
    settings: Settings,
) -> None:
    load_a_label(settings)
    project = warehouse.compiled_project(settings)
    tables = warehouse.open_month_tables(settings)
    wanted = {name for name, test in project.tests.items() if set(test.needs) <= tables}

    awaited = Check("suite", SUITE_CHECK, "awaited")
    file = warehouse.calculate_open_months(settings, JANUARY, KNOWN_AT, checks=[awaited])

    record = run_of(file)
    assert record
    assert {check.name for check in record.checks if check.kind == "test"} == wanted
    assert {name.rpartition("__")[2] for name in wanted} > {"grain"}
    assert (record.known_at, record.project_sha256) == (KNOWN_AT, project.digest)
    assert [check.name for check in record.failures] == [SUITE_CHECK]


def test_closing_keeps_the_thresholds_of_tests(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dbt fails a test from `error_if` on: a lower count is not a failure."""
    load_a_label(settings)
    project = warehouse.compiled_project(settings)
    test = planted("few", too_many("select 1", "> 1"), "dim_partners")
    monkeypatch.setattr(
        month_end, "compiled_project", lambda _: replace(project, tests={"few": test})
    )

    record = run_of(warehouse.calculate_open_months(settings, JANUARY, KNOWN_AT))

    assert record
    assert [(check.outcome, check.row_count) for check in record.checks] == [("passed", 1)]


def built(settings: Settings, **changed: object) -> None:
    """A warehouse file with the record of a run in which everything passed."""
    settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    record = CheckedRun("run-1", BUILD, KNOWN_AT, project_sha256(), True, KNOWN_AT)
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        record_run(connection, replace(record, **changed))


def leave_results(settings: Settings, invocation_id: str) -> None:
    """The files that dbt leaves if it made one model."""
    target = warehouse.target_folder(settings)
    target.mkdir(parents=True, exist_ok=True)
    metadata = {"invocation_id": invocation_id}
    results = [{"unique_id": "model.linernotes.one", "status": "success"}]
    content = {"metadata": metadata, "results": results, "elapsed_time": 1.0}
    (target / "run_results.json").write_text(json.dumps(content))
    (target / "manifest.json").write_text(json.dumps({"metadata": metadata, "nodes": {}}))


@pytest.mark.parametrize(
    ("end", "leaves", "words"),
    [
        (DbtRun(-9, "", []), None, "killed by SIGKILL"),
        (DbtRun(2, "", ["invalid setting"]), None, "ended with 2.\ninvalid setting"),
        (DbtRun(1, "run-2", []), None, "ended with 1"),
        (DbtRun(0, "run-2", []), "run-1", "ended with 0"),
        (DbtRun(-11, "run-2", []), "run-2", "killed by SIGSEGV"),
        (DbtRun(1, "run-2", []), "run-2", "ended with 1"),
    ],
    ids=["killed", "setting", "no results", "another's results", "crash at the end", "status 1"],
)
def test_build_in_which_dbt_dies_is_refused_and_leaves_no_record(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    end: DbtRun,
    leaves: str | None,
    words: str,
) -> None:
    """Regression: it read the results of the build before, and reported a build and publication."""
    built(settings)
    leave_results(settings, "run-1")

    def dbt(*_: object) -> DbtRun:
        if leaves:
            leave_results(settings, leaves)
        return end

    monkeypatch.setattr(building, "run_dbt", dbt)

    with pytest.raises(BuildFailed, match=f"did not run to its end: .*{words}"):
        warehouse.build(settings, KNOWN_AT)
    with pytest.raises(LinernotesError, match="published"):
        warehouse.publish(settings)

    assert not settings.published_file.exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"is_whole": False}, "did not run everything"),
        ({"checks": [Check("test", "adds_up", "failed")]}, r"adds_up \(failed"),
        ({"checks": [Check("suite", "holds", "awaited")]}, r"holds \(awaited"),
        ({"project_sha256": "older"}, "models have changed"),
    ],
    ids=["selection", "test", "suite that has not run", "other models"],
)
def test_publish_of_a_run_that_was_not_checked_is_refused(
    settings: Settings, changed: dict[str, object], words: str
) -> None:
    built(settings, **changed)

    with pytest.raises(LinernotesError, match=words):
        warehouse.publish(settings)

    assert not settings.published_file.exists()


def test_closing_beside_another_is_refused(settings: Settings) -> None:
    """Regression: the second replaced the file while the first was drafting from it."""
    with (
        closing_lock(settings),
        pytest.raises(BuildFailed, match=r"Another closing of .* is running"),
        pipeline.calculated_month_end(settings, date(2026, 1, 1)),
    ):
        pytest.fail("Both closings have run.")


def test_damaged_file_is_named_with_what_to_do(settings: Settings) -> None:
    """Regression: its record was read first, and the command reported a fault of the program."""
    settings.warehouse_file.parent.mkdir(parents=True)
    settings.warehouse_file.write_bytes(b"no database" * 1000)

    for look in (run_of, lambda file: record_checks(file, "run-1", [])):
        with pytest.raises(LinernotesError, match=r"cannot be opened: .*move it away and run"):
            look(settings.warehouse_file)


def test_build_beside_a_dbt_that_still_writes_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: the dbt process of a killed build went on writing while the lock was free."""
    monkeypatch.setattr(building, "WAIT_FOR_WRITER_SECONDS", 0.1)
    lock = settings.warehouse_file.parent / "writing.lock"
    lock.parent.mkdir(parents=True)

    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(BuildFailed, match="is still writing into"):
            warehouse.build(settings, KNOWN_AT)
        second = subprocess.run(
            [sys.executable, "-m", "linernotes.base.dbt_process", "build"],
            env=os.environ | {"LINERNOTES_WRITING_LOCK": str(lock)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert second.returncode == 1
    assert "Another dbt is writing" in second.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the system must tell of a parent's end")
def test_child_of_a_killed_process_ends_with_it() -> None:
    child = (
        "import sys, time; from linernotes.base.child_processes import end_with_parent;"
        "end_with_parent();"
        "print('ready', flush=True); time.sleep(300)"
    )
    parent = (
        "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', sys.argv[1]],"
        " stdout=subprocess.PIPE); child.stdout.readline(); print(child.pid, flush=True);"
        "child.wait()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent, child], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        child_id = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
    end = time.monotonic() + 30

    def is_running() -> bool:
        stat = Path(f"/proc/{child_id}/stat")
        return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"

    while is_running() and time.monotonic() < end:
        time.sleep(0.05)

    assert not is_running()


def test_raw_suites_are_run_again_only_when_lake_or_suites_have_changed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    requested: list[str] = []
    stated = answers("raw", raw_catalog__parties__has_rows="error")

    def run_suites(*_: object, **__: object) -> list[CheckResult]:
        requested.append("run")
        return stated

    monkeypatch.setattr(runner, "run_suites", run_suites)
    run_raw_suites(settings)
    stated = answers("raw")
    first = run_raw_suites(settings)
    second = run_raw_suites(settings)
    load_a_label(settings)
    run_raw_suites(settings)

    # Twice at first, because a failed query is not cached.
    assert len(requested) == 3
    assert first == second
