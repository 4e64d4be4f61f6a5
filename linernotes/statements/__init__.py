"""Statements: what each contract is owed for a month, drafted, approved and issued to the ledger.

How the sums come about is in the models; how a partner gets to see them is in `reporting`.
"""

from linernotes.statements.approvals import approve
from linernotes.statements.balance import (
    CORRECTION_TYPES,
    FIRST_TYPES,
    SUSPENDED,
    TERMS_TAKEN,
    balance_that_fails,
    terms_that_differ,
)
from linernotes.statements.drafts import draft, newest_drafts, published_statements
from linernotes.statements.evidence import SHOWN, USES_KIND, evidence_file
from linernotes.statements.guards import blocked_partners
from linernotes.statements.heads import (
    LEDGER_HEAD,
    PUBLISHED_HEADS,
    Head,
    KnownHead,
    head_file,
    head_from,
    ledger_head,
)
from linernotes.statements.issuances import (
    Issuance,
    LedgerProblem,
    head_of_issue,
    instant_of_issue,
    issuances,
    issued_statements,
    last_public_key,
    line_types_issued,
)
from linernotes.statements.issuing import issue
from linernotes.statements.keys import (
    SigningKey,
    make_signing_key,
    rotate_signing_key,
    signing_key,
)
from linernotes.statements.line_sets import LINE_SET_COLUMNS, LineSet, published_line_sets
from linernotes.statements.openpgp import certificate, detached_signature
from linernotes.statements.records import (
    DRAFT,
    ISSUED,
    UNALLOCATED,
    StatementRecord,
    file_safe,
    instant,
    json_text,
    month_start,
)
from linernotes.statements.shown import issued_reports
from linernotes.statements.states import current_statements, statement_states
from linernotes.statements.tracing import EventTrace, LineTrace, trace_event, trace_line
from linernotes.statements.verification import heads_that_differ, ledger_as_written, verify_ledger

__all__ = [
    "CORRECTION_TYPES",
    "DRAFT",
    "FIRST_TYPES",
    "ISSUED",
    "LEDGER_HEAD",
    "LINE_SET_COLUMNS",
    "PUBLISHED_HEADS",
    "SHOWN",
    "SUSPENDED",
    "TERMS_TAKEN",
    "UNALLOCATED",
    "USES_KIND",
    "EventTrace",
    "Head",
    "Issuance",
    "KnownHead",
    "LedgerProblem",
    "LineSet",
    "LineTrace",
    "SigningKey",
    "StatementRecord",
    "approve",
    "balance_that_fails",
    "blocked_partners",
    "certificate",
    "current_statements",
    "detached_signature",
    "draft",
    "evidence_file",
    "file_safe",
    "head_file",
    "head_from",
    "head_of_issue",
    "heads_that_differ",
    "instant",
    "instant_of_issue",
    "issuances",
    "issue",
    "issued_reports",
    "issued_statements",
    "json_text",
    "last_public_key",
    "ledger_as_written",
    "ledger_head",
    "line_types_issued",
    "make_signing_key",
    "month_start",
    "newest_drafts",
    "published_line_sets",
    "published_statements",
    "rotate_signing_key",
    "signing_key",
    "statement_states",
    "terms_that_differ",
    "trace_event",
    "trace_line",
    "verify_ledger",
]
