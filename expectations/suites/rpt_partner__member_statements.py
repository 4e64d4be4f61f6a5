"""Expectations on sub-statements before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows, expect_rows

SUITE = Suite(
    table="rpt_partner__member_statements",
    relied_on_by="Umbrellas use it to pay their members, and distributors to pay their labels.",
    expectations=(
        expect_rows(reason="Without sub-statements, an umbrella cannot pay its members."),
        expect_no_rows(
            "member_is_named",
            "select distinct member_party_id from {batch} where member_party_id is not null and"
            " member_name is null",
            reason="A member without a name cannot find its sub-statement: ask the catalog for"
            " the party.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
