"""Recalculates issued months, one class of input after the other, to give corrections a reason.

This module finds the months that new input may affect, and runs the models for them before and
after each class of input changes. The models decide the type of a correction, and its statement.
"""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
import yaml

from linernotes.base import durable
from linernotes.base.settings import PROJECT_ROOT
from linernotes.ledger.files import RECALCULATED, RECALCULATED_COLUMNS
from linernotes.warehouse.calculation import Calculation, Scenario, require_rates
from linernotes.warehouse.compiled import INPUT_CLASSES
from linernotes.warehouse.dbt import Progress
from linernotes.warehouse.late_deliveries import LATE_DELIVERIES, arrived_rows
from linernotes.warehouse.project import project_sha256
from linernotes.warehouse.sources import EMPTY
from linernotes.warehouse.time_zones import LARGEST_OFFSET_HOURS

LINES = "int_compensation__lines_calculated"
# The tables that are read: lines, the terms of their fees, and rates, one of which may be missing.
TARGETS = (LINES, "int_compensation__fees", "int_compensation__fx_rates")
# Models of the catalogue, and their columns that affect no line; every other column counts.
CATALOGUE = {
    "stg_catalog__recordings": (
        "isrc_original",
        "title",
        "released_on",
        "contains_ai",
        "ai_vocals",
        "ai_instruments",
        "ai_composition",
        "ai_lyrics",
        "ai_post_production",
        "ai_detected_score",
        "duration_ms",
        "delivered_at",
    ),
    "stg_catalog__works": ("title",),
    "stg_catalog__recording_works": (),
    "stg_catalog__ownership": (),
    "stg_catalog__routes": (),
    "stg_catalog__party_links": (),
    "stg_catalog__party_aliases": (),
    "stg_licensing__products": ("name",),
}
# The time of arrival is not part of a row's content.
PROVENANCE = ("recorded_at", "delivery_id")
# The key of a line, in the order of the source's columns.
KEYS = tuple(RECALCULATED_COLUMNS)[4:19]
MEASURES = ("quantity", "weight_nano", "amount_minor_units")
LEDGER_LINES = "raw_ledger__lines"
AFFECTED_MONTHS = Path(__file__).with_name("affected_months.sql")
# The tables that affected_months.sql reads besides the catalogue.
RAW_TABLES = (
    "raw_ai_usage__derivative_plays",
    "raw_ai_usage__generations",
    "raw_ai_usage__derivatives",
    "raw_ai_usage__attributions",
    "raw_finance__revenue",
    "raw_licensing__consents",
    "raw_licensing__contracts",
    "raw_removals__actions",
    "raw_removals__appeals",
    LEDGER_LINES,
)
FILE_NAME, STATE_KEY = "000000.parquet", "state"


@dataclass(frozen=True)
class Account:
    """A contract with issued statements, or `unallocated`, with the last month and its freeze."""

    contract_id: str
    last_month: date
    known_at: datetime


def recalculate(
    begin: Callable[[], AbstractContextManager[Calculation]],
    sources_root: Path,
    known_at: datetime,
    on_progress: Progress | None = None,
    unchanged: str | None = None,
) -> None:
    """Writes the changes of issued months as the source `raw_revaluation__lines`.

    Args:
        begin: Gives an empty calculation over the sources, on either engine.
        sources_root: The sources; the ledger's tables are among them.
        known_at: The new freeze.
        on_progress: Called with classes done, classes in all, and the class's name.
        unchanged: The state of earlier changes that are the same at the new freeze.

    Raises:
        LinernotesError: if a model cannot be made, or a rate is missing.
    """
    state = _state(sources_root, known_at)
    folder = sources_root / RECALCULATED
    found = state_of_changes(sources_root)
    if found == state:
        return
    if unchanged and found == unchanged:
        with duckdb.connect() as connection:
            connection.execute(
                "create table deltas as select * replace ($1::timestamp as known_at_after) "
                f"from {_raw(sources_root, RECALCULATED)}",
                [known_at],
            )
            _write(connection, folder, state)
        return
    accounts = _accounts_by_freeze(sources_root, known_at)
    if not accounts:
        with duckdb.connect() as connection:
            _begin_deltas(connection)
            _write(connection, folder, state)
        return
    with begin() as run:
        _begin_deltas(run.connection)
        for freeze, issued in accounts.items():
            months = _affected_months(run, sources_root, freeze, known_at, issued)
            if months:
                _value(run, freeze, known_at, issued, months, on_progress)
        _write(run.connection, folder, state)


