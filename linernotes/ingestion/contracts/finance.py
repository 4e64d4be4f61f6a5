"""Contracts of the finance feeds: monthly revenue, and exchange rates that the ECB does not quote.

`linernotes/ingestion/ecb.py` reads the central bank's own file.
"""

from typing import Any, ClassVar

from linernotes.ingestion import columns as col
from linernotes.ingestion.contracts.base import TIERS, Contract


class Revenue(Contract):
    """The revenue of a product. One row per month, territory, product, tier and version."""

    TABLE = "raw_finance__revenue"
    KEY = ("usage_month", "territory", "product_id", "tier")
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "usage_month": "2026-01",
        "territory": "SE",
        "product_id": "remix-studio",
        "tier": "paid_addon",
        "currency": "SEK",
        "gross": "125000.00",
        "indirect_tax": "25000.00",
        "payment_fees": "3100.50",
        "subscribers": 1250,
        "recorded_at": "2026-02-04T06:00:00Z",
    }

    usage_month = col.month("The month of the use.")
    territory = col.territory("The country of the accounts.")
    product_id = col.identifier("The AI product.", required=True)
    tier = col.code("How the users pay.", TIERS, required=True)
    currency = col.currency("The currency of the amounts.", required=True)
    gross = col.money("Gross revenue, tax included.", required=True)
    indirect_tax = col.money("Value-added and sales taxes included in it.", default=0)
    refunds = col.money("Refunds.", default=0)
    payment_fees = col.money("Fees of app stores and payment services.", default=0)
    deductions = col.money("Other deductions that the contracts allow.", default=0)
    subscribers = col.count("Subscribers in the month.", default=0)


class FxRates(Contract):
    """An exchange rate of a currency that the ECB does not quote.

    One row per day, base, quote, provider and version.
    """

    TABLE = "raw_finance__fx_rates"
    KEY = ("rate_date", "base_currency", "quote_currency", "provider")
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "rate_date": "2026-01-30",
        "base_currency": "EUR",
        "quote_currency": "TND",
        "rate": "3.3852",
        "provider": "bct",
        "recorded_at": "2026-01-30T17:00:00Z",
    }

    rate_date = col.date("The day of the rate.", required=True)
    base_currency = col.currency("The base currency: EUR.", required=True)
    quote_currency = col.currency("The currency in which the base is priced.", required=True)
    rate = col.exchange_rate("Units of the quote currency for one of the base.")
    provider = col.identifier(
        "The publisher; if there are several, the first by name is used.", required=True
    )
