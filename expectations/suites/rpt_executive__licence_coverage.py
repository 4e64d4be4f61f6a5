"""Expectations on licence coverage before publication.

Tests of the model check the figures.
"""

from expectations.suite import (
    Suite,
    expect_no_personal_columns,
    expect_no_rows,
    expect_rows,
)

SUITE = Suite(
    table="rpt_executive__licence_coverage",
    relied_on_by="It shows executives what is used or earned without a contract.",
    expectations=(
        expect_rows(reason="Without uses, there is nothing to license: check the AI-usage feeds."),
        expect_no_rows(
            "use_of_known_owners_is_mostly_licensed",
            "select report_month, product_id from {batch} group by all"
            " having sum(unlicensed_weight_nano) > sum(licensed_weight_nano)",
            reason="More of a product's use is without a contract than under one: a delivery of"
            " routes or contracts is missing, or the product was launched too early.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