def _begin_deltas(connection: duckdb.DuckDBPyConnection) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in RECALCULATED_COLUMNS.items())
    connection.execute(f"create table deltas ({columns})")


def _write(connection: duckdb.DuckDBPyConnection, folder: Path, state: str) -> None:
    with durable.replacing(folder / FILE_NAME) as unfinished:
        # The state is stored in the file that it describes, so neither exists without the other.
        connection.execute(
            "copy (from deltas order by class_number, line_key, usage_layer, known_at_before) "
            f"to '{unfinished}' (format parquet, kv_metadata {{{STATE_KEY}: '{state}'}})"
        )
        for link in folder.glob("*.parquet"):
            if link.name not in {FILE_NAME, unfinished.name}:
                link.unlink()


def _value(
    run: Calculation,
    freeze: datetime,
    known_at: datetime,
    accounts: list[Account],
    months: tuple[date, date],
    on_progress: Progress | None,
) -> None:
    connection = run.connection
    connection.execute(
        "create or replace temp table accounts (contract_id varchar, last_month date)"
    )
    connection.executemany(
        "insert into accounts values (?, ?)",
        [(one.contract_id, one.last_month) for one in accounts],
    )
    classes = dict.fromkeys(INPUT_CLASSES, freeze)
    _run_scenario(run, Scenario(known_at, classes, *months))
    _keep(connection, "before")
    for number, name in enumerate(INPUT_CLASSES, 1):
        if on_progress:
            on_progress(number, len(INPUT_CLASSES), name)
        classes = classes | {name: known_at}
        if _run_scenario(run, Scenario(known_at, classes, *months)):
            _keep(connection, "after")
            connection.execute(_difference(), [name, number, freeze, known_at])
            connection.execute("create or replace temp table before as from after")


def _run_scenario(run: Calculation, scenario: Scenario) -> bool:
    changed = run.run(scenario, list(TARGETS))
    require_rates(run.connection)
    return LINES in changed


