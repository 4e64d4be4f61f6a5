"""Expectations on the list of names that are not shown before publication.

Tests of the model check what counts as a gap.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_partner__credit_gaps",
    relied_on_by="It lists the required names that derivatives do not show, so that partners and"
    " artists can ask for them.",
    expectations=(
        expect_no_rows(
            "few_sources_are_nameless",
            "select partner_id, report_month from {batch} group by all"
            " having count(*) > 20 and 2 * count(party_id) < count(*)",
            reason="Most missing credits are names that nobody knows: the catalogue lacks artists"
            " or writers. Ask the catalog for them.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
