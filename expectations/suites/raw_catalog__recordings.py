"""Expectations on delivered recordings.

The intake checks single rows.
"""

from expectations.suite import Suite, expect, expect_known, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_catalog__recordings",
    relied_on_by="Every use of a master, every title on a statement and every removal refers to"
    " it.",
    expectations=(
        expect_rows(
            reason="Without recordings, every use is on hold as UNMATCHED: check the catalog's"
            " delivery."
        ),
        expect(
            "isrc_is_mostly_there",
            "ExpectColumnValuesToNotBeNull",
            column="isrc",
            mostly=0.9,
            reason="Partners find their lines by ISRC, and DDEX messages are matched by it. Many"
            " recordings have none, which points to a broken export.",
            severity="warn",
        ),
        expect_no_rows(
            "isrc_belongs_to_one_recording",
            "select isrc from {batch} where isrc is not null and not is_withdrawn"
            " group by isrc having count(distinct recording_id) > 1",
            reason="DDEX messages are matched by ISRC and cannot tell two recordings with the"
            " same ISRC apart: ask the catalog which is right.",
            severity="warn",
        ),
        expect_known(
            "main_artist_ids",
            "raw_catalog__parties",
            "party_id",
            reason="An artist without a party cannot give consent, and has no name on the"
            " statement.",
            is_list=True,
        ),
        expect(
            "duration_is_plausible",
            "ExpectColumnValuesToBeBetween",
            column="duration_ms",
            min_value=1_000,
            max_value=24 * 3_600_000,
            mostly=0.99,
            reason="A duration under a second or over a day is likely in the wrong unit: ask the"
            " catalog for milliseconds.",
            severity="warn",
        ),
        expect_no_rows(
            "no_day_brings_a_flood",
            "with days as (select recorded_at::date as day, count(*) as row_count from {batch}"
            " group by all)"
            " select day from days where row_count > 1000"
            " and row_count > 20 * (select median(row_count) from days)"
            " and day > (select min(day) from days)",
            reason="A day has over twenty times the usual number of recordings: a mass upload, or"
            " a catalogue that was delivered again. Ask Trust and safety to check.",
            severity="warn",
        ),
    ),
)
