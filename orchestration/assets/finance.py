"""Raw tables of finance: revenue and exchange rates. Nothing is converted here."""

import dagster as dg

from orchestration.assets.loading import admit
from orchestration.partitions import delivery_days, usage_months
from orchestration.resources import Home


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=usage_months)
def raw_finance__revenue(home: Home) -> dg.MaterializeResult:
    """Revenue of the AI products. One row per usage month, territory, product, tier and version."""
    return admit(home, "finance/revenue", "raw_finance__revenue")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_finance__fx_rates(home: Home) -> dg.MaterializeResult:
    """Rates that the ECB does not quote. One row per day, pair, provider and version."""
    return admit(home, "finance/fx_rates", "raw_finance__fx_rates")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_finance__ecb_rates(home: Home) -> dg.MaterializeResult:
    """The European Central Bank's reference rates. One row per day, currency and version."""
    return admit(home, "finance/ecb", "raw_finance__ecb_rates")
