"""The item-level file of a partner and month: DDEX's UGC profile, for those who have agreed to it.

One block per line that a recording's use has earned: the recording, the derivatives made from it
with their uses, and the share. Corrections and works stand in the financial report alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
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
    of_units,
    percentage,
    prepare_lines,
    service_of,
)
from linernotes.ddex.records import ITEM_LEVEL

# DDEX allows no more items in one record of uses.
MOST_ITEMS = 100
UNKNOWN = "Unknown"
ZERO = Decimal(0)
OF_RECORDINGS = "side = 'MASTER' and correction = ''"
ITEMS = f"""
    create or replace temp table dsr_items as
    select line_id, list(derivative_id order by derivative_id) as items,
        list(quantity order by derivative_id) as quantities
    from (
        -- What was generated and not published has no derivative: the generation is the item.
        select
            line_id, coalesce(derivative_id, generation_id, use_id) as derivative_id,
            sum(quantity) as quantity
        from read_parquet($uses)
        inner join (select line_id from dsr_lines where {OF_RECORDINGS}) using (line_id)
        group by all
    )
    group by line_id
"""
SUMMARIES = f"""
    select
        {KEY}, any_value(currency_code), any_value(pool_currency_code), any_value(territory),
        any_value(tier), any_value(product_id), any_value(product_kind), any_value(weight_basis),
        sum(quantity),
        coalesce(sum(amount) filter (where hold_bucket is null), 0), sum(units),
        any_value(net_amount), any_value(total_quantity), any_value(fx_rate), list(net_units),
        any_value(dsr_uses.used)
    from dsr_lines
    left join dsr_uses using ({KEY})
    where {OF_RECORDINGS}
    group by {KEY}
    order by {KEY}
"""
LINE_ROWS = f"""
    select
        {KEY}, line_id, object_id, isrc, title, artist_names, owner_name, quantity, weight_nano,
        amount, currency_code, net_units, hold_bucket, product_kind, product_id, items,
        quantities
    from dsr_lines
    left join dsr_items using (line_id)
    where {OF_RECORDINGS}
    order by {KEY}, title nulls first, object_id, line_id
