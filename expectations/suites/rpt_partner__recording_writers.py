"""Expectations on the writers of paid recordings before publication.

Tests of the model check the rows.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_partner__recording_writers",
    relied_on_by="It names the writers of recordings, for partners with whom this is agreed.",
    expectations=(
        expect_no_rows(
            "writer_is_named",
            "select distinct party_id from {batch} where writer_name = party_id",
            reason="A writer without a name is shown by id: ask the catalog for the party.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
