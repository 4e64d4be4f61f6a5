"""The warehouse file can be deleted, and readers of the published one never notice a build."""

import json
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pytest

from linernotes import warehouse
from linernotes.base.settings import Settings
from tests.conftest import CASES_KNOWN_AT, load_cases
from tests.fixtures.compiled_warehouse import make_warehouse

LAST_CASE_MONTH = date(2026, 9, 1)
# Only a build reads `targets.toml`.
FROM_TARGETS = {"marts.dim_targets", "marts.fct_promise_verdicts"}
READER = """
import json, sys, time
from pathlib import Path
import duckdb

published, stop = Path(sys.argv[1]), Path(sys.argv[2])
reads = 0
while not stop.exists() or reads == 0:
    by_pointer = published / json.loads((published / "current.json").read_text())["file_name"]
    for file in (published / "linernotes.duckdb", by_pointer):
        with duckdb.connect(str(file), read_only=True) as connection:
            lines, partner_lines, statements = connection.execute(
                "select (select count(*) from marts.fct_compensation_lines "
                "where partner_id is not null), "
                "(select count(*) from reports.rpt_partner__compensation_lines), "
                "(select count(*) from reports.rpt_partner__compensation_statement)"
            ).fetchone()
        assert lines == partner_lines > 0 and statements > 0, (lines, partner_lines, statements)
    reads += 1
    time.sleep(0.01)
print(reads)
"""


def content(file: Path) -> dict[str, str]:
    """A hash of the rows of every table and view of marts and reports, in any order."""
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema in ('marts', 'reports') order by all"
        ).fetchall()
        return {
            table: str(
                connection.execute(
                    f"select md5(string_agg(line, chr(10) order by line)) "
                    f"from (select cast(content as varchar) as line from {table} as content)"
                ).fetchall()[0][0]
            )
            for (table,) in tables
        }


@contextmanager
def readers(published: Path, stop: Path, count: int) -> Generator[list[subprocess.Popen]]:
    command = [sys.executable, "-c", READER, str(published), str(stop)]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    try:
        yield processes
    finally:
        stop.touch()


def test_dbt_unit_tests_of_the_models_hold(case_home: Path, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    settings.warehouse_file.parent.mkdir()
    shutil.copy(case_home / "warehouse" / "linernotes.duckdb", settings.warehouse_file)

    run = warehouse.run_dbt(settings, ["test", "--select", "test_type:unit"])

    results_file = settings.warehouse_file.parent / "target" / "run_results.json"
    results = json.loads(results_file.read_text())["results"]
    failed = [result["unique_id"] for result in results if result["status"] != "pass"]
    assert len(results) > 40, run.last_output
    assert not failed, "\n".join(run.messages[-60:])


@pytest.mark.slow
def test_e13_a_warehouse_built_again_is_the_same_while_readers_read_on(
    case_home: Path, tmp_path: Path
) -> None:
    home = shutil.copytree(case_home, tmp_path / "home")
    settings = Settings(home=home)
    before = content(settings.published_file)
    settings.warehouse_file.unlink()

    with readers(settings.published_root, tmp_path / "stop", count=2) as processes:
        warehouse.build(settings, known_at=CASES_KNOWN_AT)
        for _ in range(5):
            warehouse.publish(settings)
    ends = [process.communicate(timeout=60) for process in processes]

    assert content(settings.published_file) == before
    assert [process.returncode for process in processes] == [0, 0], ends
    assert all(int(output) > 20 for output, _ in ends)


def test_table_and_view_of_one_name_replace_each_other_with_comments(
    case_home: Path, tmp_path: Path
) -> None:
    """A model becomes a view, or a view a table, in a home that an earlier version built."""
    home = shutil.copytree(case_home, tmp_path / "home")
    settings = Settings(home=home)
    kinds = (
        "select table_name, table_type, comment, column_comment from information_schema.tables"
        " join (select table_name, comment as column_comment from duckdb_columns()"
        " where column_name in ('line_type', 'weight_nano')) using (table_name)"
        " join (select table_name, comment from duckdb_tables() union all"
        " select view_name, comment from duckdb_views()) using (table_name)"
        " where table_name in ('dim_line_types', 'fct_use_groups') order by all"
    )
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        before = connection.execute(kinds).fetchall()
        connection.execute("drop table marts.dim_line_types")
        connection.execute("create view marts.dim_line_types as select 1 as line_type")
        connection.execute("drop view marts.fct_use_groups")
        connection.execute("create table marts.fct_use_groups as select 1 as weight_nano")

    warehouse.build(settings, CASES_KNOWN_AT, select="dim_line_types fct_use_groups")

    with duckdb.connect(str(settings.warehouse_file), read_only=True) as connection:
        after = connection.execute(kinds).fetchall()
    assert [row[:2] for row in before] == [
        ("dim_line_types", "BASE TABLE"),
        ("fct_use_groups", "VIEW"),
    ]
    assert all(None not in row for row in before)
    assert after == before


def test_month_end_and_build_of_one_freeze_have_equal_rows(case_home: Path, tmp_path: Path) -> None:
    """A build runs dbt, a month-end the SQL that dbt compiled."""
    home = shutil.copytree(case_home, tmp_path / "home")

    file = warehouse.calculate_open_months(Settings(home=home), LAST_CASE_MONTH, CASES_KNOWN_AT)

    built, closed = content(Settings(home=home).published_file), content(file)
    assert len(closed) > 15
    assert {name for name in closed if closed[name] != built[name]} == set()


@pytest.mark.slow
def test_e14_rows_in_any_order_on_any_number_of_threads_give_the_same_warehouse(
    case_home: Path, tmp_path: Path
) -> None:
    """The cases were built two models at a time; here sixteen threads make one after the other."""
    load_cases(tmp_path, shuffled_by=7)

    make_warehouse(Settings(home=tmp_path, duckdb_threads=16), CASES_KNOWN_AT)

    made = content(Settings(home=tmp_path).warehouse_file)
    built = content(Settings(home=case_home).published_file)
    assert made.keys() == built.keys()
    assert {name for name in made if made[name] != built[name]} == FROM_TARGETS
