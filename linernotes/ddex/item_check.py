"""Checks that the parts of an item-level report agree: blocks, items, shares and summaries.

`checking` has the checks of all DSR files.
"""

from decimal import Decimal

from linernotes.base.money import minor_unit_digits
from linernotes.ddex.findings import (
    ZERO,
    Findings,
    Row,
    check_minor_unit,
    check_parallel,
    number_of,
    values_of,
)

# The amounts of a summary that must equal the sum over its blocks, in the first packages and now.
SUMMED, FIRST_SUMMED = ("AllocatedRevenue",), ("AllocatedUsages", "AllocatedRevenue")


class ItemCheck:
    """Checks the summaries, then one block at a time: recording, items, use and share."""

    def __init__(self, found: Findings, head: Row, *, is_first_edition: bool) -> None:
        self._found = found
        self._is_first = is_first_edition
        self._summaries: dict[str, tuple[int, Row]] = {}
        self._sums: dict[str, dict[str, Decimal]] = {}
        self._sales: set[str] = set()
        self._blocks: set[str] = set()
        self._block = ""
        self._items = ZERO
        self._sale: Row = {}

    def take(self, number: int, row: Row) -> None:
        place, kind = f"line {number}", row["RecordType"]
        if kind == "SY02.02":
            self._take_summary(number, row)
        elif kind == "AS02.02":
            self._open_block(place, row["BlockId"])
        elif "BlockId" in row and row["BlockId"] != self._block:
            details = f"{place}: {row['BlockId']!r} inside the block {self._block!r}"
            self._found.report("record_is_of_its_block", details)
        if kind == "RU01.01":
            check_parallel(self._found, place, row, "DspReleaseId", "Usages")
            self._summary_of(place, row)
            self._items += sum(values_of(row["Usages"]), ZERO)
        elif kind == "SU03.02":
            self._take_sale(place, row)
        elif kind == "LI01.02" and self._sale:
            self._take_share(place, row)

    def _take_summary(self, number: int, row: Row) -> None:
        place, identifier = f"line {number}", row["SummaryRecordId"]
        if identifier in self._summaries:
            self._found.report("summary_id_is_unique", f"{place}: {identifier} was used before")
        self._summaries[identifier] = (number, row)
        self._sums[identifier] = dict.fromkeys(
            (*FIRST_SUMMED, "AllocatedNetRevenue", "Lines"), ZERO
        )
        rate = number_of(row["ExchangeRate"])
        if rate <= 0:
            self._found.report("rate_is_positive", f"{place}: {row['ExchangeRate']}")
        if row["CurrencyOfTransaction"] == row["CurrencyOfReporting"] and rate != 1:
            self._found.report("rate_within_a_currency_is_one", f"{place}: {row['ExchangeRate']}")
        for name in ("AllocatedRevenue", "AllocatedNetRevenue"):
            check_minor_unit(self._found, place, name, row[name], row["CurrencyOfReporting"])

    def _open_block(self, place: str, block: str) -> None:
        if not self._is_first and not block.isdecimal():
            self._found.report("block_id_is_a_whole_number", f"{place}: {block!r}")
        if block in self._blocks:
            self._found.report("block_id_is_unique", f"{place}: {block} was used before")
        self._blocks.add(block)
        self._block, self._items, self._sale = block, ZERO, {}

    def _summary_of(self, place: str, row: Row) -> Row | None:
        if row["SummaryRecordId"] in self._summaries:
            return self._summaries[row["SummaryRecordId"]][1]
        details = f"{place}: no summary {row['SummaryRecordId']!r}"
        self._found.report("summary_of_sale_is_there", details)
        return None

    def _take_sale(self, place: str, row: Row) -> None:
        sale = row["SalesTransactionId"]
        if sale in self._sales:
            self._found.report("sale_id_is_unique", f"{place}: {sale} was used before")
        self._sales.add(sale)
        self._sale = row
        uses = number_of(row["Usages"])
        if self._items != uses:
            details = f"{place}: the items have {self._items} uses, the line {uses}"
            self._found.report("uses_are_those_of_the_items", details)
        if self._summary_of(place, row):
            self._sums[row["SummaryRecordId"]]["AllocatedUsages"] += uses

    def _take_share(self, place: str, row: Row) -> None:
        if not 0 <= number_of(row["RightSharePercentage"]) <= 100:
            self._found.report("share_is_a_percentage", f"{place}: {row['RightSharePercentage']}")
        identifier = self._sale["SummaryRecordId"]
        if identifier not in self._summaries:
            return
        summary, sums = self._summaries[identifier][1], self._sums[identifier]
        earned, due = (number_of(row[name]) for name in ("AllocatedNetRevenue", "AllocatedAmount"))
        sums["AllocatedRevenue"] += due
        sums["AllocatedNetRevenue"] += earned
        sums["Lines"] += 1
        currency = summary["CurrencyOfReporting"]
        check_minor_unit(self._found, place, "AllocatedAmount", row["AllocatedAmount"], currency)
        # In the first packages both were the same amount, except that nothing was due if it was
        # held.
        if due and self._is_first:
            self._check_rate(place, "AllocatedAmount", earned, due, summary)

    def _check_rate(
        self,
        place: str,
        name: str,
        transaction: Decimal,
        reported: Decimal,
        summary: Row,
        lines: Decimal = ZERO,
    ) -> None:
        # Largest remainder may move a line by one unit, and rounding a pool by half a unit.
        unit = Decimal(1).scaleb(-minor_unit_digits(summary["CurrencyOfReporting"]))
        rate = number_of(summary["ExchangeRate"])
        if abs(transaction * rate - reported) > unit * (2 + lines) + abs(rate) / 10**6:
            details = f"{place}: {name} {transaction} at {rate} is not {reported}"
            self._found.report("rate_connects_both_currencies", details)

    def finish(self) -> None:
        for identifier, (number, row) in self._summaries.items():
            place, sums = f"line {number}", self._sums[identifier]
            for name in FIRST_SUMMED if self._is_first else SUMMED:
                if number_of(row[name]) != sums[name]:
                    details = f"{place}: {name} is {row[name]}, its blocks sum to {sums[name]}"
                    self._found.report("summary_is_the_sum_of_its_lines", details)
            uses, of_blocks = number_of(row["AllocatedUsages"]), sums["AllocatedUsages"]
            if not self._is_first and uses > min(of_blocks, number_of(row["Usages"])):
                details = f"{place}: {uses} distinct uses, its blocks have {of_blocks}"
                self._found.report("allocated_uses_are_distinct", details)
            earned = number_of(row["AllocatedNetRevenue"])
            name = "AllocatedNetRevenue"
            # Each line is rounded separately.
            lines = ZERO if self._is_first else sums["Lines"]
            self._check_rate(place, name, sums[name], earned, row, lines)
