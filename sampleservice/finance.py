"""Writes revenue and exchange rates, with one currency shock and a few corrections.

The warehouse allocates the revenue.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from sampleservice.files import Landing
from sampleservice.randomness import Draws
from sampleservice.world import (
    FIRST_MONTH,
    SEASON,
    TIERS,
    WITHOUT_DECIMALS,
    Month,
    Territory,
    World,
)

# Columns of the central bank's file in its order; None for currencies no longer quoted.
ECB_RATES: dict[str, str | None] = {
    "USD": "1.1480", "JPY": "178.20", "BGN": None, "CYP": None, "CZK": "24.310", "DKK": "7.4680",
    "EEK": None, "GBP": "0.86900", "HUF": "384.50", "LTL": None, "LVL": None, "MTL": None,
    "PLN": "4.2350", "ROL": None, "RON": "5.0870", "SEK": "10.9200", "SIT": None, "SKK": None,
    "CHF": "0.93400", "ISK": "146.60", "NOK": "11.7400", "HRK": None, "RUB": None, "TRL": None,
    "TRY": "49.3000", "AUD": "1.7450", "BRL": "6.3100", "CAD": "1.6030", "CNY": "8.1400",
    "HKD": "8.9300", "IDR": "19150.00", "ILS": "3.7900", "INR": "103.200", "KRW": "1690.40",
    "MXN": "20.9800", "MYR": "4.7600", "NZD": "2.0100", "PHP": "67.800", "SGD": "1.4960",
    "THB": "36.950", "ZAR": "19.6300",
}  # fmt: skip
OTHER_RATES = {
    "AED": "4.2150", "ARS": "1668.0000", "CLP": "1072.50", "COP": "4310.00", "NGN": "1655.00",
    "TND": "3.38200",
}  # fmt: skip
# On this day of the fourth month these lose part of their value overnight, in thousandths.
SHOCK_DAY = 14
SHOCK = {"TRY": 180, "ARS": 120}
PRODUCT_LEVEL = {"ai-remix": 58, "ai-cover": 34, "ai-mashup": 5, "ai-voice": 3}
SUBSCRIBERS = 24_000


def write_finance(world: World, landing: Landing) -> dict[str, list[str]]:
    """Write revenue, the central bank's file and the rates that the bank does not quote."""
    days = _bank_days(world)
    _write_ecb(world, landing, days)
    _write_other_rates(world, landing, days)
    return _write_revenue(world, landing) | {
        "fx_shock": [*SHOCK, f"{world.months[0].first.year}-04-{SHOCK_DAY}"]
    }


def _bank_days(world: World) -> list[date]:
    """Weekdays from before the first month until late statements are due."""
    day, last = FIRST_MONTH - timedelta(days=25), world.months[-1].next_first + timedelta(days=29)
    days = []
    while day <= last:
        if day.weekday() < 5 and (day.month, day.day) not in {(1, 1), (12, 25), (5, 1)}:
            days.append(day)
        day += timedelta(days=1)
    return days


def _walk(seed: int, currency: str, start: str, days: list[date]) -> list[str]:
    """One rate per day, as text with the decimals of the start: a random walk in integers."""
    places = len(start.partition(".")[2])
    units = int(Decimal(start).scaleb(places))
    steps = Draws(seed, "rate", currency).ints(-3_500, 3_560, len(days))
    rates = []
    for day, step in zip(days, steps.tolist(), strict=True):
        units += units * step // 1_000_000
        if currency in SHOCK and day == date(FIRST_MONTH.year, 4, SHOCK_DAY):
            units += units * SHOCK[currency] // 1_000
        rates.append(str(Decimal(units).scaleb(-places)))
    return rates


def _write_ecb(world: World, landing: Landing, days: list[date]) -> None:
    columns = {
        currency: _walk(world.seed, currency, start, days) if start else ["N/A"] * len(days)
        for currency, start in ECB_RATES.items()
    }
    lines = [f"Date,{','.join(columns)},"]
    for place in reversed(range(len(days))):
        rates = ",".join(rates[place] for rates in columns.values())
        lines.append(f"{days[place].isoformat()},{rates},")
    content = "\n".join(lines) + "\n"
    landing.write_text("finance/ecb", "eurofxref-hist.csv", content, len(days))


def _write_other_rates(world: World, landing: Landing, days: list[date]) -> None:
    frames = []
    for currency, start in OTHER_RATES.items():
        rates = _walk(world.seed, currency, start, days)
        frames.append(
            pl.DataFrame(
                {
                    "rate_date": days,
                    "base_currency": "EUR",
                    "quote_currency": currency,
                    "rate": rates,
                    "provider": "fixings",
                    "recorded_at": [f"{day.isoformat()}T15:00:00Z" for day in days],
                }
            )
        )
    landing.write("finance/fx_rates", "fixings.csv", pl.concat(frames))


