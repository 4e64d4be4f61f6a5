"""Reads the amounts of a DSR file back. With them a file is held to the rest of its package."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from linernotes.ddex.records import RECORDS

_PLACES = {kind: {cell.name: at for at, cell in enumerate(RECORDS[kind])} for kind in RECORDS}


@dataclass
class FinancialTotals:
    """What a financial report says in sum.

    Attributes:
        recipient_dpid: For whom it is.
        allocated: Per currency of the payout, what is due for uses; in the first packages also
            what was on hold.
        payable: Per currency of the payout, what is to be paid.
        sales: The id of every line, with what is due and the net revenue allocated to it.
    """

    message_id: str = ""
    sender_dpid: str = ""
    recipient_dpid: str = ""
    allocated: dict[str, Decimal] = field(default_factory=dict)
    payable: dict[str, Decimal] = field(default_factory=dict)
    sales: dict[str, tuple[str, str]] = field(default_factory=dict)


def read_financial_totals(path: Path) -> FinancialTotals:
    """Reads a file that `check_dsr` has found to hold.

    Raises:
        ValueError: if it is no such file.
    """
    totals = FinancialTotals()
    with path.open(encoding="utf-8", newline="") as file:
        for line in file:
            cells = line.rstrip("\r\n").split("\t")
            kind = cells[0]
            if kind == "HEAD":
                _read_header(totals, cells)
            elif kind == "SY10":
                currency = cells[_PLACES[kind]["CurrencyOfAccounting"]]
                for sums, name in (
                    (totals.allocated, "AllocatedRevenueInCurrencyOfAccounting"),
                    (totals.payable, "FinalTotalAmountInCurrencyOfAccounting"),
                ):
                    amount = Decimal(cells[_PLACES[kind][name]])
                    sums[currency] = sums.get(currency, Decimal(0)) + amount
            elif kind == "SR08":
                places = _PLACES[kind]
                totals.sales[cells[places["SalesTransactionId"]]] = (
                    cells[places["AllocatedRevenueInCurrencyOfAccounting"]],
                    cells[places["AllocatedNetRevenueInCurrencyOfTransaction"]],
                )
    return totals


@dataclass
class ItemTotals:
    """What an item-level report says in sum.

    Attributes:
        due: Per currency of the payout what is due, which leaves out what is held.
        sales: The id of every line, with what is due and the net revenue allocated to it.
    """

    message_id: str = ""
    sender_dpid: str = ""
    recipient_dpid: str = ""
    due: dict[str, Decimal] = field(default_factory=dict)
    sales: dict[str, tuple[str, str]] = field(default_factory=dict)


def read_item_totals(*paths: Path) -> ItemTotals:
    """Reads an item-level report, all its files, that `check_dsr` has found to hold.

    Raises:
        ValueError: if it is no such file.
    """
    totals = ItemTotals()
    for path in paths:
        _read_items(totals, path)
    return totals


def _read_items(totals: ItemTotals, path: Path) -> None:
    currencies, currency, sale = {}, "", ""
    with path.open(encoding="utf-8", newline="") as file:
        for line in file:
            cells = line.rstrip("\r\n").split("\t")
            kind = cells[0]
            if kind == "HEAD":
                _read_header(totals, cells)
            elif kind == "SY02.02":
                summary = cells[_PLACES[kind]["SummaryRecordId"]]
                currencies[summary] = cells[_PLACES[kind]["CurrencyOfReporting"]]
            elif kind == "SU03.02":
                sale = cells[_PLACES[kind]["SalesTransactionId"]]
                currency = currencies[cells[_PLACES[kind]["SummaryRecordId"]]]
            elif kind == "LI01.02":
                amount = Decimal(cells[_PLACES[kind]["AllocatedAmount"]])
                totals.due[currency] = totals.due.get(currency, Decimal(0)) + amount
                totals.sales[sale] = (
                    cells[_PLACES[kind]["AllocatedAmount"]],
                    cells[_PLACES[kind]["AllocatedNetRevenue"]],
                )


def _read_header(totals: FinancialTotals | ItemTotals, cells: list[str]) -> None:
    totals.message_id = cells[_PLACES["HEAD"]["MessageId"]]
    totals.sender_dpid = cells[_PLACES["HEAD"]["SenderPartyId"]]
    totals.recipient_dpid = cells[_PLACES["HEAD"]["RecipientPartyId"]]


def profile_of(path: Path) -> str:
    """The profile in a file's header; nothing where there is no header."""
    with path.open(encoding="utf-8", newline="") as file:
        for line in file:
            cells = line.rstrip("\r\n").split("\t")
            if cells[0] == "HEAD":
                return cells[_PLACES["HEAD"]["Profile"]]
    return ""
