"""Statements of contracts for a month: drafting, approving, issuing to the ledger.

The models calculate the amounts; `packages` presents them to partners.
"""

from linernotes.statements.approvals import approve
from linernotes.statements.drafts import draft, newest_drafts, published_statements
from linernotes.statements.evidence import SHOWN, evidence_file
from linernotes.statements.guards import blocked_partners
from linernotes.statements.issuing import issue
from linernotes.statements.persons import (
    Person,
    person_of_a_token,
    person_of_the_system,
)
from linernotes.statements.states import current_statements, statement_states
from linernotes.statements.stored_reports import issued_reports

__all__ = [
    "SHOWN",
    "Person",
    "approve",
    "blocked_partners",
    "close_incident",
    "critical_incidents",
    "current_statements",
    "draft",
    "evidence_file",
    "issue",
    "issued_reports",
    "newest_drafts",
    "person_of_a_token",
    "person_of_the_system",
    "published_statements",
    "statement_states",
]
