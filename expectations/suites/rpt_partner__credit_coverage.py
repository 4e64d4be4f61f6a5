"""Expectations on credit coverage before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect, expect_no_personal_columns

SUITE = Suite(
    table="rpt_partner__credit_coverage",
    relied_on_by="It shows artists and partners whether derivatives name their sources.",
    expectations=(
        expect(
            "coverage_reaches_a_half",
            "ExpectColumnValuesToBeBetween",
            column="credit_coverage_share",
            min_value=0.5,
            mostly=0.9,
            reason="Under half of a product's derivatives show all required names: ask the"
            " product team why it does not show them.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
