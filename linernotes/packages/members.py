"""Sub-statements: the payment details of one member or label, without data of any other.

One archive, `members.zip`, holds them under `members/<party id>/`, so that the partner can pass
each on as it is. Each adds up to the member's row in `member_statements.csv`, and all of them to
the package's lines that name a member.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from linernotes.base.sql import literal
from linernotes.ledger.records import ISSUED, file_safe
from linernotes.packages import wording
from linernotes.packages.document import DRAFT_NOTE, ISSUED_NOTE, known_at_of
from linernotes.packages.document_figures import LINES, ZERO, Figures, Statements
from linernotes.packages.document_holds import what_is_on_hold
from linernotes.packages.document_parties import entity_lines, payee_name, statement_name
from linernotes.packages.document_parts import (
    Part,
    band,
    count,
    head,
    heading,
    money,
    paragraph,
    table,
)
from linernotes.packages.document_usage import adjustments, top_objects, usage
from linernotes.packages.fonts import readable
from linernotes.packages.manifest import package_state
from linernotes.packages.tables import TableRows
from linernotes.packages.typesetting import typeset
from linernotes.packages.workbook import write_lines_workbook

MEMBER_STATEMENTS = "rpt_partner__member_statements"
# A ZIP entry has no time zone and no date before 1980; a fixed time gives the same bytes again.
FIXED_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class MemberFigures(Figures):
    """Queries the reports about one member of a partner only."""

    member: str = ""

    def _sql(self, relation: str, selection: str, months: str, rest: str) -> str:
        if relation.rpartition(".")[2] not in (LINES, MEMBER_STATEMENTS):
            raise ValueError(f"{relation} has no members")
        return super()._sql(
            relation, selection, months, f"and member_party_id = {literal(self.member)} {rest}"
        )


def write_members(
    path: Path,
    figures: Figures,
    statements: Statements,
    lines: TableRows,
    mark: str,
) -> int:
    """Writes the archive of every member's sub-statement; the same figures give the same bytes.

    Args:
        path: The archive.
        figures: The figures of the partner and month.
        statements: The partner's statements of the month.
        lines: The package's compensation lines.
        mark: Ties the archive to its package.

    Returns:
        The number of members with a sub-statement.
    """
    members = figures.ask(
        MEMBER_STATEMENTS,
        "member_party_id, coalesce(max(member_name), member_party_id)",
        "and member_party_id is not null group by 1 order by 1",
    )
    with (
        TemporaryDirectory(dir=path.parent) as scratch,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for member, name in members:
            own = MemberFigures(
                figures.connection,
                figures.partner_id,
                figures.month,
                figures.kept_reports,
                member,
            )
            rows = replace(lines, member=member)
            folder = Path(scratch)
            rows.write(folder / "compensation_lines.csv")
            (folder / "statement.pdf").write_bytes(_document(own, name, statements, mark))
            write_lines_workbook(
                folder / "statement.xlsx", name, list(statements.records), rows, mark
            )
            for file in ("statement.pdf", "statement.xlsx", "compensation_lines.csv"):
                entry = zipfile.ZipInfo(f"members/{file_safe(member)}/{file}", FIXED_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, (folder / file).read_bytes())
    return len(members)


def _document(figures: MemberFigures, name: str, statements: Statements, mark: str) -> bytes:
    known_at = known_at_of(statements)
    month, is_issued = (
        wording.month_name(figures.month),
        package_state(list(statements.records)) == ISSUED,
    )
    cut_off = f"{wording.day_name(known_at.date())}, {known_at:%H:%M} UTC"
    parts: list[Part] = [_head(figures, name, statements, cut_off)]
    parts += _balances(figures, statements)
    for section in (what_is_on_hold, usage, top_objects, adjustments):
        parts += section(figures, statements)
    parts.append(
        paragraph(
            "This is your part of the statement that the head names. Advance, reserve, tax and "
            "what was brought forward belong to the contract as a whole and are not in it."
        )
    )
    content = {
        "title": f"AI royalty sub-statement, {month}",
        "subtitle": readable(f"For {name}. Data cut-off: {cut_off}."),
        "header": readable(f"{name} · {month}"),
        "footer": readable(" · ".join(map(statement_name, statements.records[:3]))),
        "state": ISSUED_NOTE if is_issued else DRAFT_NOTE,
        "is_draft": not is_issued,
        "date": {"year": known_at.year, "month": known_at.month, "day": known_at.day},
        "keywords": [mark],
        "parts": parts,
    }
    return typeset(content, known_at)


def _head(figures: MemberFigures, name: str, statements: Statements, cut_off: str) -> Part:
    """The partner through whom the member is paid, and the statement that this is part of."""
    agreed, issued = statements.agreed, statements.issued_on
    last_day = figures.month_after - timedelta(days=1)
    through = entity_lines(agreed.legal, payee_name(figures), agreed.contact)
    return head(
        [("Paid through", through), ("For", [name])],
        [
            ("Period", f"{figures.month.day} to {wording.day_name(last_day)}"),
            ("Issued", wording.day_name(issued) if issued else "Draft: not issued"),
            ("Data cut-off", cut_off),
            ("Part of", ", ".join(map(statement_name, statements.records))),
        ],
    )


def _balances(figures: MemberFigures, statements: Statements) -> Iterator[Part]:
    """The member's amounts of the month, in one band per currency, then by contract."""
    rows = figures.ask(
        MEMBER_STATEMENTS,
        "contract_id, currency_code, earned_amount, fee_amount, closing_amount, held_amount, "
        "line_count",
        "order by contract_id, currency_code",
    )
    for currency in statements.currencies:
        own = [row for row in rows if row[1] == currency]
        if not own:
            continue
        due = sum((row[4] for row in own), ZERO)
        yield band(
            f"Balance of the month, {currency}",
            f"{money(due, currency)} {currency}",
            "paid through your collective or distributor",
        )
    if not rows:
        return
    yield heading("Balance by contract")
    yield table(
        [
            "*Contract",
            "#Earned",
            "#Adjustments",
            "#Commission",
            "#Balance of the month",
            "#Put on hold, net",
            "#Lines",
        ],
        [
            [
                f"{contract}, {currency}",
                money(earned, currency),
                money(closing - earned + fee, currency),
                money(Decimal(-fee), currency),
                money(closing, currency),
                money(held, currency),
                count(lines),
            ]
            for contract, currency, earned, fee, closing, held, lines in rows
        ],
    )
