"""Which feeds there are: where their files lie, which contract they keep, where they load.

The contracts themselves are in `contracts.py`, `licensing_contracts.py` and `removal_contract.py`.
"""

from linernotes.ingestion import contracts as c
from linernotes.ingestion import licensing_contracts as lic
from linernotes.ingestion.removal_contract import Actions, Filings

CONTRACTS: dict[str, type[c.Contract]] = {
    "catalog/parties": c.Parties,
    "catalog/party_links": c.PartyLinks,
    "catalog/recordings": c.Recordings,
    "catalog/works": c.Works,
    "catalog/recording_works": c.RecordingWorks,
    "catalog/ownership": c.Ownership,
    "catalog/routes": c.Routes,
    "catalog/credits": c.Credits,
    "licensing/products": lic.Products,
    "licensing/contracts": lic.Contracts,
    "licensing/consents": lic.Consents,
    "ai_usage/generations": c.Generations,
    "ai_usage/derivatives": c.Derivatives,
    "ai_usage/attributions": c.Attributions,
    "ai_usage/derivative_plays": c.DerivativePlays,
    "ai_usage/training_inclusions": c.TrainingInclusions,
    "ai_usage/fan_signals": c.FanSignals,
    "removals/actions": Actions,
    "removals/notices": c.Notices,
    "removals/appeals": c.Appeals,
    "removals/filings": Filings,
    "finance/revenue": c.Revenue,
    "finance/fx_rates": c.FxRates,
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
