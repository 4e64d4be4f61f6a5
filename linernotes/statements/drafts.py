"""Drafts statements: one append-only record per contract, report month and version.

The figures come from the published warehouse unchanged; nothing is calculated here.
"""

from collections.abc import Collection, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base import durable, locks
from linernotes.base.checked_runs import require_run
from linernotes.base.clock import instant, instant_text, now
from linernotes.base.errors import LinernotesError
from linernotes.base.money import money_text
from linernotes.base.published import READER_MEMORY, WRITER_THREADS, open_published
from linernotes.base.settings import Settings
from linernotes.base.steps import add_facts, step
from linernotes.ledger.issuances import Issuance, issuances, issued_statements
from linernotes.ledger.line_sets import (
    LineSet,
    published_line_sets,
    unallocated_line_sets,
)
from linernotes.ledger.records import (
    DRAFT,
    NO_CURRENCY,
    TOTALS,
    UNALLOCATED,
    StatementRecord,
    draft_path,
    draft_text,
    drafts_of,
    drafts_root,
    month_start,
    operating_system_user,
)
from linernotes.statements.evidence import deliveries_read_again, has_same_pools, keep_evidence
from linernotes.statements.guards import blocked_partners

STATEMENTS = "reports.rpt_partner__compensation_statement"
# Drafts written at a time: one waits for the disk while the other reads.
AT_A_TIME = 2


@step("draft")
def draft(
    settings: Settings,
    month: str | None = None,
    partner: str | None = None,
    by: str | None = None,
    source: Path | None = None,
    identity: str = "",
) -> list[StatementRecord]:
    """Drafts every statement of the published warehouse, or those of a month or a partner.

    A statement with the same lines and totals as its newest draft keeps that draft; an issued one
    does not change. Without a partner, the lines without a contract are drafted too, one statement
    a month; they are not in the result.

    Args:
        settings: The home.
        month: Report month, `YYYY-MM`; every month there is when left out.
        partner: Partner id; every partner when left out.
        by: Who drafts; the operating system's user when left out.
        source: Another DuckDB file in the layout of the published one. A draft of another freeze is
        then not kept, even if its content is the same.
        identity: Who drafts, as identified by the system or an OpenID provider; they may not
            approve.

    Returns:
        The newest record of each statement, by partner, month and contract.

    Raises:
        LinernotesError: if nothing is published, if the run that made the figures has no record or
            a failed blocking check, if no statement fits month and partner, or if the figures were
            made before the last issue.
    """
    drafted_at = instant_text(now())
    issued = issued_statements(settings)
    opened = open_published(settings, source, READER_MEMORY, WRITER_THREADS)
    with opened as connection, _of_this_version():
        run = require_run(connection, source or settings.published_file, "nothing is drafted")
        headers = _headers(connection, month, partner)
        if not headers and (month or partner):
            raise LinernotesError(
                f"The published warehouse has no statement for {month or 'any month'} and "
                f"{partner or 'any partner'}: check the partner id and that the month was built."
            )
        _require_ledger_known(connection, issued)
        kept = [issued[one["statement_id"]] for one in headers if one["statement_id"] in issued]
        statements = _statements(
            connection, [one for one in headers if one["statement_id"] not in issued]
        )
        if partner is None:
            months = sorted({one["report_month"] for one in headers})
            statements += _unallocated(connection, months, issued)
        blocked = {
            report_month: blocked_partners(connection, month_start(report_month), issued)
            for report_month in {one.report_month for one in statements}
        }
        drafted_by = (by or "").strip() or operating_system_user()
        known_before = {one.contract_id: one.known_at for one in _in_order(issued.values())}

        def keep(statement: StatementRecord) -> StatementRecord:
            record = replace(
                statement,
                drafted_by=drafted_by,
                drafted_identity=identity,
                drafted_at=drafted_at,
                checked_run=run.summary,
                blocked_by=blocked[statement.report_month].get(statement.partner_id, []),
            )
            last_known = known_before.get(record.contract_id)
            with connection.cursor() as cursor:
                return _keep(settings, cursor, record, last_known, source is not None)

        with _drafting(settings), ThreadPoolExecutor(AT_A_TIME) as pool:
            kept += pool.map(keep, statements)
    add_facts(statements=len(kept), report_month=month or "every month")
    return sorted((one for one in kept if not one.is_unallocated), key=lambda one: one.sort_key)


