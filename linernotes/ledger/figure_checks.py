"""Checks the figures of an issuance: its lines, headers, evidence, and the statements before it.

`verification` checks that its files are as they were written.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base.clock import instant
from linernotes.base.settings import Settings
from linernotes.ledger.balance import balance_that_fails, terms_that_differ
from linernotes.ledger.files import (
    COLUMNS_OF_FILE,
    ENTRY,
    KINDS,
    LINES_FILE,
    POOLS_FILE,
    STATEMENTS_FILE,
    UNSIGNED_VERSION,
    USES_FILE,
)
from linernotes.ledger.issuances import Issuance, LedgerProblem, header_row
from linernotes.ledger.line_sets import LineSet, stored_line_sets
from linernotes.ledger.records import (
    DRAFT,
    StatementRecord,
    is_same_identity,
    is_same_person,
    record_of,
)

# Kinds of evidence beside the Parquet files.
DRAFT_RECORD, APPROVAL = "draft", "approval"
Sums = dict[str, list[tuple[str | None, str | None, Decimal]]]

POOLS_OFF = """
    with
        of_lines as (
            select
                pool_id, contract_id, contract_version,
                coalesce(sum(amount) filter (hold_bucket is null), 0) as payable_amount,
                coalesce(sum(amount) filter (hold_bucket is not null), 0) as held_amount
            from read_parquet($lines)
            where line_type = 'USAGE' and contract_id is not null
            group by all
        ),
        pools as (
            select pool_id, contract_id, contract_version, payable_amount, held_amount
            from read_parquet($pools)
        )
    select pool_id, contract_id, contract_version
    from pools
    full outer join of_lines using (pool_id, contract_id, contract_version)
    where
        pools.payable_amount is null
        or pools.payable_amount <> coalesce(of_lines.payable_amount, 0)
        or pools.held_amount <> coalesce(of_lines.held_amount, 0)
    order by all
"""
# The weight of a month's own line is the exact sum over its uses, rounded once. Lines without uses,
# such as those of a pool without any, have no weight.
USES_OFF = """
    with
        of_uses as (
            select
                line_id, sum(quantity) as quantity,
                cast(sum(weight_nano) as decimal(38, 0)) as weight_nano
            from read_parquet($uses)
            group by all
        )
    select line_id
    from of_uses
    left join read_parquet($lines) as lines using (line_id)
    where
        lines.line_id is null
        or lines.line_type = 'USAGE'
        and (of_uses.quantity <> lines.quantity or of_uses.weight_nano <> lines.weight_nano)
    order by all
