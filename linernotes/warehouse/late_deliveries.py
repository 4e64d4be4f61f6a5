"""Finds the deliveries whose rows count from a later time than `recorded_at`, for the models.

A statement lists the deliveries from which it was calculated. A row that came later is in none of
its figures, even if it was recorded before the statement's freeze: it counts from that freeze on,
so that it is paid as late usage or corrects the month. Rows of an unfinished delivery do not count:
other rows of it may be missing.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from linernotes.base import durable
from linernotes.ingestion import DELIVERIES, SCHEMAS, delivery_of
from linernotes.ledger.delivery_lists import DeliveryList

LATE_DELIVERIES = "raw_run__late_deliveries"
# Of rows without a limit: as `always_from` and `always_to` of the models, which both engines know.
EVER, NEVER = datetime(1900, 1, 1), datetime(9999, 12, 31)
UNFINISHED = "unfinished"
# For each delivery the statements that have read it and those that have not, by their freezes. A
# row is read by a statement if it was recorded by the freeze, and counts from then on. One that no
# statement has read before counts from the last freeze after it was recorded and before it was
# read. Where a statement has no list, or lists a delivery that the lake does not have with as many
# rows, nobody can tell what it has read. It is then taken to have read everything: nothing is paid
# twice. Of an unfinished delivery only rows count that a statement has read.
LATE = """
    with
        deliveries as (
            select * from read_parquet($register) where state in ('loaded', 'unfinished')
        ),
        rows_in_lake as (
            select sha256, sum(rows_loaded) as row_count from deliveries group by sha256
        ),
        rows_listed as (
            select file, sha256, sum(rows_loaded) as row_count
            from lists
            where sha256 is not null
            group by file, sha256
        ),
        unlike as (
            select distinct rows_listed.file
            from rows_listed
            left join rows_in_lake using (sha256, row_count)
            where rows_in_lake.sha256 is null
        ),
        listed as (
            select file, delivery_id from lists
            union
            select lists.file, deliveries.delivery_id
            from lists
            inner join deliveries on deliveries.sha256 = lists.sha256
        ),
        readings as (
            select distinct
                deliveries.delivery_id,
                issued.known_at,
                issued.file is null
                or unlike.file is not null
                or listed.delivery_id is not null as is_read
            from deliveries
            cross join issued
            left join unlike on unlike.file = issued.file
            left join
                listed
                on listed.file = issued.file and listed.delivery_id = deliveries.delivery_id
        ),
        limits as (
            select delivery_id, known_at as recorded_until from readings where is_read
            union
            select delivery_id, $never from deliveries
        ),
        periods as (
            select
                limits.*,
                lag(recorded_until, 1, $ever) over (
                    partition by limits.delivery_id order by recorded_until
                ) as recorded_after,
                deliveries.state = 'unfinished' and recorded_until = $never as is_unread
            from limits
            inner join deliveries using (delivery_id)
        )
    select
        periods.delivery_id,
        periods.recorded_after,
        periods.recorded_until,
        case
            when periods.is_unread then $never
            else max(readings.known_at) + interval 1 microsecond
        end as known_from
    from periods
    left join
        readings
        on readings.delivery_id = periods.delivery_id
        and not readings.is_read
        and readings.known_at >= periods.recorded_after
        and readings.known_at < periods.recorded_until
    where periods.is_unread or readings.delivery_id is not null
    group by periods.delivery_id, recorded_after, recorded_until, periods.is_unread
    order by all
"""


def unfinished_deliveries_file(
    transactions: Iterable[str], register: list[Path], folder: Path
) -> Path:
    """Entries for deliveries that have rows in the lake and no entry in the register.

    A load writes its entry last. Until a load has finished them, their rows do not count.

    Args:
        transactions: Those of the lake's tables, as linked.
        register: The files of the register.
        folder: The folder of the file. Its name is that of its content, so an unchanged one stays.
    """
    known = set(pl.read_parquet(register, columns=["delivery_id"])["delivery_id"])
    found = sorted({one for name in transactions if (one := delivery_of(name))} - known)
    rows = [
        {"delivery_id": one, "name": f"{UNFINISHED} {one}", "state": UNFINISHED} for one in found
    ]
    return _kept(pl.DataFrame(rows, schema=SCHEMAS[DELIVERIES]), folder)


def late_deliveries_file(register: list[Path], lists: list[DeliveryList], folder: Path) -> Path:
    """The table `raw_run__late_deliveries`, naive UTC.

    One row per delivery and period of `recorded_at` (after the first limit, up to the second),
    whose rows count from `known_from` on.

    Args:
        register: The files of the register of deliveries, with the unfinished ones.
        lists: The deliveries of the issued statements that the calculation knows.
        folder: The folder of the file. Its name is that of its content, so an unchanged one stays.
    """
    times = ("recorded_after", "recorded_until", "known_from")
    schema = {"delivery_id": pl.String} | dict.fromkeys(times, pl.Datetime("us"))
    with duckdb.connect() as connection:
        _insert_issued(connection, lists)
        values = {"register": [str(file) for file in register], "ever": EVER, "never": NEVER}
        found = connection.execute(LATE, values).fetchall()
    return _kept(pl.DataFrame(found, schema=schema, orient="row"), folder)


def arrived_rows(sources_root: Path, table: str, late: Path | None = None) -> str:
    """A query for the rows of a table of the lake, with `known_from` as the macro `arrived` has it.

    Args:
        sources_root: The sources.
        table: Its name.
        late: The folder of late deliveries, if it is not the sources' own.
    """
    return (
        "select arrivals.*, greatest(recorded_at, coalesce(late.known_from, recorded_at)) as "
        f"known_from from read_parquet('{sources_root}/{table}/*.parquet') as arrivals "
        f"left join read_parquet('{late or sources_root / LATE_DELIVERIES}/*.parquet') as "
        "late on late.delivery_id = arrivals.delivery_id and recorded_after < recorded_at and "
        "recorded_until >= recorded_at"
    )


def _insert_issued(connection: duckdb.DuckDBPyConnection, lists: list[DeliveryList]) -> None:
    connection.execute("create table issued (known_at timestamp, file varchar)")
    connection.execute(
        "create table lists (file varchar, delivery_id varchar, sha256 varchar, rows_loaded bigint)"
    )
    if lists:
        connection.executemany(
            "insert into issued values (?, ?)",
            [(one.known_at, one.file and str(one.file)) for one in lists],
        )
    if files := sorted({str(one.file) for one in lists if one.file}):
        connection.execute(
            "insert into lists select filename, delivery_id, sha256, rows_loaded "
            "from read_parquet(?, filename = true)",
            [files],
        )


def _kept(rows: pl.DataFrame, folder: Path) -> Path:
    """The file with these rows, in place of one with others."""
    digest = hashlib.sha256(rows.write_json().encode()).hexdigest()
    file = folder / f"{digest}.parquet"
    if not file.exists():
        with durable.replacing(file) as unfinished:
            rows.write_parquet(unfinished)
    for other in folder.glob("*.parquet"):
        if other != file:
            other.unlink()
    return file
