"""Issues statements: writes approved drafts to the ledger, atomically.

`ledger.issuances` reads the entries; `guards` has the checks of the warehouse.
"""

import logging
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base import durable, locks
from linernotes.base.clock import instant, instant_text, now
from linernotes.base.digests import file_sha256
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.base.steps import add_facts, step
from linernotes.ledger.files import (
    COLUMNS_OF_FILE,
    ENTRY,
    ENTRY_VERSION,
    HEAD,
    KINDS,
    LINES_KIND,
    SEAL,
    STATEMENT_COLUMNS,
    STATEMENTS_FILE,
    copy_to,
    issuance_folder,
    issuance_folders,
    issued_root,
)
from linernotes.ledger.heads import head_file, keep_head, ledger_head, signed_head
from linernotes.ledger.issuances import (
    FIRST_SHA256,
    Issuance,
    header_row,
    issued_statements,
    last_public_key,
    read_issuance,
    seal_text,
    statement_entry,
)
from linernotes.ledger.keys import (
    SigningKey,
    key_changes,
    make_signing_key,
    signing_key,
    way_between,
)
from linernotes.ledger.records import (
    StatementRecord,
    draft_path,
    is_same_identity,
    is_same_person,
    json_text,
    operating_system_user,
)
from linernotes.ledger.verification import (
    APPROVAL,
    DRAFT_RECORD,
    figures_that_differ,
    lines_that_differ,
    opening_that_differs,
    unproved,
    verify_ledger,
)
from linernotes.statements.approvals import approval_of, approval_path, as_approved, drafts_to_issue
from linernotes.statements.drafts import all_newest_drafts

MOST_PROBLEMS = 20


@step("issue")
def issue(
    settings: Settings, month: str, partner: str | None = None, by: str | None = None
) -> Issuance:
    """Issues the approved statements of a month that are not issued yet, atomically.

    In a whole month, a statement that must not be issued yet is left out, and listed in `refused`.
    With a partner, it stops the partner's others too. Without a partner, the lines without a
    contract are issued too.

    Args:
        settings: The home.
        month: Report month, `YYYY-MM`.
        partner: Partner id; every partner when left out.
        by: Who issues; the operating system's user when left out.

    Raises:
        LinernotesError: if there is nothing to issue, if nothing of it may be issued, if another
            issue is running, or if the ledger does not verify.
    """
    with _issuing(settings):
        _require_ledger_holds(settings)
        _keep_head(settings)
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
    add_facts(report_month=month, statements=len(written.statements), refused=len(refused))
    return replace(written, refused=refused)


@contextmanager
def _issuing(settings: Settings) -> Generator[None]:
    """Locks the ledger, and removes what an interrupted issue left."""
    root = issued_root(settings)
    durable.make_folder(root)
    busy = LinernotesError(
        f"Another issue into {settings.ledger_root} is running: wait for it to end, then look at "
        "`linernotes status`."
    )
    with locks.holding(settings.ledger_root / "issue.lock", busy):
        for folder in (root, settings.keys_root, settings.home):
            if folder.is_dir():
                durable.clear_unfinished(folder)
                # The last issue may have been killed before the name was on the disk.
                durable.sync(folder)
        yield


def _require_ledger_holds(settings: Settings) -> None:
    problems = [str(problem) for problem in verify_ledger(settings)]
    if problems:
        listed = "\n".join(f"  - {problem}" for problem in problems[:MOST_PROBLEMS])
        raise LinernotesError(
            f"The ledger in {issued_root(settings)} was changed, so nothing more is "
            f"issued:\n{listed}\nRestore its newest copy and run `linernotes verify --ledger`. "
            "docs/operators/restore.md explains how."
        )


def _keep_head(settings: Settings) -> None:
    """Writes the head of the last entry beside the ledger, if it is missing.

    An issue may have been killed between its entry and its head. An issue that has written its
    entry is complete, even if this file cannot be written.
    """
    head = ledger_head(settings)
    try:
        if head and (
            not settings.ledger_head_file.exists() or head_file(settings.ledger_head_file) != head
        ):
            keep_head(settings, head)
    except OSError as reason:
        logging.getLogger(__name__).warning(
            "%s could not be written (%s): keep the output of `linernotes ledger head`.",
            settings.ledger_head_file,
            reason,
        )


