"""Finds what a build can keep of the last one, because no input since then can have changed it.

Tables of the warehouse file with a month keep the rows of such months; other tables are made anew.
The changes of issued months are kept if none of these months is affected.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
from pydantic import TypeAdapter, ValidationError

from linernotes.base import durable
from linernotes.base.checked_runs import CheckedRun, run_of
from linernotes.base.settings import Settings
from linernotes.base.sql import literal
from linernotes.ingestion import DELIVERIES
from linernotes.ledger.delivery_lists import DeliveryList, delivery_lists
from linernotes.warehouse.calculation import LAST_MONTH, Calculation, Scenario, calculation_within
from linernotes.warehouse.compiled import compiled_project
from linernotes.warehouse.dbt import dbt_vars
from linernotes.warehouse.late_deliveries import LATE_DELIVERIES, late_deliveries_file
from linernotes.warehouse.open_months import first_open_month
from linernotes.warehouse.project import project_sha256
from linernotes.warehouse.recalculation import affected_months, state_of_changes
from linernotes.warehouse.sources import sources_folder

# A list of inputs decides what is kept. If it lacks one, kept rows are wrong for a week at most.
KEPT_FOR = timedelta(days=7)
CONTRACTS, STATEMENTS = "raw_licensing__contracts", "raw_ledger__statements"
RATES, PARTIES = "stg_finance__fx_rates", "int_partners__parties_matched"
OF_RATES = f"select rate_date, quote_currency_code, rate_per_eur from staging.{RATES}"
FIRST_RATE = f"""
    select min(rate_date)
    from (
        ({OF_RATES} except from rates_before) union all (from rates_before except {OF_RATES})
    )
"""
# Months of the built file, and objects of all its uses, with the names of the ledger's columns.
BUILT = """
    select distinct usage_month, object_id, 0 as weight_nano
    from built.intermediate.int_compensation__use_groups
    union all by name
    select report_month as usage_month, 0 as weight_nano
    from built.intermediate.int_statements__months
"""
# A delivery that the last build had read and that the lake no longer has, or whose rows count from
# another time.
CHANGED = """
    select count(*) from (
        select delivery_id, sha256, rows_loaded, known_from from built.quality.deliveries
        where state = 'loaded'
        except all
        select register.delivery_id, sha256, rows_loaded, max(late.known_from)
        from read_parquet($register) as register
        left join read_parquet($late) as late using (delivery_id)
        where state = 'loaded'
        group by all
    )
"""
# A statement with the last build's freeze or a later one releases consents that were late since.
ISSUED_SINCE = "select count(*) from read_parquet($statements) where known_at >= $known_at"
# Lines that are open although their month is issued for others: of a contract that has ended.
OPEN_LINES = """
    select min(usage_month)
    from built.marts.fct_compensation_lines as lines
    inner join built.marts.dim_line_types as line_types using (line_type)
    where not is_issued and line_types.is_earning and not line_types.is_correction
"""
# Uses without a contract show the partner of their owner.
UNLICENSED = """
    select min(usage_month) from built.marts.fct_unlicensed_uses
    where owner_party_id in (
        select party_id from (
            (from parties_before except from intermediate.int_partners__parties_matched)
            union all
            (from intermediate.int_partners__parties_matched except from parties_before)
        )
    )
"""
# Fees that are converted at a later date than the end of their month have no final rate yet.
CONVERTED_LATER = """
    select count(*) from read_parquet($contracts) where fx_rule = 'payment_date'
