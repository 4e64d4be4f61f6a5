"""Expectations on credit coverage before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect, expect_no_personal_columns

SUITE = Suite(
    table="rpt_partner__credit_coverage",
    relied_on_by="Artists and partners see in it whether derivatives name their sources.",
    expectations=(
        expect(
            "coverage_reaches_a_half",
            "ExpectColumnValuesToBeBetween",
            column="credit_coverage_share",
            min_value=0.5,
            mostly=0.9,
            reason="Credit is one of the four principles: a product under a half has stopped"
            " showing names.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
