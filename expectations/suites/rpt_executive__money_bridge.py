"""Expectations on the bridge from net revenue to the amount due before publication.

Tests of the model check that its steps sum to its results.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_rows

SUITE = Suite(
    table="rpt_executive__money_bridge",
    relied_on_by="It shows executives the month's money in one currency.",
    expectations=(
        expect_rows(reason="Without revenue, there is no bridge: check the month's pools."),
        expect_no_personal_columns(),
    ),
)
