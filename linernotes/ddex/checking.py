"""Checks a DSR file using only its bytes and name, before it is sent and after it is received.

`records` has the standard's rules for single cells; this module checks a whole file: order of
records, references, sums, rates, footer. `verification` compares it with the rest of its package.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

from stdnum.iso7064 import mod_37_36

from linernotes.base.problems import Problem
from linernotes.ddex import records
from linernotes.ddex.allowed_values import LISTS
from linernotes.ddex.financial_check import FinancialCheck
from linernotes.ddex.findings import ContentCheck, Findings, Row, day_of
from linernotes.ddex.item_check import ItemCheck
from linernotes.ddex.records import PROFILES, RECORDS, Cell, Profile

# Stands for a record type that is not in the profile.
UNKNOWN = "?"
ENDING = ".tsv"
NAME_PIECES = 8
NAME_SHAPE = (
    "DSR_<recipient>_<sender>_<service>_<period>_<territory>_<number>of<files>_<created>.tsv"
)
DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
INTEGER = re.compile(r"-?[0-9]+")
CREATED_IN_NAME = re.compile(r"[0-9]{8}T[0-9]{6}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
# Cells that may be negative: returns and reversals, and the balance after them.
MAY_BE_NEGATIVE = re.compile(
    r"Allocated|NetUsage|Fee|FinalTotal|NetRevenue|Calculat|Deductions|Generations|Plays"
)


def check_dsr(*paths: Path, is_first_edition: bool = False) -> list[Problem]:
    """All errors of a DSR report, found in one pass over its lines.

    Args:
        paths: Its file, of a profile in `records`, with its own name; for a report in several
            files, all of them.
        is_first_edition: Whether it belongs to a package with a manifest of version 1 or 2. There,
            allocated revenue was everything earned, and allocated net revenue its payable part.

    Returns:
        The problems found; empty if there are none. At most twenty places are reported per rule.
    """
    found = Findings(paths[0].name)
    report = _Report(found, is_first_edition=is_first_edition)
    for path in sorted(paths, key=_number_in_name):
        report.take_file(path)
    report.finish()
    return found.problems


def _number_in_name(path: Path) -> int:
    number = re.search(r"_([0-9]+)of[0-9]+_", path.name)
    return int(number[1]) if number else 0


class _Report:
    """The files of one report: each must be correct, and together they have one content."""

    def __init__(self, found: Findings, *, is_first_edition: bool) -> None:
        self._found = found
        self._is_first_edition = is_first_edition
        self._content: ContentCheck | None = None
        self._files: list[_ReportFile] = []
        self._is_readable = True

    def take_file(self, path: Path) -> None:
        self._found.file = path.name
        checked = None
        try:
            with path.open(encoding="utf-8", newline="") as file:
                checked = self._checked_file(path.name, file)
        except UnicodeDecodeError as reason:
            self._found.report(
                "text_is_utf8", f"byte {reason.object[reason.start]:#04x} is no UTF-8"
            )
        if checked is None:
            self._is_readable = False
        else:
            self._files.append(checked)

    def _checked_file(self, name: str, lines: Iterable[str]) -> "_ReportFile | None":
        """One file after a check of its records; None if it has no usable header."""
        found, content = self._found, self._content
        checked: _ReportFile | None = None
        letters, count, line = bytearray(), 0, "\n"
        for count, line in enumerate(lines, start=1):
            text = line.rstrip("\r\n")
            if count == 1 and text.startswith("\ufeff"):
                found.report("text_has_no_mark", "it begins with a byte-order mark")
                text = text.removeprefix("\ufeff")
            if not text.strip() or text.startswith("#"):
                continue
            kind, _, _ = text.partition("\t")
            row = _named(found, count, text)
            if checked is None:
                profile = _profile_of(found, name, kind, row)
                if profile is None or row is None:
                    return None
                checked = _ReportFile(name, profile, row)
                content = content or CHECKS[profile.name](
                    found, row, is_first_edition=self._is_first_edition
                )
                letters += profile.letters["HEAD"].encode()
                continue
            letter = checked.profile.letters.get(kind, UNKNOWN)
            letters += letter.encode()
            if letter == UNKNOWN:
                found.report("record_type_is_of_profile", f"line {count}: {kind!r}")
            elif row is not None:
                checked.take(count, row)
                # All files of a report have the same summaries, so those of one file are enough.
                if content and not (self._files and kind in checked.profile.summaries):
                    content.take(count, row)
        if checked is None:
            found.report("header_comes_first", "there is no record in the file")
            return None
        if not line.endswith("\n"):
            found.report("last_line_is_ended", "the last line has no end; the file may be cut off")
        order = letters.decode()
        if UNKNOWN not in order and not re.fullmatch(checked.profile.order, order):
            at = _first_out_of_order(checked.profile, order)
            found.report("records_are_in_order", f"record {at + 1} may not stand where it does")
        checked.lines, self._content = count, content
        return checked

    def finish(self) -> None:
        """Reports the problems that only the whole report shows."""
        if not self._is_readable or self._content is None:
            return
        first, *others = self._files
        self._found.file = first.name
        self._content.finish()
        lines = sum(file.lines for file in self._files)
        blocks = sum(len(file.blocks) for file in self._files)
        for file in self._files:
            self._found.file = file.name
            file.check_footer(self._found, lines, blocks)
        for file in others:
            self._found.file = file.name
            self._check_together(first, file)
        self._found.file = first.name
        numbers = [file.head["FileNumber"] for file in self._files]
        if numbers != [str(number) for number in range(1, len(numbers) + 1)] or first.head[
            "NumberOfFiles"
        ] != str(len(numbers)):
            details = f"files {', '.join(numbers)} of {first.head['NumberOfFiles']} are there"
            self._found.report("files_of_the_report_are_there", details)

    def _check_together(self, first: "_ReportFile", other: "_ReportFile") -> None:
        own = {"FileNumber"}
        differing = [
            name
            for name, value in first.head.items()
            if name not in own and other.head[name] != value
        ]
        if differing:
            details = f"{', '.join(differing)} differ from {first.name}"
            self._found.report("headers_of_the_report_agree", details)
        if other.summaries != first.summaries:
            details = f"its summaries are not those of {first.name}"
            self._found.report("summaries_of_the_report_agree", details)


def _profile_of(found: Findings, name: str, record_type: str, head: Row | None) -> Profile | None:
    """The profile that the header names, after a check of the header itself."""
    if record_type != "HEAD":
        found.report("header_comes_first", "the first record is no HEAD")
    if record_type != "HEAD" or head is None:
        return None
    profile = PROFILES.get(head["Profile"])
    if profile is None or head["ProfileVersion"] != profile.version:
        known = ", ".join(f"{one.name} {one.version}" for one in PROFILES.values())
        stated = f"{head['Profile']} {head['ProfileVersion']}"
        found.report("profile_is_known", f"{stated} is not among {known}")
        return None
    _check_header(found, profile, head)
    _check_name(found, name, head)
    return profile


def _first_out_of_order(profile: Profile, letters: str) -> int:
    """The first record after which no continuation makes the file correct, or the file's end."""
    longest = 0
    for shape in _beginnings(profile.order):
        match = re.match(shape, letters)
        longest = max(longest, match.end() if match else 0)
    return longest


