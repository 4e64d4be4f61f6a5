"""What is expected of the register of open matters before publication.

How a figure comes about is tested beside its model.
"""

from expectations.suite import (
    Suite,
    expect,
    expect_no_personal_columns,
    expect_no_rows,
    expect_unique,
)

SUITE = Suite(
    table="rpt_executive__risk_register",
    relied_on_by="Executives decide from it what is done next, and by whom.",
    expectations=(
        expect_unique(
            "has_one_row_per_matter",
            ["risk_name", "partner_id", "hold_bucket", "currency_code"],
            reason="A matter twice is decided twice, and its money looks doubled.",
        ),
        expect(
            "risk_is_listed",
            "ExpectColumnValuesToBeInSet",
            column="risk_name",
            value_set=["held_money", "open_notices", "statements_not_issued"],
            reason="The pages name the matters that they know; name the new one there first.",
        ),
        expect(
            "somebody_acts_next",
            "ExpectColumnValuesToNotBeNull",
            column="next_action_by",
            reason="A matter that is nobody's turn stays open for ever.",
        ),
        expect_no_rows(
            "money_has_a_currency",
            "select risk_name, partner_id from {batch}"
            " where (amount is null) <> (currency_code is null)",
            reason="An amount without a currency cannot be decided on.",
        ),
        expect_no_rows(
            "held_money_equals_the_open_holds",
            "select currency_code from ("
            " select currency_code, sum(amount) as amount from {batch}"
            " where risk_name = 'held_money' group by currency_code) as risks"
            " full join (select currency_code,"
            " sum(amount - released_amount) as open_amount from fct_holds"
            " where (released_month is null or amount <> released_amount)"
            " and hold_bucket <> 'BELOW_MINIMUM'"
            " group by currency_code) as holds using (currency_code)"
            " where amount is distinct from open_amount",
            reason="Executives must see all the money that waits, to the cent.",
        ),
        expect_no_personal_columns(),
    ),
)
