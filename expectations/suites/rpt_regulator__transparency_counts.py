"""What is expected of the counts for the transparency report before publication.

How a figure comes about is tested beside its model.
"""

from expectations.suite import (
    Suite,
    expect_no_personal_columns,
    expect_no_rows,
    expect_unique,
)

SUITE = Suite(
    table="rpt_regulator__transparency_counts",
    relied_on_by="The compliance officer writes the yearly transparency report from it.",
    expectations=(
        expect_unique(
            "has_one_row_per_period_figure_and_value",
            ["period_name", "article", "figure_name", "split_by", "split_value"],
            reason="A figure twice would be reported twice.",
        ),
        expect_no_rows(
            "values_add_up_to_the_figure",
            "select period_name, figure_name, split_by from {batch} as parts"
            " join (select period_name, figure_name, item_count as whole_count from {batch}"
            " where split_by = 'all') as wholes using (period_name, figure_name)"
            " where split_by <> 'restriction'"
            " group by period_name, figure_name, split_by, whole_count"
            " having sum(item_count) <> whole_count",
            reason="A split that does not add up leaves something out of the report.",
        ),
        expect_no_rows(
            "halves_add_up_to_the_year",
            "select figure_name from {batch} where split_by = 'all'"
            " group by left(period_name, 4), figure_name"
            " having sum(case when length(period_name) = 4 then item_count else -item_count end)"
            " <> 0",
            reason="What is in no half of the year is in no report of that half.",
        ),
        expect_no_personal_columns(),
    ),
)
