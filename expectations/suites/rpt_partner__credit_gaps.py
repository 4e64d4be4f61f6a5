"""What is expected of the list of names that are not shown before publication.

How a gap comes about is tested beside its model.
"""

from expectations.suite import (
    Suite,
    expect,
    expect_no_personal_columns,
    expect_no_rows,
    expect_unique,
)

SUITE = Suite(
    table="rpt_partner__credit_gaps",
    relied_on_by="Partners and artists ask by it for the names that derivatives do not show.",
    expectations=(
        expect_unique(
            "has_one_row_per_partner_month_derivative_source_and_name",
            ["partner_id", "report_month", "derivative_id", "object_type", "object_id", "party_id"],
            reason="A gap twice is asked for twice.",
        ),
        expect(
            "reason_is_listed",
            "ExpectColumnValuesToBeInSet",
            column="gap_reason",
            value_set=["not_shown", "name_unknown"],
            reason="A partner must know whether a display or a name is lacking.",
        ),
        expect_no_rows(
            "gaps_are_what_coverage_leaves",
            "select partner_id, report_month from ("
            " select partner_id, report_month,"
            " sum(required_credit_count - shown_credit_count) as lacking"
            " from rpt_partner__credit_coverage group by all) as covered"
            " left join (select partner_id, report_month, count(party_id) as gaps"
            " from {batch} group by all) as listed using (partner_id, report_month)"
            " where lacking <> coalesce(gaps, 0)",
            reason="The names in the list are those that coverage counts as lacking.",
        ),
        expect_no_personal_columns(),
    ),
)