def newest_drafts(
    settings: Settings, month: str | None = None, partner: str | None = None
) -> list[StatementRecord]:
    """The newest draft of each contract's statement, by partner, month and contract."""
    return [one for one in all_newest_drafts(settings, month, partner) if not one.is_unallocated]


def all_newest_drafts(
    settings: Settings, month: str | None = None, partner: str | None = None
) -> list[StatementRecord]:
    """The newest draft of each statement, including that of the lines without a contract."""
    if month is not None:
        month_start(month)
    newest: dict[str, StatementRecord] = {}
    for record in drafts_of(drafts_root(settings), month):
        known = newest.get(record.statement_id)
        if known is None or known.version < record.version:
            newest[record.statement_id] = record
    # Newest first, then filtered by partner: a contract may have moved to another partner.
    wanted = (one for one in newest.values() if partner in (None, one.partner_id))
    return sorted(wanted, key=lambda one: one.sort_key)


def published_statements(
    connection: duckdb.DuckDBPyConnection, month: str | None = None, partner: str | None = None
) -> list[StatementRecord]:
    """The statements of the published warehouse as they would be drafted now, not yet recorded.

    Version, person and time are empty, because they belong to the record.
    """
    with _of_this_version():
        return _statements(connection, _headers(connection, month, partner))


def _headers(
    connection: duckdb.DuckDBPyConnection, month: str | None, partner: str | None
) -> list[dict[str, Any]]:
    conditions, values = [], []
    if month is not None:
        conditions.append("report_month = ?")
        values.append(month_start(month))
    if partner is not None:
        conditions.append("partner_id = ?")
        values.append(partner)
    columns = (
        "statement_id",
        "contract_id",
        "partner_id",
        "side",
        "report_month",
        "known_at",
        "currency_code",
        *TOTALS,
    )
    rows = connection.execute(
        f"select {', '.join(columns)} from published.{STATEMENTS}"
        + (f" where {' and '.join(conditions)}" if conditions else ""),
        values,
    ).fetchall()
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _require_ledger_known(connection: duckdb.DuckDBPyConnection, issued: Collection[str]) -> None:
    """Figures from before the last issue lack its balances and the corrections of its months."""
    rows = connection.execute(
        f"select statement_id from published.{STATEMENTS} where statement_state <> 'issued'"
    ).fetchall()
    stale = sorted({name for (name,) in rows} & set(issued))
    if stale:
        raise LinernotesError(
            f"{stale[0]} is issued, but the figures to draft from are older: run "
            "`linernotes build`, or draft with --close."
        )


def _statements(
    connection: duckdb.DuckDBPyConnection, headers: list[dict[str, Any]]
) -> list[StatementRecord]:
    found = []
    for (partner_id, first_day), group in groupby(sorted(headers, key=_package_of), _package_of):
        line_sets = published_line_sets(connection, partner_id, first_day)
        for header in group:
            lines = line_sets.get(header["statement_id"], LineSet())
            found.append(_as_statement(header, lines))
    return sorted(found, key=lambda one: one.sort_key)


def _unallocated(
    connection: duckdb.DuckDBPyConnection, months: list[date], issued: Collection[str]
) -> list[StatementRecord]:
    """Each month's lines without a contract as a statement, even if there are none."""
    # Issued statements keep their own freeze; all others have that of the build.
    freeze = connection.execute(f"select max(known_at) from published.{STATEMENTS}").fetchone()
    found = []
    for month in months:
        statement_id = f"{UNALLOCATED}|{month:%Y-%m}"
        if statement_id in issued:
            continue
        header = {
            "statement_id": statement_id,
            "contract_id": UNALLOCATED,
            "partner_id": "",
            "side": "",
            "report_month": month,
            "known_at": freeze[0] if freeze else None,
            "currency_code": NO_CURRENCY,
            **dict.fromkeys(TOTALS, 0),
        }
        line_sets = unallocated_line_sets(connection, statement_id, month)
        found.append(_as_statement(header, line_sets.get(statement_id, LineSet())))
    return found


def _as_statement(header: dict[str, Any], lines: LineSet) -> StatementRecord:
    currency = header["currency_code"]
    return StatementRecord(
        statement_id=header["statement_id"],
        contract_id=header["contract_id"],
        partner_id=header["partner_id"],
        side=header["side"],
        report_month=f"{header['report_month']:%Y-%m}",
        version=0,
        state=DRAFT,
        known_at=instant_text(header["known_at"]),
        currency_code=currency,
        line_count=lines.line_count,
        line_set_sha256=lines.sha256,
        totals={name: money_text(Decimal(header[name]), currency) for name in TOTALS},
        drafted_by="",
        drafted_at="",
    )


