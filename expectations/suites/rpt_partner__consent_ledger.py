"""Expectations on the consent ledger before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_rows

SUITE = Suite(
    table="rpt_partner__consent_ledger",
    relied_on_by="Partners compare it with their own records of what they have allowed.",
    expectations=(
        expect_rows(
            reason="Without decisions, the contract's clause on silence applies to every use."
        ),
        expect_no_personal_columns(),
    ),
)
