"""Expectations on the quarantine. The intake writes it."""

from expectations.suite import Suite, expect, expect_no_rows

SUITE = Suite(
    table="raw_door__quarantined_rows",
    relied_on_by="It lists the rejected rows, which operators correct and load again.",
    expectations=(
        expect_no_rows(
            "every_row_names_a_broken_rule",
            "select delivery_id, row_number from {batch} where coalesce(len(broken_rules), 0) = 0",
            reason="A row that was rejected without a reason cannot be corrected.",
        ),
        expect(
            "few_rows_wait",
            "ExpectTableRowCountToBeBetween",
            max_value=100_000,
            reason="A hundred thousand rejected rows mean a fault in the sender's system, not in"
            " single rows: call the sender.",
            severity="warn",
        ),
        expect_no_rows(
            "no_row_waits_for_a_month",
            "select delivery_id from {batch} where retried_as is null"
            " and quarantined_at < (select max(quarantined_at) from raw_door__quarantined_rows) -"
            " interval 31 day"
            " group by delivery_id",
            reason="Rows that stay rejected for over a month miss the close of their month:"
            " correct and retry them, or ask the sender to withdraw them.",
            severity="warn",
        ),
    ),
)
