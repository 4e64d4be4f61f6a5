"""Issues statements: writes what was drafted and approved to the ledger, all or nothing.

What an issuance says is in `issuances`; what stops a draft on the way here is in `guards`.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from linernotes.errors import LinernotesError
from linernotes.ledger import (
    COLUMNS_OF_FILE,
    STATEMENT_COLUMNS,
    STATEMENTS_FILE,
    copy_to,
    issuance_folder,
    issuance_folders,
    issued_root,
)
from linernotes.settings import Settings
from linernotes.statements.approvals import (
    approval_of,
    as_approved,
    drafts_to_issue,
    is_same_person,
)
from linernotes.statements.drafts import all_newest_drafts
from linernotes.statements.evidence import KINDS, LINES_KIND
from linernotes.statements.issuances import (
    ENTRY,
    FIRST_SHA256,
    SEAL,
    Issuance,
    changed_bytes,
    header_row,
    issued_statements,
    read_issuance,
    seal_text,
    statement_entry,
)
from linernotes.statements.records import (
    StatementRecord,
    draft_path,
    file_sha256,
    instant,
    instant_text,
    json_text,
    now,
    operating_system_user,
    sync,
)
from linernotes.statements.verification import lines_that_differ

UNFINISHED_PREFIX = ".unfinished-"
MOST_PROBLEMS = 20


def issue(
    settings: Settings, month: str, partner: str | None = None, by: str | None = None
) -> Issuance:
    """Issues the approved statements of a month that are not issued yet, all at once or none.

    Of a whole month, a statement that must not be issued yet is left out, and said in `refused`.
    Of a partner, it stops the partner's others too. Where no partner is named, the lines without a
    contract are issued along.

    Args:
        settings: The home.
        month: Report month, `YYYY-MM`.
        partner: Partner id; every partner when left out.
        by: Who issues; the operating system's user when left out.

    Raises:
        LinernotesError: if there is nothing to issue, if nothing of it may be issued, if another
            issue is running, or if the ledger is not as it was written.
    """
    with _issuing(settings):
        _require_ledger_as_written(settings)
        waiting = drafts_to_issue(settings, month, partner)
        issued = list(issued_statements(settings).values())
        drafted = all_newest_drafts(settings)
        approved, refused = [], {}
        with duckdb.connect() as connection:
            for draft in waiting:
                obstacles = _out_of_turn(draft, drafted, issued)
                record, missing = _approved(settings, draft)
                obstacles += missing + _wrong_in(settings, connection, draft)
                if obstacles:
                    refused[draft.statement_id] = obstacles
                approved.append(record)
            ready = [one for one in approved if one.statement_id not in refused]
            if not ready or (partner and refused):
                raise LinernotesError(_refusal(month, partner, refused))
            written = _write(settings, connection, ready, (by or "").strip())
    return replace(written, refused=refused)


@contextmanager
def _issuing(settings: Settings) -> Generator[None]:
    """Holds the ledger, and clears away what an issue left that did not get to its end."""
    root = issued_root(settings)
    root.mkdir(parents=True, exist_ok=True)
    with (settings.ledger_root / "issue.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LinernotesError(
                f"Another issue into {settings.ledger_root} is running: wait for it to end, then "
                "look at `linernotes status`."
            ) from None
        for leftover in root.glob(f"{UNFINISHED_PREFIX}*"):
            shutil.rmtree(leftover)
        yield


def _require_ledger_as_written(settings: Settings) -> None:
    problems = [str(problem) for problem in changed_bytes(settings)]
    if problems:
        listed = "\n".join(f"  - {problem}" for problem in problems[:MOST_PROBLEMS])
        raise LinernotesError(
            f"The ledger in {issued_root(settings)} is not as it was written, so nothing more is "
            f"issued:\n{listed}\nRestore it from a backup and run `linernotes verify --ledger`."
        )


def _out_of_turn(
    draft: StatementRecord, drafted: list[StatementRecord], issued: list[StatementRecord]
) -> list[str]:
    """Why a statement may not follow what is issued of its contract."""
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
    return obstacles


def _approved(settings: Settings, draft: StatementRecord) -> tuple[StatementRecord, list[str]]:
    """The draft with its approval, and what is wrong with that."""
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
    return as_approved(draft, approval), obstacles


def _wrong_in(
    settings: Settings, connection: duckdb.DuckDBPyConnection, draft: StatementRecord
) -> list[str]:
    """What is wrong with a draft itself: its files, its lines, what the guards found."""
    obstacles = [
        f"{reason}: find out why, build, draft and approve again" for reason in draft.blocked_by
    ]
    if not draft.is_of_a_checked_run:
        obstacles.append(
            f"v{draft.version} bears no record of a run whose checks all held: draft it again with "
            f"`linernotes statement draft --month {draft.report_month}`"
        )
    for kind in KINDS:
        path = draft_path(settings, draft, f"{kind}.parquet")
        if not path.is_file() or file_sha256(path) != draft.files.get(kind):
            obstacles.append(f"{path} is missing or changed: restore it from a backup")
    if obstacles:
        return obstacles
    lines = draft_path(settings, draft, f"{LINES_KIND}.parquet")
    found = lines_that_differ(connection, lines, [draft])
    obstacles += [f"{details}: build and draft it again" for details in found]
    return obstacles + _unproved(connection, lines)


def _unproved(connection: duckdb.DuckDBPyConnection, lines: Path) -> list[str]:
    found = connection.execute(
        "select count(*), min(line_id) from read_parquet(?) "
        "where (pool_id is not null or line_type = 'TRAINING_FEE') and hold_bucket is null "
        "and amount > 0 and consent_proof_id is null and contract_id is not null",
        [str(lines)],
    ).fetchone()
    if found and found[0]:
        return [f"{found[0]} paid lines name no consent, such as {found[1]}: look at their uses"]
    return []


def _refusal(month: str, partner: str | None, refused: dict[str, list[str]]) -> str:
    listed = [
        f"  - {statement_id}: {reason}"
        for statement_id, reasons in refused.items()
        for reason in reasons
    ]
    more = len(listed) - MOST_PROBLEMS
    if more > 0:
        listed = [*listed[:MOST_PROBLEMS], f"  - and {more} more"]
    subject = f"{month} of {partner}" if partner else month
    return f"Nothing of {subject} is issued:\n" + "\n".join(listed)


def _write(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    statements: list[StatementRecord],
    by: str,
) -> Issuance:
    """Writes an issuance under a hidden name and gives it its number when all of it is on disk."""
    root, last = issued_root(settings), max(issuance_folders(settings), default=None)
    sequence = int(last.name) + 1 if last else 1
    building = Path(tempfile.mkdtemp(prefix=UNFINISHED_PREFIX, dir=root))
    try:
        building.chmod(0o755)
        issued_at = now()
        _write_statements(connection, building, statements, sequence, issued_at)
        _write_rows(settings, connection, building, statements, sequence)
        entry = {
            "sequence": sequence,
            "report_month": statements[0].report_month,
            "known_at": max((one.known_at for one in statements), key=instant),
            "issued_at": instant_text(issued_at),
            "issued_by": by or operating_system_user(),
            "previous_sha256": file_sha256(last / ENTRY) if last else FIRST_SHA256,
            "statements": [statement_entry(one) for one in statements],
            "files": [
                _described(connection, building / name)
                for name in (STATEMENTS_FILE, *KINDS.values())
            ],
        }
        content = json_text(entry).encode()
        (building / ENTRY).write_bytes(content)
        (building / SEAL).write_text(seal_text(content), encoding="utf-8", newline="\n")
        for path in sorted(building.iterdir()):
            sync(path)
        sync(building)
        target = issuance_folder(settings, sequence)
        if target.exists():
            raise LinernotesError(f"{target} is there already: an issuance is never replaced.")
        os.rename(building, target)  # noqa: PTH104
        sync(root)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return read_issuance(target)


def _write_statements(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    statements: list[StatementRecord],
    sequence: int,
    issued_at: datetime,
) -> None:
    columns = ", ".join(f"{name} {type_}" for name, type_ in STATEMENT_COLUMNS.items())
    connection.execute(f"create or replace temp table statements ({columns})")
    for one in statements:
        values = header_row(one, sequence, issued_at)
        marks = ", ".join("?" for _ in values)
        connection.execute(
            f"insert into statements values ({marks})", [values[name] for name in STATEMENT_COLUMNS]
        )
    copy_to(connection, "select * from statements order by statement_id", folder / STATEMENTS_FILE)


def _write_rows(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    statements: list[StatementRecord],
    sequence: int,
) -> None:
    """Puts the lines, uses and pools of all statements together, in the order of the statements."""
    connection.execute("set threads = 1")
    for kind, name in KINDS.items():
        columns = COLUMNS_OF_FILE[name]
        files = [str(draft_path(settings, one, f"{kind}.parquet")) for one in statements]
        selection = ", ".join(
            f"cast({'$sequence' if column == 'sequence' else column} as {type_}) as {column}"
            for column, type_ in columns.items()
        )
        values: dict[str, Any] = {"files": files}
        if "sequence" in columns:
            values["sequence"] = sequence
        copy_to(connection, f"select {selection} from read_parquet($files)", folder / name, values)


def _described(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, Any]:
    [(rows,)] = connection.execute("select count(*) from read_parquet(?)", [str(path)]).fetchall()
    return {
        "name": path.name,
        "rows": rows,
        "bytes": path.stat().st_size,
        "sha256": file_sha256(path),
    }