@dataclass(frozen=True)
class _Income:
    """A pool's income in minor units."""

    gross: int
    tax: int
    refunds: int
    payment_fees: int
    deductions: int
    subscribers: int | None


def _write_revenue(world: World, landing: Landing) -> dict[str, list[str]]:
    stories = {}
    refunded = "NG"
    for month in world.months:
        draws = Draws(world.seed, "revenue", month.label)
        rows = []
        for place in world.territories:
            for product, level in PRODUCT_LEVEL.items():
                for tier in TIERS:
                    income = _income(world, draws, month, place, level, tier)
                    if (month.number, place.code, product, tier) == (
                        3, refunded, "ai-voice", "paid_addon",
                    ):  # fmt: skip
                        income = _Income(
                            income.gross, income.tax, income.gross * 13 // 10,
                            income.payment_fees, 0, income.subscribers,
                        )  # fmt: skip
                        stories["refunds_over_sales"] = [month.label, refunded, product, tier]
                    rows.append((month.label, place, product, tier, income))
        recorded = world.at(month.number + 1, 6, 6)
        faulty = _revenue_rows(rows[:1], recorded).with_columns(
            territory=pl.lit("EL"), gross=pl.lit("-1")
        )
        landing.write(
            "finance/revenue",
            f"{month.label}.csv",
            pl.concat([_revenue_rows(rows, recorded), faulty]),
            quarantined=1,
        )
        if month.number == 2 and world.month(4):
            corrected = [row for row in rows if row[1].code == "DE" and row[2] == "ai-remix"]
            more = [
                (label, place, product, tier, _raised(income))
                for label, place, product, tier, income in corrected
            ]
            landing.write(
                "finance/revenue",
                "2026-04_correction_of_2026-02.jsonl",
                _revenue_rows(more, world.at(4, 12)),
            )
            stories["revenue_correction"] = ["2026-02", "DE", "ai-remix", "2026-04-12"]
    return stories


def _income(
    world: World, draws: Draws, month: Month, place: Territory, level: int, tier: str
) -> _Income:
    total = sum(other.weight for other in world.territories)
    base = world.size("finance/revenue", SUBSCRIBERS * SEASON[month.number - 1], least=400)
    wobble = int(draws.ints(950, 1_051, 1)[0])
    growth = 100 + 3 * (month.number - 1)
    subscribers = max(
        3, int(base * place.weight / total) * level * growth * wobble // (100 * 100 * 1_000)
    )
    price = int(Decimal(place.price) * (1 if place.currency in WITHOUT_DECIMALS else 100))
    if tier == "free_allowance":
        return _Income(0, 0, 0, 0, 0, None)
    gross = subscribers * price
    if tier == "ad_supported":
        gross = gross * 9 // 100
        tax = gross * place.tax_percent // (100 + place.tax_percent)
        return _Income(gross, tax, 0, 0, gross * 15 // 100, None)
    tax = gross * place.tax_percent // (100 + place.tax_percent)
    refunds = gross * int(draws.ints(5, 30, 1)[0]) // 1_000
    return _Income(gross, tax, refunds, gross * 3 // 100, 0, subscribers)


def _raised(income: _Income) -> _Income:
    return _Income(
        income.gross * 103 // 100, income.tax * 103 // 100, income.refunds, income.payment_fees,
        income.deductions, income.subscribers,
    )  # fmt: skip


def _revenue_rows(
    rows: list[tuple[str, Territory, str, str, _Income]], recorded: int
) -> pl.DataFrame:
    def money(part: str) -> list[str]:
        return [
            str(
                Decimal(getattr(income, part)).scaleb(
                    0 if place.currency in WITHOUT_DECIMALS else -2
                )
            )
            for _, place, _, _, income in rows
        ]

    return pl.DataFrame(
        {
            "usage_month": [label for label, *_ in rows],
            "territory": [place.code for _, place, *_ in rows],
            "product_id": [product for _, _, product, *_ in rows],
            "tier": [tier for *_, tier, _ in rows],
            "currency": [place.currency for _, place, *_ in rows],
            "gross": money("gross"),
            "indirect_tax": money("tax"),
            "refunds": money("refunds"),
            "payment_fees": money("payment_fees"),
            "deductions": money("deductions"),
            "subscribers": pl.Series([income.subscribers for *_, income in rows], dtype=pl.Int64),
            "recorded_at": pl.Series([recorded] * len(rows)).cast(pl.Datetime("us", "UTC")),
        }
    )
