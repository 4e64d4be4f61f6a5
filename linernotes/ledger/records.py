"""The records of statements: their content, their place, and how each is written once.

`statements.drafts` creates drafts; this module does not read the warehouse.
"""

import getpass
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from linernotes.base.checked_runs import PASSED
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ledger.files import AMOUNTS

TOTALS = AMOUNTS
DRAFT, APPROVED, ISSUED = "draft", "approved", "issued"
# Lines without a contract have a statement too, so that they are issued like the others. It has no
# partner, no currency (three X in ISO 4217), and no package.
UNALLOCATED, NO_CURRENCY = "unallocated", "X" * 3
# The maximum length of a file's name in common file systems, in bytes.
LONGEST_NAME = 255
RECORD_NAME = re.compile(r"(?P<month>\d{4}-\d{2})\.v(?P<version>[1-9]\d*)\.json")


@dataclass(frozen=True)
class StatementRecord:
    """The statement of one contract for one report month, as drafted, approved or issued.

    Attributes:
        statement_id: `<contract_id>|<YYYY-MM>`.
        report_month: `YYYY-MM`.
        version: 1 for the first draft; a draft with other content gets the next number.
        state: `draft`, `approved` or `issued`.
        known_at: The freeze at which the content was first seen, ISO 8601, UTC.
        line_set_sha256: The content hash of the lines.
        totals: Every term of the balance as a decimal string.
        drafted_by: The person who may not approve it.
        blocked_by: Reasons why it must not be issued; empty if it may.
        files: SHA-256 of each file beside the draft, by kind (`evidence`).
        checked_run: The run that made its figures, and the results of its checks; empty in a draft
        of an earlier version.
        approved_by: Who approved it; empty in a draft.
        drafted_identity: Who drafted it, as identified by the system or an OpenID provider; empty
        in a draft of an earlier version.
        approved_identity: The same for the approver.
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
    blocked_by: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    checked_run: dict[str, Any] = field(default_factory=dict)
    approved_by: str = ""
    approved_at: str = ""
    drafted_identity: str = ""
    approved_identity: str = ""

    def has_same_claims(self, other: "StatementRecord") -> bool:
        """Whether two records have the same claims, regardless of drafter, time and state."""
        return _claims(self) == _claims(other)

    @property
    def is_unallocated(self) -> bool:
        """Whether these are the lines without a contract."""
        return self.contract_id == UNALLOCATED

    @property
    def is_of_a_checked_run(self) -> bool:
        """Whether the run of its figures is known, and all its blocking checks passed."""
        run = self.checked_run
        return bool(run.get("invocation_id")) and run.get("result") == PASSED

    @property
    def sort_key(self) -> tuple[str, str, str]:
        """Its sort key in lists: partner, month and contract."""
        return self.partner_id, self.report_month, self.contract_id


def _claims(record: StatementRecord) -> StatementRecord:
    unclaimed: dict[str, Any] = {
        "version": 0,
        "state": "",
        "known_at": "",
        "drafted_by": "",
        "drafted_at": "",
        "blocked_by": [],
        "files": {},
        "checked_run": {},
        "approved_by": "",
        "approved_at": "",
        "drafted_identity": "",
        "approved_identity": "",
    }
    return replace(record, **unclaimed)


def month_start(month: str) -> date:
    """The first day of a month given as `YYYY-MM`.

    Raises:
        LinernotesError: if the text is not a month.
    """
    try:
        return datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        raise LinernotesError(
            f"`{month}` is not a month: write it as YYYY-MM, such as 2026-06."
        ) from None


def file_safe(name: str, ending: str = "") -> str:
    """An id as the name of a file or folder: percent-encoded, so that no two ids share a name.

    A name that is too long for a file system is truncated, and ends with `+` and a hash of the
    whole id. Percent-encoding leaves no `+` in a name, so no two ids share a truncated name.

    Args:
        name: The id, in any script.
        ending: The end of the file's name, such as `.lock`, which is not part of the id.
    """
    encoded = quote(name, safe="")
    if encoded.startswith("."):
        encoded = encoded.replace(".", "%2E")
    room = LONGEST_NAME - len(ending)
    if len(encoded) > room:
        mark = "+" + hashlib.sha256(name.encode()).hexdigest()
        encoded = encoded[: room - len(mark)] + mark
    return encoded + ending


def operating_system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def drafts_root(settings: Settings) -> Path:
    return settings.ledger_root / "drafts"


def draft_path(settings: Settings, record: StatementRecord, kind: str = "json") -> Path:
    """The path of a draft's record, or of a file beside it, such as `lines.parquet`."""
    folder = drafts_root(settings) / file_safe(record.contract_id)
    return folder / f"{record.report_month}.v{record.version}.{kind}"


def drafts_of(root: Path, month: str | None) -> Iterator[StatementRecord]:
    """Every version of every draft under a folder."""
    for path in sorted(root.rglob(f"{month or '*'}.v*.json")):
        if RECORD_NAME.fullmatch(path.name):
            yield _read_draft(path)


def draft_text(record: StatementRecord) -> str:
    """The text of a draft's file, without its approval."""
    content = {
        name: value
        for name, value in asdict(record).items()
        if not name.startswith("approved_") and (name != "drafted_identity" or value)
    }
    return json_text(content)


def record_of(content: dict[str, Any]) -> StatementRecord:
    """A record from a JSON object, which may have further fields.

    Raises:
        TypeError: if something is missing.
    """
    known = {one.name for one in fields(StatementRecord)}
    return StatementRecord(**{name: value for name, value in content.items() if name in known})


def _read_draft(path: Path) -> StatementRecord:
    try:
        return StatementRecord(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as reason:
        raise LinernotesError(
            f"{path} is not a readable draft ({reason}): restore it from a backup; "
            "records of the ledger are never edited."
        ) from reason


def json_text(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def is_same_person(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def is_same_identity(one: str, other: str) -> bool:
    """Whether two identities are known and equal; drafts of earlier versions have none."""
    return bool(one) and one == other