"""


def figures_that_differ(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    issuance: Issuance,
    last: dict[str, StatementRecord],
) -> list[LedgerProblem]:
    """Contradictions within an issuance, and with earlier ones.

    Args:
        settings: The home.
        connection: For reading files.
        issuance: An issuance with unchanged files.
        last: The last statement of each contract before it.
    """
    problems: list[LedgerProblem] = []
    try:
        problems += _figures_that_differ(connection, issuance)
        if issuance.version != UNSIGNED_VERSION:
            problems += _evidence_that_differs(settings, connection, issuance)
            problems += _out_of_order(issuance, last)
    except (duckdb.Error, LookupError, TypeError, ValueError, ArithmeticError) as reason:
        problems.append(LedgerProblem(issuance.sequence, ENTRY, f"cannot be checked: {reason!r}"))
    return problems


def lines_that_differ(
    connection: duckdb.DuckDBPyConnection, lines: Path, statements: list[StatementRecord]
) -> Iterator[str]:
    """Contradictions between headers of statements and their lines in one Parquet file."""
    line_sets = stored_line_sets(connection, lines)
    sums = _sums(connection, lines)
    known = {one.statement_id for one in statements}
    for unknown in sorted(line_sets.keys() - known):
        yield f"lines of {unknown}, which is not among the statements"
    for one in statements:
        found = line_sets.get(one.statement_id, LineSet())
        if (found.line_count, found.sha256) != (one.line_count, one.line_set_sha256):
            yield (
                f"{one.statement_id} has {found.line_count} lines with the hash {found.sha256}, "
                f"not {one.line_count} with {one.line_set_sha256}"
            )
        if one.is_unallocated:
            # Lines of several currencies, which a header cannot sum.
            continue
        own = sums.get(one.statement_id, [])
        for details in terms_that_differ(one.totals, own, one.currency_code):
            yield f"{one.statement_id}: {details}"
        for details in balance_that_fails(one.totals):
            yield f"{one.statement_id}: {details}"


def unproved(connection: duckdb.DuckDBPyConnection, lines: Path) -> Iterator[str]:
    """Faults in the consents that paid lines name."""
    found = connection.execute(
        "select count(*), min(line_id) from read_parquet(?) "
        "where (pool_id is not null or line_type = 'TRAINING_FEE') and hold_bucket is null "
        "and amount > 0 and consent_proof_id is null and contract_id is not null",
        [str(lines)],
    ).fetchone()
    if found and found[0]:
        yield f"{found[0]} paid lines name no consent, such as {found[1]}: check their uses"


def opening_that_differs(one: StatementRecord, before: StatementRecord) -> Iterator[str]:
    """Whether a statement's opening differs from the amount carried by its contract's last one."""
    opening, carried = one.totals["opening_amount"], before.totals["carried_amount"]
    if Decimal(opening) != Decimal(carried):
        yield f"opens with {opening}, but {before.statement_id} carried {carried}"


def _figures_that_differ(
    connection: duckdb.DuckDBPyConnection, issuance: Issuance
) -> Iterator[LedgerProblem]:
    for entry in issuance.files:
        path = issuance.path / entry["name"]
        [(rows,)] = connection.execute(
            "select count(*) from read_parquet(?)", [str(path)]
        ).fetchall()
        if rows != entry["rows"]:
            details = f"{rows} rows, not {entry['rows']}"
            yield LedgerProblem(issuance.sequence, entry["name"], details)
    stored = _stored_headers(connection, issuance.path / STATEMENTS_FILE)
    issued_at = instant(issuance.issued_at)
    in_entry = {
        one.statement_id: header_row(one, issuance.sequence, issued_at)
        for one in issuance.statements
    }
    for statement_id in sorted(stored.keys() | in_entry.keys()):
        if stored.get(statement_id) != in_entry.get(statement_id):
            details = f"{statement_id} differs from {ENTRY}"
            yield LedgerProblem(issuance.sequence, STATEMENTS_FILE, details)
    lines = issuance.path / LINES_FILE
    for details in lines_that_differ(connection, lines, list(issuance.statements)):
        yield LedgerProblem(issuance.sequence, LINES_FILE, details)


def _evidence_that_differs(
    settings: Settings, connection: duckdb.DuckDBPyConnection, issuance: Issuance
) -> Iterator[LedgerProblem]:
    """Contradictions between an issuance and the drafts, approvals and files that it lists."""
    listed: dict[str, dict[str, dict[str, Any]]] = {}
    for entry in issuance.evidence:
        listed.setdefault(entry["statement_id"], {})[entry["kind"]] = entry
    expected = {DRAFT_RECORD, APPROVAL, *KINDS}
    own = {one.statement_id for one in issuance.statements}
    complete = {name for name, kinds in listed.items() if expected <= kinds.keys()}
    for statement_id in sorted(own ^ complete | listed.keys() ^ own):
        details = f"does not list the evidence of {statement_id} completely and once"
        yield LedgerProblem(issuance.sequence, ENTRY, details)
    if complete != own or len(issuance.evidence) != sum(map(len, listed.values())):
        return
    for one in issuance.statements:
        for details in _draft_that_differs(settings, one, listed[one.statement_id]):
            yield LedgerProblem(issuance.sequence, ENTRY, f"{one.statement_id}: {details}")
    for kind, name in KINDS.items():
        drafted = [
            str(settings.ledger_root / listed[one.statement_id][kind]["name"])
            for one in issuance.statements
        ]
        path = issuance.path / name
        if _rows_of(connection, [str(path)], name) != _rows_of(connection, drafted, name):
            details = "its rows differ from those of the drafts"
            yield LedgerProblem(issuance.sequence, name, details)
    files = {kind: str(issuance.path / name) for kind, name in KINDS.items()}
    for query, name, details in (
        (POOLS_OFF, POOLS_FILE, "is not what its lines sum to"),
        (USES_OFF, USES_FILE, "is a line that differs from the sum of its uses"),
    ):
        own = {kind: path for kind, path in files.items() if f"${kind}" in query}
        for row in connection.execute(query, own).fetchall():
            place = " ".join(str(value) for value in row)
            yield LedgerProblem(issuance.sequence, name, f"{place} {details}")
    for details in unproved(connection, issuance.path / LINES_FILE):
        yield LedgerProblem(issuance.sequence, LINES_FILE, details)


def _draft_that_differs(
    settings: Settings, statement: StatementRecord, listed: dict[str, dict[str, Any]]
) -> Iterator[str]:
    """Contradictions between an issued statement, its draft and its approval."""
    root = settings.ledger_root
    draft = record_of(_json(root / listed[DRAFT_RECORD]["name"]) | {"state": DRAFT})
    approval = _json(root / listed[APPROVAL]["name"])
    if not draft.has_same_claims(statement) or any(
        getattr(draft, name) != getattr(statement, name)
        for name in ("version", "known_at", "drafted_by", "drafted_at", "drafted_identity")
    ):
        yield "is not what was drafted"
    if draft.blocked_by:
        yield f"was blocked when it was drafted: {draft.blocked_by[0]}"
    if draft.files != {
        kind: one["sha256"] for kind, one in listed.items() if kind not in {DRAFT_RECORD, APPROVAL}
    }:
        yield "has other files than its draft"
    approved = (
        statement.statement_id,
        statement.version,
        listed[DRAFT_RECORD]["sha256"],
        statement.approved_by,
        statement.approved_at,
        statement.approved_identity,
    )
    names = ("statement_id", "version", "draft_sha256", "approved_by", "approved_at")
    found = (*(approval.get(name) for name in names), approval.get("approved_identity", ""))
    if found != approved:
        yield "is not what was approved"
    by = statement.approved_by
    if not by.strip() or is_same_person(by, statement.drafted_by):
        yield f"{by or 'nobody'} approved it, and {statement.drafted_by} drafted it"
    if is_same_identity(statement.approved_identity, statement.drafted_identity):
        yield f"{statement.approved_identity} both drafted and approved it"


def _out_of_order(issuance: Issuance, last: dict[str, StatementRecord]) -> Iterator[LedgerProblem]:
    """Statements that do not follow their contract's last issued statement."""
    for one in issuance.statements:
        before = last.get(one.contract_id)
        if before is None:
            continue
        if one.report_month <= before.report_month or instant(one.known_at) <= instant(
            before.known_at
        ):
            details = (
                f"{one.statement_id} was issued after {before.statement_id}, which is not earlier"
            )
            yield LedgerProblem(issuance.sequence, ENTRY, details)
        for details in opening_that_differs(one, before):
            details = f"{one.statement_id} {details}"
            yield LedgerProblem(issuance.sequence, ENTRY, details)


def _rows_of(
    connection: duckdb.DuckDBPyConnection, files: list[str], name: str
) -> tuple[Any, ...] | None:
    """A fingerprint of the rows of Parquet files, independent of their order."""
    columns = ", ".join(one for one in COLUMNS_OF_FILE[name] if one != "sequence")
    return connection.execute(
        f"select count(*), bit_xor(hash({columns})), sum(hash({columns})::hugeint) "
        "from read_parquet(?)",
        [files],
    ).fetchone()


def _json(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError(f"{path} is not a JSON object")
    return content


def _stored_headers(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[str, Any]:
    cursor = connection.execute("select * from read_parquet(?)", [str(file)])
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["statement_id"]: row for row in rows}


def _sums(connection: duckdb.DuckDBPyConnection, lines: Path) -> Sums:
    found: Sums = {}
    for statement_id, *summed in connection.execute(
        "select statement_id, line_type, hold_bucket, sum(amount) from read_parquet(?) "
        "group by all order by all",
        [str(lines)],
    ).fetchall():
        found.setdefault(statement_id, []).append((summed[0], summed[1], summed[2]))
    return found
