"""What is expected of the decisions that are about to end before publication.

How the figures come about is tested beside the models.
"""

from expectations.suite import Suite, expect_no_personal_columns

SUITE = Suite(
    table="rpt_executive__consent_expiries",
    relied_on_by="Executives see in it what has to be renewed, and what it earned.",
    expectations=(expect_no_personal_columns(),),
)