"""


def write_item_report(
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    partner_id: str,
    message: Message,
    uses: list[Path],
) -> int:
    """Writes the file; the same figures and message give the same bytes.

    Args:
        path: The file, called as `message.file_name()` says.
        connection: The published warehouse, attached as `published`.
        partner_id: Whose recordings they are.
        message: What the header says.
        uses: The files of uses that were kept beside the statements; at least one.

    Returns:
        How many blocks are in it.
    """
    prepare_lines(connection, partner_id, message.month)
    count_uses(connection, uses)
    connection.execute(ITEMS, {"uses": [str(file) for file in uses]})
    with RecordWriter(path) as writer:
        writer.headings(*ITEM_LEVEL.letters)
        writer.record(message.header())
        numbers = _write_summaries(writer, connection, message)
        blocks = 0
        for blocks, line in enumerate(_lines(connection), start=1):
            for record in line.records(str(blocks), numbers[line.key]):
                writer.record(record)
        # The footer counts itself.
        lines, summaries = writer.lines + 1, writer.records["SY02.02"]
        writer.record(("FOOT", lines, lines, summaries, blocks, blocks))
    return blocks


def _write_summaries(
    writer: RecordWriter, connection: duckdb.DuckDBPyConnection, message: Message
) -> dict[tuple[Any, ...], str]:
    """Writes a record per pool, or one of nothing: a file without a summary is none."""
    numbers: dict[tuple[Any, ...], str] = {}
    for row in connection.execute(SUMMARIES).fetchall():
        numbers[row[:4]] = f"S{len(numbers) + 1:06d}"
        writer.record(_summary(numbers[row[:4]], row[4:]))
    if not numbers:
        writer.record(_nil_summary(message))
    return numbers


def _summary(number: str, row: tuple[Any, ...]) -> tuple[Value, ...]:
    (currency, pool_currency, territory, tier, product, kind, basis, quantity, payable,
     units, net, total, fx_rate, each_net, distinct) = row  # fmt: skip
    if pool_currency == currency:
        fx_rate = Decimal(1)
    # Where the terms need no figure of the whole pool, it is not the partner's to see.
    net = of_units(units) if net is None else net
    digits = minor_unit_digits(currency)
    # Each line is rounded by itself, as in the financial report.
    rounded = (round_half_up(of_units(one) * fx_rate, digits) for one in each_net)
    uses = int(quantity if distinct is None else distinct)
    return (
        "SY02.02",
        number,
        None,
        None,
        COMMERCIAL_MODELS.get(tier, "UserDefined"),
        USE_TYPES.get(basis, "UserDefined"),
        territory,
        service_of(kind, product),
        max(int(quantity if total is None else total), uses),
        None,
        currency,
        money_text(round_half_up(net * fx_rate, minor_unit_digits(currency)), currency),
        None,
        None,
        uses,
        money_text(payable, currency),
        money_text(sum(rounded, ZERO), currency),
        None,
        service_of(kind, product),
        pool_currency,
        fx_rate,
        None,
    )


def _nil_summary(message: Message) -> tuple[Value, ...]:
    model, service, currency = "AsPerContract", message.service, "EUR"
    nothing = money_text(ZERO, currency)
    return (
        "SY02.02", "S000001", None, None, model, model, "Worldwide", service, 0, None, currency,
        nothing, None, None, 0, nothing, nothing, None, service, currency, Decimal(1), None,
    )  # fmt: skip


@dataclass(frozen=True)
class ItemLine:
    """One line with the items behind it.

    Attributes:
        net: What of the service's net revenue is allocated to it, in the currency of the
            transaction, to a millionth.
        items: Derivative and its uses, by derivative.
    """

    key: tuple[Any, ...]
    line_id: str
    recording_id: str
    isrc: str | None
    title: str | None
    artist_names: str | None
    owner_name: str | None
    quantity: int
    weight_nano: int
    amount: Decimal
    currency_code: str
    net: Decimal
    hold_bucket: str | None
    category: str
    items: list[tuple[str, int]]

    def records(self, block: str, summary: str) -> Iterator[tuple[Value, ...]]:
        """The line's block: recording, items, use, and whose share it is."""
        yield (
            "AS02.02",
            block,
            "A1",
            self.recording_id,
            self.isrc,
            self.title or UNKNOWN,
            None,
            self.artist_names or UNKNOWN,
            None,
            None,
            "SoundRecording",
            *(None,) * 11,
        )
        for start in range(0, len(self.items), MOST_ITEMS):
            part = self.items[start : start + MOST_ITEMS]
            derivatives, uses = zip(*part, strict=True)
            yield ("RU01.01", block, summary, derivatives, uses, self.category)
        yield (
            "SU03.02",
            block,
            self.line_id,
            summary,
            self.recording_id,
            self.quantity,
            self.net,
            None,
            None,
            self.category,
            True,
        )
        is_payable = self.hold_bucket is None
        yield (
            "LI01.02",
            block,
            None,
            self.owner_name or UNKNOWN,
            None,
            None,
            percentage(self.weight_nano, self.quantity),
            None,
            self.net,
            money_text(self.amount if is_payable else ZERO, self.currency_code),
            self.quantity,
        )


def _lines(connection: duckdb.DuckDBPyConnection) -> Iterator[ItemLine]:
    cursor = connection.execute(LINE_ROWS)
    while batch := cursor.fetchmany(BATCH_ROWS):
        for row in batch:
            *cells, net_units, hold_bucket, kind, product, items, quantities = row
            pairs = zip(items or (), map(int, quantities or ()), strict=True)
            yield ItemLine(
                tuple(cells[:4]),
                *cells[4:],
                of_units(net_units),
                hold_bucket,
                service_of(kind, product),
                list(pairs),
            )
