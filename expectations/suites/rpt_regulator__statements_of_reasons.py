"""Expectations on the regulator's file before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_regulator__statements_of_reasons",
    relied_on_by="It is filed with the EU's transparency database.",
    expectations=(
        expect_no_rows(
            "required_fields_are_filled",
            "select platform_uid from {batch} where decision_ground is null or category is null"
            " or content_type is null or content_date is null or application_date is null"
            " or decision_facts is null or source_type is null or automated_detection is null"
            " or automated_decision is null",
            reason="The database refuses a statement with a required field blank.",
        ),
        expect_no_rows(
            "texts_fit_their_fields",
            "select platform_uid from {batch} where length(decision_facts) > 5000"
            " or length(illegal_content_explanation) > 2000"
            " or length(incompatible_content_explanation) > 2000"
            " or length(illegal_content_legal_ground) > 500"
            " or length(incompatible_content_ground) > 500 or length(source_identity) > 500",
            reason="The database takes 5,000 characters of facts, 2,000 of an explanation, and"
            " 500 of a ground or of a notifier's identity.",
        ),
        expect_no_rows(
            "dates_are_in_the_databases_range",
            "select platform_uid from {batch} where application_date not between"
            " date '2020-01-01' and date '2038-01-01' or coalesce("
            "end_date_visibility_restriction, end_date_monetary_restriction,"
            " end_date_service_restriction, end_date_account_restriction, application_date)"
            " not between date '2020-01-01' and date '2038-01-01'",
            reason="The database refuses dates of application and of end outside its range, and"
            " the whole batch with them.",
        ),
        expect_no_personal_columns(),
    ),
)
