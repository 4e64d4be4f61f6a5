"""What is expected of the consent ledger before publication.

How a figure comes about is tested beside its model.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_rows

SUITE = Suite(
    table="rpt_partner__consent_ledger",
    relied_on_by="Partners hold it against their own records of what they have allowed.",
    expectations=(
        expect_rows(reason="Without decisions every use falls back on its contract's silence."),
        expect_no_personal_columns(),
    ),
)
