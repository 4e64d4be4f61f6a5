"""Expectations on the regulator's answers. The intake checks single rows."""

from expectations.suite import Suite, expect_known, expect_no_rows

SUITE = Suite(
    table="raw_removals__filings",
    relied_on_by="It states which statements of reasons the EU's database has accepted.",
    expectations=(
        expect_known(
            "puid",
            "raw_removals__actions",
            "puid",
            reason="A response about an unknown action files no statement.",
        ),
        expect_no_rows(
            "statement_has_one_id",
            "select puid from {batch} where outcome = 'accepted' and not is_withdrawn"
            " group by puid having count(distinct statement_uuid) > 1",
            reason="Two ids for one action are two statements in the database: withdraw one there.",
            severity="warn",
        ),
    ),
)
