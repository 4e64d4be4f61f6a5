"""Expectations on the AI disclosure by supplier before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_executive__ai_disclosure",
    relied_on_by="Executives see in it which suppliers say what their recordings are made of.",
    expectations=(
        expect_no_rows(
            "detector_has_examined_most_recordings",
            "select report_month, supplier_party_id from {batch}"
            " where 2 * examined_recording_count < recording_count",
            reason="The gap is meaningless for recordings that were not examined.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
