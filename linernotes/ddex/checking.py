"""Checks a DSR file using only its bytes and name, before it is sent and after it is received.

This module checks a whole file: name, header, order of records, footer. `cell_check` checks single
cells, `financial_check` and `item_check` the references and sums of a profile. `verification`
compares the file with the rest of its package.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from linernotes.base.problems import Problem
from linernotes.ddex import records
from linernotes.ddex.cell_check import named_cells
from linernotes.ddex.financial_check import FinancialCheck
from linernotes.ddex.findings import ContentCheck, Findings, Row, day_of
from linernotes.ddex.item_check import ItemCheck
from linernotes.ddex.records import PROFILES, Profile

# Stands for a record type that is not in the profile.
UNKNOWN = "?"
ENDING = ".tsv"
NAME_PIECES = 8
NAME_SHAPE = (
    "DSR_<recipient>_<sender>_<service>_<period>_<territory>_<number>of<files>_<created>.tsv"
)
CREATED_IN_NAME = re.compile(r"[0-9]{8}T[0-9]{6}")


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
            row = named_cells(found, count, text)
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