def _signing_key(settings: Settings) -> SigningKey:
    """The key that signs the next entry; generated for the first signed entry."""
    key = signing_key(settings)
    if key is None and last_public_key(settings):
        raise LinernotesError(
            f"The key that signs the ledger is not in {settings.keys_root}: restore that folder "
            "from a backup. If there is none, run `linernotes keys rotate --lost --because TEXT`."
        )
    return key or make_signing_key(settings)


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
    lines = draft_path(settings, draft, f"{LINES_KIND}.parquet")
    found = lines_that_differ(connection, lines, [draft])
    obstacles += [f"{details}: build and draft it again" for details in found]
    return obstacles + list(unproved(connection, lines))


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
    """Writes an issuance under a hidden name; renames it to its number when it is on the disk."""
    root, last = issued_root(settings), max(issuance_folders(settings), default=None)
    sequence = int(last.name) + 1 if last else 1
    key = _signing_key(settings)
    key_before = last_public_key(settings) or key.public_key
    building = durable.unfinished_folder(root)
    try:
        issued_at = now()
        _write_statements(connection, building, statements, sequence, issued_at)
        _write_rows(settings, connection, building, statements, sequence)
        entry = {
            "entry_version": ENTRY_VERSION,
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
            "evidence": [
                described
                for one in statements
                for described in _evidence(settings, connection, one)
            ],
            "public_key": key.public_key,
            "key_changes": [
                asdict(change)
                for change in way_between(key_before, key.public_key, key_changes(settings)) or []
            ],
        }
        content = json_text(entry).encode()
        (building / ENTRY).write_bytes(content)
        (building / SEAL).write_text(seal_text(content), encoding="utf-8", newline="\n")
        head = signed_head(sequence, file_sha256(building / ENTRY), key)
        (building / HEAD).write_text(head.text, encoding="utf-8", newline="\n")
        _require_it_would_hold(settings, connection, building)
        target = issuance_folder(settings, sequence)
        if not durable.settle(building, target):
            raise LinernotesError(f"{target} exists already: an issuance is never replaced.")
    finally:
        shutil.rmtree(building, ignore_errors=True)
    _keep_head(settings)
    return read_issuance(target)


def _require_it_would_hold(
    settings: Settings, connection: duckdb.DuckDBPyConnection, building: Path
) -> None:
    """Checks an issuance as `linernotes verify` will, because the ledger is append-only.

    Raises:
        LinernotesError: if it would fail the check.
    """
    last = {one.contract_id: one for one in issued_statements(settings).values()}
    problems = figures_that_differ(settings, connection, read_issuance(building), last)
    if problems:
        listed = "\n".join(f"  - {one.file}: {one.details}" for one in problems[:MOST_PROBLEMS])
        raise LinernotesError(
            f"Nothing is issued, because the entry would not verify:\n{listed}\nFind the cause, "
            "build, draft and approve again."
        )


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
    """Combines the lines, uses and pools of all statements, in the order of the statements."""
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


def _evidence(
    settings: Settings, connection: duckdb.DuckDBPyConnection, statement: StatementRecord
) -> list[dict[str, Any]]:
    """The evidence of a statement: its draft, its approval, the files beside the draft."""
    files = {
        DRAFT_RECORD: draft_path(settings, statement),
        APPROVAL: approval_path(settings, statement),
        **{kind: draft_path(settings, statement, f"{kind}.parquet") for kind in statement.files},
    }
    return [
        {"statement_id": statement.statement_id, "kind": kind}
        | _described(connection, path)
        | {"name": path.relative_to(settings.ledger_root).as_posix()}
        for kind, path in files.items()
    ]


def _described(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, Any]:
    rows = None
    if path.suffix == ".parquet":
        counted = "select count(*) from read_parquet(?)"
        [(rows,)] = connection.execute(counted, [str(path)]).fetchall()
    return {
        "name": path.name,
        "rows": rows,
        "bytes": path.stat().st_size,
        "sha256": file_sha256(path),
    }
