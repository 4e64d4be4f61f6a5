"""Reads the amounts of a DSR file. They are compared with the rest of its package elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from linernotes.ddex.records import RECORDS

_PLACES = {kind: {cell.name: at for at, cell in enumerate(RECORDS[kind])} for kind in RECORDS}


@dataclass
class FinancialTotals:
    """The totals of a financial report.

    Attributes:
        recipient_dpid: The recipient.
        allocated: Per payout currency, the amount due for uses; in the first packages it included
            amounts on hold.
        payable: Per payout currency, the amount to be paid.
        sales: By line id, the amount due and the net revenue allocated to the line.
    """

    message_id: str = ""
    sender_dpid: str = ""
    recipient_dpid: str = ""
    allocated: dict[str, Decimal] = field(default_factory=dict)
    payable: dict[str, Decimal] = field(default_factory=dict)
    sales: dict[str, tuple[str, str]] = field(default_factory=dict)


def read_financial_totals(path: Path) -> FinancialTotals:
    """Reads a file that has passed `check_dsr`.

    Raises:
        ValueError: if it is not a financial report.
    """
    totals = FinancialTotals()
    for kind, cells in _records(path):
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
    """The totals of an item-level report.

    Attributes:
        due: Per payout currency, the amount due, which excludes amounts on hold.
        sales: By line id, the amount due and the net revenue allocated to the line.
    """

    message_id: str = ""
    sender_dpid: str = ""
    recipient_dpid: str = ""
    due: dict[str, Decimal] = field(default_factory=dict)
    sales: dict[str, tuple[str, str]] = field(default_factory=dict)


def read_item_totals(*paths: Path) -> ItemTotals:
    """Reads an item-level report, all files of which have passed `check_dsr`.

    Raises:
        ValueError: if it is not an item-level report.
    """
    totals = ItemTotals()
    for path in paths:
        _read_items(totals, path)
    return totals


def _read_items(totals: ItemTotals, path: Path) -> None:
    currencies, currency, sale = {}, "", ""
    for kind, cells in _records(path):
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


def _records(path: Path) -> Iterator[tuple[str, list[str]]]:
    """The records of a file: type and cells."""
    with path.open(encoding="utf-8", newline="") as file:
        for line in file:
            cells = line.rstrip("\r\n").split("\t")
            yield cells[0], cells


def _read_header(totals: FinancialTotals | ItemTotals, cells: list[str]) -> None:
    totals.message_id = cells[_PLACES["HEAD"]["MessageId"]]
    totals.sender_dpid = cells[_PLACES["HEAD"]["SenderPartyId"]]
    totals.recipient_dpid = cells[_PLACES["HEAD"]["RecipientPartyId"]]


def profile_of(path: Path) -> str:
    """The profile in a file's header; empty if there is no header."""
    heads = (cells for kind, cells in _records(path) if kind == "HEAD")
    return next((cells[_PLACES["HEAD"]["Profile"]] for cells in heads), "")
