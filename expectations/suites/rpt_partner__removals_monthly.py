"""What is expected of monthly removals before publication.

How a figure comes about is tested beside its model.
"""

from expectations.suite import (
    Suite,
    expect_no_personal_columns,
    expect_no_rows,
    expect_rows,
    expect_unique,
)

SUITE = Suite(
    table="rpt_partner__removals_monthly",
    relied_on_by="Partners judge by it how their catalogue and names are protected.",
    expectations=(
        expect_unique(
            "has_one_row_per_partner_month_and_reason",
            ["partner_id", "report_month", "programme_reason", "ai_status", "source_type"],
            reason="A row twice doubles the removals.",
        ),
        expect_rows(
            reason="Without rows no removal concerned a partner: look whether parties are matched."
        ),
        expect_no_rows(
            "actions_equal_the_listed_ones",
            "select partner_id, report_month from ("
            " select partner_id, report_month, sum(action_count) as action_count from {batch}"
            " group by all) as months"
            " full join (select partner_id, report_month, count(*) as listed_count"
            " from rpt_partner__removal_actions group by all) as listed using (partner_id,"
            " report_month)"
            " where action_count is distinct from listed_count",
            reason="The month's count has to equal the actions listed beside it.",
        ),
        expect_no_rows(
            "distinct_counts_stay_within_actions",
            "select partner_id, report_month from {batch} where distinct_recording_count >"
            " action_count"
            " or distinct_uploader_count > action_count or removal_action_count > action_count"
            " or overturned_action_count > appealed_action_count or case_count > action_count",
            reason="A part cannot exceed its whole.",
        ),
        expect_no_rows(
            "rates_are_shares",
            "select partner_id, report_month from {batch} where automated_detection_rate not"
            " between 0 and 1"
            " or automated_decision_rate not between 0 and 1 or appeal_rate not between 0 and 1"
            " or overturn_rate not between 0 and 1",
            reason="A rate outside 0 to 1 divides by the wrong count.",
        ),
        expect_no_rows(
            "overturn_rate_comes_with_appeal_rate",
            "select partner_id, report_month from {batch} where overturn_rate is not null and"
            " appeal_rate is null",
            reason="Overturned out of how many appealed: the one is never shown without the other.",
        ),
        expect_no_personal_columns(),
    ),
)
