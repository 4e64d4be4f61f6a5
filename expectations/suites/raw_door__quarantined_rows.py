"""Expectations on the quarantine. The intake writes it."""

from expectations.suite import Suite, expect, expect_no_rows

SUITE = Suite(
    table="raw_door__quarantined_rows",
    relied_on_by="Operators fix what was turned away from it, and put it through the intake again.",
    expectations=(
        expect_no_rows(
            "every_row_names_a_broken_rule",
            "select delivery_id, row_number from {batch} where coalesce(len(broken_rules), 0) = 0",
            reason="A row turned away without a reason cannot be fixed.",
        ),
        expect(
            "few_rows_wait",
            "ExpectTableRowCountToBeBetween",
            max_value=100_000,
            reason="A hundred thousand rows turned away are a sender's problem, not one of rows:"
            " call them.",
            severity="warn",
        ),
        expect_no_rows(
            "no_row_waits_for_a_month",
            "select delivery_id from {batch} where retried_as is null"
            " and quarantined_at < (select max(quarantined_at) from raw_door__quarantined_rows) -"
            " interval 31 day"
            " group by delivery_id",
            reason="What waits for over a month misses its close: fix and retry it, or tell the"
            " sender to withdraw it.",
            severity="warn",
        ),
    ),
)
