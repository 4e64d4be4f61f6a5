"""The statement as a PDF: what is paid and why, for people to read.

Every figure is a statement's or a report's; sums are DuckDB's, over decimals. How parts look is in
`statement.typ`; what codes mean is in `wording`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from linernotes.ledger.records import ISSUED, StatementRecord, month_start
from linernotes.packages import wording
from linernotes.packages.balance_terms import balance_rows
from linernotes.packages.charts import monthly_chart
from linernotes.packages.document_parts import (
    Part,
    boxes,
    chart,
    count,
    heading,
    money,
    paragraph,
    rate,
    table,
)
from linernotes.packages.fonts import REPLACEMENT, readable
from linernotes.packages.manifest import package_state
from linernotes.packages.typesetting import typeset

ISSUED_NOTE, DRAFT_NOTE = "Issued", "DRAFT – no payment follows from it"
MONTHS_CHARTED = 12
# Longer tables end with one row for the rest; the data files have every row.
MOST_ROWS = 30
MOST_CORRECTIONS = 15
# What silence means by a contract's clause.
SILENCE = {"allow": "allowed", "deny": "refused"}


def write_document(
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    partner_name: str,
    statements: list[StatementRecord],
    mark: str,
) -> None:
    """Writes the PDF of one partner and month; the same figures give the same bytes.

    Args:
        path: The file.
        connection: The published warehouse, attached as `published`.
        partner_name: The partner as a reader knows it.
        statements: The partner's statements of the month, at least one.
        mark: The text that ties it to its package; it becomes the PDF's keyword.
    """
    figures = Figures(connection, statements[0].partner_id, month_start(statements[0].report_month))
    content = _content(figures, partner_name, statements) | {"keywords": [mark]}
    known_at = datetime.fromisoformat(_known_at(statements)).astimezone(UTC)
    path.write_bytes(typeset(content, known_at))


@dataclass(frozen=True)
class Figures:
    """Asks the reports about one partner, in one month or up to it."""

    connection: duckdb.DuckDBPyConnection
    partner_id: str
    month: date

    def ask(self, report: str, selection: str, rest: str = "") -> list[tuple[Any, ...]]:
        """A query on the month's rows of a report."""
        sql = (
            f"select {selection} from published.reports.{report} "
            f"where partner_id = ? and report_month = ? {rest}"
        )
        return self.connection.cursor().execute(sql, [self.partner_id, self.month]).fetchall()

    def history(self, report: str, selection: str, rest: str = "") -> list[tuple[Any, ...]]:
        """A query on the rows of a report up to the month."""
        sql = (
            f"select {selection} from published.reports.{report} "
            f"where partner_id = ? and report_month <= ? {rest}"
        )
        return self.connection.cursor().execute(sql, [self.partner_id, self.month]).fetchall()

    @property
    def month_before(self) -> date:
        before = self.month.month - 1
        return date(self.month.year - (before == 0), before or 12, 1)


def _content(
    figures: Figures, partner_name: str, statements: list[StatementRecord]
) -> dict[str, Any]:
    month, partner_name = wording.month_name(figures.month), readable(partner_name)
    known_at = datetime.fromisoformat(_known_at(statements))
    is_issued = package_state(statements) == ISSUED
    parts: list[Part] = []
    for section in SECTIONS:
        parts += section(figures, statements)
    return {
        "title": f"Statement of AI use, {month}",
        "subtitle": f"For {partner_name}. Figures as known at {known_at:%Y-%m-%d %H:%M} UTC.",
        "header": f"{partner_name} · {month}",
        "footer": readable(" · ".join(f"{one.statement_id} v{one.version}" for one in statements)),
        "state": ISSUED_NOTE if is_issued else DRAFT_NOTE,
        "is_draft": not is_issued,
        "date": {"year": known_at.year, "month": known_at.month, "day": known_at.day},
        "parts": parts,
    }


def _known_at(statements: list[StatementRecord]) -> str:
    return max(statement.known_at for statement in statements)


def _currencies(statements: list[StatementRecord]) -> list[str]:
    return sorted({statement.currency_code for statement in statements})


def _sum(statements: list[StatementRecord], currency: str, term: str) -> Decimal:
    amounts = (Decimal(s.totals[term]) for s in statements if s.currency_code == currency)
    return sum(amounts, Decimal(0))


