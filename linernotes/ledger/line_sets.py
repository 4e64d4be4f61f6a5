"""The content hash of a statement's lines: equal lines give equal hashes, in any order and format.

Only the claims of a line are hashed, not titles and names, which may be corrected without a change
of amounts.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base.money import exact_text

LINES = "reports.rpt_partner__compensation_lines"
ALL_LINES = "marts.fct_compensation_lines"
LINE_SET_COLUMNS = (
    "partner_id",
    "report_month",
    "statement_id",
    "contract_id",
    "contract_version",
    "member_party_id",
    "line_id",
    "line_type",
    "usage_month",
    "territory",
    "product_id",
    "tier",
    "side",
    "object_id",
    "isrc",
    "owner_party_id",
    "quantity",
    "weight_nano",
    "amount",
    "currency_code",
    "hold_bucket",
    "consent_status",
    "consent_proof_id",
    "original_line_id",
)
AMOUNT_POSITION = LINE_SET_COLUMNS.index("amount")
BATCH_ROWS = 20_000
DIGEST_BYTES = hashlib.sha256().digest_size
CANONICAL_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass
class LineSet:
    """Collects the lines of one statement; the hash is over their sorted digests.

    Attributes:
        known: The sorted digests of the lines that the engine has hashed.
        digests: The digests of all others.
    """

    known: bytes = b""
    digests: list[bytes] = field(default_factory=list)

    def add(self, values: Iterable[Any]) -> None:
        """Adds one line: its `LINE_SET_COLUMNS`, from the warehouse or a file."""
        texts = [value if isinstance(value, str) else _text(value) for value in values]
        amount = texts[AMOUNT_POSITION]
        if amount is not None:
            texts[AMOUNT_POSITION] = exact_text(Decimal(amount))
        canonical = CANONICAL_JSON.encode(texts)
        self.digests.append(hashlib.sha256(canonical.encode()).digest())

    @property
    def line_count(self) -> int:
        return len(self.known) // DIGEST_BYTES + len(self.digests)

    @property
    def sha256(self) -> str:
        if not self.digests:
            return hashlib.sha256(self.known).hexdigest()
        known = (
            self.known[start : start + DIGEST_BYTES]
            for start in range(0, len(self.known), DIGEST_BYTES)
        )
        return hashlib.sha256(b"".join(sorted([*known, *self.digests]))).hexdigest()


def published_line_sets(
    connection: duckdb.DuckDBPyConnection, partner_id: str, month: date
) -> dict[str, LineSet]:
    """The line sets of a partner's month in the published warehouse, by statement id.

    A statement without lines is not included; its set is the empty `LineSet()`.
    """
    return _line_sets(
        connection,
        f"select {', '.join(LINE_SET_COLUMNS)} from published.{LINES} "
        "where partner_id = ? and report_month = ?",
        [partner_id, month],
    )


def unallocated_line_sets(
    connection: duckdb.DuckDBPyConnection, statement_id: str, month: date
) -> dict[str, LineSet]:
    """The line set of a month's lines without a contract, by the id of their statement."""
    columns = [f"? as {name}" if name == "statement_id" else name for name in LINE_SET_COLUMNS]
    return _line_sets(
        connection,
        f"select {', '.join(columns)} from published.{ALL_LINES} "
        "where contract_id is null and report_month = ?",
        [statement_id, month],
    )


def stored_line_sets(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[str, LineSet]:
    """The line sets in a Parquet file of the ledger, by statement id."""
    return _line_sets(
        connection, f"select {', '.join(LINE_SET_COLUMNS)} from read_parquet(?)", [str(file)]
    )


def _line_sets(
    connection: duckdb.DuckDBPyConnection, query: str, values: list[Any]
) -> dict[str, LineSet]:
    """The line sets of a query's lines by statement.

    The engine computes them much faster than Python. Lines with escaped characters are left to
    Python's JSON, which defines the hash.
    """
    columns = ", ".join(LINE_SET_COLUMNS)
    lines = f"with lines as (select {columns}, {CANONICAL} as line from ({query})) "
    cursor = connection.cursor()
    cursor.execute(
        f"{lines} select statement_id, unhex(string_agg(sha256(line), '' order by sha256(line)) "
        f"filter (where not {HAS_ESCAPES})), bool_or({HAS_ESCAPES}) from lines group by all",
        values,
    )
    found: dict[str, LineSet] = {}
    is_escaped = False
    for statement, digests, some_escaped in cursor.fetchall():
        found[statement] = LineSet(digests or b"")
        is_escaped = is_escaped or some_escaped
    if is_escaped:
        cursor.execute(f"{lines} select {columns} from lines where {HAS_ESCAPES}", values)
        position = LINE_SET_COLUMNS.index("statement_id")
        while rows := cursor.fetchmany(BATCH_ROWS):
            for row in rows:
                found[row[position]].add(row)
    return found


def _sql_text(name: str) -> str:
    """SQL for the text of a column in a hashed line."""
    if name.endswith("_month"):
        return f"strftime({name}, '%Y-%m')"
    if name == "amount":
        exact = f"{name}::decimal(38, 6)::varchar"
        return f"rtrim(rtrim({exact}, '0'), '.')"
    return f"{name}::varchar"


CANONICAL = f"to_json([{', '.join(map(_sql_text, LINE_SET_COLUMNS))}])::varchar"
# The engine escapes the same characters as Python, but not always in the same way.
HAS_ESCAPES = "contains(line, chr(92))"


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return f"{value:%Y-%m}" if isinstance(value, date) else str(value)
