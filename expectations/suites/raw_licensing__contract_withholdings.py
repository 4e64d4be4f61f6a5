"""Expectations on delivered withholding rates.

The intake checks single rows.
"""

from expectations.suite import Suite, expect, expect_known

SUITE = Suite(
    table="raw_licensing__contract_withholdings",
    relied_on_by="Tax withheld on a statement is computed by its rates.",
    expectations=(
        expect_known(
            "contract_id",
            "raw_licensing__contracts",
            "contract_id",
            reason="It is cut from the contract's own row, so the contract has to be there.",
        ),
        expect(
            "rate_is_plausible",
            "ExpectColumnValuesToBeBetween",
            column="rate",
            min_value=0,
            max_value=0.4,
            reason="No treaty or statute withholds over 40 % on royalties: likely a typing error.",
            severity="warn",
        ),
    ),
)
