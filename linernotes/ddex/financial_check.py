"""Checks that the parts of a financial report agree: summaries, lines, rates and totals.

`checking` has the checks of all DSR files.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from linernotes.base.money import minor_unit_digits
from linernotes.ddex.findings import (
    ZERO,
    Findings,
    Row,
    both,
    check_minor_unit,
    check_parallel,
    day_of,
    number_of,
    values_of,
)

# The amounts of a summary that must equal the sum over its lines, with their names in the lines.
SUMMED = {
    "Returns": "Returns",
    "AllocatedRevenueInCurrencyOfTransaction": "AllocatedRevenueInCurrencyOfTransaction",
    "AllocatedRevenueInCurrencyOfAccounting": "AllocatedRevenueInCurrencyOfAccounting",
    "AllocatedNetRevenueInCurrencyOfTransaction": "AllocatedNetRevenueInCurrencyOfTransaction",
    "AllocatedNetRevenueInCurrencyOfAccounting": "AllocatedNetRevenueInCurrencyOfAccounting",
}
# In the first packages the two amounts were everything earned and its payable part, and the uses
# were the sum over the lines.
FIRST_SUMMED = SUMMED | {"AllocatedUsages": "NetUsage"}


@dataclass(frozen=True)
class Terms:
    """How the two currencies of a summary relate.

    Attributes:
        digits: Decimal places of the currency of accounting.
        tolerance: The permitted deviation of an amount: one millionth, converted at the rate.
    """

    rate: Decimal
    digits: int
    tolerance: Decimal

    @classmethod
    def of(cls, summary: Row) -> Self:
        rate = number_of(summary["ExchangeRate"])
        digits = minor_unit_digits(summary["CurrencyOfAccounting"])
        return cls(rate, digits, abs(rate) / 10**6)

    def units(self, count: int) -> Decimal:
        return Decimal(count).scaleb(-self.digits)


class FinancialCheck:
    """Checks the summaries and their lines against each other."""

    def __init__(self, found: Findings, head: Row, *, is_first_edition: bool) -> None:
        self._found, self._head = found, head
        self._is_first = is_first_edition
        self._summed = FIRST_SUMMED if is_first_edition else SUMMED
        self._last_day = day_of(head["UsageEndDate"], is_end=True)
        self._summaries: dict[str, tuple[int, Row]] = {}
        self._sums: dict[str, dict[str, Decimal]] = {}
        self._terms: dict[str, Terms] = {}
        self._sales: set[str] = set()

    def take(self, number: int, row: Row) -> None:
        place = f"line {number}"
        if row["RecordType"] == "SY10":
            self._take_summary(number, row)
            _check_summary(self._found, self._head, place, row, self._is_first)
        elif row["RecordType"] == "SR08":
            _check_sale(self._found, place, row, self._last_day, self._is_first)
            self._take_sale(place, row)

    def _take_summary(self, number: int, row: Row) -> None:
        identifier = row["SummaryRecordId"]
        if identifier in self._summaries:
            self._found.report(
                "summary_id_is_unique", f"line {number}: {identifier} was used before"
            )
        self._summaries[identifier] = (number, row)
        self._sums[identifier] = dict.fromkeys((*self._summed, "NetUsage"), ZERO)

    def _take_sale(self, place: str, row: Row) -> None:
        sale, summary = row["SalesTransactionId"], row["SummaryRecordId"]
        if sale in self._sales:
            self._found.report("sale_id_is_unique", f"{place}: {sale} was used before")
        self._sales.add(sale)
        if summary not in self._summaries:
            self._found.report("summary_of_sale_is_there", f"{place}: no summary {summary!r}")
            return
        sums = self._sums[summary]
        for name, own in self._summed.items():
            sums[name] += number_of(row[own])
        sums["NetUsage"] += number_of(row["NetUsage"])
        _check_line_rate(self._found, place, row, self._terms_of(summary))

    def _terms_of(self, summary: str) -> Terms:
        if summary not in self._terms:
            self._terms[summary] = Terms.of(self._summaries[summary][1])
        return self._terms[summary]

    def finish(self) -> None:
        for identifier, (number, row) in self._summaries.items():
            sums = self._sums[identifier]
            if not self._is_first:
                _check_distinct_uses(self._found, f"line {number}", row, sums["NetUsage"])
            for name in self._summed:
                amount = sums[name]
                if number_of(row[name]) != amount:
                    details = f"line {number}: {name} is {row[name]}, its lines sum to {amount}"
                    self._found.report("summary_is_the_sum_of_its_lines", details)


def _check_distinct_uses(found: Findings, place: str, row: Row, of_lines: Decimal) -> None:
    """Each use counts once, however many lines it has earned; the pool's uses are the maximum."""
    uses, all_uses = number_of(row["AllocatedUsages"]), number_of(row["Usages"])
    if uses > max(of_lines, ZERO) or uses > all_uses:
        details = f"{place}: {uses} distinct uses, of {all_uses}; its lines have {of_lines}"
        found.report("allocated_uses_are_distinct", details)


