"""Drafts statements: one append-only record per contract, report month and version.

The figures come from the published warehouse as they stand; nothing is computed again here.
"""

import getpass
import json
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb

from linernotes.errors import LinernotesError
from linernotes.money import money_text
from linernotes.published import open_published
from linernotes.settings import Settings
from linernotes.statements.line_sets import LineSet, published_line_sets

STATEMENTS = "reports.rpt_partner__compensation_statement"
TOTALS = (
    "opening_amount",
    "earned_amount",
    "fee_amount",
    "closing_amount",
    "payable_amount",
    "carried_amount",
    "held_amount",
)
DRAFT_STATE = "draft"
RECORD_NAME = re.compile(r"(?P<month>\d{4}-\d{2})\.v(?P<version>[1-9]\d*)\.json")


@dataclass(frozen=True)
class DraftStatement:
    """What one contract is owed for one report month, as drafted.

    Attributes:
        statement_id: `<contract_id>|<YYYY-MM>`.
        report_month: `YYYY-MM`.
        version: 1 for the first draft; a draft with other content gets the next number.
        known_at: The freeze at which the content was first seen, ISO 8601, UTC.
        line_set_sha256: The content hash of the lines.
        totals: Every term of the balance as a decimal string.
        drafted_by: The person who may not approve it.
    """

    statement_id: str
    contract_id: str
    partner_id: str
    side: str
    report_month: str
    version: int
    state: str
    known_at: str
    currency_code: str
    line_count: int
    line_set_sha256: str
    totals: dict[str, str]
    drafted_by: str
    drafted_at: str

    def says_the_same_as(self, other: "DraftStatement") -> bool:
        """Whether two drafts claim the same, whoever drafted them and whenever."""
        unclaimed = {"version": 0, "known_at": "", "drafted_by": "", "drafted_at": ""}
        return replace(self, **unclaimed) == replace(other, **unclaimed)


def draft(
    settings: Settings,
    month: str | None = None,
    partner: str | None = None,
    by: str | None = None,
) -> list[DraftStatement]:
    """Drafts every statement of the published warehouse, or those of a month or a partner.

    A statement whose lines and totals are as in its newest draft keeps that draft.

    Args:
        settings: The home.
        month: Report month, `YYYY-MM`; every month there is when left out.
        partner: Partner id; every partner when left out.
        by: Who drafts; the operating system's user when left out.

    Returns:
        The newest draft of each statement, by partner, month and contract.

    Raises:
        LinernotesError: if nothing is published, or no statement fits month and partner.
    """
    with open_published(settings) as connection:
        statements = published_statements(connection, month, partner)
    if not statements and (month or partner):
        raise LinernotesError(
            f"The published warehouse has no statement for {month or 'any month'} and "
            f"{partner or 'any partner'}: check the partner id and that the month was built."
        )
    drafted_by = by or _operating_system_user()
    drafted_at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return [
        _keep(settings, replace(statement, drafted_by=drafted_by, drafted_at=drafted_at))
        for statement in statements
    ]


def newest_drafts(
    settings: Settings, month: str | None = None, partner: str | None = None
) -> list[DraftStatement]:
    """The newest draft of each statement in the ledger, by partner, month and contract."""
    if month is not None:
        month_start(month)
    newest: dict[str, DraftStatement] = {}
    for record in _records(_drafts_root(settings), month):
        known = newest.get(record.statement_id)
        if known is None or known.version < record.version:
            newest[record.statement_id] = record
    # The newest first, then whose it is: a contract that went to another partner is no longer
    # this one's.
    wanted = (one for one in newest.values() if partner in (None, one.partner_id))
    return sorted(wanted, key=_place)


def published_statements(
    connection: duckdb.DuckDBPyConnection, month: str | None = None, partner: str | None = None
) -> list[DraftStatement]:
    """The statements of the published warehouse as they would be drafted now, not yet recorded.

    Version, person and time are left empty: they belong to the record.
    """
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
    found = []
    headers = [dict(zip(columns, row, strict=True)) for row in rows]
    for (partner_id, first_day), group in groupby(sorted(headers, key=_package_of), _package_of):
        line_sets = published_line_sets(connection, partner_id, first_day)
        for header in group:
            lines = line_sets.get(header["statement_id"], LineSet())
            found.append(_as_statement(header, lines))
    return sorted(found, key=_place)


def month_start(month: str) -> date:
    """The first day of a month given as `YYYY-MM`.

    Raises:
        LinernotesError: if the text is no month.
    """
    try:
        return datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        raise LinernotesError(f"`{month}` is no month: write it as YYYY-MM, 2026-06.") from None


def file_safe(name: str) -> str:
    """An id as a file name: percent-encoded, so that different ids never share a name."""
    encoded = quote(name, safe="")
    return encoded.replace(".", "%2E") if encoded.startswith(".") else encoded


def _as_statement(header: dict[str, Any], lines: LineSet) -> DraftStatement:
    currency = header["currency_code"]
    return DraftStatement(
        statement_id=header["statement_id"],
        contract_id=header["contract_id"],
        partner_id=header["partner_id"],
        side=header["side"],
        report_month=f"{header['report_month']:%Y-%m}",
        version=0,
        state=DRAFT_STATE,
        known_at=_instant(header["known_at"]),
        currency_code=currency,
        line_count=lines.line_count,
        line_set_sha256=lines.sha256,
        totals={name: money_text(Decimal(header[name]), currency) for name in TOTALS},
        drafted_by="",
        drafted_at="",
    )


def _keep(settings: Settings, statement: DraftStatement) -> DraftStatement:
    folder = _drafts_root(settings) / file_safe(statement.contract_id)
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        earlier = sorted(_records(folder, statement.report_month), key=lambda one: one.version)
        if earlier and earlier[-1].says_the_same_as(statement):
            return earlier[-1]
        record = replace(statement, version=earlier[-1].version + 1 if earlier else 1)
        target = folder / f"{record.report_month}.v{record.version}.json"
        if _write_once(target, json.dumps(asdict(record), indent=2, ensure_ascii=False) + "\n"):
            return record


def _write_once(target: Path, text: str) -> bool:
    """Writes a whole file under a name that must be free; False if somebody else was faster."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=target.parent, prefix=".", suffix=".unfinished"
    ) as unfinished:
        unfinished.write(text)
        unfinished.flush()
        os.fsync(unfinished.fileno())
        Path(unfinished.name).chmod(0o644)
        try:
            os.link(unfinished.name, target)
        except FileExistsError:
            return False
    return True


def _records(root: Path, month: str | None) -> Iterator[DraftStatement]:
    for path in sorted(root.rglob(f"{month or '*'}.v*.json")):
        if RECORD_NAME.fullmatch(path.name):
            yield _read_record(path)


def _read_record(path: Path) -> DraftStatement:
    try:
        return DraftStatement(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as reason:
        raise LinernotesError(
            f"{path} is no readable draft ({reason}): restore it from a backup; "
            "records of the ledger are never edited."
        ) from reason


def _drafts_root(settings: Settings) -> Path:
    return settings.ledger_root / "drafts"


def _package_of(header: dict[str, Any]) -> tuple[str, date]:
    return header["partner_id"], header["report_month"]


def _place(statement: DraftStatement) -> tuple[str, str, str]:
    return statement.partner_id, statement.report_month, statement.contract_id


def _instant(known_at: Any) -> str:
    if isinstance(known_at, datetime):
        return known_at.isoformat() + "Z"
    return str(known_at)


def _operating_system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
