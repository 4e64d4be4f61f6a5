"""Expectations on expiring decisions before publication.

Tests of the models check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns

SUITE = Suite(
    table="rpt_executive__consent_expiries",
    relied_on_by="Executives see in it what has to be renewed, and what it earned.",
    expectations=(expect_no_personal_columns(),),
)
