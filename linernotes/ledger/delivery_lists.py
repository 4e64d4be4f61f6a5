"""The deliveries from which issued statements were calculated.

A file beside each draft lists them; `statements.evidence` writes it. A delivery that came later
changes no issued figure: it is corrected.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from linernotes.base.clock import instant
from linernotes.base.settings import Settings
from linernotes.ledger.issuances import issued_statements
from linernotes.ledger.records import draft_path

# The kind of file beside a draft.
DELIVERIES_KIND = "deliveries"


@dataclass(frozen=True)
class DeliveryList:
    """The deliveries of one issued statement.

    Attributes:
        known_at: The statement's freeze, naive UTC.
        file: Each delivery with its SHA-256 and number of rows; None if an older version drafted
            the statement, without a list.
    """

    known_at: datetime
    file: Path | None


def delivery_lists(settings: Settings) -> list[DeliveryList]:
    """The lists of all issued statements."""
    lists = []
    for one in issued_statements(settings).values():
        file = draft_path(settings, one, f"{DELIVERIES_KIND}.parquet")
        lists.append(DeliveryList(instant(one.known_at), file if file.is_file() else None))
    return lists


def deliveries_issued(settings: Settings) -> set[str]:
    """The id and the SHA-256 of every delivery from which an issued statement was calculated."""
    files = [str(one.file) for one in delivery_lists(settings) if one.file]
    if not files:
        return set()
    with duckdb.connect() as connection:
        query = "select distinct unnest([delivery_id, sha256]) from read_parquet(?)"
        return {one for (one,) in connection.execute(query, [files]).fetchall() if one}
