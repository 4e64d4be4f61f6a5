"""Expectations on delivered generations.

The intake checks single rows.
"""

from expectations.suite import Suite, expect_known, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_ai_usage__generations",
    relied_on_by="Each AI use that is paid, held or reported starts as a row here.",
    expectations=(
        expect_rows(
            reason="Without generations, there is nothing to pay: check the products' deliveries."
        ),
        expect_known(
            "product_id",
            "raw_licensing__products",
            "product_id",
            reason="A generation of an unknown product belongs to no pool until licensing sends"
            " the product.",
        ),
        expect_no_rows(
            "sources_are_mostly_known",
            "with uses as (select unnest(source_recording_ids) as recording_id from {batch}"
            " where status = 'completed'),"
            " judged as (select count(*) as use_count, count(*) filter (where recording_id not in"
            " (select recording_id from raw_catalog__recordings)) as unknown_count from uses)"
            " select unknown_count from judged where unknown_count * 100 > use_count * 5",
            reason="Uses of unknown recordings are on hold as UNMATCHED. If they are over 5 %,"
            " the catalog's delivery is likely late: ask for it.",
            severity="warn",
        ),
        expect_no_rows(
            "no_day_is_missing_most_of_its_rows",
            "with days as (select occurred_at::date as day, count(*) as row_count from {batch}"
            " group by all),"
            " compared as (select day, row_count, median(row_count) over ("
            "order by day rows between 28 preceding and 1 preceding) as usual_count from days)"
            " select day from compared where usual_count >= 100 and row_count < 0.3 * usual_count"
            " and day < (select max(day) from days)",
            reason="A day has less than 30 % of its usual generations, likely an incomplete"
            " export: ask the products before the close.",
            severity="warn",
        ),
        expect_no_rows(
            "few_generations_are_blocked",
            "with months as (select date_trunc('month', occurred_at) as month, product_id,"
            " count(*) as row_count,"
            " count(*) filter (where status = 'blocked') as blocked_count from {batch} group by"
            " all)"
            " select month, product_id from months where row_count >= 100 and blocked_count * 2 >"
            " row_count",
            reason="A product that blocks over half of its requests has a faulty rule or is under"
            " attack: ask the product team.",
            severity="warn",
        ),
    ),
)
