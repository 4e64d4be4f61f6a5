"""What is expected of monthly AI usage before publication.

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
    table="rpt_partner__ai_usage_monthly",
    relied_on_by="Partners see in it how their catalogue is used, and compare it with what they"
    " are paid.",
    expectations=(
        expect_unique(
            "has_one_row_per_partner_month_and_use",
            [
                "partner_id",
                "report_month",
                "product_id",
                "use_type",
                "territory",
                "tier",
                "side",
            ],
            reason="A row twice doubles a partner's usage.",
        ),
        expect_rows(reason="Without usage the report is empty: look at what is excluded, and why."),
        expect_no_rows(
            "counts_are_not_negative",
            "select partner_id, report_month from {batch} where generation_count < 0 or play_count"
            " < 0"
            " or distinct_object_count < 0 or weighted_quantity < 0",
            reason="Usage cannot be less than nothing.",
        ),
        expect_no_rows(
            "weights_are_paid_or_held",
            "select partner_id, report_month from {batch} where abs(weighted_quantity -"
            " payable_weighted_quantity"
            " - consent_held_weighted_quantity - other_held_weighted_quantity) > 0.000001",
            reason="Each weighted use is either paid or held; the parts have to make the whole.",
        ),
        expect_no_personal_columns(),
    ),
)