"""


@dataclass(frozen=True)
class LastBuild:
    """The last whole build, whose tables are in the warehouse file.

    Attributes:
        invocation_id: Identifies its run, whose record is in the warehouse file.
        known_at: Its freeze, naive UTC.
        inputs_sha256: Hash of what it was made from besides the lake.
        changes_state: The state of the changes of issued months that it has read.
        all_months_at: The freeze of the last build that kept nothing.
    """

    invocation_id: str
    known_at: datetime
    inputs_sha256: str
    changes_state: str
    all_months_at: datetime


FILE, LAST_BUILD = "last_build.json", TypeAdapter(LastBuild)


@dataclass(frozen=True)
class Kept:
    """What a build keeps of the last one.

    Attributes:
        first_month: The first month that it calculates; None if it calculates all.
        changes_state: The state of the changes of issued months, if they are the same.
        all_months_at: The freeze of the last build that kept nothing; None if it keeps nothing.
    """

    first_month: date | None = None
    changes_state: str | None = None
    all_months_at: datetime | None = None


@dataclass(frozen=True)
class Beginning:
    """How a build begins.

    Attributes:
        inputs_sha256: Hash of what it is made from besides the lake.
        kept: What it keeps of the last build.
    """

    inputs_sha256: str
    kept: Kept = Kept()


def kept_of_last_build(settings: Settings, known_at: datetime, inputs_sha256: str) -> Kept:
    """What a build of everything keeps.

    A month is kept if it is issued for every contract and had ended at the last build's freeze, and
    if no input since then can affect it. Nothing is kept after an issue, after deliveries were read
    again, with another version of the project or other settings, and once a week.

    Args:
        settings: The home, with its sources linked.
        known_at: The freeze of the build, naive UTC.
        inputs_sha256: Hash of what the build is made from besides the lake.
    """
    last = _last_build(settings)
    if (
        settings.engine != "duckdb"
        or last is None
        or last.known_at >= known_at
        or last.all_months_at + KEPT_FOR <= known_at
        or last.inputs_sha256 != inputs_sha256
    ):
        return Kept()
    root = sources_folder(settings)
    opened = first_open_month(root, known_at)
    if opened is None:
        return Kept()
    with calculation_within(settings, compiled_project(settings), root) as run:
        run.connection.execute(f"attach {literal(settings.warehouse_file)} as built (read_only)")
        return _kept(settings, run, last, known_at, opened)


def _kept(
    settings: Settings, run: Calculation, last: LastBuild, known_at: datetime, opened: date
) -> Kept:
    connection, root = run.connection, sources_folder(settings)
    register, late = _files(root, DELIVERIES), _files(root, LATE_DELIVERIES)
    obstacles: list[tuple[str, dict[str, Any]]] = [
        (CHANGED, {"register": register, "late": late}),
        (CONVERTED_LATER, {"contracts": _files(root, CONTRACTS)}),
        (ISSUED_SINCE, {"statements": _files(root, STATEMENTS), "known_at": last.known_at}),
    ]
    if any(_first(connection, query, values) for query, values in obstacles):
        return Kept()
    [(first, latest)] = connection.execute(
        "select min(report_month), max(report_month) from built.intermediate.int_statements__months"
    ).fetchall()
    since = _late_since(settings, run, last)
    affected = affected_months(run, root, last.known_at, known_at, LAST_MONTH, BUILT, since)
    run.run(Scenario(last.known_at), [RATES, PARTIES])
    connection.execute(f"create or replace temp table rates_before as {OF_RATES}")
    connection.execute(f"create temp table parties_before as from intermediate.{PARTIES}")
    run.run(Scenario(known_at), [RATES, PARTIES])
    rate = _first(connection, FIRST_RATE)
    changed = [one.replace(day=1) for one in (affected and affected[0], rate) if one]
    others = [_first(connection, query) for query in (OPEN_LINES, UNLICENSED)]
    limits = [opened, last.known_at.date(), latest, *changed, *others]
    found = min(one.replace(day=1) for one in limits if one)
    issued = _first(
        connection,
        "select max(report_month) from read_parquet($statements)",
        {"statements": _files(root, STATEMENTS)},
    )
    is_same = not issued or all(month > issued for month in changed)
    months = found if first and found > first else None
    changes = last.changes_state if is_same else None
    return Kept(months, changes, last.all_months_at if months or changes else None)


def _late_since(settings: Settings, run: Calculation, last: LastBuild) -> Path:
    """The folder of late deliveries, of which the last build's are those that it has not read."""
    folder = _folder(settings)
    file = folder / "deliveries.parquet"
    with durable.replacing(file) as unfinished:
        run.connection.execute(
            "copy (select delivery_id, sha256, rows_loaded from built.quality.deliveries "
            f"where state = 'loaded') to {literal(unfinished)} (format parquet)"
        )
    lists = [*delivery_lists(settings), DeliveryList(last.known_at, file)]
    register = [Path(one) for one in _files(sources_folder(settings), DELIVERIES)]
    return late_deliveries_file(register, lists, folder / "late").parent


def _first(
    connection: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, Any] | None = None
) -> Any:
    """The one value of a query."""
    [(value,)] = connection.execute(query, dict(values or {})).fetchall()
    return value


def remember_build(settings: Settings, run: CheckedRun, begun: Beginning) -> None:
    """Writes beside the warehouse file what a whole build was made from.

    Args:
        settings: The home.
        run: The record of the build, which is in the warehouse file.
        begun: How it began.
    """
    last = LastBuild(
        run.invocation_id,
        run.known_at,
        begun.inputs_sha256,
        state_of_changes(sources_folder(settings)),
        begun.kept.all_months_at or run.known_at,
    )
    durable.write_text(_folder(settings) / FILE, LAST_BUILD.dump_json(last).decode())


def _last_build(settings: Settings) -> LastBuild | None:
    """The last build, if its tables are those in the warehouse file."""
    file = _folder(settings) / FILE
    if not file.exists():
        return None
    try:
        last = LAST_BUILD.validate_json(file.read_bytes())
    except ValidationError:
        return None
    run = run_of(settings.warehouse_file)
    return last if run and run.is_whole and run.invocation_id == last.invocation_id else None


def _folder(settings: Settings) -> Path:
    folder = settings.warehouse_file.parent / "kept"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def inputs_sha256_of(settings: Settings, known_at: datetime, read_again: str) -> str:
    """A hash of everything that a build depends on besides freeze and lake.

    Args:
        settings: The home, with its sources linked.
        known_at: The freeze of the build, naive UTC.
        read_again: What identified, before the sources were linked, the last time that deliveries
            were read again.
    """
    with duckdb.connect() as connection:
        issued = connection.execute(
            "select contract_id, report_month, known_at, sequence from read_parquet($1) "
            "where known_at <= $2 order by all",
            [_files(sources_folder(settings), STATEMENTS), known_at],
        ).fetchall()
    variables = {
        name: value for name, value in dbt_vars(settings, known_at).items() if name != "known_at"
    }
    content = [
        project_sha256(),
        version("linernotes"),
        variables,
        issued,
        read_again,
    ]
    return hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()


def _files(sources_root: Path, table: str) -> list[str]:
    return sorted(str(file) for file in (sources_root / table).glob("*.parquet"))
