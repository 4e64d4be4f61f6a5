"""What is expected of the consent ledger before publication.

How a figure comes about is tested beside its model.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows, expect_rows

SUITE = Suite(
    table="rpt_partner__consent_ledger",
    relied_on_by="Partners hold it against their own records of what they have allowed.",
    expectations=(
        expect_rows(reason="Without decisions every use falls back on its contract's silence."),
        expect_no_rows(
            "proofs_of_paid_lines_are_listed",
            "select distinct proof from ("
            " select partner_id, unnest(string_split(consent_proof_id, '+')) as proof"
            " from rpt_partner__compensation_lines where hold_bucket is null and line_type ="
            " 'USAGE') as proofs"
            " where not contains(proof, '@') and proof not in (select decision_id from {batch})",
            reason="A partner looks up the proof of a line here; one that it cannot find proves"
            " nothing to it.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
