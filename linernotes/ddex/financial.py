"""The DSR file of a partner and month: DDEX's financial report to record companies.

One summary per pool and contract, per correction of a pool, and per statement; one line per amount
that a use has earned. Figures are those of the reports; what must agree is in `checking`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base.money import minor_unit_digits, money_text, round_half_up
from linernotes.ddex.files import Message, RecordWriter, Value
from linernotes.ddex.lines import (
    BATCH_ROWS,
    COMMERCIAL_MODELS,
    KEY,
    USE_TYPES,
    count_uses,
    fine,
    of_units,
    percentage,
    prepare_lines,
    service_of,
)
from linernotes.ledger.records import StatementRecord

FORMAT_OF_DEAL_SPECIFIC_ROWS = "1"
CARRIED_OUT = "CARRIED_OUT"
RATE_SOURCE = "As published for the contract's rule date"
ZERO = Decimal(0)


def write_financial_report(
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    message: Message,
    statements: list[StatementRecord],
    uses: list[Path],
) -> int:
    """Writes the file; the same figures and message give the same bytes.

    Args:
        path: The file, called as `message.file_name()` says.
        connection: The published warehouse, attached as `published`.
        message: What the header says.
        statements: The partner's statements of the month; at least one.
        uses: The files of uses that were kept beside the statements; at least one.

    Returns:
        How many lines are in it.
    """
    prepare_lines(connection, statements[0].partner_id, message.month)
    count_uses(connection, uses)
    agreed = message.recipient.deal_specific_rows
    kinds = ("HEAD", "SY10", "SR08", *(("DE01",) if agreed else ()), "SRFO")
    with RecordWriter(path) as writer:
        writer.headings(*kinds)
        for one in statements:
            writer.comment(
                f"{one.contract_id} {one.report_month} version {one.version}: "
                f"{one.line_count} lines, set {one.line_set_sha256}"
            )
        writer.record(message.header())
        numbers = _write_summaries(writer, connection, message, statements)
        for line in _lines(connection):
            writer.record(line.sale(numbers[line.key]))
            if agreed:
                writer.record(line.deal_specific())
        # The footer counts itself.
        writer.record(("SRFO", writer.lines + 1, writer.records["SY10"]))
    return writer.records.get("SR08", 0)


# What a line belongs to: contract, its version, pool, and of a correction its type.
Key = tuple[str, int | None, str, str]


@dataclass(frozen=True)
class Line:
    """One amount that a use has earned, with what the file says about it.

    Attributes:
        allocated: The amount in the currency of the transaction, to a millionth.
        net: What of the service's net revenue is allocated to it, before the contract's share is
            taken, likewise.
        fx_rate: From that currency to the payout's.
        release: The GTIN of the recording's release, where it is known.
        share_quantity: Uses and weight of the line itself, or of the one that it corrects.
        is_correction: Whether it corrects an earlier month, in the currency of the payout.
        basis: What its quantity counts, `plays` or `generations`.
    """

    key: Key
    line_id: str
    usage_month: date
    side: str
    object_id: str
    isrc: str | None
    title: str | None
    artist_names: str | None
    quantity: int
    weight_nano: int
    amount: Decimal
    currency_code: str
    allocated: Decimal
    net: Decimal
    fx_rate: Decimal
    iswc: str | None
    release: str | None
    share_quantity: int
    share_weight_nano: int
    hold_bucket: str | None
    consent_status: str | None
    consent_proof_id: str | None
    line_type: str
    original_line_id: str | None
    kind: str
    basis: str

    def sale(self, summary: str) -> tuple[Value, ...]:
        """The SR08 record: a track, never a release, is what was used."""
        uses = max(self.quantity, 0)
        is_recording = self.side == "MASTER"
        due = ZERO if self.hold_bucket else self.amount
        net = round_half_up(self.net * self.fx_rate, minor_unit_digits(self.currency_code))
        return (
            "SR08",
            self.line_id,
            None,
            self.release,
            self.release or self.object_id,
            *(None,) * 8,
            self.isrc,
            None,
            self.object_id,
            None,
            f"ISWC::{self.iswc}" if self.iswc else None,
            None,
            "SoundRecording" if is_recording else None,
            self.title,
            None,
            self.artist_names,
            None,
            summary,
            f"{self.usage_month:%Y-%m}",
            uses,
            uses - self.quantity,
            self.quantity,
            *(None,) * 11,
            self._share,
            _per_unit(self.allocated, self.quantity),
            _per_unit(self.amount, self.quantity),
            ZERO if self.hold_bucket else self.allocated,
            money_text(due, self.currency_code),
            self.net,
            money_text(net, self.currency_code),
            True,
        )

    def deal_specific(self) -> tuple[Value, ...]:
        """The DE01 record: what DDEX has no cell for."""
        return (
            "DE01",
            FORMAT_OF_DEAL_SPECIFIC_ROWS,
            self.kind,
            None,
            self.quantity if self.basis == "generations" else None,
            self.quantity if self.basis == "plays" else None,
            self._share,
            None,
            self.consent_proof_id,
            self.hold_bucket == "REMOVAL" or self.line_type in {"SPAM_ADJUSTMENT", "REVERSAL"},
            self.consent_status,
            self.hold_bucket,
            self.line_type,
            self.original_line_id,
            self.side,
        )

    @property
    def _share(self) -> Decimal:
        """The part of each use that is this line's, in percent: attribution times ownership.

        A correction has that of the line which it corrects.
        """
        return percentage(self.share_weight_nano, self.share_quantity)


def _per_unit(amount: Decimal, quantity: int) -> Decimal:
    return fine(amount / quantity) if quantity else ZERO


SUMMARIES = f"""
    select
        {KEY},
        any_value(currency_code),
        any_value(pool_currency_code),
        any_value(territory),
        any_value(tier),
        any_value(side),
        any_value(product_id),
        any_value(product_kind),
        any_value(weight_basis),
        sum(quantity),
        sum(greatest(quantity, 0)),
        sum(greatest(-quantity, 0)),
        sum(amount),
        coalesce(sum(amount) filter (where hold_bucket is null), 0),
        sum(units),
        coalesce(sum(units) filter (where hold_bucket is null), 0),
        any_value(net_amount),
        any_value(total_quantity),
        any_value(subscribers),
        any_value(fx_rate),
        any_value(fx_date),
        any_value(revenue_share),
        any_value(per_subscriber_minimum),
        any_value(per_use_minimum),
        any_value(rate),
        any_value(key_weight_nano),
        sum(net_units),
        list(net_units),
        any_value(dsr_uses.used)
    from dsr_lines
    left join dsr_uses using ({KEY})
    group by {KEY}
    order by {KEY}
