"""Expectations on delivered consent decisions.

The intake checks single rows.
"""

from expectations.suite import Suite, expect_known, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_licensing__consents",
    relied_on_by="Paid lines name its decisions as proof of consent.",
    expectations=(
        expect_rows(
            reason="Without decisions, the contract's clause on silence applies to every use."
        ),
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
            reason="A decision by an unknown party proves nothing: ask the catalog for the party.",
        ),
        expect_no_rows(
            "evidence_matches",
            "select decision_id from {batch} where evidence_state = 'mismatch' and not"
            " is_withdrawn",
            reason="Consents with unverified evidence are ignored and the earnings are put on"
            " hold: ask for the signed document again.",
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
            reason="Over half of a day's decisions are refusals: tell the partner managers, or"
            " look for an inverted column.",
            severity="warn",
        ),
    ),
)
