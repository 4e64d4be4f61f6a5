"""Two engines give the same rows, to the last one, although a worker is killed in the middle."""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from linernotes import warehouse
from linernotes.warehouse import BuildFailed, spark
from linernotes.warehouse.thrift import ClusterFailed, on_cluster
from tests.conftest import CASES_KNOWN_AT
from tests.fixtures.parity import differences, tables_of
from tests.spark.conftest import BothBuilds

# Kinds of rows that no small world has.
MOST_EMPTY_TABLES = 6


def test_tables_of_both_engines_are_equal_row_by_row(both: BothBuilds) -> None:
    assert differences(both.duckdb_file, both.spark_file) == []


def test_month_end_of_both_engines_is_equal_row_by_row(both: BothBuilds) -> None:
    """One month is issued before it, and what came since is corrected in its statements."""
    assert differences(both.duckdb_closing, both.spark_closing) == []
    with duckdb.connect(str(both.spark_closing), read_only=True) as connection:
        [(corrections,)] = connection.execute(
            "select count(*) from marts.fct_compensation_lines where usage_month < report_month"
        ).fetchall()
    assert corrections > 0


def test_corrections_of_both_engines_are_equal_row_by_row(both: BothBuilds) -> None:
    """The differences of each class of input, in the month that is issued."""
    files = (both.duckdb_corrections, both.spark_corrections)
    with duckdb.connect() as connection:
        found = [connection.execute(f"from '{file}' order by all").fetchall() for file in files]
        [(classes,)] = connection.execute(
            f"select count(distinct class_number) from '{both.spark_corrections}'"
        ).fetchall()

    assert found[0] == found[1]
    assert classes > 1


def test_month_end_of_both_engines_runs_the_same_tests(both: BothBuilds) -> None:
    stated = [_record(file) for file in (both.duckdb_closing, both.spark_closing)]

    assert len(stated[0]) > 100
    assert stated[0] == stated[1]


def test_world_of_both_engines_fills_nearly_all_tables(both: BothBuilds) -> None:
    """Two empty tables are equal too, and would prove nothing."""
    counts = tables_of(both.duckdb_file)

    empty = [name for name, rows in counts.items() if rows == 0]
    assert len(counts) > 120
    assert len(empty) <= MOST_EMPTY_TABLES, empty


@pytest.mark.parametrize(
    "change",
    [
        "update marts.fct_compensation_lines set amount = amount + 0.001 where line_id = (select "
        "min(line_id) from marts.fct_compensation_lines)",
        "delete from intermediate.int_compensation__fees where fee_minor_units = (select "
        "max(fee_minor_units) from intermediate.int_compensation__fees)",
        "alter table reports.rpt_partner__compensation_lines alter quantity type decimal(38,0)",
    ],
)
def test_one_changed_value_turns_the_comparison_red(
    both: BothBuilds, tmp_path: Path, change: str
) -> None:
    changed = tmp_path / "changed.duckdb"
    shutil.copy(both.spark_file, changed)
    with duckdb.connect(str(changed)) as connection:
        connection.execute(change)

    assert differences(both.duckdb_file, changed)


def test_record_of_the_run_says_the_same_of_both_engines(both: BothBuilds) -> None:
    stated = [_record(file) for file in (both.duckdb_file, both.spark_file)]

    assert len(stated[0]) > 500
    assert stated[0] == stated[1]
    assert warehouse.require_build(both.spark, "it is not used").known_at == CASES_KNOWN_AT


def test_comments_and_views_of_both_engines_are_equal(both: BothBuilds) -> None:
    stated = []
    for file in (both.duckdb_file, both.spark_file):
        with duckdb.connect(str(file), read_only=True) as connection:
            stated.append(
                connection.execute(
                    "select schema_name, table_name, column_name, comment from duckdb_columns() "
                    "where not internal union all "
                    "select schema_name, table_name, '', comment from duckdb_tables() union all "
                    "select schema_name, view_name, 'view', comment from duckdb_views() "
                    "where not internal order by all"
                ).fetchall()
            )

    assert stated[0] == stated[1]


def test_file_collected_from_spark_is_published_like_any_other(both: BothBuilds) -> None:
    file = warehouse.publish(both.spark)

    definitions = file.with_suffix(".json")
    text = definitions.read_text() if definitions.exists() else ""
    assert tables_of(file)["marts.fct_compensation_lines"] > 0
    assert "linernotes_" not in text


def test_tasks_of_a_build_ran_on_both_workers_until_one_was_killed(both: BothBuilds) -> None:
    tasks: Counter[str] = Counter()
    lost = 0
    for log in both.events.iterdir():
        for line in log.read_text().splitlines():
            event = json.loads(line)
            if event["Event"] == "SparkListenerTaskEnd":
                tasks[event["Task Info"]["Executor ID"]] += 1
            lost += event["Event"] == "SparkListenerExecutorRemoved"

    assert len([executor for executor, count in tasks.items() if count > 50]) >= 2, tasks
    assert both.killed
    assert lost >= 1


def test_canary_says_that_the_cluster_is_strict(both: BothBuilds) -> None:
    """Without ANSI mode Spark gives null for a bad cast and for an overflow, and says nothing."""
    [[ansi]] = on_cluster(both.spark, ["set spark.sql.ansi.enabled"])
    assert ansi["value"] == "true"

    for broken in (
        "select cast('abc' as int)",
        "select cast(9e37 as decimal(38,0)) * 10 / 1",
        "select 1 / 0",
        "select 9223372036854775807 + 1",
    ):
        with pytest.raises(ClusterFailed):
            on_cluster(both.spark, [broken])


def test_server_with_another_setting_is_refused_before_anything_is_built(
    both: BothBuilds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(spark.REQUIRED, "spark.sql.ansi.enabled", "false")

    with pytest.raises(BuildFailed, match=r"spark.sql.ansi.enabled=true \(needed: false\)"):
        warehouse.engine_of(both.spark).prepare()


def test_warehouse_folder_of_another_server_is_refused(both: BothBuilds, tmp_path: Path) -> None:
    elsewhere = both.spark.model_copy(update={"spark_warehouse": tmp_path})

    with pytest.raises(BuildFailed, match="LINERNOTES_SPARK_WAREHOUSE"):
        warehouse.engine_of(elsewhere).prepare()


def test_build_without_a_server_says_how_to_start_one(both: BothBuilds) -> None:
    nobody = both.spark.model_copy(update={"spark_port": 1})

    with pytest.raises(BuildFailed, match="linernotes cluster start"):
        warehouse.engine_of(nobody).prepare()


def test_second_cluster_of_a_home_is_refused(both: BothBuilds) -> None:
    with pytest.raises(ClusterFailed, match="is running"):
        warehouse.start_cluster(both.spark)


def _record(file: Path) -> list[tuple[Any, ...]]:
    """What the checks of the run said that made a file."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(
            "select check_kind, check_name, is_blocking, outcome, row_count, is_whole "
            "from quality.checked_run_results, quality.checked_run order by all"
        ).fetchall()
