"""The item-level file of a partner and month: DDEX's UGC profile, for partners that agreed to it.

It has one block per line that a recording's use has earned: the recording, the derivatives made
from it with their uses, and the share. Only the financial report has corrections and works.
"""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from linernotes.base.money import minor_unit_digits, money_text, round_half_up
from linernotes.ddex.files import Message, RecordWriter, Value, set_aside
from linernotes.ddex.lines import (
    COMMERCIAL_MODELS,
    KEY,
    USE_TYPES,
    count_uses,
    in_order,
    number_summaries,
    of_units,
    prepare_lines,
    service_of,
    services,
)
from linernotes.ddex.record_sql import exact, money, of_micro, percentage, record_sql, text
from linernotes.ddex.records import ITEM_LEVEL

# DDEX's maximum of items in one record of uses.
MOST_ITEMS = 100
UNKNOWN = "Unknown"
ZERO = Decimal(0)
OF_RECORDINGS = "side = 'MASTER' and correction = ''"
ITEMS = f"""
    create or replace temp table dsr_items as
    select line_id, list({text("derivative_id")} order by derivative_id) as items,
        list(quantity::varchar order by derivative_id) as quantities
    from (
        -- What was generated and not published has no derivative: the generation is the item.
        select
            line_id, coalesce(derivative_id, generation_id, use_id) as derivative_id,
            sum(quantity)::hugeint as quantity
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
        any_value(net_amount), any_value(total_quantity), any_value(fx_rate),
        sum(net_payout_amount), any_value(dsr_uses.used)
    from dsr_lines
    left join dsr_uses using ({KEY})
    where {OF_RECORDINGS}
    group by {KEY}
    order by {KEY}
"""
# A recording may have several works: their writers are listed in the order of the works, each once,
# and an ISWC is named only if there is one work.
WRITERS = f"""
    create or replace temp table dsr_writers as
    with
        listed as (
            from published.reports.rpt_partner__recording_writers
            where partner_id = $partner_id and report_month = $month
        ),
        writers as (
            select recording_id, {text("writer_name")} as name, min((work_id, place)) as place
            from listed
            group by all
        ),
        names as (
            select recording_id, string_agg(name, '|' order by place) as names
            from writers
            where name <> ''
            group by all
        ),
        works as (
            select
                recording_id,
                case when count(distinct work_id) = 1 then any_value(iswc) end as iswc
            from listed
            group by all
        )
    select
        recording_id,
        names,
        case when regexp_full_match(iswc, 'T[0-9]{{10}}') then iswc end as one_iswc
    from works
    left join names using (recording_id)
"""
# The records of a block, by name: the recording, its use, and the owner's share.
RECORDING = {
    "BlockId": "block",
    "ResourceReference": "'A1'",
    "DspResourceId": text("object_id"),
    "ISRC": text("isrc"),
    "Title": f"coalesce(nullif({text('title')}, ''), '{UNKNOWN}')",
    "DisplayArtistName": f"coalesce(nullif({text('artist_names')}, ''), '{UNKNOWN}')",
    "ResourceType": "'SoundRecording'",
}
WITH_WRITERS = RECORDING | {"ISWC": "one_iswc", "ComposerAuthor": "names"}
NET = exact(of_micro("net_units"))
USE = {
    "BlockId": "block",
    "SalesTransactionId": text("line_id"),
    "SummaryRecordId": "summary_number",
    "DspResourceId": text("object_id"),
    "Usages": "quantity",
    "NetRevenue": NET,
    "ContentCategory": "service",
    "IsRoyaltyBearing": "'true'",
}
SHARE = {
    "BlockId": "block",
    "RightsController": f"coalesce(nullif({text('owner_name')}, ''), '{UNKNOWN}')",
    "RightSharePercentage": percentage("weight_nano", "quantity"),
    "AllocatedNetRevenue": NET,
    "AllocatedAmount": money(
        "(case when hold_bucket is null then amount else 0 end)", "currency_code"
    ),
    "AllocatedUsages": "quantity",
}
# The items of a block, at most this many per record.
PART = f"[first : first + {MOST_ITEMS - 1}]"
OF_ITEMS = record_sql(
    "RU01.01",
    {
        "BlockId": "block",
        "SummaryRecordId": "summary_number",
        "DspReleaseId": f"array_to_string(items{PART}, '|')",
        "Usages": f"array_to_string(quantities{PART}, '|')",
        "ContentCategory": "service",
    },
)
EACH_PART = f"generate_series(1, coalesce(len(items), 0), {MOST_ITEMS})"
USES = f"array_to_string(list_transform({EACH_PART}, lambda first: {OF_ITEMS}), '')"


