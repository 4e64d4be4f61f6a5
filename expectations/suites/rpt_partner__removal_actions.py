"""Expectations on listed removal actions before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows, expect_rows

SUITE = Suite(
    table="rpt_partner__removal_actions",
    relied_on_by="It lists single removals for partners, with the ids that an appeal needs.",
    expectations=(
        expect_rows(
            reason="Without rows, no removal concerned a partner: check whether parties are"
            " matched."
        ),
        expect_no_rows(
            "time_to_action_is_not_negative",
            "select puid from {batch} where hours_to_action < 0",
            reason="An action before its notice and its detection means that clocks differ.",
            severity="warn",
        ),
        expect_no_rows(
            "uploader_stays_unnamed",
            "select column_name from (describe select * from {batch}) where column_name like"
            " '%uploader%'",
            reason="Partners must not learn who uploaded the content: remove the column from the"
            " model.",
        ),
        expect_no_personal_columns(),
    ),
)