def _paid(figures: Figures, statements: list[StatementRecord]) -> Iterator[Part]:
    """Page one: the figures that count, and the balance of every statement."""
    for currency in _currencies(statements):
        told = [
            ("Payable", "payable_amount", "what we pay you"),
            ("Earned", "earned_amount", "by use in this month"),
            ("Corrections", "correction_amount", "of earlier months"),
            ("Held", "held_amount", "net, in this month"),
            ("Carried", "carried_amount", "to the next month"),
        ]
        yield boxes(
            (f"{name}, {currency}", money(_sum(statements, currency, term), currency), note)
            for name, term, note in told
        )
    yield heading("What is paid, and why")
    columns = [f"#{_contract_and_currency(one)}" for one in statements]
    rows = [[name, *_amounts(amounts, statements)] for name, amounts in balance_rows(statements)]
    yield table(["*Balance of each contract", *columns], rows[:-1], rows[-1])


def _contract_and_currency(statement: StatementRecord) -> str:
    return f"{statement.contract_id}, {statement.currency_code}"


def _amounts(amounts: list[Decimal], statements: list[StatementRecord]) -> list[str]:
    return [
        money(amount, one.currency_code) for amount, one in zip(amounts, statements, strict=True)
    ]


def _change(figures: Figures, statements: list[StatementRecord]) -> Iterator[Part]:
    """What makes this month's balance differ from the last one's, cause by cause."""
    months = figures.history(
        "rpt_partner__compensation_statement",
        "strftime(report_month, '%Y-%m'), currency_code, sum(payable_amount), sum(held_amount)",
        "group by all order by all",
    )
    causes = figures.connection.cursor().execute(CAUSES, [
        figures.partner_id, figures.month, figures.month_before,
    ]).fetchall()  # fmt: skip
    for currency in _currencies(statements):
        charted = [row for row in months if row[1] == currency][-MONTHS_CHARTED:]
        if len(charted) > 1:
            bars = [
                {"month": month, "kind": kind, "amount": f"{amount:f}"}
                for month, _, payable, held in charted
                for kind, amount in (("Payable", payable), ("Held", held))
            ]
            yield heading(f"Payable and held by month, {currency}", 3)
            told = "; ".join(
                f"{month} payable {money(payable, currency)}, held {money(held, currency)}"
                for month, _, payable, held in charted
            )
            yield chart(monthly_chart(currency, bars), f"Bars by month, in {currency}: {told}.")
        rows = [row for row in causes if row[0] == currency]
        if any(before for *_, before in rows):
            yield heading(f"Change on the month before, {currency}", 3)
            sums = [sum((row[at] for row in rows), Decimal(0)) for at in (3, 4)]
            yield table(
                ["*Cause", "#Month before", "#This month", "#Change"],
                [
                    [_cause(line_type, product), *_changed(before, now, currency)]
                    for _, line_type, product, now, before in rows
                ],
                ["Balance", *_changed(sums[1], sums[0], currency)],
            )


CAUSES = """
    with causes as (
        select
            currency_code,
            line_type,
            case when line_type = 'USAGE' then product_name end as product_name,
            coalesce(sum(amount) filter (where report_month = $2), 0) as now_amount,
            coalesce(sum(amount) filter (where report_month = $3), 0) as before_amount
        from published.reports.rpt_partner__compensation_lines
        where partner_id = $1 and report_month in ($2, $3) and hold_bucket is null
        group by all
    )
    select *
    from causes
    where now_amount <> 0 or before_amount <> 0
    order by
        currency_code,
        line_type <> 'USAGE',
        abs(now_amount - before_amount) desc,
        line_type,
        product_name
"""


def _cause(line_type: str, product: str | None) -> str:
    if product:
        return f"Use of {product}"
    name = wording.line_type_name(line_type)
    return f"Correction: {name.lower()}" if line_type in wording.CORRECTIONS else name


def _changed(before: Decimal, now: Decimal, currency: str) -> list[str]:
    return [money(before, currency), money(now, currency), money(now - before, currency)]


