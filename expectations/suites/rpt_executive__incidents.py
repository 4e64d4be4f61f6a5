"""Expectations on the register of incidents before publication.

Tests of the models check which incidents exist.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_executive__incidents",
    relied_on_by="Executives and the teams named in it work through it by due date.",
    expectations=(
        expect_no_rows(
            "incidents_are_not_from_the_future",
            "select incident_id from {batch} where opened_at > current_timestamp::timestamp",
            reason="An incident that begins in the future means that a feed has a wrong date.",
        ),
        expect_no_personal_columns(),
    ),
)
