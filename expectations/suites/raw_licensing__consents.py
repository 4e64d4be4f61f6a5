"""Expectations on delivered consent decisions.

The intake checks single rows.
"""

from expectations.suite import Suite, expect_known, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_licensing__consents",
    relied_on_by="Every paid line names a decision from here as its proof.",
    expectations=(
        expect_rows(reason="Without decisions every use falls back on its contract's silence."),
        expect_no_rows(
            "object_is_named",
            "select decision_id from {batch}"
            " where object_id is null and object_type <> 'catalogue' and not is_withdrawn",
            reason="A decision that does not name its object covers nothing: licensing has to"
            " name it.",
            severity="warn",
        ),
        expect_known(
            "party_id",
            "raw_catalog__parties",
            "party_id",
            reason="A decision of an unknown party proves nothing: ask for the party's record.",
        ),
        expect_no_rows(
            "evidence_matches",
            "select decision_id from {batch} where evidence_state = 'mismatch' and not"
            " is_withdrawn",
            reason="Consents with unverified evidence are ignored, and earnings put on hold: ask"
            " for the signed document again.",
            severity="warn",
        ),
        expect_no_rows(
            "revocations_are_enforced_within_two_days",
            "select decision_id from {batch} where decision = 'deny' and not is_withdrawn"
            " and enforced_at > valid_from + interval 2 day",
            reason="Use between a refusal and its enforcement is put on hold: ask the product teams"
            " to catch up.",
            severity="warn",
        ),
        expect_no_rows(
            "no_day_turns_many_away",
            "with days as (select recorded_at::date as day,"
            " count(*) filter (where decision = 'deny') as deny_count, count(*) as row_count"
            " from {batch} group by all)"
            " select day from days where row_count >= 100 and deny_count * 2 > row_count",
            reason="A day on which over half of a hundred decisions are refusals is news for the"
            " partner managers, or an inverted column.",
            severity="warn",
        ),
    ),
)
