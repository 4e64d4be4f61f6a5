"""Finds the first open month, and the first that is corrected.

Month-ends and builds decide which months they calculate.
"""

from datetime import date, datetime
from pathlib import Path

import duckdb

from linernotes.ledger.files import RECALCULATED
from linernotes.warehouse.late_deliveries import arrived_rows
from linernotes.warehouse.time_zones import LARGEST_OFFSET_HOURS

OPENED = """
    with statements as (
        select *
        from read_parquet('{root}/raw_ledger__statements/*.parquet')
        where known_at <= $1
    ),
    issued as (
        select
            contract_id,
            max(report_month) as last_month,
            cast(max(report_month) + interval '1' month as date) as next_month
        from statements
        group by all
    ),
    versions as (
        select *
        from read_parquet('{root}/raw_licensing__contracts/*.parquet')
        where recorded_at <= $1
        qualify
            row_number() over (
                partition by contract_id, version order by recorded_at desc
            ) = 1
    ),
    contracts as (
        select
            contract_id,
            cast(date_trunc('month', min(valid_from)) as date) as first_month,
            max(coalesce(valid_to, timestamp 'infinity')) as ends_at
        from versions
        where not coalesce(is_withdrawn, false)
        group by all
        union all
        -- Money that is due to no contract has statements of its own.
        select 'unallocated', null, timestamp 'infinity'
    )
    select min(
        coalesce(
            issued.next_month,
            contracts.first_month,
            (select min(first_month) from contracts)
        )
    )
    from contracts
    left join issued using (contract_id)
    where
        issued.contract_id is null
        or contracts.ends_at > issued.next_month
        -- Its last hours belong to the next month in some territories, and are open until a
        -- statement of that month is issued, and again if a use of these hours comes later.
        or (
            contracts.ends_at + interval {hours} hour > issued.next_month
            and (
                issued.last_month = (select max(last_month) from issued)
                or exists (
                    select 1
                    from ({generations}) as generations
                    where
                        generations.occurred_at < contracts.ends_at
                        and generations.occurred_at + interval {hours} hour >= issued.next_month
                        and generations.known_from <= $1
                        and generations.known_from > (
                            select max(known_at)
                            from statements
                            where report_month = issued.next_month
                        )
                )
            )
        )
"""
CORRECTED = f"select min(usage_month) from read_parquet('{{root}}/{RECALCULATED}/*.parquet')"


def first_open_month(sources_root: Path, known_at: datetime) -> date | None:
    """The first month that is not issued for every contract, or for money without one; None without
    contracts.

    Args:
        sources_root: The sources.
        known_at: The freeze, naive UTC.
    """
    generations = arrived_rows(sources_root, "raw_ai_usage__generations")
    query = OPENED.format(root=sources_root, generations=generations, hours=LARGEST_OFFSET_HOURS)
    return _first(query, [known_at])


def first_corrected_month(sources_root: Path) -> date | None:
    """The first issued month whose lines are corrected; None if there is none.

    Args:
        sources_root: The sources, with the recalculation of issued months.
    """
    return _first(CORRECTED.format(root=sources_root), [])


def _first(query: str, values: list[datetime]) -> date | None:
    with duckdb.connect() as connection:
        [(month,)] = connection.execute(query, values).fetchall()
    return month
