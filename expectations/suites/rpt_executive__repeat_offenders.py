"""Expectations on the list of repeat offenders before publication.

Tests of the model check what counts as an offence.
"""

from expectations.suite import Suite, expect_no_rows

SUITE = Suite(
    table="rpt_executive__repeat_offenders",
    relied_on_by="Trust and safety uses it to decide which accounts to close.",
    expectations=(
        expect_no_rows(
            "every_uploader_has_two_offences_or_more",
            "select uploader_party_id from {batch}"
            " where offence_count < 2 or first_offence_at > last_offence_at"
            " or action_count < offence_count",
            reason="A single offence, or one case that is counted twice, does not make a repeat"
            " offender.",
        ),
    ),
)
