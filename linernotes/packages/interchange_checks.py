"""Compares the DSR files of a package with its lines, its statements and the agreement.

`ddex.checking` checks each file by itself.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from linernotes.base.money import money_text
from linernotes.base.problems import Problem
from linernotes.ddex import (
    FINANCIAL,
    ITEM_LEVEL,
    REMOVALS_PREFIX,
    TAKING_BACK,
    FinancialTotals,
    ItemTotals,
    RemovalTotals,
    cell_text,
    check_dsr,
    profile_of,
    read_financial_totals,
    read_item_totals,
    read_removals,
)
from linernotes.packages.manifest import FIRST_VERSIONS, MANIFEST

ITEMS_SUFFIX, REMOVALS_SUFFIX = "-items", "-removals"
ZERO = Decimal(0)
Sums = dict[str, Decimal]


@dataclass
class SalesOfLines:
    """Sums of the lines earned by uses, and of recordings' lines in their own month.

    Attributes:
        earned: Per currency, held or not.
        due: Per currency, what is not held.
        due_for_items: Per currency, what is not held.
        taken_back: Lines that reverse money for a recording, with currency and amount.
    """

    sales: set[str] = field(default_factory=set)
    earned: Sums = field(default_factory=dict)
    due: Sums = field(default_factory=dict)
    items: set[str] = field(default_factory=set)
    due_for_items: Sums = field(default_factory=dict)
    taken_back: dict[str, tuple[str, Decimal]] = field(default_factory=dict)

    def add(self, row: Mapping[str, str | None]) -> None:
        line, currency = row["line_id"] or "", row["currency_code"] or ""
        amount = Decimal(row["amount"] or 0)
        self.sales.add(line)
        self.earned[currency] = self.earned.get(currency, ZERO) + amount
        due = ZERO if row["hold_bucket"] else amount
        self.due[currency] = self.due.get(currency, ZERO) + due
        if row["line_type"] == "USAGE" and row["side"] == "MASTER":
            self.items.add(line)
            self.due_for_items[currency] = self.due_for_items.get(currency, ZERO) + due

    def add_taken_back(self, row: Mapping[str, str | None]) -> None:
        if row["line_type"] in TAKING_BACK and row["side"] == "MASTER":
            amount = Decimal(row["amount"] or 0)
            self.taken_back[row["line_id"] or ""] = (row["currency_code"] or "", amount)


def interchange_problems(
    path: Path, lines: SalesOfLines, manifest: dict[str, Any]
) -> Iterator[Problem]:
    """Checks the DSR files of a package, first each by itself, then against the package.

    Args:
        path: The package's folder.
        lines: The sums of its lines.
        manifest: Its manifest; all files that it lists exist.
    """
    expected = [FINANCIAL.name, *([ITEM_LEVEL.name] if manifest["agreed"]["item_level"] else [])]
    names = sorted(file["name"] for file in manifest["files"] if file["name"].startswith("DSR_"))
    reports: dict[str, list[str]] = {}
    for name in names:
        reports.setdefault(profile_of(path / name), []).append(name)
    is_expected = reports.keys() == set(expected) and len(reports[FINANCIAL.name]) == 1
    if not is_expected:
        profiles = ", ".join(profile_of(path / name) for name in names) or "none"
        details = f"DSR profiles are {profiles}; agreed are {', '.join(expected)}"
        yield Problem(MANIFEST, "dsr_files_are_the_agreed_ones", details)
    is_first = manifest["manifest_version"] in FIRST_VERSIONS
    sales: list[dict[str, tuple[str, str]]] = []
    for profile, own in reports.items():
        files, name = [path / one for one in own], own[0]
        if problems := check_dsr(*files, is_first_edition=is_first):
            yield from problems
        elif profile == FINANCIAL.name:
            totals = read_financial_totals(files[0])
            yield from _message_problems(name, totals, manifest, "")
            yield from _sales_problems(name, totals.sales.keys(), lines.sales)
            expected_sums = lines.earned if is_first else lines.due
            yield from _sum_problems(name, "allocated to uses", totals.allocated, expected_sums)
            sales.append(totals.sales)
            yield from _sum_problems(name, "the final total", totals.payable, _payable(manifest))
        else:
            items = read_item_totals(*files)
            yield from _message_problems(name, items, manifest, ITEMS_SUFFIX)
            yield from _sales_problems(name, items.sales.keys(), lines.items)
            yield from _sum_problems(name, "due for items", items.due, lines.due_for_items)
            sales.append(items.sales)
    if len(sales) == len(expected) == 2 and not is_first:
        yield from _differences(names, *sales)


def removals_problems(
    path: Path, actions: list[str], lines: SalesOfLines, manifest: dict[str, Any]
) -> Iterator[Problem]:
    """Checks the removals side file against the package's removals and lines.

    Args:
        path: The package's folder.
        actions: The ids of the actions in `removals.csv` that were applied in the month.
        lines: The sums of the package's lines.
        manifest: Its manifest; all files that it lists exist.
    """
    prefix = f"{REMOVALS_PREFIX}_"
    names = [file["name"] for file in manifest["files"] if file["name"].startswith(prefix)]
    if len(names) != 1:
        details = f"{len(names)} removals side files, where a package has one"
        yield Problem(MANIFEST, "removals_file_is_there", details)
        return
    [name] = names
    try:
        found = read_removals(path / name)
    except (ValueError, ArithmeticError) as reason:
        yield Problem(name, "rows_are_readable", repr(reason))
        return
    yield from _message_problems(name, found, manifest, REMOVALS_SUFFIX)
    if found.footer != found.counted:
        details = f"the footer says {found.footer}, counted {found.counted}"
        yield Problem(name, "footer_counts_the_file", details)
    if sorted(found.actions) != sorted(map(cell_text, actions)):
        details = f"its {len(found.actions)} actions are not the {len(actions)} of removals.csv"
        yield Problem(name, "actions_are_those_of_the_package", details)
    if unknown := sorted(set(found.sales) - lines.taken_back.keys()):
        details = f"{len(unknown)} lines take nothing back, such as {unknown[0]}"
        yield Problem(name, "sales_are_the_lines", details)
        return
    expected: Sums = {}
    for sale in found.sales:
        currency, amount = lines.taken_back[sale]
        expected[currency] = expected.get(currency, ZERO) - amount
    yield from _sum_problems(name, "taken back", found.reversed_amounts, expected)


def _differences(
    names: list[str], one: dict[str, tuple[str, str]], other: dict[str, tuple[str, str]]
) -> Iterator[Problem]:
    """A line that is in both files must have the same values in both."""
    differing = [
        sale
        for sale in one.keys() & other.keys()
        if any(
            Decimal(first) != Decimal(second)
            for first, second in zip(one[sale], other[sale], strict=True)
        )
    ]
    if differing:
        details = (
            f"{len(differing)} lines have other amounts in {names[0]}, such as {min(differing)}"
        )
        yield Problem(names[-1], "files_say_the_same_of_a_line", details)


def _message_problems(
    name: str,
    found: FinancialTotals | ItemTotals | RemovalTotals,
    manifest: dict[str, Any],
    suffix: str,
) -> Iterator[Problem]:
    agreed = manifest["agreed"]
    for what, stated, expected in (
        ("sender", found.sender_dpid, agreed["dpid"]),
        ("recipient", found.recipient_dpid, agreed["recipient_dpid"]),
    ):
        if stated != expected:
            yield Problem(name, "party_is_the_agreed_one", f"{what} {stated}, not {expected}")
    version = f"{manifest['partner_id']}-{manifest['report_month']}-v{manifest['version']}{suffix}"
    if found.message_id != version:
        details = f"message id is {found.message_id}, that of this version {version}"
        yield Problem(name, "message_id_is_the_versions", details)


def _sales_problems(name: str, found: Set[str], expected: set[str]) -> Iterator[Problem]:
    if unmatched := set(found) ^ expected:
        details = f"{len(unmatched)} lines are in one of both files, such as {min(unmatched)}"
        yield Problem(name, "sales_are_the_lines", details)


def _payable(manifest: dict[str, Any]) -> Sums:
    payable: Sums = {}
    for one in manifest["statements"]:
        amount = Decimal(one["totals"]["payable_amount"])
        payable[one["currency_code"]] = payable.get(one["currency_code"], ZERO) + amount
    return payable


def _sum_problems(name: str, what: str, found: Sums, expected: Sums) -> Iterator[Problem]:
    for currency in sorted(found.keys() | expected.keys()):
        reported, stated = (
            money_text(one.get(currency, ZERO), currency) for one in (found, expected)
        )
        if reported != stated:
            details = f"{what} is {reported} {currency}, in the statements {stated}"
            yield Problem(name, "totals_are_the_statements", details)