def _breakdowns(figures: Figures, statements: list[StatementRecord]) -> Iterator[Part]:
    """Lines by product and territory, then members or labels."""
    terms = wording.OF_THE_CONTRACT
    for title, column, first in (
        ("By product", "product_name", "*Product"),
        ("By territory", "territory", "*Territory"),
    ):
        rows = figures.ask(
            "rpt_partner__compensation_lines",
            f"{column}, currency_code, "
            "coalesce(sum(amount) filter (where hold_bucket is null), 0) as payable, "
            "coalesce(sum(amount) filter (where hold_bucket is not null), 0), count(*)",
            f"group by all order by currency_code, payable desc, {column}",
        )
        yield from _broken_down(title, first, terms, rows)
    rows = figures.ask(
        "rpt_partner__member_statements",
        "coalesce(member_name, member_party_id) as member, currency_code, "
        "sum(closing_amount) as closing, sum(held_amount), sum(line_count)",
        "group by all order by currency_code, closing desc, member",
    )
    yield from _broken_down("By member or label", "*Member or label", f"{terms}, and direct", rows)


def _broken_down(
    title: str, first: str, nameless: str, rows: list[tuple[Any, ...]]
) -> Iterator[Part]:
    yield heading(title)
    for currency in sorted({row[1] for row in rows}):
        of_currency = [row for row in rows if row[1] == currency]
        listed = sorted(of_currency, key=lambda row: row[0] is None)
        most = MOST_ROWS if len(listed) > MOST_ROWS + 1 else len(listed)
        shown, rest = listed[:most], listed[most:]
        cells = [[row[0] or nameless, *_figures_of(row, currency)] for row in shown]
        if rest:
            cells.append([f"{len(rest):,} others", *_figures_of(_added(rest), currency)])
        yield table(
            [first, f"#Balance, {currency}", f"#Held, {currency}", "#Lines"],
            cells,
            ["Total", *_figures_of(_added(listed), currency)],
        )


def _figures_of(row: Sequence[Any], currency: str) -> list[str]:
    _, _, payable, held, lines = row
    return [money(payable, currency), money(held, currency), count(int(lines))]


def _added(rows: list[tuple[Any, ...]]) -> list[Any]:
    return [None, None, *(sum(row[at] for row in rows) for at in (2, 3, 4))]


def _holds(figures: Figures, statements: list[StatementRecord]) -> Iterator[Part]:
    yield heading("What is held, and what releases it")
    this_month = f"report_month = date '{figures.month}'"
    rows = figures.history(
        "rpt_partner__compensation_lines",
        "hold_bucket, currency_code, "
        f"coalesce(sum(amount) filter (where {this_month}), 0), sum(amount), "
        f"count(*) filter (where {this_month})",
        "and hold_bucket is not null group by all "
        f"having sum(amount) <> 0 or bool_or({this_month}) "
        "order by currency_code, hold_bucket",
    )
    if not rows:
        yield paragraph("Nothing is held.")
        return
    yield paragraph(
        "What is negative in this month was released or taken back. Every month so far makes "
        "what waits in all."
    )
    yield table(
        ["Held because of", "*Reason and next step", "#This month", "#Lines", "#Waits in all"],
        [
            [
                wording.plain(bucket),
                " ".join(wording.HOLDS.get(bucket, ("", ""))),
                f"{money(amount, currency)} {currency}",
                count(lines),
                f"{money(waiting, currency)} {currency}",
            ]
            for bucket, currency, amount, waiting, lines in rows
        ],
    )


def _corrections(figures: Figures, statements: list[StatementRecord]) -> Iterator[Part]:
    yield heading("Corrections of earlier months")
    types = ", ".join(f"'{name}'" for name in wording.CORRECTIONS)
    rows = figures.ask(
        "rpt_partner__compensation_lines",
        "line_type, currency_code, strftime(min(usage_month), '%Y-%m'), "
        "strftime(max(usage_month), '%Y-%m'), "
        "coalesce(sum(amount) filter (where hold_bucket is null), 0), "
        "coalesce(sum(amount) filter (where hold_bucket is not null), 0), count(*)",
        f"and line_type in ({types}) group by all order by currency_code, line_type",
    )
    if not rows:
        yield paragraph("None.")
        return
    yield table(
        ["Kind", "*Reason", "Months", "#Balance", "#Held", "#Lines"],
        [
            [
                *wording.CORRECTIONS[line_type],
                first if first == last else f"{first} to {last}",
                f"{money(payable, currency)} {currency}",
                f"{money(held, currency)} {currency}",
                count(lines),
            ]
            for line_type, currency, first, last, payable, held, lines in rows
        ],
    )
    # A release takes from what is held what it adds to the balance: one row shows both.
    largest = figures.ask(
        "rpt_partner__compensation_lines",
        "line_type, strftime(usage_month, '%Y-%m'), min(coalesce(title, object_id, '–')), "
        "coalesce(sum(amount) filter (where hold_bucket is null), 0) as balance, "
        "coalesce(sum(amount) filter (where hold_bucket is not null), 0) as held, "
        "currency_code, coalesce(original_line_id, '–')",
        f"and line_type in ({types}) and amount <> 0 "
        "group by line_type, usage_month, currency_code, original_line_id, "
        "coalesce(original_line_id, line_id) "
        "order by greatest(abs(balance), abs(held)) desc, coalesce(original_line_id, line_id), "
        f"line_type limit {MOST_CORRECTIONS}",
    )
    yield heading("The largest, with the line that each corrects", 3)
    yield table(
        ["Kind", "Month", "*Title", "#Balance", "#Held", "Original line"],
        [
            [
                wording.CORRECTIONS[line_type][0],
                month,
                title,
                f"{money(balance, currency)} {currency}",
                f"{money(held, currency)} {currency}",
                original[:12],
            ]
            for line_type, month, title, balance, held, currency, original in largest
        ],
    )