def write_item_report(
    folder: Path,
    connection: duckdb.DuckDBPyConnection,
    partner_id: str,
    message: Message,
    uses: list[Path],
    most_bytes: int | None = None,
) -> dict[Path, int]:
    """Writes the report; the same figures and message give the same bytes.

    Every file has the header, the summaries of the whole report, its own blocks and a footer, as
    clause 6.3 of DDEX's Part 1 requires of reports in several files.

    Args:
        folder: The folder of the files, which are named by `Message.file_name()`.
        connection: The published warehouse, attached as `published`.
        partner_id: The owner of the recordings.
        message: The data of the header.
        uses: The files of uses stored with the statements; at least one.
        most_bytes: The maximum size of the blocks in a file; if left out, all are in one file.

    Returns:
        The files in order, each with the number of its blocks.
    """
    prepare_lines(connection, partner_id, message.month)
    count_uses(connection, uses)
    connection.execute(ITEMS, {"uses": [str(file) for file in uses]})
    if message.recipient.writers:
        connection.execute(WRITERS, {"partner_id": partner_id, "month": message.month})
    summaries = _summaries(connection, message)
    with TemporaryDirectory(dir=folder) as scratch:
        blocks_query = _blocks(connection, with_writers=message.recipient.writers)
        parts = set_aside(Path(scratch), connection.execute(blocks_query), most_bytes)
        blocks = sum(part.blocks for part in parts)
        # Headings, header and footer; the footer counts itself.
        around = len(ITEM_LEVEL.letters) + 1 + len(summaries) + 1
        lines = sum(around + part.lines for part in parts)
        files = {}
        for number, part in enumerate(parts, start=1):
            own = replace(message, file_number=number, file_count=len(parts))
            path = folder / own.file_name()
            with RecordWriter(path) as writer:
                writer.headings(*ITEM_LEVEL.letters)
                writer.record(own.header())
                for summary in summaries:
                    writer.record(summary)
                writer.append(part)
                writer.record(
                    ("FOOT", around + part.lines, lines, len(summaries), part.blocks, blocks)
                )
            files[path] = part.blocks
    return files


def _summaries(connection: duckdb.DuckDBPyConnection, message: Message) -> list[tuple[Value, ...]]:
    """One record per pool, or an empty one: a file without a summary is not valid."""
    rows = connection.execute(SUMMARIES).fetchall()
    return [_summary(f"S{number:06d}", row[4:]) for number, row in enumerate(rows, start=1)] or [
        _nil_summary(message)
    ]


def _blocks(connection: duckdb.DuckDBPyConnection, *, with_writers: bool) -> str:
    """A query for the records of every block, with their number."""
    number_summaries(connection, OF_RECORDINGS)
    also, join = ", items, quantities", "left join dsr_items on dsr_items.line_id = lines.line_id"
    if with_writers:
        also += ", one_iswc, names"
        join += " left join dsr_writers on dsr_writers.recording_id = lines.object_id"
    lines = in_order(OF_RECORDINGS, also, join)
    recording = WITH_WRITERS if with_writers else RECORDING
    records = " || ".join(
        (record_sql("AS02.02", recording), USES, record_sql("SU03.02", USE),
         record_sql("LI01.02", SHARE))
    )  # fmt: skip
    return (
        f"select {records}, 3 + len({EACH_PART}) from (select *, row_number() over () as block, "
        f"{services(connection)} as service from ({lines}))"
    )


def _summary(number: str, row: tuple[Any, ...]) -> tuple[Value, ...]:
    (currency, pool_currency, territory, tier, product, kind, basis, quantity, payable,
     units, net, total, fx_rate, net_payout, distinct) = row  # fmt: skip
    if pool_currency == currency:
        fx_rate = Decimal(1)
    # If the terms need no figure of the whole pool, the partner may not see it.
    net = of_units(units) if net is None else net
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
        money_text(net_payout, currency),
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
