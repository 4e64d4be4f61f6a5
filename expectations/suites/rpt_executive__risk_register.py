"""Expectations on the register of open matters before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_executive__risk_register",
    relied_on_by="Executives use it to decide what is done next, and by whom.",
    expectations=(
        expect(
            "somebody_acts_next",
            "ExpectColumnValuesToNotBeNull",
            column="next_action_by",
            reason="An item that nobody owns stays open.",
        ),
        expect_no_rows(
            "money_has_a_currency",
            "select risk_name, partner_id from {batch}"
            " where (amount is null) <> (currency_code is null)",
            reason="Nobody can decide on an amount without a currency.",
        ),
        expect_no_personal_columns(),
    ),
)