def _keep(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    statement: StatementRecord,
    last_known: str | None,
    is_of_its_freeze: bool,
) -> StatementRecord:
    """The newest draft if it is unchanged, or else a new version.

    A draft with a freeze before the contract's last issue could not be issued any more, because the
    ledger's freezes only increase.
    """
    folder = draft_path(settings, statement).parent
    earlier = sorted(drafts_of(folder, statement.report_month), key=lambda one: one.version)
    newest = earlier[-1] if earlier else None
    is_the_same = (
        newest
        and newest.has_same_claims(statement)
        and newest.is_of_a_checked_run
        and newest.blocked_by == statement.blocked_by
        and has_same_pools(settings, connection, newest)
        and not deliveries_read_again(settings, newest)
        and first_issue_since(settings, newest) is None
        and issue_of_its_contract_since(settings, newest) is None
    )
    if newest and is_the_same:
        is_late_enough = last_known is None or instant(newest.known_at) > instant(last_known)
        if newest.known_at == statement.known_at or (is_late_enough and not is_of_its_freeze):
            # The process that drafted it may have been killed before the name was on the disk.
            durable.sync(folder)
            if instant(held_at(settings, newest)) < instant(statement.known_at):
                durable.write_text(_held_file(settings, newest), statement.known_at + "\n")
            return newest
    record = replace(statement, version=newest.version + 1 if newest else 1)
    record = replace(record, files=keep_evidence(settings, connection, record))
    target = draft_path(settings, record)
    if not durable.write_once(target, draft_text(record)):
        raise LinernotesError(f"{target} appeared while it was being written: draft again.")
    return record


def held_at(settings: Settings, draft: StatementRecord) -> str:
    """The last freeze at which a draft was found to be unchanged, or else its own; ISO 8601."""
    file = _held_file(settings, draft)
    return file.read_text(encoding="utf-8").strip() if file.is_file() else draft.known_at


def _held_file(settings: Settings, draft: StatementRecord) -> Path:
    return draft_path(settings, draft, "held_at.txt")


def first_issue_since(settings: Settings, draft: StatementRecord) -> Issuance | None:
    """The first issue of a draft's month, if it was from an earlier freeze, and after the draft.

    Usage that came between the two freezes is late since that issue, and timely in the draft.
    """
    of_month = (one for one in issuances(settings) if one.report_month == draft.report_month)
    first = next(of_month, None)
    is_before = (
        first is not None
        and instant(draft.known_at) > instant(first.known_at)
        and instant(draft.drafted_at) <= instant(first.issued_at)
    )
    return first if is_before else None


def issue_of_its_contract_since(settings: Settings, draft: StatementRecord) -> Issuance | None:
    """The first issue of another statement of the draft's contract, after it was drafted.

    The draft was calculated without that issue: it may lack what changed between the two freezes,
    or contain what the other statement contains, too.
    """
    for one in issuances(settings):
        is_of_contract = any(
            statement.contract_id == draft.contract_id
            and statement.statement_id != draft.statement_id
            for statement in one.statements
        )
        if is_of_contract and instant(draft.drafted_at) < instant(one.issued_at):
            return one
    return None


@contextmanager
def _drafting(settings: Settings) -> Generator[None]:
    """Serialises the writing of drafts, so that no two get the same version."""
    durable.make_folder(settings.ledger_root)
    with locks.holding(settings.ledger_root / "draft.lock"):
        durable.clear_unfinished(drafts_root(settings), is_deep=True)
        yield


@contextmanager
def _of_this_version() -> Generator[None]:
    """Explains that a file lacks tables or columns that drafting needs."""
    try:
        yield
    except (duckdb.BinderException, duckdb.CatalogException) as reason:
        raise LinernotesError(
            "The warehouse that statements are read from was built by another version of "
            f"Linernotes ({str(reason).splitlines()[0]}): run `linernotes build`."
        ) from reason


def _package_of(header: dict[str, Any]) -> tuple[str, date]:
    return header["partner_id"], header["report_month"]


def _in_order(statements: Collection[StatementRecord]) -> list[StatementRecord]:
    return sorted(statements, key=lambda one: one.report_month)
