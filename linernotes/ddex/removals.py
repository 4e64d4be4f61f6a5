"""The removals side file: actions against content, in the style of DDEX's flat files.

DDEX has no format for removals, so this format is ours: the header and footer of a DSR, one record
per action, and the lines of the same month that reverse money for the same recording.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb

from linernotes.base.money import money_text
from linernotes.ddex.files import PART_DELIMITER, Message, RecordWriter, Value
from linernotes.ddex.records import HEAD, SRFO, cells_of

REMOVALS_PROFILE, REMOVALS_VERSION = "RemovalsSideFile", "1.0"
REMOVALS_PREFIX = "REMOVALS"
NOTE = (
    "DDEX has no format for removals: this file is the service's own. It takes header, footer and "
    "naming from the Digital Sales Report; RM01 is one action."
)
RM01 = cells_of("""
    RecordType, , M
    ActionId, , M
    ISRC, ISRC
    DspResourceId,
    DspDerivativeId,
    Title,
    Reason, , M
    AiStatus,
    Decision,
    EvidenceKind, , M
    ReportedBy,
    ActedAt, date-time, M
    PlaysBefore, integer, M
    PlaysReversed, integer, M
    CurrencyOfAccounting, currency, *
    AmountReversedInCurrencyOfAccounting, decimal, *
    SalesTransactionId, , *
    AppealState, , M
    ReinstatedAt, date-time
""")
RECORDS = {"HEAD": HEAD, "RM01": RM01, "SRFO": SRFO}
# Lines of these types reverse money for a recording.
TAKING_BACK = ("SPAM_ADJUSTMENT", "REVERSAL")
# Money is reversed once, so it is with the first action against the recording.
ACTIONS = f"""
    with
        actions as (
            select
                *,
                row_number() over (partition by recording_id order by applied_at, puid) as place
            from published.reports.rpt_partner__removal_actions
            where
                partner_id = $partner_id
                and report_month = $month
                -- The list also has actions of earlier months that are in force.
                and applied_at >= $month
                and applied_at < $month + interval 1 month
        ),
        taken_back as (
            select
                object_id as recording_id,
                currency_code,
                sum(amount) as amount,
                sum(quantity) as quantity,
                list(line_id order by line_id) as line_ids
            from published.reports.rpt_partner__compensation_lines
            where
                partner_id = $partner_id
                and report_month = $month
                and side = 'MASTER'
                and line_type in {TAKING_BACK}
            group by all
        ),
        by_recording as (
            select
                recording_id,
                -sum(quantity) as quantity,
                list(currency_code order by currency_code) as currency_codes,
                list(-amount order by currency_code) as amounts,
                flatten(list(line_ids order by currency_code)) as line_ids
            from taken_back
            group by recording_id
        )
    select
        puid,
        actions.isrc,
        actions.recording_id,
        derivative_id,
        title,
        programme_reason,
        ai_status,
        decision_visibility,
        known_by,
        first_notifier_kind,
        applied_at,
        play_before_count,
        by_recording.quantity,
        currency_codes,
        amounts,
        line_ids,
        appeal_state,
        reinstated_at
    from actions
    left join by_recording on actions.recording_id = by_recording.recording_id and place = 1
    order by applied_at, puid
"""


def write_removals(
    path: Path, connection: duckdb.DuckDBPyConnection, partner_id: str, message: Message
) -> int:
    """Writes the side file; the same figures and message give the same bytes.

    Args:
        path: The file, named by `message.file_name(REMOVALS_PREFIX)`.
        connection: The published warehouse, attached as `published`.
        partner_id: The partner whose removals they are.
        message: The data of the header.

    Returns:
        The number of actions in it.
    """
    with RecordWriter(path, RECORDS) as writer:
        writer.comment(NOTE)
        writer.headings(*RECORDS)
        writer.record(message.header())
        values = {"partner_id": partner_id, "month": message.month}
        for row in connection.execute(ACTIONS, values).fetchall():
            writer.record(_action(row))
        writer.record(("SRFO", writer.lines + 1, writer.records.get("RM01", 0)))
    return writer.records.get("RM01", 0)


def _action(row: tuple) -> tuple[Value, ...]:
    *before, plays, reversed_plays, currencies, amounts, line_ids, appeal, reinstated_at = row
    currencies = tuple(currencies or ())
    texts = tuple(
        money_text(amount, currency)
        for amount, currency in zip(amounts or (), currencies, strict=True)
    )
    return (
        "RM01",
        *before,
        plays or 0,
        int(reversed_plays or 0),
        currencies,
        texts,
        tuple(line_ids or ()),
        appeal,
        reinstated_at,
    )


@dataclass
class RemovalTotals:
    """The totals of a side file.

    Attributes:
        actions: The id of every action, in the order of the file.
        reversed_amounts: Per payout currency, the reversed amount.
        sales: The lines that reverse it.
        footer: The numbers of lines and actions in the footer.
        counted: The same, as counted.
    """

    message_id: str = ""
    sender_dpid: str = ""
    recipient_dpid: str = ""
    actions: list[str] = field(default_factory=list)
    reversed_amounts: dict[str, Decimal] = field(default_factory=dict)
    sales: list[str] = field(default_factory=list)
    footer: tuple[str, str] = ("", "")
    counted: tuple[str, str] = ("", "")


def read_removals(path: Path) -> RemovalTotals:
    """Reads a side file.

    Raises:
        ValueError: if a record is not that of a side file, or has a wrong number of cells.
        ArithmeticError: if an amount is not a number.
    """
    totals, lines = RemovalTotals(), 0
    with path.open(encoding="utf-8", newline="") as file:
        for lines, line in enumerate(file, start=1):
            if line.startswith("#"):
                continue
            cells = line.rstrip("\r\n").split("\t")
            if cells[0] not in RECORDS:
                raise ValueError(f"line {lines}: {cells[0]!r} is no record of a side file")
            names = [cell.name for cell in RECORDS[cells[0]]]
            _take(totals, dict(zip(names, cells, strict=True)))
    totals.counted = (str(lines), str(len(totals.actions)))
    return totals


def _take(totals: RemovalTotals, row: dict[str, str]) -> None:
    if row["RecordType"] == "HEAD":
        totals.message_id = row["MessageId"]
        totals.sender_dpid, totals.recipient_dpid = row["SenderPartyId"], row["RecipientPartyId"]
    elif row["RecordType"] == "SRFO":
        totals.footer = (row["NumberOfLinesInReport"], row["NumberOfSummaryRecords"])
    else:
        totals.actions.append(row["ActionId"])
        totals.sales += _values(row["SalesTransactionId"])
        currencies = _values(row["CurrencyOfAccounting"])
        amounts = _values(row["AmountReversedInCurrencyOfAccounting"])
        for currency, amount in zip(currencies, amounts, strict=True):
            sums = totals.reversed_amounts
            sums[currency] = sums.get(currency, Decimal(0)) + Decimal(amount)


def _values(cell: str) -> list[str]:
    return cell.split(PART_DELIMITER) if cell else []
