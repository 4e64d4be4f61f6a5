"""Writes statements of reasons in the format of the EU database's API, in batches, and as CSV.

A batch is a request body of the API: `{"statements": [...]}` with 1 to 100 statements,
lists as arrays, dates as `YYYY-MM-DD`, and without fields that the database assigns.
"""

import csv
import io
import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from linernotes.base import durable
from linernotes.base.errors import LinernotesError
from linernotes.base.published import open_published
from linernotes.base.settings import Settings

# The database refuses a whole batch because of one invalid statement.
MOST_STATEMENTS = 100
REPORT = "reports.rpt_regulator__statements_of_reasons"
FILINGS = "marts.fct_regulator_filings"
TO_FILE = "to_file"
# The database assigns these when it accepts a statement.
GIVEN_BY_THE_DATABASE = ("uuid", "platform_name", "created_at")
LISTS = (
    "decision_visibility",
    "category_addition",
    "category_specification",
    "content_type",
    "territorial_scope",
)
# The API has another name for the platform's id of a statement than the database's files.
API_NAMES = {"platform_uid": "puid"}
BATCH_PREFIX, BATCH_SUFFIX = "batch-", ".json"
CSV_NAME = "statements.csv"
STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Export:
    """The result of an export.

    Attributes:
        batches: The batches in the order of sending.
        csv_file: The same statements as one CSV file; None if nothing has to be filed.
        statement_count: Statements in them.
    """

    batches: tuple[Path, ...]
    csv_file: Path | None
    statement_count: int


def export_statements(
    settings: Settings, folder: Path, now: datetime, month: str | None = None
) -> Export:
    """Writes the statements of reasons that are due, complete and not filed yet.

    Statements that the database has accepted are left out, and rejected ones that have not changed
    since. Statements are in the order of their application dates, then of their puids.

    Args:
        settings: The home; its published file is read.
        folder: The folder; created if it does not exist.
        now: The instant of the export, UTC, which its batches have in their names.
        month: Only actions applied in this month, `YYYY-MM`.

    Raises:
        LinernotesError: if nothing is published, or the folder holds batches of the same second.
    """
    rows = _statements(settings, month)
    if not rows:
        return Export((), None, 0)
    stamp = now.strftime(STAMP)
    if folder.exists() and any(folder.glob(f"{BATCH_PREFIX}{stamp}-*")):
        raise LinernotesError(f"{folder} has batches of the same second already: export again.")
    batches = []
    for number, start in enumerate(range(0, len(rows), MOST_STATEMENTS), 1):
        target = folder / f"{BATCH_PREFIX}{stamp}-{number:04d}{BATCH_SUFFIX}"
        statements = [api_statement(row) for row in rows[start : start + MOST_STATEMENTS]]
        text = json.dumps({"statements": statements}, ensure_ascii=False, indent=1)
        durable.write_text(target, text + "\n")
        batches.append(target)
    csv_file = folder / f"{BATCH_PREFIX}{stamp}-{CSV_NAME}"
    durable.write_text(csv_file, _csv(rows))
    return Export(tuple(batches), csv_file, len(rows))


def api_statement(row: dict[str, Any]) -> dict[str, Any]:
    """A statement in the API's format, without absent values and empty lists."""
    statement: dict[str, Any] = {}
    for name, value in row.items():
        if name in LISTS:
            value = json.loads(value or "[]")
        elif isinstance(value, date):
            value = value.isoformat()
        if name not in GIVEN_BY_THE_DATABASE and value not in (None, "", []):
            statement[API_NAMES.get(name, name)] = value
    return statement


def batch_id_of(batch: Path) -> str:
    """The id of a batch in the feed of responses.

    Raises:
        LinernotesError: if the file does not have the name of a batch.
    """
    if not (batch.name.startswith(BATCH_PREFIX) and batch.name.endswith(BATCH_SUFFIX)):
        raise LinernotesError(
            f"{batch.name} does not have the name of a batch, "
            f"{BATCH_PREFIX}<time>-<number>{BATCH_SUFFIX}:"
            " name the batch that `linernotes regulator export` wrote with --batch."
        )
    return batch.name[len(BATCH_PREFIX) : -len(BATCH_SUFFIX)]


def _statements(settings: Settings, month: str | None) -> list[dict[str, Any]]:
    with open_published(settings) as connection:
        cursor = connection.execute(
            f"""
            select statements.*
            from {REPORT} as statements
            inner join {FILINGS} as filings on filings.puid = statements.platform_uid
            where
                filings.filing_state = $state
                and ($month is null or strftime(filings.applied_month, '%Y-%m') = $month)
            order by statements.application_date, statements.platform_uid
            """,
            {"state": TO_FILE, "month": month},
        )
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def _csv(rows: list[dict[str, Any]]) -> str:
    """The rows with the columns of the database's own files, without those that it assigns."""
    names = [name for name in rows[0] if name not in GIVEN_BY_THE_DATABASE]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
