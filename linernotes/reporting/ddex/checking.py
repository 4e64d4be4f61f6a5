"""Checks a DSR file from nothing but its own bytes and name, before it leaves and after it came.

What the standard says of one cell is in `records`; here is what makes a whole file right: the order
of records, references, sums, rates, footer. Whether it agrees with the rest of its package is in
`verification`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Protocol

from stdnum.iso7064 import mod_37_36

from linernotes.money import minor_unit_digits
from linernotes.reporting.ddex import records
from linernotes.reporting.ddex.allowed_values import LISTS
from linernotes.reporting.ddex.records import PROFILES, RECORDS, Cell, Profile
from linernotes.reporting.problems import Problem

# Stands for a record type that the profile does not have.
UNKNOWN = "?"
ENDING = ".tsv"
NAME_PIECES = 8
ZERO = Decimal(0)
# A fault in a column is a fault in every row: what comes after so many is not said.
MOST_PER_RULE = 20
DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
INTEGER = re.compile(r"-?[0-9]+")
CREATED_IN_NAME = re.compile(r"[0-9]{8}T[0-9]{6}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
DAY = re.compile(r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d))?)?")
# What may be negative: that which is taken back, and the balance that is left of it.
MAY_BE_NEGATIVE = re.compile(
    r"Allocated|NetUsage|Fee|FinalTotal|NetRevenue|Calculat|Deductions|Generations|Plays"
)
# Each amount of a summary that must be the sum of its lines', and the name it has there.
SUMMED = {
    "AllocatedUsages": "NetUsage",
    "Returns": "Returns",
    "AllocatedRevenueInCurrencyOfTransaction": "AllocatedRevenueInCurrencyOfTransaction",
    "AllocatedRevenueInCurrencyOfAccounting": "AllocatedRevenueInCurrencyOfAccounting",
    "AllocatedNetRevenueInCurrencyOfTransaction": "AllocatedNetRevenueInCurrencyOfTransaction",
    "AllocatedNetRevenueInCurrencyOfAccounting": "AllocatedNetRevenueInCurrencyOfAccounting",
}
# Pairs in both currencies that the summary's rate must connect.
CONVERTED = ("NetRevenue", "AllocatedRevenue", "FinalTotalAmount")

Row = dict[str, str]


def check_dsr(path: Path) -> list[Problem]:
    """Everything in a DSR file that does not hold, in one pass over its lines.

    Args:
        path: A file of one of the profiles in `records`, under its own name.

    Returns:
        What does not hold; nothing if all does. Of one rule at most twenty places are said.
    """
    found = Findings(path.name)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            _check_file(found, path.name, file)
    except UnicodeDecodeError as reason:
        found.say("text_is_utf8", f"byte {reason.object[reason.start]:#04x} is no UTF-8")
    return found.problems


@dataclass
class Findings:
    """Collects problems, the first of each rule."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def say(self, rule: str, details: str) -> None:
        self.counts[rule] = self.counts.get(rule, 0) + 1
        if self.counts[rule] <= MOST_PER_RULE:
            self.problems.append(Problem(self.file, rule, details))


class ContentCheck(Protocol):
    """Follows the records of one profile after the header, in the order of the file."""

    def __init__(self, found: Findings, head: Row) -> None: ...

    def take(self, number: int, row: Row) -> None:
        """Takes the record on a line; one whose cells could not be told apart never comes."""

    def finish(self) -> None:
        """Says what only the whole file can tell."""


def _check_file(found: Findings, name: str, lines: Iterable[str]) -> None:
    profile: Profile | None = None
    content: ContentCheck | None = None
    letters, count, line = bytearray(), 0, "\n"
    footer = _FooterCount()
    for count, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n")
        if count == 1 and text.startswith("\ufeff"):
            found.say("text_has_no_mark", "it begins with a byte-order mark")
            text = text.removeprefix("\ufeff")
        if not text.strip() or text.startswith("#"):
            continue
        cells = text.split("\t")
        row = _named(found, count, cells)
        if profile is None or content is None:
            profile = _profile_of(found, name, cells[0], row)
            if profile is None or row is None:
                return
            content = CHECKS[profile.name](found, row)
            letters += profile.letters["HEAD"].encode()
            continue
        letter = profile.letters.get(cells[0], UNKNOWN)
        letters += letter.encode()
        if letter == UNKNOWN:
            found.say("record_type_is_of_profile", f"line {count}: {cells[0]!r}")
        elif row is not None:
            footer.take(profile, count, row)
            content.take(count, row)
    if profile is None or content is None:
        found.say("header_comes_first", "there is no record in the file")
        return
    if not line.endswith("\n"):
        found.say("last_line_is_ended", "the last line has no end; the file may be cut off")
    content.finish()
    footer.finish(found, count)
    order = letters.decode()
    if UNKNOWN not in order and not re.fullmatch(profile.order, order):
        at = _first_out_of_order(profile, order)
        found.say("records_are_in_order", f"record {at + 1} may not stand where it does")