def _check_summary(found: Findings, head: Row, place: str, row: Row, is_first: bool) -> None:
    first, last = (
        day_of(row["ReportingPeriodStartDate"]),
        day_of(row["ReportingPeriodEndDate"], is_end=True),
    )
    start, end = day_of(head["UsageStartDate"]), day_of(head["UsageEndDate"], is_end=True)
    if first and last and start and end and not start <= first <= last <= end:
        found.report("period_lies_in_the_headers", f"{place}: {first} to {last}")
    check_parallel(found, place, row, "CalculationType", "CalculationValue")
    check_parallel(found, place, row, "DeductionType", *both("Deductions"))
    check_parallel(found, place, row, "UsageIndependentFeeType", *both("UsageIndependentFee"))
    gross = [bool(row[name]) for name in both("GrossRevenue")]
    if any(gross) and not all(gross):
        found.report("gross_is_in_both_currencies", f"{place}: only one is filled")
    rate = number_of(row["ExchangeRate"])
    if rate <= 0:
        found.report("rate_is_positive", f"{place}: {row['ExchangeRate']}")
    if row["CurrencyOfTransaction"] == row["CurrencyOfAccounting"] and rate != 1:
        found.report("rate_within_a_currency_is_one", f"{place}: {row['ExchangeRate']}")
    if row["ExchangeRate"] and not row["DateOfCurrencyExchange"]:
        found.report("rate_has_a_date", f"{place}: DateOfCurrencyExchange is empty")
    # Amounts in both currencies that the rate must connect; in part of a pool each line is rounded.
    names = ["NetRevenue", *(["AllocatedRevenue"] if is_first else [])]
    # Part of a pool in another currency: each of its lines may be rounded.
    if is_first and row["CurrencyOfTransaction"] == row["CurrencyOfAccounting"]:
        names.append("FinalTotalAmount")
    for name in names:
        _check_converted(found, place, row, Terms.of(row), name, units=1)
    payable = "AllocatedNetRevenue" if is_first else "AllocatedRevenue"
    for currency in ("Transaction", "Accounting"):
        fees = values_of(row[f"UsageIndependentFeeInCurrencyOf{currency}"])
        total = number_of(row[f"{payable}InCurrencyOf{currency}"]) + sum(fees, ZERO)
        stated = row[f"FinalTotalAmountInCurrencyOf{currency}"]
        if number_of(stated) != total:
            details = f"{place}: FinalTotalAmountInCurrencyOf{currency} is {stated}, not {total}"
            found.report("final_total_is_payable_and_fees", details)
    for name in ("AllocatedNetRevenue", "AllocatedRevenue"):
        _check_accounting_unit(found, place, row, row, name)
    _check_accounting_unit(found, place, row, row, "FinalTotalAmount")


def _check_sale(
    found: Findings, place: str, row: Row, last_day: date | None, is_first: bool
) -> None:
    uses, returns, net = (number_of(row[name]) for name in ("TotalUsages", "Returns", "NetUsage"))
    if uses - returns != net:
        found.report("net_usage_is_uses_less_returns", f"{place}: {uses} - {returns} is not {net}")
    sold = day_of(row["SalesTransactionDate"])
    if sold and last_day and sold > last_day:
        found.report("sale_lies_not_after_the_period", f"{place}: {row['SalesTransactionDate']}")
    if row["PriceType"] and row["PriceRangeType"]:
        found.report("price_has_one_type", f"{place}: PriceType and PriceRangeType are both filled")
    check_parallel(found, place, row, "DeductionType", *both("Deductions"))
    if not 0 <= number_of(row["RightSharePercentage"]) <= 100:
        found.report("share_is_a_percentage", f"{place}: {row['RightSharePercentage']}")
    for currency in ("Transaction", "Accounting") if is_first else ():
        allocated, payable = (
            number_of(row[f"{name}InCurrencyOf{currency}"])
            for name in ("AllocatedRevenue", "AllocatedNetRevenue")
        )
        if payable not in (allocated, ZERO):
            details = f"{place}: {payable} of {allocated}: a line is payable, or held, as a whole"
            found.report("line_is_payable_or_held", details)


def _check_line_rate(found: Findings, place: str, row: Row, terms: Terms) -> None:
    # Largest remainder may move a line by one unit, and rounding its pool by half a unit.
    # Nothing is due for amounts on hold.
    for name in ("AllocatedRevenue", "AllocatedNetRevenue"):
        text = row[f"{name}InCurrencyOfAccounting"]
        if number_of(text):
            _check_converted(found, place, row, terms, name, units=2)
        if len(text.partition(".")[2]) > terms.digits:
            details = f"{place}: {name} {text} has more decimals than its currency"
            found.report("amount_is_in_minor_units", details)


def _check_converted(
    found: Findings, place: str, row: Row, terms: Terms, name: str, units: int
) -> None:
    """Compares an amount, converted at the rate, with that in the other currency."""
    transaction, accounting = (number_of(row[one]) for one in both(name))
    if abs(transaction * terms.rate - accounting) > terms.units(units) + terms.tolerance:
        details = f"{place}: {name} {transaction} at {terms.rate} is not {accounting}"
        found.report("rate_connects_both_currencies", details)


def _check_accounting_unit(found: Findings, place: str, row: Row, summary: Row, name: str) -> None:
    text = row[f"{name}InCurrencyOfAccounting"]
    check_minor_unit(found, place, name, text, summary["CurrencyOfAccounting"])
