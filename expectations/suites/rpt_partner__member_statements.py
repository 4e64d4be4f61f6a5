"""What is expected of sub-statements before publication.

How a figure comes about is tested beside its model.
"""

from expectations.suite import (
    Suite,
    expect_no_personal_columns,
    expect_no_rows,
    expect_rows,
    expect_unique,
)

SUITE = Suite(
    table="rpt_partner__member_statements",
    relied_on_by="Umbrellas pay their members, and distributors their labels, by it.",
    expectations=(
        expect_unique(
            "has_one_row_per_statement_and_member",
            ["statement_id", "member_party_id", "currency_code"],
            reason="A member twice is paid twice.",
        ),
        expect_rows(reason="Without sub-statements an umbrella cannot pay anybody."),
        expect_no_rows(
            "members_sum_to_the_statement",
            "select statement_id from ("
            " select statement_id, sum(earned_amount) as member_earned_amount, sum(fee_amount) as"
            " member_fee_amount,"
            " sum(held_amount) as member_held_amount, sum(line_count) as member_line_count"
            " from {batch} group by all) as members"
            " full join rpt_partner__compensation_statement as statements using (statement_id)"
            " where coalesce(member_earned_amount, 0) <> earned_amount or"
            " coalesce(member_fee_amount, 0) <> fee_amount"
            " or coalesce(member_held_amount, 0) <> held_amount or coalesce(member_line_count, 0)"
            " <> line_count"
            " or statements.statement_id is null",
            reason="An umbrella's statement is the sum of its members' to the last minor unit.",
        ),
        expect_no_rows(
            "member_is_named",
            "select distinct member_party_id from {batch} where member_party_id is not null and"
            " member_name is null",
            reason="A member without a name cannot find itself: ask the catalog for the party.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
