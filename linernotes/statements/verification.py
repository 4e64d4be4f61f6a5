"""Checks the ledger from nothing but itself: every hash, and that the figures agree.

What a partner can check of a package is in `reporting`.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from linernotes.ledger import LINES_FILE, STATEMENTS_FILE
from linernotes.settings import Settings
from linernotes.statements.balance import balance_that_fails, terms_that_differ
from linernotes.statements.issuances import (
    ENTRY,
    Issuance,
    LedgerProblem,
    changed_bytes,
    header_row,
    issuances,
)
from linernotes.statements.line_sets import LineSet, stored_line_sets
from linernotes.statements.records import StatementRecord, instant

Sums = dict[str, list[tuple[str | None, str | None, Decimal]]]


def verify_ledger(settings: Settings) -> list[LedgerProblem]:
    """Recomputes the chain, the files' hashes, the line sets and the headers of all issuances.

    Returns:
        What does not hold, by issuance; nothing if all does.
    """
    problems = list(changed_bytes(settings))
    if problems:
        # Figures out of changed files would only say the same in other words.
        return problems
    seen: dict[str, int] = {}
    with duckdb.connect() as connection:
        for issuance in issuances(settings):
            problems += _figures_that_differ(connection, issuance)
            for statement in issuance.statements:
                first = seen.setdefault(statement.statement_id, issuance.sequence)
                if first != issuance.sequence:
                    details = f"{statement.statement_id} is issued in {first:06d} already"
                    problems.append(LedgerProblem(issuance.sequence, ENTRY, details))
    return problems


def lines_that_differ(
    connection: duckdb.DuckDBPyConnection, lines: Path, statements: list[StatementRecord]
) -> Iterator[str]:
    """What of the headers of statements their lines, in one Parquet file, do not bear out."""
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
            # Lines of many currencies, which no header can sum.
            continue
        own = sums.get(one.statement_id, [])
        for details in terms_that_differ(one.totals, own, one.currency_code):
            yield f"{one.statement_id}: {details}"
        for details in balance_that_fails(one.totals):
            yield f"{one.statement_id}: {details}"


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
    said = {
        one.statement_id: header_row(one, issuance.sequence, issued_at)
        for one in issuance.statements
    }
    for statement_id in sorted(stored.keys() | said.keys()):
        if stored.get(statement_id) != said.get(statement_id):
            details = f"{statement_id} is not as {ENTRY} says it"
            yield LedgerProblem(issuance.sequence, STATEMENTS_FILE, details)
    lines = issuance.path / LINES_FILE
    for details in lines_that_differ(connection, lines, list(issuance.statements)):
        yield LedgerProblem(issuance.sequence, LINES_FILE, details)


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
