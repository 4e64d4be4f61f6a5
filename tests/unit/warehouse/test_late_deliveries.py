"""From when the rows of a delivery count, by the statements that were issued before it came."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from linernotes.ingestion import DELIVERIES, Lake
from linernotes.ingestion.register import DeliveryOutcome, Register, transaction_of
from linernotes.ledger.delivery_lists import DeliveryList
from linernotes.warehouse.late_deliveries import (
    EVER,
    NEVER,
    late_deliveries_file,
    unfinished_deliveries_file,
)

FIRST, SECOND = datetime(2026, 2, 15, 6), datetime(2026, 3, 15, 6)
MOMENT = timedelta(microseconds=1)


def sha256(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake whose register has the deliveries `early` and `later`, of 10 rows each."""
    lake = Lake(tmp_path / "lake")
    lake.ensure_tables()
    register = Register(lake)
    for name in ("early", "later"):
        one = DeliveryOutcome(name, f"{name}.csv", "catalog", "works", sha256(name), 1)
        register.record(replace(one, rows_loaded=10), tmp_path)
    return lake


def issued(
    folder: Path,
    known_at: datetime,
    names: dict[str, int] | None,
    contract_id: str = "c1",
) -> DeliveryList:
    """A statement with its list, by name and rows; None is one without a list."""
    if names is None:
        return DeliveryList(known_at, None)
    file = folder / f"{contract_id}-{known_at:%Y-%m-%d}.parquet"
    rows = [(name, sha256(name), count) for name, count in names.items()]
    schema = {"delivery_id": pl.String, "sha256": pl.String, "rows_loaded": pl.Int64}
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(file)
    return DeliveryList(known_at, file)


def found(register: list[Path], folder: Path, *lists: DeliveryList) -> set[tuple]:
    """Delivery, the limits between which a row was recorded, and from when it then counts."""
    file = late_deliveries_file(register, list(lists), folder / "late")
    with duckdb.connect() as connection:
        return set(connection.execute("from read_parquet(?)", [str(file)]).fetchall())


def test_without_statements_every_row_counts_from_its_recorded_at(
    lake: Lake, tmp_path: Path
) -> None:
    assert found(lake.active_files(DELIVERIES), tmp_path) == set()


def test_delivery_that_no_statement_lists_counts_after_the_last_of_them(
    lake: Lake, tmp_path: Path
) -> None:
    lists = [
        issued(tmp_path, FIRST, {"early": 10}),
        issued(tmp_path, SECOND, {"early": 10}),
    ]

    assert found(lake.active_files(DELIVERIES), tmp_path, *lists) == {
        ("later", EVER, NEVER, SECOND + MOMENT)
    }


def test_delivery_that_the_second_statement_lists_counts_between_the_two(
    lake: Lake, tmp_path: Path
) -> None:
    lists = [
        issued(tmp_path, FIRST, {"early": 10}),
        issued(tmp_path, SECOND, {"early": 10, "later": 10}),
    ]

    assert found(lake.active_files(DELIVERIES), tmp_path, *lists) == {
        ("later", EVER, SECOND, FIRST + MOMENT)
    }


def test_row_that_another_contract_has_read_counts_before_its_freeze(
    lake: Lake, tmp_path: Path
) -> None:
    """The statement with the later freeze was calculated from less: rows that the other one has
    read must not count twice, and those that were recorded after its freeze have not been read.
    """
    lists = [
        issued(tmp_path, SECOND, {"early": 10}),
        issued(tmp_path, FIRST, {"early": 10, "later": 10}, contract_id="c2"),
    ]

    assert found(lake.active_files(DELIVERIES), tmp_path, *lists) == {
        ("later", FIRST, NEVER, SECOND + MOMENT)
    }


@pytest.mark.parametrize(
    "names",
    [None, {"early": 9}, {"early": 10, "lost": 10}],
    ids=["no_list", "other_number_of_rows", "delivery_that_the_lake_lacks"],
)
def test_statement_whose_deliveries_are_not_certain_has_read_everything(
    lake: Lake, tmp_path: Path, names: dict[str, int] | None
) -> None:
    """A later statement with a list that fits is certain of rows recorded since."""
    uncertain = issued(tmp_path, FIRST, names)
    certain = issued(tmp_path, SECOND, {"early": 10})

    assert found(lake.active_files(DELIVERIES), tmp_path, uncertain) == set()
    assert found(lake.active_files(DELIVERIES), tmp_path, uncertain, certain) == {
        ("later", FIRST, NEVER, SECOND + MOMENT)
    }


def test_rows_of_a_stopped_load_are_listed_without_an_entry_in_the_register(
    lake: Lake, tmp_path: Path
) -> None:
    """A load that was stopped has written some tables, and its register's entry comes last."""
    transactions = [transaction_of("early"), transaction_of("stopped"), "another-tool"]

    file = unfinished_deliveries_file(
        transactions, lake.active_files(DELIVERIES), tmp_path / "unfinished"
    )

    assert pl.read_parquet(file).select("delivery_id", "state").rows() == [
        ("stopped", "unfinished")
    ]


@pytest.fixture
def stopped(lake: Lake, tmp_path: Path) -> list[Path]:
    """The files of the register, with the delivery `stopped`, whose load has not ended."""
    register = lake.active_files(DELIVERIES)
    names = [transaction_of("stopped")]
    return [*register, unfinished_deliveries_file(names, register, tmp_path / "unfinished")]


def test_rows_of_a_stopped_load_do_not_count(stopped: list[Path], tmp_path: Path) -> None:
    lists = [issued(tmp_path, FIRST, {"early": 10, "later": 10})]

    assert found(stopped, tmp_path) == {("stopped", EVER, NEVER, NEVER)}
    assert found(stopped, tmp_path, *lists) == {("stopped", EVER, NEVER, NEVER)}


def test_rows_of_a_stopped_load_that_a_statement_lists_stay_in_it(
    stopped: list[Path], tmp_path: Path
) -> None:
    """Statements of an earlier version were calculated from such rows."""
    lists = [issued(tmp_path, FIRST, {"early": 10, "later": 10, "stopped": 10})]
    file = lists[0].file
    assert file
    names = pl.read_parquet(file).with_columns(
        sha256=pl.when(pl.col("delivery_id") != "stopped").then("sha256")
    )
    names.write_parquet(file)

    assert found(stopped, tmp_path, *lists) == {("stopped", FIRST, NEVER, NEVER)}


def test_unchanged_table_stays_the_same_file(lake: Lake, tmp_path: Path) -> None:
    """Corrections are calculated again when a source has changed."""
    late = issued(tmp_path, FIRST, {"early": 10})
    register = lake.active_files(DELIVERIES)
    first = late_deliveries_file(register, [late], tmp_path / "late")
    written = first.stat().st_mtime_ns

    again = late_deliveries_file(register, [late], tmp_path / "late")

    assert (again, again.stat().st_mtime_ns) == (first, written)

    other = late_deliveries_file(register, [], tmp_path / "late")

    assert list((tmp_path / "late").iterdir()) == [other]