def _keep(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute(
        f"""
        create or replace temp table {name} as
        select
            lines.*,
            case
                when lines.contract_id is null then lines.currency_code else fees.currency_code
            end as pool_currency_code,
            case when lines.contract_id is null then 1 else fees.fx_rate end as pool_fx_rate
        from intermediate.int_compensation__lines_calculated as lines
        left join intermediate.int_compensation__fees as fees
            on fees.pool_id = lines.pool_id
            and fees.contract_id = lines.contract_id
            and fees.contract_version = lines.contract_version
            and fees.usage_layer = lines.usage_layer
        inner join accounts
            on accounts.contract_id = coalesce(lines.contract_id, 'unallocated')
            and lines.usage_month <= accounts.last_month
        """
    )


def _difference() -> str:
    keys = ", ".join(f"coalesce(after.{name}, before.{name})" for name in KEYS)
    measures = ", ".join(
        f"coalesce({side}.{name}, 0)" for name in MEASURES for side in ("before", "after")
    )
    differs = " or ".join(
        f"coalesce(before.{name}, 0) <> coalesce(after.{name}, 0)" for name in MEASURES
    )
    return f"""
        insert into deltas
        select
            ?, ?, coalesce(after.line_key, before.line_key),
            coalesce(after.usage_layer, before.usage_layer), {keys}, {measures},
            coalesce(after.usage_month, before.usage_month), ?, ?,
            coalesce(after.pool_currency_code, before.pool_currency_code),
            coalesce(after.pool_fx_rate, before.pool_fx_rate)
        from before
        full join after
            on after.line_key = before.line_key and after.usage_layer = before.usage_layer
        where {differs}
    """


def _accounts_by_freeze(sources_root: Path, known_at: datetime) -> dict[datetime, list[Account]]:
    """Accounts whose last statement is older than the new freeze, by that statement's freeze."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"""
            select contract_id, max(report_month), max_by(known_at, report_month)
            from {_raw(sources_root, "raw_ledger__statements")}
            where known_at <= ?
            group by all
            order by all
            """,
            [known_at],
        ).fetchall()
    found: dict[datetime, list[Account]] = {}
    for row in rows:
        account = Account(*row)
        if account.known_at < known_at:
            found.setdefault(account.known_at, []).append(account)
    return dict(sorted(found.items()))


def _affected_months(
    run: Calculation,
    sources_root: Path,
    freeze: datetime,
    known_at: datetime,
    accounts: Iterable[Account],
) -> tuple[date, date] | None:
    """The first and the last issued month that input between two freezes may affect.

    One month too many does no harm: a month whose amounts have not changed gives no difference.
    """
    last = max(account.last_month for account in accounts)
    return affected_months(run, sources_root, freeze, known_at, last)


def affected_months(
    run: Calculation,
    sources_root: Path,
    since: datetime,
    until: datetime,
    last: date,
    built: str | None = None,
    late: Path | None = None,
) -> tuple[date, date] | None:
    """The first and the last issued or built month that input between two freezes may affect.

    Args:
        run: A calculation over the sources.
        sources_root: The sources.
        since: The earlier freeze, naive UTC.
        until: The later freeze.
        last: The last month that is looked for.
        built: A query for the months and objects of all uses in the last build, with the columns
            of the ledger's lines: for the months in which this build may differ from it.
        late: The folder of late deliveries, if it is not the sources' own.
    """
    connection = run.connection
    if late:
        run.replace_source(LATE_DELIVERIES, late)
    _compare_catalogues(run, since, until)
    connection.execute("set variable since = ?::timestamp", [since])
    connection.execute("set variable until = ?::timestamp", [until])
    connection.execute(f"set variable largest_offset = interval {LARGEST_OFFSET_HOURS} hour")
    connection.execute("set variable is_of_build = ?::boolean", [built is not None])
    connection.execute(
        "set variable window_days = ?::integer", [_project_variable("appeal_window_days")]
    )
    for table in RAW_TABLES:
        rows = f"from {_raw(sources_root, table)}"
        if not table.startswith("raw_ledger__"):
            rows = arrived_rows(sources_root, table, late)
        connection.execute(f"create or replace temp view {table} as {rows}")
    if built is not None:
        lines = _raw(sources_root, LEDGER_LINES)
        columns = "usage_month, object_id, consent_status, hold_bucket, weight_nano"
        connection.execute(
            f"create or replace temp view {LEDGER_LINES} as "
            f"select {columns} from {lines} union all by name {built}"
        )
    connection.execute("set variable last_month = ?::date", [last])
    connection.execute(
        "create or replace temp macro is_new(instant) as "
        "instant > getvariable('since') and instant <= getvariable('until')"
    )
    found = connection.execute(AFFECTED_MONTHS.read_text()).fetchone()
    return (found[0], found[1]) if found and found[0] else None


def _compare_catalogues(run: Calculation, freeze: datetime, known_at: datetime) -> None:
    """Creates temp tables of the catalogue's objects and parties that differ between freezes."""
    connection = run.connection
    run.run(Scenario(known_at, dict.fromkeys(INPUT_CLASSES, freeze)), list(CATALOGUE))
    for table in CATALOGUE:
        connection.execute(f"create or replace temp table old_{table} as {_counting(run, table)}")
    run.run(Scenario(known_at), list(CATALOGUE))
    for table in CATALOGUE:
        counting = _counting(run, table)
        connection.execute(
            f"""
            create or replace temp view changed_{table} as
            ({counting} except all from old_{table})
            union all
            (from old_{table} except all {counting})
            """
        )
    connection.execute(
        """
        create or replace temp table changed_objects as
        with
            embodiments as (
                select recording_id, work_id from staging.stg_catalog__recording_works
                union
                select recording_id, work_id from old_stg_catalog__recording_works
            ),
            recordings as (
                select recording_id as object_id from changed_stg_catalog__recordings
                union
                -- A decision on one recording applies to all with its ISRC.
                select recording_id
                from staging.stg_catalog__recordings
                where isrc_group_id in (select isrc_group_id from changed_stg_catalog__recordings)
                union
                select recording_id from changed_stg_catalog__recording_works
            ),
            objects as (
                from recordings
                union
                select work_id from changed_stg_catalog__works
                union
                -- A new recording changes nothing of its work.
                select work_id
                from changed_stg_catalog__recording_works
                where recording_id in (select recording_id from old_stg_catalog__recordings)
                union
                select object_id from changed_stg_catalog__ownership
            )
        from objects
        union
        -- Writers of a work decide on its recordings.
        select embodiments.recording_id
        from objects
        inner join embodiments on embodiments.work_id = objects.object_id
        """
    )
    connection.execute(
        """
        create or replace temp table changed_parties as
        select valid_from from changed_stg_catalog__routes
        union
        select valid_from from changed_stg_catalog__party_links
        union
        select null from changed_stg_catalog__party_aliases
        union
        select null
        from changed_stg_licensing__products
        where product_id in (select product_id from old_stg_licensing__products)
        """
    )
    connection.execute(
        """
        create or replace temp table new_products as
        select distinct product_id
        from changed_stg_licensing__products
        where product_id not in (select product_id from old_stg_licensing__products)
        """
    )


def _state(sources_root: Path, known_at: datetime) -> str:
    """A hash of what the result depends on: models, freeze, and the files of lake and ledger."""
    files = sorted(
        _identity(path.resolve())
        for path in sources_root.glob("raw_*/*.parquet")
        if path.parent.name != RECALCULATED and not path.parent.name.startswith("raw_door__")
    )
    content = "\n".join([project_sha256(), known_at.isoformat(), *files])
    return hashlib.sha256(content.encode()).hexdigest()


def _identity(file: Path) -> str:
    """A file with its size and time: a restored ledger may have other content at the same path."""
    if file.parent.name == EMPTY:
        # Written again for each build, always with the same content.
        return str(file)
    status = file.stat()
    return f"{file} {status.st_size} {status.st_mtime_ns}"


def state_of_changes(sources_root: Path) -> str:
    """The state from which the changes were calculated; empty if there are none."""
    file = sources_root / RECALCULATED / FILE_NAME
    with duckdb.connect() as connection:
        try:
            found = connection.execute(
                "select decode(value) from parquet_kv_metadata($1) where decode(key) = $2",
                [str(file), STATE_KEY],
            ).fetchone()
        except duckdb.Error:
            return ""
    return found[0] if found else ""


def _counting(run: Calculation, table: str) -> str:
    """A query for the rows and columns of a model of the catalogue that can affect a line."""
    described = run.connection.execute(f"describe staging.{table}").fetchall()
    left_out = {*CATALOGUE[table], *PROVENANCE}
    chosen = ", ".join(name for name, *_ in described if name not in left_out)
    # New parties affect nobody else; only merged ones can change issued lines.
    merged = " where is_merged" if table == "stg_catalog__party_aliases" else ""
    return f"select {chosen} from staging.{table}{merged}"


def _raw(sources_root: Path, table: str) -> str:
    return f"read_parquet('{sources_root}/{table}/*.parquet')"


def _project_variable(name: str) -> int:
    return int(yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text())["vars"][name])
