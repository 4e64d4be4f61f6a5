"""Expectations on expiring decisions before publication.

Tests of the models check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns

SUITE = Suite(
    table="rpt_executive__consent_expiries",
    relied_on_by="It shows executives which consents have to be renewed, and what they earned.",
    expectations=(expect_no_personal_columns(),),
)
