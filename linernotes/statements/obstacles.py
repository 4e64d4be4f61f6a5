"""Why a draft may not be issued: its order, its approval, its files and its lines.

`guards` finds what blocks a draft when it is made.
"""

from dataclasses import replace

import duckdb
import polars as pl

from linernotes.base.clock import instant
from linernotes.base.digests import file_sha256
from linernotes.base.settings import Settings
from linernotes.ingestion import DELIVERIES, Lake
from linernotes.ledger.delivery_lists import DELIVERIES_KIND
from linernotes.ledger.figure_checks import lines_that_differ, opening_that_differs, unproved
from linernotes.ledger.files import KINDS, LINES_KIND, POOLS_KIND
from linernotes.ledger.records import (
    StatementRecord,
    draft_path,
    is_same_identity,
    is_same_person,
    month_start,
)
from linernotes.statements.approvals import approval_of, as_approved
from linernotes.statements.drafts import first_issue_since


def approved_with_obstacles(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    draft: StatementRecord,
    drafted: list[StatementRecord],
    issued: list[StatementRecord],
) -> tuple[StatementRecord, list[str]]:
    """A draft with its approval, and every reason why it may not be issued, with what to do.

    Args:
        settings: The home.
        connection: For reading files.
        draft: The draft.
        drafted: The newest drafts of all statements.
        issued: All issued statements.
    """
    obstacles = [*_out_of_turn(draft, drafted, issued), *_of_another_freeze(settings, draft)]
    record, missing = _approved(settings, draft)
    return record, [*obstacles, *missing, *_wrong_in(settings, connection, draft)]


def _out_of_turn(
    draft: StatementRecord, drafted: list[StatementRecord], issued: list[StatementRecord]
) -> list[str]:
    """Why a statement may not follow the issued statements of its contract."""
    obstacles = []
    done = {one.statement_id for one in issued}
    own = [one for one in issued if one.contract_id == draft.contract_id]
    earlier = [
        one.report_month
        for one in drafted
        if one.contract_id == draft.contract_id
        and one.report_month < draft.report_month
        and one.statement_id not in done
    ]
    if earlier:
        obstacles.append(
            f"its contract's statement of {min(earlier)} is not issued: months are issued in order"
        )
    later = [one.report_month for one in own if one.report_month > draft.report_month]
    if later:
        obstacles.append(f"its contract's statement of {max(later)} is issued already")
    known = max((one.known_at for one in own), key=instant, default=None)
    if known and instant(draft.known_at) <= instant(known):
        obstacles.append(
            f"it is known at {draft.known_at}, and its contract's last issued statement at "
            f"{known}: build and draft it again"
        )
    if own:
        before = max(own, key=lambda one: one.report_month)
        found = opening_that_differs(draft, before)
        obstacles += [f"it {details}: build and draft it again" for details in found]
    return obstacles


def _of_another_freeze(settings: Settings, draft: StatementRecord) -> list[str]:
    """Why a statement may not be issued after others of its month."""
    first = first_issue_since(settings, draft)
    if first is None:
        return []
    return [
        f"it is known at {draft.known_at}, and other statements of its month were issued since, "
        f"known at {first.known_at}: build and draft it again"
    ]


def pools_that_differ(
    settings: Settings, connection: duckdb.DuckDBPyConnection, drafts: list[StatementRecord]
) -> dict[str, list[str]]:
    """Statements of one month that show different totals of one pool, which its partners share.

    They were calculated at several freezes, from different uses or revenue. Those of one freeze are
    of one calculation.

    Returns:
        The obstacles of each of them, by statement.
    """
    files = {str(draft_path(settings, one, f"{POOLS_KIND}.parquet")): one for one in drafts}
    if len({one.known_at for one in drafts}) < 2:
        return {}
    rows = connection.execute(
        """
        with
            pools as (
                select
                    filename,
                    pool_id,
                    (currency_code, net_amount, total_quantity, subscribers) as totals
                from read_parquet($files, filename = true)
                where usage_month = $month
            ),
            differing as (
                select pool_id from pools group by pool_id having count(distinct totals) > 1
            )
        select filename, min(pool_id)
        from pools
        inner join differing using (pool_id)
        group by filename
        order by filename
        """,
        {"files": list(files), "month": month_start(drafts[0].report_month)},
    ).fetchall()
    return {
        files[file].statement_id: [
            f"another statement of its month shows other totals of the pool {pool_id}: build, "
            "draft and approve all again"
        ]
        for file, pool_id in rows
    }


def _approved(settings: Settings, draft: StatementRecord) -> tuple[StatementRecord, list[str]]:
    """The draft with its approval, and the faults of the approval."""
    advice = f"run `linernotes statement approve --month {draft.report_month} --by NAME`"
    approval = approval_of(settings, draft)
    if approval is None:
        older = [
            version
            for version in range(1, draft.version)
            if approval_of(settings, replace(draft, version=version))
        ]
        if older:
            return draft, [f"v{draft.version} is newer than the approved v{older[-1]}: {advice}"]
        return draft, [f"v{draft.version} is not approved: {advice}"]
    obstacles = []
    path = draft_path(settings, draft)
    if file_sha256(path) != approval.draft_sha256:
        obstacles.append(f"{path} was changed after its approval: restore it from a backup")
    if not approval.approved_by.strip() or is_same_person(approval.approved_by, draft.drafted_by):
        obstacles.append(f"{approval.approved_by or 'nobody'} approved it and drafted it as well")
    elif is_same_identity(approval.approved_identity, draft.drafted_identity):
        obstacles.append(f"{approval.approved_identity} approved it and drafted it as well")
    return as_approved(draft, approval), obstacles


def _wrong_in(
    settings: Settings, connection: duckdb.DuckDBPyConnection, draft: StatementRecord
) -> list[str]:
    """The faults of a draft: its files, its lines, and the findings of the guards."""
    obstacles = [
        f"{reason}: find the cause, build, draft and approve again" for reason in draft.blocked_by
    ]
    if not draft.is_of_a_checked_run:
        obstacles.append(
            f"v{draft.version} has no record of a run whose checks all passed: draft it again with "
            f"`linernotes statement draft --month {draft.report_month}`"
        )
    for kind in dict.fromkeys([*KINDS, *draft.files]):
        path = draft_path(settings, draft, f"{kind}.parquet")
        if not path.is_file() or file_sha256(path) != draft.files.get(kind):
            obstacles.append(f"{path} is missing or changed: restore it from a backup")
    if obstacles:
        return obstacles
    obstacles += _read_again_since(settings, draft)
    lines = draft_path(settings, draft, f"{LINES_KIND}.parquet")
    found = lines_that_differ(connection, lines, [draft])
    obstacles += [f"{details}: build and draft it again" for details in found]
    return obstacles + list(unproved(connection, lines))


def _read_again_since(settings: Settings, draft: StatementRecord) -> list[str]:
    """Deliveries of a draft that have other rows in the lake since they were read again."""
    file = draft_path(settings, draft, f"{DELIVERIES_KIND}.parquet")
    if DELIVERIES_KIND not in draft.files:
        return []
    register = Lake(settings.lake_root).read(DELIVERIES).filter(pl.col("state") == "loaded")
    changed = (
        pl.scan_parquet(file)
        .join(register, on="delivery_id", how="inner", suffix="_now")
        .filter(pl.col("rows_loaded") != pl.col("rows_loaded_now"))
        .select("name")
        .collect()
    )
    return [
        f"{name} was read again since it was drafted, and has other rows now: build, draft and "
        "approve again"
        for (name,) in changed.iter_rows()
    ]
