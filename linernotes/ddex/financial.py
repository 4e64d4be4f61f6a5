"""The DSR file of a partner and month: DDEX's financial report for record companies.

It has one summary per pool and contract, per correction of a pool, and per statement, and one line
per amount that a use has earned. The figures come from the reports; `checking` checks that they
agree.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base.money import minor_unit_digits, money_text, round_half_up
from linernotes.ddex.files import Message, RecordWriter, Value
from linernotes.ddex.lines import (
    COMMERCIAL_MODELS,
    KEY,
    USE_TYPES,
    count_uses,
    in_order,
    number_summaries,
    of_units,
    percentage,
    prepare_lines,
    service_of,
    services,
)
from linernotes.ddex.record_sql import MICRO, divided, exact, money, of_micro, record_sql, text
from linernotes.ddex.record_sql import percentage as percentage_sql
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
        path: The file, named by `message.file_name()`.
        connection: The published warehouse, attached as `published`.
        message: The data of the header.
        statements: The partner's statements of the month; at least one.
        uses: The files of uses stored with the statements; at least one.

    Returns:
        The number of lines in it.
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
        _write_summaries(writer, connection, message, statements)
        sales = writer.written(connection.execute(_sales(connection, is_deal_specific=agreed)))
        # The footer's count includes the footer itself.
        writer.record(("SRFO", writer.lines + 1, writer.records["SY10"]))
    return sales


def _sales(connection: duckdb.DuckDBPyConnection, *, is_deal_specific: bool) -> str:
    """A query for the records of every line, with their number."""
    number_summaries(connection)
    record = record_sql("SR08", SALE)
    if is_deal_specific:
        record = f"{record} || {record_sql('DE01', _deal_specific(services(connection)))}"
    return f"select {record}, {1 + is_deal_specific} from ({in_order()})"


IN_TRANSACTION, IN_ACCOUNTING = "InCurrencyOfTransaction", "InCurrencyOfAccounting"
IS_DUE = "hold_bucket is null"
# The percentage of each use that belongs to this line: attribution times ownership. A correction
# has the share of the line that it corrects.
SHARE = percentage_sql("share_weight_nano", "share_quantity")
MICRO_AMOUNT = f"amount::decimal(32, 6) * {MICRO}"
# The SR08 record. It names a track as used, never a release; its release is the GTIN under which
# the recording was delivered, if known.
SALE = {
    "SalesTransactionId": text("line_id"),
    "ReleaseICPN": text("upc"),
    "DspReleaseId": text("coalesce(nullif(upc, ''), object_id)"),
    "ResourceISRC": text("isrc"),
    "DspResourceId": text("object_id"),
    "ProprietaryResourceId": f"'ISWC::' || nullif({text('iswc')}, '')",
    "ResourceType": "case when side = 'MASTER' then 'SoundRecording' end",
    "ResourceTitle": text("title"),
    "ResourceDisplayArtistName": text("artist_names"),
    "SummaryRecordId": "summary_number",
    "SalesTransactionDate": "strftime(usage_month, '%Y-%m')",
    "TotalUsages": "greatest(quantity, 0)",
    "Returns": "greatest(quantity, 0) - quantity",
    "NetUsage": "quantity",
    "RightSharePercentage": SHARE,
    f"CalculatedUnitPrice{IN_TRANSACTION}": exact(
        of_micro(divided("transaction_units", "quantity"))
    ),
    f"CalculatedUnitPrice{IN_ACCOUNTING}": exact(of_micro(divided(MICRO_AMOUNT, "quantity"))),
    f"AllocatedRevenue{IN_TRANSACTION}": exact(
        of_micro(f"case when {IS_DUE} then transaction_units else 0 end")
    ),
    f"AllocatedRevenue{IN_ACCOUNTING}": money(
        f"(case when {IS_DUE} then amount else 0 end)", "currency_code"
    ),
    f"AllocatedNetRevenue{IN_TRANSACTION}": exact(of_micro("net_units")),
    f"AllocatedNetRevenue{IN_ACCOUNTING}": money("net_payout_amount", "currency_code"),
    "CopyrightObligationWithDSP": "'true'",
}


def _deal_specific(service: str) -> dict[str, str]:
    """The DE01 record: values for which DDEX has no cell."""
    basis = "coalesce(nullif(weight_basis, ''), 'plays')"
    return {
        "FormatVersion": f"'{FORMAT_OF_DEAL_SPECIFIC_ROWS}'",
        "DerivativeKind": service,
        "Generations": f"case when {basis} = 'generations' then quantity end",
        "Plays": f"case when {basis} = 'plays' then quantity end",
        "AttributionShare": SHARE,
        "ConsentId": text("consent_proof_id"),
        "RemovalFlag": "case when hold_bucket = 'REMOVAL' or line_type in "
        "('SPAM_ADJUSTMENT', 'REVERSAL') then 'true' else 'false' end",
        "ConsentStatus": text("consent_status"),
        "HoldBucket": text("hold_bucket"),
        "LineType": text("line_type"),
        "OriginalLineId": text("original_line_id"),
        "Side": text("side"),
    }


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
        sum(net_payout_amount),
        any_value(dsr_uses.used)
    from dsr_lines
    left join dsr_uses using ({KEY})
    group by {KEY}
    order by {KEY}
"""


def _write_summaries(
    writer: RecordWriter,
    connection: duckdb.DuckDBPyConnection,
    message: Message,
    statements: list[StatementRecord],
) -> None:
    """Writes every summary record, numbered by `number_summaries`."""
    number = 0
    for number, row in enumerate(connection.execute(SUMMARIES).fetchall(), start=1):
        writer.record(_pool_summary(f"S{number:06d}", message, row[3], row[4:]))
    fees = _fees(connection, statements[0].partner_id, message.month)
    for at, one in enumerate(statements, start=number + 1):
        writer.record(_statement_summary(f"S{at:06d}", message, one, fees.get(one.contract_id, [])))


def _pool_summary(
    number: str, message: Message, correction: str, row: tuple[Any, ...]
) -> tuple[Value, ...]:
    (currency, pool_currency, territory, tier, side, product, kind, basis, quantity, used,
     returned, amount, payable, units, payable_units, net, total, subscribers, fx_rate, fx_date,
     revenue_share, per_subscriber, per_use, rate, weight, net_units, net_payout,
     distinct) = row  # fmt: skip
    if correction:
        # The corrected amount was earned in another month; the correction is in the payout
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
        due = of_units(payable_units), payable
        net_due = of_units(net_units), net_payout
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
    # If the terms need no figure of the whole pool, the partner may not see it.
    # A correction that releases money has two lines, of which one reverses the uses.
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
    """The summary of amounts without uses: training, fees, recoupment, tax, balances carried."""
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
    """The SY10 record, cell by cell. Pairs are in transaction currency and payout currency.

    Allocated revenue is the payable amount; allocated net revenue is the part of the service's net
    revenue for the recipient's repertoire, from which it is calculated.
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
    """The payable amounts of each contract that no use has earned, by line type."""
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
