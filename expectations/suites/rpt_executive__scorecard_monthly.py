"""Expectations on the figures for the four principles before publication.

Tests of the semantic layer check that a figure equals the metric of its name.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows, expect_rows

SUITE = Suite(
    table="rpt_executive__scorecard_monthly",
    relied_on_by="It shows executives each month whether the promises are kept.",
    expectations=(
        expect_rows(reason="Without figures, the promises cannot be judged."),
        expect_no_rows(
            "figure_is_possible",
            "select report_month, metric_name from {batch}"
            " where numerator < 0 or denominator < 0 or numerator > denominator",
            reason="A share over 100 % compares two different populations: check the model.",
        ),
        expect_no_rows(
            "what_is_paid_has_proof_of_consent",
            "select report_month, metric_name from {batch}"
            " where metric_name = 'consent_proof_rate' and numerator < denominator",
            reason="A use is paid as consented, but no consent proves it: check the model.",
        ),
        expect_no_rows(
            "every_minor_unit_leads_to_its_events",
            "select report_month, metric_name from {batch}"
            " where metric_name = 'trace_completeness' and numerator < denominator",
            reason="A line leads to no event, terms or proof of consent, so it is unknown why it"
            " is paid. Find it in marts.fct_line_traces by `not is_traced`.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
