"""Expectations on delivered attribution weights.

The intake checks single rows.
"""

from expectations.suite import Suite, expect_known, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_ai_usage__attributions",
    relied_on_by="It divides the value of each derivative over its sources.",
    expectations=(
        expect_rows(
            reason="Without attribution, the product's fallback applies to every derivative."
        ),
        expect_known(
            "derivative_id",
            "raw_ai_usage__derivatives",
            "derivative_id",
            reason="Weights of an unknown derivative have no effect until it is delivered.",
        ),
        expect_no_rows(
            "sets_mostly_add_up_to_one",
            "with latest as (select * from {batch} qualify row_number() over ("
            "partition by derivative_id, side, source_object_id, attribution_version"
            " order by recorded_at desc) = 1),"
            " sets as (select derivative_id, side, attribution_version, sum(weight) as weight from"
            " latest"
            " where not is_withdrawn group by all)"
            " select attribution_version from sets group by attribution_version"
            " having count(*) filter (where weight < 0.9) * 10 > count(*)",
            reason="Gaps are allocated by the remainder rule. A model version with gaps in over"
            " 10 % of its sets is likely faulty: compare it with the version before.",
            severity="warn",
        ),
    ),
)
