"""Expectations on the counts for the transparency report before publication.

Tests of the model check the figures, and dbt's tests that splits add up.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_regulator__transparency_counts",
    relied_on_by="The compliance officer writes the yearly transparency report from it.",
    expectations=(
        expect_no_rows(
            "times_are_plausible",
            "select period_name, figure_name from {batch} where median_hours > 24 * 365",
            reason="A median of over a year comes from a wrong clock, or from a backlog that the"
            " report has to explain.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
