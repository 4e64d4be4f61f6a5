"""Expectations on monthly removals before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows, expect_rows

SUITE = Suite(
    table="rpt_partner__removals_monthly",
    relied_on_by="It shows partners how their catalogue and names are protected.",
    expectations=(
        expect_rows(
            reason="Without rows, no removal concerned a partner: check whether parties are"
            " matched."
        ),
        expect_no_rows(
            "rates_are_shares",
            "select partner_id, report_month from {batch} where automated_detection_rate not"
            " between 0 and 1"
            " or automated_decision_rate not between 0 and 1 or appeal_rate not between 0 and 1"
            " or overturn_rate not between 0 and 1",
            reason="A rate outside 0 to 100 % divides by the wrong count: check the model.",
        ),
        expect_no_rows(
            "overturn_rate_comes_with_appeal_rate",
            "select partner_id, report_month from {batch} where overturn_rate is not null and"
            " appeal_rate is null",
            reason="The share of overturned appeals means nothing without the share of actions"
            " that were appealed: show both.",
        ),
        expect_no_personal_columns(),
    ),
)
