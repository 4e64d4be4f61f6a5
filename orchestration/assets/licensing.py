"""Raw tables of licensing: products, contracts, consent decisions.

What terms come to is computed in the models.
"""

from collections.abc import Iterable

import dagster as dg

from orchestration.assets.loading import admit, admit_tables, raw_specs
from orchestration.partitions import delivery_days
from orchestration.resources import Home

CONTRACT_TABLES = {
    "raw_licensing__contracts": "Contracts with partners. One row per contract, contract version"
    " and version.",
    "raw_licensing__contract_withholdings": "Rates of tax that contracts withhold."
    " One row per contract version, source territory, start and version.",
}


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_licensing__products(home: Home) -> dg.MaterializeResult:
    """AI products and how their uses weigh. One row per product and version."""
    return admit(home, "licensing/products", "raw_licensing__products")


@dg.multi_asset(specs=raw_specs(CONTRACT_TABLES, delivery_days))
def raw_licensing__contract_terms(home: Home) -> Iterable[dg.MaterializeResult]:
    """Contracts, with the withholding rates that they nest in a table of their own."""
    yield from admit_tables(home, "licensing/contracts", CONTRACT_TABLES)


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_licensing__consents(home: Home) -> dg.MaterializeResult:
    """What owners, artists and writers allow or deny. One row per decision and version."""
    return admit(home, "licensing/consents", "raw_licensing__consents")
