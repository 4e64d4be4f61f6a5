"""Expectations on the decisions and clauses in a partner's package before publication.

Tests of the models check that they contain every proof that a line names.
"""

from expectations.suite import (
    Suite,
    expect_no_personal_columns,
    expect_no_rows,
    expect_rows,
)

SUITE = Suite(
    table="rpt_partner__consents",
    relied_on_by="It tells partners who allowed each use that they are paid for.",
    expectations=(
        expect_rows(reason="Without decisions and clauses, no line can be paid."),
        expect_no_rows(
            "cited_decisions_have_evidence",
            "select report_month, partner_id, proof_id from {batch}"
            " where is_cited and proof_kind = 'decision' and not is_withdrawn"
            " and evidence_sha256 is null",
            reason="A decision without the hash of its evidence cannot be compared with the"
            " signed document: ask the source for the hash.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