def _beginnings(order: str) -> Iterator[str]:
    """Regular expressions for beginnings of files: the order, cut off after each of its parts."""
    parts = re.findall(r"\((?:[^()]|\([^()]*\))*\)[*+?]?|[A-Za-z][*+?]?", order)
    for count in range(1, len(parts) + 1):
        yield "".join(parts[:count])


def _named(found: Findings, number: int, text: str) -> Row | None:
    """A record by cell name, each cell checked by its rule; None if the cells cannot be identified.

    Unknown record types have no cell names. A record that matches a simple pattern, as almost all
    do, is not checked cell by cell.
    """
    cells = text.split("\t")
    described = RECORDS.get(cells[0])
    if described is None:
        return None
    if _plainly_right(cells[0]).fullmatch(text):
        return dict(zip(_names(cells[0]), cells, strict=True))
    # Spreadsheets pad all rows to the same width.
    while len(cells) > len(described) and not cells[-1]:
        cells = cells[:-1]
    if len(cells) != len(described):
        details = f"line {number}: {cells[0]} has {len(cells)} cells, not {len(described)}"
        found.report("cell_count_agrees", details)
        return None
    for cell, text in zip(described, cells, strict=True):
        if text or cell.required:
            for rule, details in _cell_faults(cell, text):
                found.report(rule, f"line {number}: {cell.name} {details}")
    return dict(zip((cell.name for cell in described), cells, strict=True))


@cache
def _names(record_type: str) -> tuple[str, ...]:
    return tuple(cell.name for cell in RECORDS[record_type])


@cache
def _plainly_right(record_type: str) -> re.Pattern[str]:
    """A pattern for records in which no cell has a fault.

    It may be stricter than `_cell_faults`, which then decides, but never less strict.
    """
    return re.compile("\t".join(map(_plainly_right_cell, RECORDS[record_type])))


def _plainly_right_cell(cell: Cell) -> str:
    if cell.kind in LISTS:
        value = "|".join(re.escape(one) for one in sorted(LISTS[cell.kind]))
    else:
        value = PLAIN.get(cell.kind, NEVER)
        if cell.kind in {records.INTEGER, records.DECIMAL} and MAY_BE_NEGATIVE.search(cell.name):
            value = f"-?{value}"
    several = f"(?:{value})" + (f"(?:\\|(?:{value}))*" if cell.many else "")
    return several if cell.required else f"(?:{several})?"


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
    return day_of(value) is not None


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
    records.ISWC: lambda value: re.fullmatch(r"T[0-9]{10}", value) is not None,
    records.NAMESPACED: lambda value: re.fullmatch(r"[^:]+::.+", value) is not None,
    records.SERVICE: lambda value: not re.search(r"[\s_]", value),
}