"""
LINE_ROWS = f"""
    select
        {KEY}, line_id, usage_month, side, object_id, isrc, title, artist_names, quantity,
        weight_nano, amount, currency_code, units, net_units,
        case when currency_code = pool_currency_code then 1 else coalesce(fx_rate, 1) end,
        iswc, upc, share_quantity, share_weight_nano, hold_bucket, consent_status, consent_proof_id,
        line_type, original_line_id, product_kind, product_id, weight_basis
    from dsr_lines
    order by {KEY}, title nulls first, object_id, line_id
"""
# Places of the amount, of its parts in the transaction's currency, of the net and of the rate.
AMOUNT_AT, UNITS_AT, NET_AT, RATE_AT = 9, 11, 12, 13


def _lines(connection: duckdb.DuckDBPyConnection) -> Iterator[Line]:
    cursor = connection.execute(LINE_ROWS)
    while batch := cursor.fetchmany(BATCH_ROWS):
        for row in batch:
            *cells, kind, product, basis = row
            key, values = tuple(cells[:4]), cells[4:]
            if key[3]:
                # A correction is made in the currency of the payout.
                values[UNITS_AT] = values[AMOUNT_AT]
            else:
                values[UNITS_AT] = of_units(values[UNITS_AT])
            values[NET_AT] = of_units(values[NET_AT])
            values[RATE_AT] = Decimal(values[RATE_AT])
            yield Line(key, *values, service_of(kind, product), basis or "plays")


def _write_summaries(
    writer: RecordWriter,
    connection: duckdb.DuckDBPyConnection,
    message: Message,
    statements: list[StatementRecord],
) -> dict[Key, str]:
    """Writes every summary record, and says the number of each key."""
    numbers: dict[Key, str] = {}
    for row in connection.execute(SUMMARIES).fetchall():
        key = row[:4]
        numbers[key] = f"S{len(numbers) + 1:06d}"
        writer.record(_pool_summary(numbers[key], message, row[3], row[4:]))
    fees = _fees(connection, statements[0].partner_id, message.month)
    for at, one in enumerate(statements, start=len(numbers) + 1):
        writer.record(_statement_summary(f"S{at:06d}", message, one, fees.get(one.contract_id, [])))
    return numbers


def _pool_summary(
    number: str, message: Message, correction: str, row: tuple[Any, ...]
) -> tuple[Value, ...]:
    (currency, pool_currency, territory, tier, side, product, kind, basis, quantity, used,
     returned, amount, payable, units, payable_units, net, total, subscribers, fx_rate, fx_date,
     revenue_share, per_subscriber, per_use, rate, weight, net_units, each_net,
     distinct) = row  # fmt: skip
    if correction:
        # What is corrected was earned in another month; the correction is made in the payout's
        # currency, and has no pool of its own.
        pool_currency, fx_rate, exchanged = currency, Decimal(1), message.created_at
        due, net_due = (payable, payable), (ZERO, ZERO)
        net, total, market_share = payable, None, None
        terms: list[tuple[str, Value]] = [(correction, money_text(amount, currency))]
    else:
        if pool_currency == currency:
            fx_rate, exchanged = Decimal(1), message.created_at
        else:
            exchanged = datetime(fx_date.year, fx_date.month, fx_date.day, tzinfo=UTC)
        digits = minor_unit_digits(currency)
        due = of_units(payable_units), payable
        # Each line is rounded by itself.
        rounded = (round_half_up(of_units(one) * fx_rate, digits) for one in each_net)
        net_due = of_units(net_units), sum(rounded, ZERO)
        market_share = percentage(weight, total) if total else None
        net = of_units(units) if net is None else net
        terms = [
            (name, value)
            for name, value in (
                ("RevenueShare", None if revenue_share is None else revenue_share * 100),
                ("PerSubscriberMinimum", per_subscriber),
                ("PerUseMinimum", per_use),
                ("Rate", rate),
            )
            if value is not None
        ]
    # Where the terms need no figure of the whole pool, it is not the partner's to see.
    # What a correction releases stands in two lines, of which one takes the uses back.
    uses = quantity if distinct is None else min(distinct, quantity)
    return _summary(
        number,
        message,
        model=COMMERCIAL_MODELS.get(tier, "UserDefined"),
        use_type=USE_TYPES.get(basis, "UserDefined"),
        subscriber_type=tier,
        subscribers=subscribers,
        territory=territory,
        service=service_of(kind, product),
        offer=f"{service_of(kind, product)}/{side}",
        usages=max(used if total is None else total, uses),
        allocated_usages=uses,
        returns=returned,
        currencies=(pool_currency, currency),
        rate=(fx_rate, exchanged),
        terms=terms,
        net=(net, round_half_up(net * fx_rate, minor_unit_digits(currency))),
        allocated=due,
        allocated_net=net_due,
        market_share=market_share,
        fees=[],
    )


def _statement_summary(
    number: str, message: Message, statement: StatementRecord, fees: list[tuple[str, Decimal]]
) -> tuple[Value, ...]:
    """What belongs to no use: training, fees, recoupment, tax, what is carried in and out."""
    carried = Decimal(statement.totals["carried_amount"])
    currency = statement.currency_code
    return _summary(
        number,
        message,
        model="AsPerContract",
        use_type="AsPerContract",
        subscriber_type=None,
        subscribers=None,
        territory="Worldwide",
        service=message.service,
        offer=f"{statement.contract_id}/{statement.side}",
        usages=0,
        allocated_usages=0,
        returns=0,
        currencies=(currency, currency),
        rate=(Decimal(1), message.created_at),
        terms=[],
        net=(ZERO, ZERO),
        allocated=(ZERO, ZERO),
        allocated_net=(ZERO, ZERO),
        market_share=None,
        fees=[*fees, *([(CARRIED_OUT, -carried)] if carried else [])],
    )


def _summary(
    number: str,
    message: Message,
    *,
    model: str,
    use_type: str,
    subscriber_type: str | None,
    subscribers: int | None,
    territory: str,
    service: str,
    offer: str,
    usages: int,
    allocated_usages: int,
    returns: int,
    currencies: tuple[str, str],
    rate: tuple[Decimal, datetime],
    terms: list[tuple[str, Value]],
    net: tuple[Decimal, Decimal],
    allocated: tuple[Decimal, Decimal],
    allocated_net: tuple[Decimal, Decimal],
    market_share: Decimal | None,
    fees: list[tuple[str, Decimal]],
) -> tuple[Value, ...]:
    """The SY10 record, cell by cell. Pairs are of the transaction's and the payout's currency.

    Allocated revenue is what is payable; allocated net revenue is the service's net revenue that
    goes with the recipient's repertoire, from which it is reckoned.
    """

    def both(pair: tuple[Decimal, Decimal]) -> tuple[Value, Value]:
        return pair[0], money_text(pair[1], currencies[1])

    charged = sum((amount for _, amount in fees), ZERO)
    fee_texts = tuple(money_text(amount, currencies[1]) for _, amount in fees)
    return (
        "SY10",
        number,
        None,
        None,
        model,
        use_type,
        message.first_day,
        message.last_day,
        subscriber_type,
        subscribers,
        None,
        None,
        territory,
        service,
        offer,
        None,
        int(usages),
        int(allocated_usages),
        int(returns),
        1,
        *currencies,
        rate[0],
        RATE_SOURCE,
        rate[1],
        None,
        None,
        tuple(name for name, _ in terms),
        tuple(value for _, value in terms),
        None,
        0,
        money_text(ZERO, currencies[1]),
        *both(net),
        *both(allocated),
        *both(allocated_net),
        market_share,
        None,
        money_text(ZERO, currencies[1]),
        tuple(name for name, _ in fees),
        fee_texts,
        fee_texts,
        *both((allocated[0] + charged, allocated[1] + charged)),
    )


def _fees(
    connection: duckdb.DuckDBPyConnection, partner_id: str, month: date
) -> dict[str, list[tuple[str, Decimal]]]:
    """Of each contract the payable amounts that no use has earned, by type of line."""
    rows = connection.cursor().execute(
        "select contract_id, line_type, sum(amount) "
        "from published.reports.rpt_partner__compensation_lines "
        "where partner_id = ? and report_month = ? and pool_id is null and hold_bucket is null "
        "group by all order by contract_id, line_type",
        [partner_id, month],
    ).fetchall()  # fmt: skip
    fees: dict[str, list[tuple[str, Decimal]]] = {}
    for contract_id, line_type, amount in rows:
        fees.setdefault(contract_id, []).append((line_type, amount))
    return fees
