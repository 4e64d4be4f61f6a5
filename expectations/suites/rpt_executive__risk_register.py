"""Expectations on the register of open matters before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_executive__risk_register",
    relied_on_by="Executives decide from it what is done next, and by whom.",
    expectations=(
        expect(
            "somebody_acts_next",
            "ExpectColumnValuesToNotBeNull",
            column="next_action_by",
            reason="A matter without a person who acts next stays open.",
        ),
        expect_no_rows(
            "money_has_a_currency",
            "select risk_name, partner_id from {batch}"
            " where (amount is null) <> (currency_code is null)",
            reason="An amount without a currency cannot be decided on.",
        ),
        expect_no_personal_columns(),
    ),
)