def _profile_of(found: Findings, name: str, record_type: str, head: Row | None) -> Profile | None:
    """The profile that the header names, after the header itself was checked."""
    if record_type != "HEAD":
        found.say("header_comes_first", "the first record is no HEAD")
    if record_type != "HEAD" or head is None:
        return None
    profile = PROFILES.get(head["Profile"])
    if profile is None or head["ProfileVersion"] != profile.version:
        known = ", ".join(f"{one.name} {one.version}" for one in PROFILES.values())
        said = f"{head['Profile']} {head['ProfileVersion']}"
        found.say("profile_is_known", f"{said} is not among {known}")
        return None
    _check_header(found, head)
    _check_name(found, name, head)
    return profile


def _first_out_of_order(profile: Profile, letters: str) -> int:
    """The first record at which no continuation of the file would be right, or its end."""
    longest = 0
    for shape in _beginnings(profile.order):
        match = re.match(shape, letters)
        longest = max(longest, match.end() if match else 0)
    return longest


def _beginnings(order: str) -> Iterator[str]:
    """Expressions for what files begin with: the order, cut off after each of its parts."""
    parts = re.findall(r"\((?:[^()]|\([^()]*\))*\)[*+?]?|[A-Za-z][*+?]?", order)
    for count in range(1, len(parts) + 1):
        yield "".join(parts[:count])


def _named(found: Findings, number: int, cells: list[str]) -> Row | None:
    """A record by the names of its cells, each held to its own rule; None if they cannot be told.

    Record types that are not known have no names.
    """
    described = RECORDS.get(cells[0])
    if described is None:
        return None
    # Spreadsheets pad every row to one width.
    while len(cells) > len(described) and not cells[-1]:
        cells = cells[:-1]
    if len(cells) != len(described):
        said = f"line {number}: {cells[0]} has {len(cells)} cells, not {len(described)}"
        found.say("cell_count_agrees", said)
        return None
    for cell, text in zip(described, cells, strict=True):
        if text or cell.required:
            for rule, details in _cell_faults(cell, text):
                found.say(rule, f"line {number}: {cell.name} {details}")
    return dict(zip((cell.name for cell in described), cells, strict=True))


def _cell_faults(cell: Cell, text: str) -> Iterator[tuple[str, str]]:
    if not text:
        if cell.required:
            yield "cell_is_filled", "is empty"
        return
    if "\\" in text or any(ord(character) < 0x20 for character in text):
        yield "value_holds_no_delimiter", f"{text!r} holds an escape or a control character"
    if "|" in text and not cell.many:
        yield "value_holds_no_delimiter", f"{text!r} holds several values"
    for value in text.split("|") if cell.many else [text]:
        if value != value.strip():
            yield "value_has_no_blanks_around", repr(value)
        elif cell.kind in LISTS:
            if value not in LISTS[cell.kind]:
                yield "value_is_on_the_list", f"{value!r} is no {cell.kind} that is agreed"
        elif not _KINDS[cell.kind](value):
            yield "value_is_of_its_kind", f"{value!r} is no {cell.kind}"
        elif _is_negative(value) and not MAY_BE_NEGATIVE.search(cell.name):
            yield "number_is_not_negative", value


def _is_negative(value: str) -> bool:
    return value.startswith("-") and DECIMAL.fullmatch(value) is not None


def _is_day(value: str) -> bool:
    return _day(value) is not None


