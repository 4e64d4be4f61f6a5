"""Expectations on delivered routes. The intake checks single rows."""

from expectations.suite import Suite, expect_known, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_catalog__routes",
    relied_on_by="It assigns an owner's money to a partner and a contract; without it, the money"
    " is on hold as UNROUTED.",
    expectations=(
        expect_rows(reason="Without routes, all money is on hold as UNROUTED."),
        expect_known(
            "contract_id",
            "raw_licensing__contracts",
            "contract_id",
            reason="A route to an unknown contract has no terms: its money is on hold until"
            " licensing delivers the contract.",
        ),
        expect_known(
            "partner_id",
            "raw_catalog__parties",
            "party_id",
            reason="A partner without a party has no name on its statement.",
        ),
        expect_no_rows(
            "partner_is_the_contracts_partner",
            "select distinct contract_id, partner_id from {batch} anti join"
            " (select contract_id, partner_id from raw_licensing__contracts) as contracts"
            " using (contract_id, partner_id)"
            " where not is_withdrawn and contract_id in (select contract_id from"
            " raw_licensing__contracts)",
            reason="Route and contract name different partners, so money could go to the wrong"
            " one: the catalog or"
            " licensing has to correct it before a statement leaves.",
        ),
    ),
)
