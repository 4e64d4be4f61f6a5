"""Expectations on earnings by artist and writer before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows, expect_rows

SUITE = Suite(
    table="rpt_partner__artists",
    relied_on_by="Partners report to artists and writers from it what their recordings and works"
    " earned.",
    expectations=(
        expect_rows(
            reason="Without rows no artist hears of anything: look whether lines name recordings."
        ),
        expect_no_rows(
            "artist_is_named",
            "select distinct party_id from {batch} where party_name is null",
            reason="An artist without a name cannot be informed: ask the catalogue for the party.",
            severity="warn",
        ),
        expect_no_rows(
            "credits_shown_are_required",
            "select party_id from {batch} where shown_credit_count > required_credit_count",
            reason="More names shown than required: a derivative counts twice.",
        ),
        expect_no_personal_columns(),
    ),
)