def _removals(figures: Figures, statements: list[StatementRecord]) -> Iterator[Part]:
    yield heading("Removals")
    rows = figures.ask(
        "rpt_partner__removals_monthly",
        "programme_reason, sum(action_count)::bigint, sum(distinct_recording_count)::bigint, "
        "sum(distinct_uploader_count)::bigint, sum(overturned_action_count)::bigint, "
        "sum(appeal_decided_action_count)::bigint, sum(appealed_action_count)::bigint",
        "group by all order by sum(action_count) desc, programme_reason",
    )
    if not rows:
        yield paragraph("No action was taken in this month against content that concerns you.")
    else:
        yield table(
            [
                "*Reason",
                "#Actions",
                "#Recordings",
                "#Uploaders",
                "#Appealed",
                "#Overturned of decided",
            ],
            [
                [
                    wording.plain(reason),
                    *map(count, counts),
                    rate(appealed, counts[0]),
                    rate(overturned, decided),
                ]
                for reason, *counts, overturned, decided, appealed in rows
            ],
        )
    moved = figures.ask(
        "rpt_partner__removal_money",
        "currency_code, held_amount, returned_to_pool_amount, paid_on_reinstatement_amount, "
        "adjusted_amount",
        "order by currency_code",
    )
    if moved:
        yield table(
            [
                "*Removals",
                "#Put on hold",
                "#Returned to pool",
                "#Paid on reinstatement",
                "#Adjusted",
            ],
            [
                [currency, *(money(amount, currency) for amount in amounts)]
                for currency, *amounts in moved
            ],
        )


def _consent_and_credit(figures: Figures, statements: list[StatementRecord]) -> Iterator[Part]:
    yield heading("Consent and credit")
    yield from _relied_on(figures)
    yield from _in_force(figures)
    credited = figures.ask(
        "rpt_partner__credit_coverage",
        "product_name, covered_derivative_count, derivative_count, shown_credit_count, "
        "required_credit_count",
        "order by product_name",
    )
    if credited:
        yield table(
            ["*Product", "#Derivatives with every credit", "#Credits shown"],
            [
                [name, rate(covered, all_derivatives), rate(shown, required)]
                for name, covered, all_derivatives, shown, required in credited
            ],
        )


def _relied_on(figures: Figures) -> Iterator[Part]:
    """The decisions and clauses that lines name, by what they are about."""
    cited = figures.ask(
        "rpt_partner__consents",
        "object_type, use_type, count(distinct proof_id), "
        "count(distinct proof_id) filter (where is_changed)",
        "and is_cited and proof_kind = 'decision' group by all order by all",
    )
    clauses = figures.ask(
        "rpt_partner__consents",
        "proof_id, decision, cited_line_count",
        "and is_cited and proof_kind = 'clause' order by all",
    )
    yield paragraph(
        f"The lines of this month rely on {count(sum(row[2] for row in cited))} consent decisions "
        f"and {count(len(clauses))} contract clauses. consents.csv holds each of them, whoever "
        "decided: its scope, dates, state and the hash of its evidence."
    )
    if cited:
        yield table(
            ["*Relied on: decisions about", "*Use", "#Decisions", "#Recorded this month"],
            [[wording.plain(row[0]), _use(row[1]), *map(count, row[2:])] for row in cited],
        )
    if clauses:
        yield table(
            ["*Relied on: contract clause", "*Without a decision, use is", "#Lines"],
            [[proof, SILENCE[decision], count(lines)] for proof, decision, lines in clauses],
        )


