"""Expectations on the artist-fan connection before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows

AUDIENCES = (
    "derivative_listener_count",
    "source_listener_within_7_days_count",
    "new_fan_count",
    "follow_count",
    "save_count",
)

SUITE = Suite(
    table="rpt_partner__fan_connection",
    relied_on_by="It shows artists whether derivatives bring listeners to their music.",
    expectations=(
        expect_no_rows(
            "small_audiences_are_hidden",
            "select partner_id, report_month from {batch} where "
            + " or ".join(f"{column} between 1 and 9" for column in AUDIENCES),
            reason="A figure of fewer than ten people could identify one of them.",
        ),
        expect_no_rows(
            "audiences_are_rounded_to_five",
            "select partner_id, report_month from {batch} where "
            + " or ".join(f"{column} % 5 <> 0" for column in AUDIENCES),
            reason="Exact audiences that are compared between months could identify single people.",
        ),
        expect_no_rows(
            "what_is_hidden_is_said",
            "select partner_id, report_month from {batch}"
            " where derivative_listener_count is null and suppression_code = 'ROUNDED'",
            reason="The report states where it hides a figure; a blank without a reason looks"
            " like a fault.",
        ),
        expect_no_personal_columns(),
    ),
)
