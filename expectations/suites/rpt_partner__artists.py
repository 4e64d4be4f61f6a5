"""Expectations on earnings by artist and writer before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows, expect_rows

SUITE = Suite(
    table="rpt_partner__artists",
    relied_on_by="Partners use it to tell artists and writers what their recordings and works"
    " earned.",
    expectations=(
        expect_rows(
            reason="Without rows, no artist learns what was earned: check whether lines name"
            " recordings."
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
            reason="More names are shown than required, so a derivative is counted twice.",
        ),
        expect_no_personal_columns(),
    ),
)
