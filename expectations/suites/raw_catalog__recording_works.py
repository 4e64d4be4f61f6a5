"""Expectations on delivered links from recordings to works.

The intake checks single rows.
"""

from expectations.suite import Suite, expect_known, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_catalog__recording_works",
    relied_on_by="The work side uses it for derivatives without attribution to works.",
    expectations=(
        expect_rows(reason="Without links, no work is paid for a generation without attribution."),
        expect_known(
            "recording_id",
            "raw_catalog__recordings",
            "recording_id",
            reason="A link to an unknown recording has no effect until the recording is delivered.",
        ),
        expect_known(
            "work_id",
            "raw_catalog__works",
            "work_id",
            reason="Uses of an unknown work are on hold as UNMATCHED until the work is delivered.",
        ),
        expect_no_rows(
            "shares_of_a_recording_stay_within_one",
            "with latest as (select * from {batch} qualify row_number() over ("
            "partition by recording_id, work_id, valid_from order by recorded_at desc) = 1)"
            " select recording_id from latest where not is_withdrawn and valid_to is null"
            " group by recording_id having sum(share) > 1.000001",
            reason="The works of a medley share one recording. Shares that sum to more than 1 are"
            " scaled down: ask the catalog to correct them.",
            severity="warn",
        ),
    ),
)
