"""Expectations on delivered deals of DDEX messages.

The intake checks single rows.
"""

from expectations.suite import Suite, expect_no_rows

SUITE = Suite(
    table="raw_catalog__ern_deals",
    relied_on_by="It states in which territories and periods a release may be used.",
    expectations=(
        expect_no_rows(
            "ends_after_it_starts",
            "select sender_dpid, message_id, deal_number from {batch} where end_date < start_date",
            reason="A deal that ends before it starts allows nothing: ask the sender.",
            severity="warn",
        ),
    ),
)
