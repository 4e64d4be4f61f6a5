"""Expectations on delivered appeals. The intake checks single rows."""

from expectations.suite import Suite, expect_known, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_removals__appeals",
    relied_on_by="Its outcomes release money on hold, and the overturn rate counts them.",
    expectations=(
        expect_rows(reason="Without appeals, no overturn rate can be shown."),
        expect_known(
            "puid",
            "raw_removals__actions",
            "puid",
            reason="An appeal against an unknown action releases nothing until the action arrives.",
        ),
        expect_no_rows(
            "decision_names_its_outcome",
            "select appeal_id from {batch} where (decided_at is null) <> (outcome is null) and not"
            " is_withdrawn",
            reason="A decided appeal without an outcome, or an outcome without a decision, stays"
            " open in every figure: ask trust and safety.",
            severity="warn",
        ),
        expect_no_rows(
            "is_decided_after_it_is_filed",
            "select appeal_id from {batch} where decided_at < filed_at and not is_withdrawn",
            reason="A decision before the appeal gives a negative time to resolve: check the"
            " clocks.",
            severity="warn",
        ),
    ),
)