def _day(value: str, *, is_end: bool = False) -> date | None:
    """The first or the last day of what `YYYY`, `YYYY-MM` or `YYYY-MM-DD` says."""
    found = DAY.fullmatch(value)
    if not found:
        return None
    year, month, day = (int(found[part] or 0) for part in ("year", "month", "day"))
    try:
        if day:
            return date(year, month, day)
        if not is_end:
            return date(year, month or 1, 1)
        month = month or 12
        first_of_next = date(year + month // 12, month % 12 + 1, 1)
        return date.fromordinal(first_of_next.toordinal() - 1)
    except ValueError:
        return None


def _is_instant(value: str) -> bool:
    if not INSTANT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_dpid(value: str) -> bool:
    return bool(re.fullmatch(r"PADPIDA[0-9]{10}[0-9A-Z]", value)) and mod_37_36.is_valid(value)


_KINDS: dict[str, Callable[[str], bool]] = {
    records.TEXT: lambda value: True,
    records.INTEGER: lambda value: INTEGER.fullmatch(value) is not None,
    records.DECIMAL: lambda value: DECIMAL.fullmatch(value) is not None,
    records.BOOLEAN: lambda value: value.lower() in {"true", "false"},
    records.DATE: _is_day,
    records.DATE_TIME: _is_instant,
    records.DURATION: lambda value: re.fullmatch(r"PT(\d+H)?(\d+M)?(\d+S)?", value) is not None,
    records.DPID: _is_dpid,
    records.ISRC: lambda value: re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", value) is not None,
    records.NAMESPACED: lambda value: re.fullmatch(r"[^:]+::.+", value) is not None,
    records.SERVICE: lambda value: not re.search(r"[\s_]", value),
}


def _check_header(found: Findings, head: Row) -> None:
    if not re.fullmatch(r"dsrf/[0-9.]+/[0-9.]+/[0-9.]+|dsrf/30", head["MessageVersion"]):
        found.say("message_version_is_known", repr(head["MessageVersion"]))
    if (head["FileNumber"], head["NumberOfFiles"]) != ("1", "1"):
        said = f"{head['FileNumber']} of {head['NumberOfFiles']}"
        found.say("report_is_one_file", f"the header says file {said}")
    first, last = _day(head["UsageStartDate"]), _day(head["UsageEndDate"], is_end=True)
    if first and last and last < first:
        found.say("period_is_in_order", f"it ends on {last}, before its start on {first}")


def _check_name(found: Findings, name: str, head: Row) -> None:
    pieces = name.removesuffix(ENDING).split("_")
    if not name.endswith(ENDING) or len(pieces) != NAME_PIECES or pieces[0] != "DSR":
        shape = "DSR_<recipient>_<sender>_<service>_<period>_<territory>_1of1_<created>.tsv"
        found.say("name_is_well_formed", f"it does not read {shape}")
        return
    _, recipient, sender, service, period, _, number, created = pieces
    stamp = re.sub(r"[-:]", "", head["MessageCreatedDateTime"])[: len("20260101T000000")]
    for what, said, expected in (
        ("recipient", recipient, head["RecipientPartyId"]),
        ("sender", sender, head["SenderPartyId"]),
        ("service", service, head["ServiceDescription"]),
        ("file number", number, f"{head['FileNumber']}of{head['NumberOfFiles']}"),
        ("time of creation", created, stamp),
    ):
        if said != expected:
            found.say("name_agrees_with_header", f"{what} is {said!r}, in the header {expected!r}")
    if not CREATED_IN_NAME.fullmatch(created):
        found.say("name_is_well_formed", f"{created!r} is no time such as 20260415T060000")
    days = (_day(period), _day(period, is_end=True))
    if days != (_day(head["UsageStartDate"]), _day(head["UsageEndDate"], is_end=True)):
        stated = f"{head['UsageStartDate']} to {head['UsageEndDate']}"
        found.say("name_agrees_with_header", f"period is {period!r}, in the header {stated}")


class FinancialCheck:
    """Summaries, their lines, and what must agree between the two."""

    def __init__(self, found: Findings, head: Row) -> None:
        self._found, self._head = found, head
        self._last_day = _day(head["UsageEndDate"], is_end=True)
        self._summaries: dict[str, tuple[int, Row]] = {}
        self._sums: dict[str, dict[str, Decimal]] = {}
        self._sales: set[str] = set()

    def take(self, number: int, row: Row) -> None:
        place = f"line {number}"
        if row["RecordType"] == "SY10":
            self._take_summary(number, row)
            _check_summary(self._found, self._head, place, row)
        elif row["RecordType"] == "SR08":
            _check_sale(self._found, place, row, self._last_day)
            self._take_sale(place, row)

    def _take_summary(self, number: int, row: Row) -> None:
        identifier = row["SummaryRecordId"]
        if identifier in self._summaries:
            self._found.say("summary_id_is_unique", f"line {number}: {identifier} was used before")
        self._summaries[identifier] = (number, row)
        self._sums[identifier] = dict.fromkeys(SUMMED, ZERO)

    def _take_sale(self, place: str, row: Row) -> None:
        sale, summary = row["SalesTransactionId"], row["SummaryRecordId"]
        if sale in self._sales:
            self._found.say("sale_id_is_unique", f"{place}: {sale} was used before")
        self._sales.add(sale)
        if summary not in self._summaries:
            self._found.say("summary_of_sale_is_there", f"{place}: no summary {summary!r}")
            return
        sums = self._sums[summary]
        for name, own in SUMMED.items():
            sums[name] += _number(row[own])
        _check_line_rate(self._found, place, row, self._summaries[summary][1])

    def finish(self) -> None:
        for identifier, (number, row) in self._summaries.items():
            for name, amount in self._sums[identifier].items():
                if _number(row[name]) != amount:
                    details = f"line {number}: {name} is {row[name]}, its lines sum to {amount}"
                    self._found.say("summary_is_the_sum_of_its_lines", details)


def _check_summary(found: Findings, head: Row, place: str, row: Row) -> None:
    first, last = (
        _day(row["ReportingPeriodStartDate"]),
        _day(row["ReportingPeriodEndDate"], is_end=True),
    )
    start, end = _day(head["UsageStartDate"]), _day(head["UsageEndDate"], is_end=True)
    if first and last and start and end and not start <= first <= last <= end:
        found.say("period_lies_in_the_headers", f"{place}: {first} to {last}")
    _check_parallel(found, place, row, "CalculationType", "CalculationValue")
    _check_parallel(found, place, row, "DeductionType", *_both("Deductions"))
    _check_parallel(found, place, row, "UsageIndependentFeeType", *_both("UsageIndependentFee"))
    gross = [bool(row[name]) for name in _both("GrossRevenue")]
    if any(gross) and not all(gross):
        found.say("gross_is_in_both_currencies", f"{place}: only one is filled")
    rate = _number(row["ExchangeRate"])
    if rate <= 0:
        found.say("rate_is_positive", f"{place}: {row['ExchangeRate']}")
    if row["CurrencyOfTransaction"] == row["CurrencyOfAccounting"] and rate != 1:
        found.say("rate_within_a_currency_is_one", f"{place}: {row['ExchangeRate']}")
    if row["ExchangeRate"] and not row["DateOfCurrencyExchange"]:
        found.say("rate_has_a_date", f"{place}: DateOfCurrencyExchange is empty")
    for name in CONVERTED:
        _check_converted(found, place, row, row, name, units=1)
    for currency in ("Transaction", "Accounting"):
        fees = _values(row[f"UsageIndependentFeeInCurrencyOf{currency}"])
        total = _number(row[f"AllocatedNetRevenueInCurrencyOf{currency}"]) + sum(fees, ZERO)
        stated = row[f"FinalTotalAmountInCurrencyOf{currency}"]
        if _number(stated) != total:
            details = f"{place}: FinalTotalAmountInCurrencyOf{currency} is {stated}, not {total}"
            found.say("final_total_is_net_and_fees", details)
    for name in ("AllocatedNetRevenue", "AllocatedRevenue"):
        _check_minor_unit(found, place, row, row, name)
    _check_minor_unit(found, place, row, row, "FinalTotalAmount")


def _check_sale(found: Findings, place: str, row: Row, last_day: date | None) -> None:
    uses, returns, net = (_number(row[name]) for name in ("TotalUsages", "Returns", "NetUsage"))
    if uses - returns != net:
        found.say("net_usage_is_uses_less_returns", f"{place}: {uses} - {returns} is not {net}")
    sold = _day(row["SalesTransactionDate"])
    if sold and last_day and sold > last_day:
        found.say("sale_lies_not_after_the_period", f"{place}: {row['SalesTransactionDate']}")
    if row["PriceType"] and row["PriceRangeType"]:
        found.say("price_has_one_type", f"{place}: PriceType and PriceRangeType are both filled")
    _check_parallel(found, place, row, "DeductionType", *_both("Deductions"))
    if not 0 <= _number(row["RightSharePercentage"]) <= 100:
        found.say("share_is_a_percentage", f"{place}: {row['RightSharePercentage']}")
    for currency in ("Transaction", "Accounting"):
        allocated, payable = (
            _number(row[f"{name}InCurrencyOf{currency}"])
            for name in ("AllocatedRevenue", "AllocatedNetRevenue")
        )
        if payable not in (allocated, ZERO):
            details = f"{place}: {payable} of {allocated}: a line is payable, or held, as a whole"
            found.say("line_is_payable_or_held", details)


def _check_line_rate(found: Findings, place: str, row: Row, summary: Row) -> None:
    # A line is rounded by largest remainder, so that it may be a unit off, its pool half of one.
    _check_converted(found, place, row, summary, "AllocatedRevenue", units=2)
    for name in ("AllocatedRevenue", "AllocatedNetRevenue"):
        _check_minor_unit(found, place, row, summary, name)


def _check_converted(
    found: Findings, place: str, row: Row, summary: Row, name: str, units: int
) -> None:
    """Whether an amount in one currency is, at the rate, that in the other."""
    transaction, accounting = (_number(row[one]) for one in _both(name))
    unit = Decimal(1).scaleb(-minor_unit_digits(summary["CurrencyOfAccounting"]))
    rate = _number(summary["ExchangeRate"])
    if (
        name == "FinalTotalAmount"
        and summary["CurrencyOfTransaction"] != (summary["CurrencyOfAccounting"])
    ):
        # A part of the pool: every line of it may be rounded.
        return
    tolerance = unit * units + abs(rate) / 10**6
    if abs(transaction * rate - accounting) > tolerance:
        details = f"{place}: {name} {transaction} at {rate} is not {accounting}"
        found.say("rate_connects_both_currencies", details)


def _check_minor_unit(found: Findings, place: str, row: Row, summary: Row, name: str) -> None:
    text = row[f"{name}InCurrencyOfAccounting"]
    digits = minor_unit_digits(summary["CurrencyOfAccounting"])
    if len(text.partition(".")[2]) > digits:
        currency = summary["CurrencyOfAccounting"]
        details = f"{place}: {name} {text} has more decimals than {currency}"
        found.say("amount_is_in_minor_units", details)


def _check_parallel(found: Findings, place: str, row: Row, first: str, *others: str) -> None:
    """Whether cells of several values have as many; amounts without a type are one amount."""
    count = len(row[first].split("|")) if row[first] else None
    for name in others:
        amounts = len(row[name].split("|")) if row[name] else 0
        if amounts != (count or 0) and not (count is None and amounts == 1):
            details = f"{place}: {name} has {amounts}, {first} {count or 0}"
            found.say("parallel_cells_have_as_many_values", details)


class _FooterCount:
    """What the footer says of the file, and what it should say."""

    def __init__(self) -> None:
        self._summaries = 0
        self._blocks: set[str] = set()
        self._footer: tuple[int, Row] | None = None

    def take(self, profile: Profile, number: int, row: Row) -> None:
        self._summaries += row["RecordType"] in profile.summaries
        if "BlockId" in row:
            self._blocks.add(row["BlockId"])
        if row["RecordType"] == profile.footer:
            self._footer = (number, row)

    def finish(self, found: Findings, lines: int) -> None:
        if self._footer is None:
            found.say("footer_is_there", "the file has no footer; it may be cut off")
            return
        number, footer = self._footer
        for name, count in {
            "NumberOfLinesInFile": lines,
            "NumberOfLinesInReport": lines,
            "NumberOfSummaryRecords": self._summaries,
            "NumberOfBlocksInFile": len(self._blocks),
            "NumberOfBlocksInReport": len(self._blocks),
        }.items():
            if name in footer and footer[name] != str(count):
                details = f"line {number}: {name} is {footer[name]}, counted {count}"
                found.say("footer_counts_the_file", details)


def _both(name: str) -> tuple[str, str]:
    return f"{name}InCurrencyOfTransaction", f"{name}InCurrencyOfAccounting"


def _number(text: str) -> Decimal:
    """A cell as a number; what is none was said where the cell was read."""
    try:
        return Decimal(text or 0)
    except InvalidOperation:
        return ZERO


def _values(text: str) -> list[Decimal]:
    return [_number(value) for value in text.split("|")] if text else []


CHECKS: dict[str, type[ContentCheck]] = {
    records.FINANCIAL.name: FinancialCheck,
}
