"""Approvals of drafts: an approval is valid for one version and its exact bytes.

`issuing` uses them.
"""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from linernotes.base import durable
from linernotes.base.clock import instant_text, now
from linernotes.base.digests import file_sha256
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ledger.issuances import issued_statements
from linernotes.ledger.records import (
    APPROVED,
    StatementRecord,
    draft_path,
    file_safe,
    is_same_identity,
    is_same_person,
    json_text,
    month_start,
)
from linernotes.statements.drafts import all_newest_drafts

APPROVALS = "approvals"


@dataclass(frozen=True)
class Approval:
    """A person's confirmation that one version of a draft may be issued.

    Attributes:
        draft_sha256: Of the draft's record, which contains the hashes of its lines and uses.
    """

    statement_id: str
    version: int
    draft_sha256: str
    approved_by: str
    approved_at: str
    approved_identity: str = ""


def approve(
    settings: Settings,
    month: str,
    partner: str | None = None,
    by: str = "",
    identity: str = "",
) -> list[StatementRecord]:
    """Approves the newest draft of each statement of a month that is not issued yet.

    Without a partner, the lines without a contract are approved too. A draft that is approved
    already keeps its first approval.

    Args:
        settings: The home.
        month: Report month, `YYYY-MM`.
        partner: Partner id; every partner when left out.
        by: Who approves; it must not be the drafter.
        identity: The approver as identified by the system or an OpenID provider; not the drafter's
            identity, under any name.

    Returns:
        The approved statements, by partner and contract.

    Raises:
        LinernotesError: if the approver is missing, if they drafted one of the statements
            themselves or one has no record of a checked run (then none is approved), or if there is
            nothing to approve.
    """
    if not by.strip():
        raise LinernotesError("An approval needs a name: --by NAME.")
    drafts = drafts_to_issue(settings, month, partner)
    durable.clear_unfinished(settings.ledger_root / APPROVALS, is_deep=True)
    unchecked = [one.statement_id for one in drafts if not one.is_of_a_checked_run]
    if unchecked:
        raise LinernotesError(
            f"The drafts of {', '.join(unchecked)} have no record of a run whose checks all "
            f"passed: draft them again with `linernotes statement draft --month {month}`. Nothing "
            "is "
            "approved."
        )
    own = [
        one.statement_id
        for one in drafts
        if is_same_person(by, one.drafted_by) or is_same_identity(identity, one.drafted_identity)
    ]
    if own:
        who = by.strip() + (f" ({identity})" if identity else "")
        raise LinernotesError(
            f"{who} drafted {', '.join(own)} and cannot approve it: another person must. Nothing "
            "is approved."
        )
    return [_approve(settings, one, by.strip(), identity) for one in drafts]


def drafts_to_issue(settings: Settings, month: str, partner: str | None) -> list[StatementRecord]:
    """The newest drafts of a month that are not issued yet, including the lines without a contract.

    Raises:
        LinernotesError: if there is none.
    """
    month_start(month)
    drafts = all_newest_drafts(settings, month, partner)
    if not drafts:
        raise LinernotesError(
            f"No statement is drafted for {month} and {partner or 'any partner'}: run "
            f"`linernotes statement draft --month {month}` first."
        )
    issued = issued_statements(settings)
    waiting = [one for one in drafts if one.statement_id not in issued]
    if not waiting:
        raise LinernotesError(
            f"The statements of {partner or 'every partner'} for {month} are already issued. "
            "Changes are posted in the statements of the next month."
        )
    return waiting


def approval_of(settings: Settings, record: StatementRecord) -> Approval | None:
    """The approval of exactly this version of a draft, if it is approved."""
    path = approval_path(settings, record)
    try:
        return Approval(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as reason:
        raise LinernotesError(
            f"{path} is not a readable approval ({reason}): restore it from a backup; records of "
            "the "
            "ledger are never edited."
        ) from reason


def as_approved(record: StatementRecord, approval: Approval) -> StatementRecord:
    """A draft with its approval."""
    return replace(
        record,
        state=APPROVED,
        approved_by=approval.approved_by,
        approved_at=approval.approved_at,
        approved_identity=approval.approved_identity,
    )


def _approve(
    settings: Settings, record: StatementRecord, by: str, identity: str
) -> StatementRecord:
    approval = Approval(
        statement_id=record.statement_id,
        version=record.version,
        draft_sha256=file_sha256(draft_path(settings, record)),
        approved_by=by,
        approved_at=instant_text(now()),
        approved_identity=identity,
    )
    if not durable.write_once(approval_path(settings, record), json_text(asdict(approval))):
        approval = approval_of(settings, record) or approval
    return as_approved(record, approval)


def approval_path(settings: Settings, record: StatementRecord) -> Path:
    """The path of the approval of a version of a draft."""
    folder = settings.ledger_root / APPROVALS / file_safe(record.contract_id)
    return folder / f"{record.report_month}.v{record.version}.json"
