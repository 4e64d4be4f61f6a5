"""Why a draft may not be issued: its order, its approval, its files and its lines.

`guards` finds what blocks a draft when it is made.
"""

from collections.abc import Iterable
from dataclasses import replace

import duckdb

from linernotes.base.clock import instant
from linernotes.base.digests import file_sha256
from linernotes.base.settings import Settings
from linernotes.ledger.figure_checks import lines_that_differ, opening_that_differs, unproved
from linernotes.ledger.files import KINDS, LINES_KIND
from linernotes.ledger.records import (
    StatementRecord,
    draft_path,
    is_same_identity,
    is_same_person,
)
from linernotes.statements.approvals import approval_of, as_approved
from linernotes.statements.drafts import (
    first_issue_since,
    held_at,
    issue_of_its_contract_since,
)
from linernotes.statements.evidence import deliveries_read_again


def approved_with_obstacles(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    draft: StatementRecord,
    drafted: list[StatementRecord],
    issued: list[StatementRecord],
) -> tuple[StatementRecord, list[str]]:
    """A draft with its approval, and every reason why it may not be issued, with what to do.

    Args:
        settings: The home.
        connection: For reading files.
        draft: The draft.
        drafted: The newest drafts of all statements.
        issued: All issued statements.
    """
    obstacles = _out_of_turn(draft, drafted, issued)
    if since := issue_of_its_contract_since(settings, draft):
        obstacles.append(
            f"its contract's statement of {since.report_month} was issued after it was drafted: "
            "build and draft it again"
        )
    record, missing = _approved(settings, draft)
    return record, [*obstacles, *missing, *_wrong_in(settings, connection, draft)]


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


def of_another_freeze(
    settings: Settings, draft: StatementRecord, others: Iterable[StatementRecord]
) -> list[str]:
    """Why a statement may not be issued with or after others of its month.

    Statements of one month share pools and what is late, so each must be that of the last freeze.

    Args:
        settings: The home.
        draft: The draft.
        others: The statements of its month that are issued with it, or before.
    """
    advice = f"draft all of {draft.report_month}, and approve what is new"
    first = first_issue_since(settings, draft)
    if first is not None:
        return [
            f"it is known at {draft.known_at}, and other statements of its month were issued "
            f"since, known at {first.known_at}: {advice}"
        ]
    last = max((one.known_at for one in others), key=instant, default=draft.known_at)
    held = held_at(settings, draft)
    if instant(held) < instant(last):
        return [f"it was last drafted at {held}, and others of its month at {last}: {advice}"]
    return []


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
    obstacles += [
        f"{name} was read again since it was drafted, and has other rows now: build, draft and "
        "approve again"
        for name in deliveries_read_again(settings, draft)
    ]
    lines = draft_path(settings, draft, f"{LINES_KIND}.parquet")
    found = lines_that_differ(connection, lines, [draft])
    obstacles += [f"{details}: build and draft it again" for details in found]
    return obstacles + list(unproved(connection, lines))
