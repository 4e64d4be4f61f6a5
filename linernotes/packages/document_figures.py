"""Queries of the statement's PDF and workbook: rows of one partner, their sums and their order.

DuckDB computes the sums, as decimals; only the sort order uses rounded or converted amounts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from linernotes.agreements import Agreement, Agreements
from linernotes.base.sql import literals
from linernotes.ledger.balance import CORRECTION_TYPES, EARNING_TYPES, SUSPENDED
from linernotes.ledger.records import StatementRecord
from linernotes.packages.tables import KEPT

LINES = "rpt_partner__compensation_lines"
EURO = "EUR"
ZERO = Decimal(0)


@dataclass(frozen=True)
class Figures:
    """Queries the reports about one partner, in one month or up to it.

    Attributes:
        kept_reports: Reports whose rows of the month are kept in memory for the package.
    """

    connection: duckdb.DuckDBPyConnection
    partner_id: str
    month: date
    kept_reports: frozenset[str] = frozenset()

    def ask(self, report: str, selection: str, rest: str = "") -> list[tuple[Any, ...]]:
        """Queries the month's rows of a report."""
        return self._query(self._of_month(report), selection, "=", rest)

    def history(self, report: str, selection: str, rest: str = "") -> list[tuple[Any, ...]]:
        """Queries the rows of a report up to the month."""
        return self._query(f"published.reports.{report}", selection, "<=", rest)

    def balances(self, selection: str, rest: str = "") -> list[tuple[Any, ...]]:
        """Queries the month's balances of advance, reserve and guarantee."""
        return self._query("published.marts.fct_balances", selection, "=", rest)

    def of_contracts(self, relation: str, selection: str, rest: str = "") -> list[tuple[Any, ...]]:
        """Queries a mart without partners: the rows of the contracts that have a statement."""
        sql = (
            f"select {selection} from published.marts.{relation} where contract_id in "
            "(select contract_id from published.reports.rpt_partner__compensation_statement "
            f"where partner_id = ? and report_month = ?) {rest}"
        )
        return self.connection.cursor().execute(sql, [self.partner_id, self.month]).fetchall()

    def keep(self, name: str, report: str, selection: str, rest: str = "") -> None:
        """Keeps the result of a query on the month's rows of a report, as a temporary table."""
        sql = self._sql(self._of_month(report), selection, "=", rest)
        self.connection.execute(
            f"create or replace temp table {name} as {sql}", [self.partner_id, self.month]
        )

    def kept(self, name: str, selection: str) -> tuple[Any, ...]:
        """One row of a kept result, such as its count."""
        [row] = self.connection.execute(f"select {selection} from {name}").fetchall()
        return row

    def _of_month(self, report: str) -> str:
        return f"{KEPT if report in self.kept_reports else 'published.reports'}.{report}"

    def _query(
        self, relation: str, selection: str, months: str, rest: str
    ) -> list[tuple[Any, ...]]:
        sql = self._sql(relation, selection, months, rest)
        return self.connection.cursor().execute(sql, [self.partner_id, self.month]).fetchall()

    def _sql(self, relation: str, selection: str, months: str, rest: str) -> str:
        return (
            f"select {selection} from {relation} "
            f"where partner_id = ? and report_month {months} ? {rest}"
        )

    @property
    def month_before(self) -> date:
        before = self.month.month - 1
        return date(self.month.year - (before == 0), before or 12, 1)

    @property
    def month_after(self) -> date:
        return date(self.month.year + (self.month.month == 12), self.month.month % 12 + 1, 1)

    def euro_rates(self) -> dict[str, Decimal]:
        """What one euro buys of each currency at the end of the month, where the rate is known."""
        rows = self.connection.cursor().execute(
            "select quote_currency_code, max_by(rate_per_eur, rate_date) "
            "from published.marts.fct_exchange_rates where rate_date < ? group by all",
            [self.month_after],
        ).fetchall()  # fmt: skip
        return {EURO: Decimal(1), **dict(rows)}


@dataclass(frozen=True)
class Statements:
    """The statements of one partner and month, ordered by the largest amount of money.

    Attributes:
        agreed: The agreement with the partner.
        house: The agreements with all partners, including the service's own details as payer.
        issued_on: The day on which the last of them was issued; None for a draft.
    """

    records: tuple[StatementRecord, ...]
    agreed: Agreement
    house: Agreements
    issued_on: date | None

    @property
    def currencies(self) -> list[str]:
        """Each currency once, ordered by the largest amount of money."""
        return list(dict.fromkeys(one.currency_code for one in self.records))

    def of(self, currency: str) -> list[StatementRecord]:
        return [one for one in self.records if one.currency_code == currency]


def largest_first(
    statements: Iterable[StatementRecord], rates: dict[str, Decimal]
) -> tuple[StatementRecord, ...]:
    """Statements by their value in euros (due, carried forward or on hold), then by id.

    The euros only decide the order. A currency without a known rate counts one to one.
    """
    listed = list(statements)

    def worth(one: StatementRecord) -> Decimal:
        terms = ("payable_amount", "carried_amount", "suspended_amount", "held_amount")
        amount = sum((abs(Decimal(one.totals[term])) for term in terms), ZERO)
        return amount / (rates.get(one.currency_code) or Decimal(1))

    of_currency: dict[str, Decimal] = {}
    for one in listed:
        of_currency[one.currency_code] = of_currency.get(one.currency_code, ZERO) + worth(one)
    return tuple(
        sorted(
            listed,
            key=lambda one: (
                -of_currency[one.currency_code],
                one.currency_code,
                -worth(one),
                one.statement_id,
            ),
        )
    )


@dataclass(frozen=True)
class Gross:
    """The sums of a contract's lines of the month, before anything is put on hold or released.

    `usage + training + adjustments - on_hold + released` is the header's earned and corrected
    amount.
    """

    usage: Decimal = ZERO
    training: Decimal = ZERO
    adjustments: Decimal = ZERO
    on_hold: Decimal = ZERO
    released: Decimal = ZERO


def gross_by_contract(figures: Figures) -> dict[str, Gross]:
    """The gross figures of each contract that has lines in the month."""
    corrections = literals(CORRECTION_TYPES)
    earning = f"line_type in ({literals(EARNING_TYPES)})"

    def summed(condition: str, sign: str = "") -> str:
        return f"coalesce({sign}sum(amount) filter (where {condition}), 0)"

    held = f"hold_bucket is not null and {earning}"
    rows = figures.ask(
        LINES,
        ", ".join(
            (
                "contract_id",
                summed("line_type = 'USAGE'"),
                summed("line_type = 'TRAINING_FEE'"),
                summed(f"line_type in ({corrections})"),
                summed(f"{held} and amount > 0"),
                summed(f"{held} and amount < 0", "-"),
            )
        ),
        f"and hold_bucket is distinct from '{SUSPENDED}' group by all",
    )
    return {contract: Gross(*amounts) for contract, *amounts in rows}


def sum_of(rows: Sequence[tuple[Any, ...]], at: int) -> Decimal:
    """The sum of a column of rows."""
    return sum((row[at] for row in rows), ZERO)
