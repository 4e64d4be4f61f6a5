"""What is expected of the consent ledger before publication.

How a figure comes about is tested beside its model.
"""

from expectations.suite import (
    Suite,
    expect,
    expect_no_personal_columns,
    expect_rows,
    expect_unique,
)

SUITE = Suite(
    table="rpt_partner__consent_ledger",
    relied_on_by="Partners hold it against their own records of what they have allowed.",
    expectations=(
        expect_unique(
            "has_one_row_per_partner_and_version",
            ["partner_id", "decision_id", "recorded_at"],
            reason="A decision twice reads like two decisions.",
        ),
        expect_rows(reason="Without decisions every use falls back on its contract's silence."),
        expect(
            "decision_is_listed",
            "ExpectColumnValuesToBeInSet",
            column="decision",
            value_set=["allow", "deny"],
            reason="There are two answers; silence is no decision.",
        ),
        expect_no_personal_columns(),
    ),
)
