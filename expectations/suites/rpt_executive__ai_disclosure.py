"""Expectations on the AI disclosure by supplier before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_executive__ai_disclosure",
    relied_on_by="It shows executives which suppliers disclose the use of AI in their recordings.",
    expectations=(
        expect_no_rows(
            "detector_has_examined_most_recordings",
            "select report_month, supplier_party_id from {batch}"
            " where 2 * examined_recording_count < recording_count",
            reason="The detector examined under half of a supplier's recordings, so the gap"
            " between detected and disclosed AI means little.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
