"""Expectations on compensation lines before publication.

Tests of the model check the figures.
"""

from expectations.suite import (
    Suite,
    expect,
    expect_no_personal_columns,
    expect_no_rows,
    expect_rows,
)

SUITE = Suite(
    table="rpt_partner__compensation_lines",
    relied_on_by="Partners book its lines, and every statement is the sum of its lines.",
    expectations=(
        expect_rows(
            reason="Without lines, there is nothing to pay: check what is excluded, and why."
        ),
        expect(
            "partner_is_named",
            "ExpectColumnValuesToNotBeNull",
            column="partner_id",
            reason="A line without a partner would be on nobody's statement, or on everybody's.",
        ),
        expect_no_rows(
            "uses_never_cost_the_partner",
            "select line_id from {batch}"
            " where line_type = 'USAGE' and (amount < 0 or quantity < 0 or weight_nano < 0)",
            reason="The earnings of a use are never negative; only adjustments may be.",
        ),
        expect_no_personal_columns(),
    ),
)
