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
            reason="Tax rates are delivered in the contract's row, so the contract must exist.",
        ),
        expect(
            "rate_is_plausible",
            "ExpectColumnValuesToBeBetween",
            column="rate",
            min_value=0,
            max_value=0.4,
            reason="No treaty or statute withholds over 40 % of royalties: this is likely a"
            " typing error.",
            severity="warn",
        ),
    ),
)
