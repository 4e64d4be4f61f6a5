"""Expectations on delivered contracts.

The intake checks single rows.
"""

from expectations.suite import Suite, expect, expect_known, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_licensing__contracts",
    relied_on_by="Every fee is computed by its terms, and its clause on silence applies where"
    " nobody has decided.",
    expectations=(
        expect_rows(reason="Without contracts, nobody is paid."),
        expect(
            "revenue_share_is_plausible",
            "ExpectColumnValuesToBeBetween",
            column="revenue_share",
            min_value=0,
            strict_min=True,
            max_value=0.9,
            reason="A revenue share of 0 % or over 90 % is likely a typing error: read the"
            " contract.",
            severity="warn",
        ),
        expect_no_rows(
            "silence_that_allows_names_its_clause",
            "select contract_id, version from {batch}"
            " where silence = 'allow' and silence_clause is null and not is_withdrawn",
            reason="A use that is allowed by silence is proven by the contract's clause; without"
            " it, the line cannot be issued.",
            severity="warn",
        ),
        expect_known(
            "partner_id",
            "raw_catalog__parties",
            "party_id",
            reason="A partner without a party has no name on its statement.",
        ),
        expect_no_rows(
            "products_are_known",
            "select contract_id, product_id from"
            " (select contract_id, unnest(product_ids) as product_id from {batch} where not"
            " is_withdrawn) as products"
            " where product_id <> '*' and product_id not in (select product_id from"
            " raw_licensing__products)",
            reason="A contract for an unknown product earns nothing until the product arrives.",
            severity="warn",
        ),
    ),
)
