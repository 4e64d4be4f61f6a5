"""Expectations on delivered works. The intake checks single rows."""

from expectations.suite import Suite, expect, expect_known, expect_rows

SUITE = Suite(
    table="raw_catalog__works",
    relied_on_by="The work side of every pool is paid for its works, and their writers decide on"
    " consent.",
    expectations=(
        expect_rows(reason="Without works, the work side of every pool is on hold as UNMATCHED."),
        expect(
            "iswc_is_mostly_there",
            "ExpectColumnValuesToNotBeNull",
            column="iswc",
            mostly=0.5,
            reason="Publishers match works by ISWC. Many works have none, which points to a"
            " broken export: ask the catalog.",
            severity="warn",
        ),
        expect_known(
            "writer_party_ids",
            "raw_catalog__parties",
            "party_id",
            reason="A writer without a party cannot give consent, and has no name on the"
            " statement.",
            is_list=True,
        ),
    ),
)
