"""Finds the deliveries whose rows count later than they were recorded, as a source of the models.

A statement lists the deliveries from which it was calculated. A row that came later is in none of
its figures, even if it was recorded before the statement's freeze: it counts from that freeze on,
so that it is paid as late usage or corrects the month.
"""

import hashlib
from datetime import datetime
from pathlib import Path

import duckdb

from linernotes.base import durable
from linernotes.ingestion import Lake, unfinished_deliveries
from linernotes.ledger.delivery_lists import DeliveryList

LATE_DELIVERIES = "raw_run__late_deliveries"
# From when the rows of an unfinished delivery count.
NEVER = datetime(9999, 12, 31)
LOADED = "select * from read_parquet($register) where state = 'loaded'"
# A delivery that some statement has read counts before that statement's freeze. Where a list is
# missing, or names a delivery that the lake does not have with as many rows, nobody can tell what
# the statement has read. It is then taken to have read everything: nothing is paid twice.
LATE = f"""
    with
        loaded as ({LOADED}),
        lists as (
            select issued.contract_id, issued.report_month, lists.sha256, lists.rows_loaded
            from read_parquet($lists, filename = true) as lists
            inner join issued on issued.file = lists.filename
        ),
        rows_by_content as (
            select sha256, sum(rows_loaded) as rows_loaded from loaded group by sha256
        ),
        unlike as (
            select lists.contract_id, min(lists.report_month) as first_month
            from lists
            left join rows_by_content using (sha256, rows_loaded)
            where rows_by_content.sha256 is null
            group by lists.contract_id
        ),
        readings as (
            select
                loaded.delivery_id,
                issued.known_at,
                issued.file is null
                or coalesce(unlike.first_month <= issued.report_month, false)
                or coalesce(lists.report_month <= issued.report_month, false) as is_read
            from loaded
            cross join issued
            left join unlike on unlike.contract_id = issued.contract_id
            left join
                lists
                on lists.contract_id = issued.contract_id and lists.sha256 = loaded.sha256
        ),
        ordered as (
            select
                *,
                min(known_at) filter (where is_read) over (
                    partition by delivery_id
                ) as first_read_at
            from readings
        )
    select delivery_id, max(known_at) + interval 1 microsecond as known_from
    from ordered
    where not is_read and known_at < coalesce(first_read_at, 'infinity')
    group by delivery_id
"""


def late_deliveries_file(
    lake: Lake, register: list[Path], lists: list[DeliveryList], folder: Path
) -> Path:
    """The table `raw_run__late_deliveries`: a row per late or unfinished delivery, naive UTC.

    Args:
        lake: The lake.
        register: The files of the register of deliveries that the calculation reads.
        lists: The deliveries of the issued statements that the calculation knows.
        folder: The folder of the file. Its name is that of its content, so an unchanged one stays.
    """
    with duckdb.connect() as connection:
        values = {"register": [str(file) for file in register]}
        loaded = connection.execute(f"select delivery_id from ({LOADED})", values).fetchall()
        unfinished = unfinished_deliveries(lake, {delivery_id for (delivery_id,) in loaded})
        rows = [(delivery_id, NEVER) for delivery_id in unfinished]
        files = [str(one.file) for one in lists if one.file]
        if files:
            _insert_issued(connection, lists)
            rows += connection.execute(LATE, values | {"lists": files}).fetchall()
        return _written(connection, sorted(rows), folder)


def _insert_issued(connection: duckdb.DuckDBPyConnection, lists: list[DeliveryList]) -> None:
    connection.execute(
        "create table issued (contract_id varchar, report_month date, known_at timestamp, "
        "file varchar)"
    )
    connection.executemany(
        "insert into issued values (?, ?, ?, ?)",
        [
            (one.contract_id, one.report_month, one.known_at, one.file and str(one.file))
            for one in lists
        ],
    )


def _written(
    connection: duckdb.DuckDBPyConnection, rows: list[tuple[str, datetime]], folder: Path
) -> Path:
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    file = folder / f"{digest}.parquet"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        connection.execute("create table late (delivery_id varchar, known_from timestamp)")
        if rows:
            connection.executemany("insert into late values (?, ?)", rows)
        with durable.replacing(file) as unfinished:
            connection.execute(f"copy (from late) to '{unfinished}' (format parquet)")
    for other in folder.glob("*.parquet"):
        if other != file:
            other.unlink()
    return file
