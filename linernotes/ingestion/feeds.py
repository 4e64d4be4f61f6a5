"""The registry of feeds: their folders, contracts and tables.

`contracts` has the contracts, one module per source.
"""

from linernotes.ingestion.contracts import Contract, ai_usage, catalog, finance, licensing, removals

CONTRACTS: dict[str, type[Contract]] = {
    "catalog/parties": catalog.Parties,
    "catalog/party_links": catalog.PartyLinks,
    "catalog/recordings": catalog.Recordings,
    "catalog/works": catalog.Works,
    "catalog/recording_works": catalog.RecordingWorks,
    "catalog/ownership": catalog.Ownership,
    "catalog/routes": catalog.Routes,
    "catalog/credits": catalog.Credits,
    "licensing/products": licensing.Products,
    "licensing/contracts": licensing.Contracts,
    "licensing/consents": licensing.Consents,
    "ai_usage/generations": ai_usage.Generations,
    "ai_usage/derivatives": ai_usage.Derivatives,
    "ai_usage/attributions": ai_usage.Attributions,
    "ai_usage/derivative_plays": ai_usage.DerivativePlays,
    "ai_usage/training_inclusions": ai_usage.TrainingInclusions,
    "ai_usage/fan_signals": ai_usage.FanSignals,
    "removals/actions": removals.Actions,
    "removals/notices": removals.Notices,
    "removals/appeals": removals.Appeals,
    "removals/filings": removals.Filings,
    "finance/revenue": finance.Revenue,
    "finance/fx_rates": finance.FxRates,
}

ERN = "catalog/ern"
ECB = "finance/ecb"

TABULAR_ENDINGS = (".parquet", ".csv", ".csv.gz", ".jsonl", ".jsonl.gz")
ENDINGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(CONTRACTS, TABULAR_ENDINGS),
    ERN: (".xml", ".xml.gz"),
    ECB: (".csv",),
}
FEEDS: tuple[str, ...] = tuple(sorted(ENDINGS))