def _in_force(figures: Figures) -> Iterator[Part]:
    """The decisions on file when the month ends, and what changed in it."""
    decisions = figures.ask(
        "rpt_partner__consents",
        "use_type, count(distinct proof_id) filter (where is_in_force and decision = 'allow'), "
        "count(distinct proof_id) filter (where is_in_force and decision = 'deny'), "
        "count(distinct proof_id) filter (where is_changed and not is_withdrawn), "
        "count(distinct proof_id) filter (where is_changed and is_withdrawn)",
        "and proof_kind = 'decision' and (is_in_force or is_changed) group by all order by all",
    )
    if not decisions:
        yield paragraph(
            "We have no individual decisions from you on file; your contract's default applies."
        )
        return
    yield table(
        [
            "*Decisions in force at month end",
            "#Granted",
            "#Refused",
            "#Recorded this month",
            "#Taken back this month",
        ],
        [[_use(row[0]), *map(count, row[1:])] for row in decisions],
    )


def _use(use_type: str) -> str:
    return "All uses" if use_type == "*" else wording.plain(use_type)


def _fans(figures: Figures, statements: list[StatementRecord]) -> Iterator[Part]:
    yield heading("Artists and fans")
    [(recordings, *counts)] = figures.ask(
        "rpt_partner__fan_connection",
        "count(distinct recording_id), sum(derivative_listener_count)::bigint, "
        "sum(source_listener_within_7_days_count)::bigint, sum(new_fan_count)::bigint, "
        "sum(follow_count)::bigint, sum(save_count)::bigint",
    )
    if not recordings:
        yield paragraph("No recording of yours had listeners of derivatives in this month.")
        return
    yield from _uplift(figures)
    yield table(
        [
            "#Recordings",
            "#Listeners of derivatives",
            "#Then played the source",
            "#New fans",
            "#Follows",
            "#Saves",
        ],
        [[count(recordings), *map(count, counts)]],
    )
    yield paragraph(wording.SUPPRESSION)


def _uplift(figures: Figures) -> Iterator[Part]:
    """Whether derivatives bring listeners to the partner's recordings, and how sure that is."""
    for recordings, uplift, lower, upper, detectable, verdict in figures.ask(
        "rpt_partner__fan_uplift",
        "recording_count, uplift_rate, lower_uplift_rate, upper_uplift_rate, "
        "detectable_uplift_rate, verdict",
    ):
        measured = (
            f"Uplift in plays of your recordings over matched controls: {_percent(uplift)}, "
            f"from {count(recordings)} recordings"
        )
        if lower is None:
            yield paragraph(f"{measured}. They are too few to tell whether it is more than chance.")
            continue
        sure = "" if verdict != "cannot_tell" else " It cannot be told from no uplift."
        yield paragraph(
            f"{measured} (95 % interval {_percent(lower)} to {_percent(upper)}; an uplift under "
            f"{_percent(detectable)} would often be missed).{sure}"
        )


def _percent(share: Decimal) -> str:
    return f"{share * 100:.1f} %"


def _method(figures: Figures, statements: list[StatementRecord]) -> Iterator[Part]:
    yield heading("Method")
    yield from map(paragraph, wording.METHOD)
    yield heading("Identifiers")
    yield table(
        ["Statement", "Version", "As known at", "#Lines", "*SHA-256 of its lines"],
        [
            [
                one.statement_id,
                f"v{one.version}",
                one.known_at[:16].replace("T", " "),
                count(one.line_count),
                one.line_set_sha256,
            ]
            for one in statements
        ],
    )
    yield paragraph(
        f"A character that our fonts lack is shown as {REPLACEMENT}; the data files have it."
    )
    yield paragraph(
        "manifest.json has the hash of every file of this package; the command "
        "“linernotes verify --package FOLDER” checks them, and recomputes your share."
    )


Section = Callable[[Figures, list[StatementRecord]], Iterator[Part]]
SECTIONS: tuple[Section, ...] = (
    _paid,
    _change,
    _breakdowns,
    _holds,
    _corrections,
    _removals,
    _consent_and_credit,
    _fans,
    _method,
)
