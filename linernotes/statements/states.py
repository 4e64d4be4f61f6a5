"""The state of each statement (draft, approved or issued), with its valid version.

`approvals` and `issuing` change the state.
"""

from linernotes.base.digests import file_sha256
from linernotes.base.settings import Settings
from linernotes.ledger.issuances import issued_statements
from linernotes.ledger.records import StatementRecord, draft_path, month_start
from linernotes.statements.approvals import approval_of, as_approved
from linernotes.statements.drafts import all_newest_drafts


def statement_states(
    settings: Settings, month: str | None = None, partner: str | None = None
) -> list[StatementRecord]:
    """Every statement as issued, or else its newest draft; by partner and month.

    They include the lines without a contract, under the contract `unallocated` and no partner.
    """
    if month is not None:
        month_start(month)
    issued = issued_statements(settings)
    found = [
        one
        for one in issued.values()
        if month in (None, one.report_month) and partner in (None, one.partner_id)
    ]
    for draft in all_newest_drafts(settings, month, partner):
        if draft.statement_id not in issued:
            found.append(_in_its_state(settings, draft))
    return sorted(found, key=lambda one: one.sort_key)


def current_statements(
    settings: Settings, month: str | None = None, partner: str | None = None
) -> list[StatementRecord]:
    """The statements of partners in their states, without the lines without a contract."""
    return [one for one in statement_states(settings, month, partner) if not one.is_unallocated]


def _in_its_state(settings: Settings, draft: StatementRecord) -> StatementRecord:
    approval = approval_of(settings, draft)
    if approval and approval.draft_sha256 == file_sha256(draft_path(settings, draft)):
        return as_approved(draft, approval)
    return draft
