"""Expectations on delivered removal actions.

The intake checks single rows.
"""

from expectations.suite import Suite, expect, expect_known, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_removals__actions",
    relied_on_by="The pages on removals and the statements of reasons for the regulator are made"
    " from it.",
    expectations=(
        expect_rows(
            reason="Without actions, the reports on removals are empty: check trust and safety's"
            " delivery."
        ),
        expect_no_rows(
            "puid_stands_for_one_action",
            "select puid from {batch} group by puid having count(distinct recording_id) > 1"
            " or count(distinct programme_reason) > 1 or count(distinct applied_at) > 1",
            reason="The regulator refuses a puid that is used again; the intake quarantines it as"
            " puid_reused.",
        ),
        expect(
            "content_date_is_mostly_there",
            "ExpectColumnValuesToNotBeNull",
            column="content_date",
            mostly=0.95,
            reason="An action without a content date cannot be filed: ask trust and safety for the"
            " dates.",
            severity="warn",
        ),
        expect_no_rows(
            "is_applied_after_it_is_decided",
            "select puid from {batch} where applied_at < decided_at and not is_withdrawn",
            reason="An action applied before its decision gives a negative time to action: check"
            " the clocks.",
            severity="warn",
        ),
        expect_known(
            "affected_party_id",
            "raw_catalog__parties",
            "party_id",
            reason="Partners see the removals that concern their parties; nobody sees those of an"
            " unknown party.",
        ),
        expect_no_rows(
            "no_day_brings_a_flood",
            "with days as (select applied_at::date as day, count(*) as row_count from {batch}"
            " group by all)"
            " select day from days where row_count > 100 and row_count > 20 * (select"
            " median(row_count) from days)",
            reason="A day has over twenty times the usual number of actions: a mass-upload attack"
            " or a backfill. State which in the monthly note.",
            severity="warn",
        ),
    ),
)