# A text without delimiters, without blanks around it, and not a negative number.
INSIDE, END = r"[^\x00-\x1f\\|]", r"[^\x00-\x1f\\|\s]"
NEVER = "(?!)"
PLAIN = {
    records.TEXT: f"(?!-){END}(?:{INSIDE}*{END})?",
    records.INTEGER: "[0-9]+",
    records.DECIMAL: r"[0-9]+(?:\.[0-9]+)?",
    records.BOOLEAN: "true|false",
    records.DATE: r"[12][0-9]{3}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|1[0-9]|2[0-8]))?",
    records.ISRC: "[A-Z]{2}[A-Z0-9]{3}[0-9]{7}",
    records.ISWC: "T[0-9]{10}",
    records.NAMESPACED: r"(?!-)[^\x00-\x1f\\|\s:]+::[^\x00-\x1f\\|\s]+",
    records.SERVICE: r"(?!-)[^\x00-\x1f\\|\s_]+",
}


def _check_header(found: Findings, profile: Profile, head: Row) -> None:
    if not re.fullmatch(r"dsrf/[0-9.]+/[0-9.]+/[0-9.]+|dsrf/30", head["MessageVersion"]):
        found.report("message_version_is_known", repr(head["MessageVersion"]))
    if profile.is_one_file and (head["FileNumber"], head["NumberOfFiles"]) != ("1", "1"):
        stated = f"{head['FileNumber']} of {head['NumberOfFiles']}"
        found.report("report_is_one_file", f"the header says file {stated}")
    first, last = day_of(head["UsageStartDate"]), day_of(head["UsageEndDate"], is_end=True)
    if first and last and last < first:
        found.report("period_is_in_order", f"it ends on {last}, before its start on {first}")


def _check_name(found: Findings, name: str, head: Row) -> None:
    pieces = name.removesuffix(ENDING).split("_")
    if not name.endswith(ENDING) or len(pieces) != NAME_PIECES or pieces[0] != "DSR":
        found.report("name_is_well_formed", f"it does not read {NAME_SHAPE}")
        return
    _, recipient, sender, service, period, _, number, created = pieces
    stamp = re.sub(r"[-:]", "", head["MessageCreatedDateTime"])[: len("20260101T000000")]
    for what, stated, expected in (
        ("recipient", recipient, head["RecipientPartyId"]),
        ("sender", sender, head["SenderPartyId"]),
        ("service", service, head["ServiceDescription"]),
        ("file number", number, f"{head['FileNumber']}of{head['NumberOfFiles']}"),
        ("time of creation", created, stamp),
    ):
        if stated != expected:
            found.report(
                "name_agrees_with_header", f"{what} is {stated!r}, in the header {expected!r}"
            )
    if not CREATED_IN_NAME.fullmatch(created):
        found.report("name_is_well_formed", f"{created!r} is no time such as 20260415T060000")
    days = (day_of(period), day_of(period, is_end=True))
    if days != (day_of(head["UsageStartDate"]), day_of(head["UsageEndDate"], is_end=True)):
        stated = f"{head['UsageStartDate']} to {head['UsageEndDate']}"
        found.report("name_agrees_with_header", f"period is {period!r}, in the header {stated}")


class _ReportFile:
    """One file of a report: the data of its header and footer, and the counts of its records."""

    def __init__(self, name: str, profile: Profile, head: Row) -> None:
        self.name, self.profile, self.head = name, profile, head
        self.lines = 0
        self.summaries: list[Row] = []
        self.blocks: set[str] = set()
        self._footer: tuple[int, Row] | None = None

    def take(self, number: int, row: Row) -> None:
        if row["RecordType"] in self.profile.summaries:
            self.summaries.append(row)
        if "BlockId" in row:
            self.blocks.add(row["BlockId"])
        if row["RecordType"] == self.profile.footer:
            self._footer = (number, row)

    def check_footer(self, found: Findings, report_lines: int, report_blocks: int) -> None:
        """Compares the footer with the file and with the whole report."""
        if self._footer is None:
            found.report("footer_is_there", "the file has no footer; it may be cut off")
            return
        number, footer = self._footer
        for name, count in {
            "NumberOfLinesInFile": self.lines,
            "NumberOfLinesInReport": report_lines,
            "NumberOfSummaryRecords": len(self.summaries),
            "NumberOfBlocksInFile": len(self.blocks),
            "NumberOfBlocksInReport": report_blocks,
        }.items():
            if name in footer and footer[name] != str(count):
                details = f"line {number}: {name} is {footer[name]}, counted {count}"
                found.report("footer_counts_the_file", details)


CHECKS: dict[str, Callable[..., ContentCheck]] = {
    records.FINANCIAL.name: FinancialCheck,
    records.ITEM_LEVEL.name: ItemCheck,
}
