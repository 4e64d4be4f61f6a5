"""What is expected of credit coverage before publication.

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
    table="rpt_partner__credit_coverage",
    relied_on_by="Artists and partners see in it whether derivatives name their sources.",
    expectations=(
        expect_unique(
            "has_one_row_per_partner_month_and_product",
            ["partner_id", "report_month", "product_id"],
            reason="A row twice doubles the derivatives.",
        ),
        expect_no_rows(
            "coverage_is_the_quotient_of_its_counts",
            "select partner_id, report_month, product_id from {batch}"
            " where covered_derivative_count > derivative_count or shown_credit_count >"
            " required_credit_count"
            " or credit_coverage_share not between 0 and 1 or shown_credit_share not between 0 and"
            " 1",
            reason="A part cannot exceed its whole.",
        ),
        expect(
            "coverage_reaches_a_half",
            "ExpectColumnValuesToBeBetween",
            column="credit_coverage_share",
            min_value=0.5,
            mostly=0.9,
            reason="Credit is one of the four principles: a product under a half has stopped"
            " showing names.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
