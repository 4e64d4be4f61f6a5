"""Usage and earnings: products, territories, members, recordings, adjustments.

Every table adds up to a figure of the payment summary, or states what it omits.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from linernotes.base.sql import literals
from linernotes.packages import wording
from linernotes.packages.document_figures import LINES, ZERO, Figures, Statements
from linernotes.packages.document_parts import (
    Part,
    count,
    counted,
    heading,
    money,
    paragraph,
    table,
)
from linernotes.packages.fees import half_up

MOST_ROWS, MOST_MEMBERS = 30, 60
TOP, MOST_ADJUSTMENTS = 20, 15
NANO = 1_000_000_000
# Money per use is far less than a minor unit.
RATE_DIGITS = 6
OF_USE = "and line_type = 'USAGE'"
# The sums of this page's tables: uses, weight, gross, on hold.
SUMS = (
    "coalesce(sum(weight_nano), 0)::decimal(38, 0), coalesce(sum(amount), 0), "
    "coalesce(sum(amount) filter (where hold_bucket is not null), 0)"
)


def usage(figures: Figures, statements: Statements) -> Iterator[Part]:
    """Uses, gross earnings and effective rate, by product and then by territory."""
    yield heading("Usage earnings")
    tables = []
    for title, column in (("Product", "product_name"), ("Territory", "territory")):
        rows = figures.ask(
            LINES,
            f"coalesce({column}, '–'), currency_code, sum(quantity)::bigint, {SUMS}",
            f"{OF_USE} group by all order by 5 desc, 1",
        )
        tables += [(title, currency, rows) for currency in statements.currencies]
    if not any(rows for _, _, rows in tables):
        yield paragraph("No use was reported in this month.")
        return
    for title, currency, rows in tables:
        own = [row for row in rows if row[1] == currency]
        if own:
            yield heading(f"By {title.lower()}, {currency}", 3)
            yield _earned(title, currency, own)
    yield paragraph(
        "Attributed uses are uses weighted by your share in their sources. The effective rate is "
        "gross earnings per attributed use. Training fees, adjustments and deductions are not in "
        "these tables."
    )


def _earned(title: str, currency: str, rows: list[tuple[Any, ...]]) -> Part:
    shown, rest = _cut(rows, MOST_ROWS)
    cells = [[row[0], *_earned_cells(row[2:], currency)] for row in shown]
    if rest:
        cells.append([counted(len(rest), "other"), *_earned_cells(_added(rest, 2), currency)])
    return table(
        [f"*{title}", "#Source uses", "#Attributed uses", "#Gross earnings", "#On hold",
         "#Effective rate"],
        cells,
        ["Total", *_earned_cells(_added(rows, 2), currency)],
    )  # fmt: skip


def _earned_cells(figures: Sequence[Any], currency: str) -> list[str]:
    quantity, weight, amount, held = figures
    return [
        count(int(quantity)),
        attributed(weight),
        money(amount, currency),
        money(held, currency),
        effective_rate(amount, weight),
    ]


def attributed(weight_nano: Decimal) -> str:
    """Weighted uses with two decimals."""
    return f"{half_up(Fraction(Decimal(weight_nano)) / NANO, 2):,}".replace("-", "−")


def effective_rate(amount: Decimal, weight_nano: Decimal) -> str:
    """The earnings of one attributed use, or a dash if there is no use."""
    if not weight_nano:
        return "–"
    rate = Fraction(Decimal(amount)) * NANO / Fraction(Decimal(weight_nano))
    return f"{half_up(rate, RATE_DIGITS):,f}".replace("-", "−")


def _cut(rows: list[Any], most: int) -> tuple[list[Any], list[Any]]:
    """The rows to show, and the rest; a rest of only one row is shown itself."""
    shown = len(rows) if len(rows) <= most + 1 else most
    return rows[:shown], rows[shown:]


def _added(rows: Sequence[tuple[Any, ...]], start: int) -> list[Any]:
    return [sum(row[at] for row in rows) for at in range(start, start + 4)]


def top_objects(figures: Figures, statements: Statements) -> Iterator[Part]:
    """The recordings and works that earned the most, with their ISRC or ISWC."""
    yield from _tops(figures, statements, "MASTER", "Top recordings", "ISRC", "isrc")
    yield from _tops(figures, statements, "WORK", "Top works", "ISWC", "iswc")


def _tops(
    figures: Figures, statements: Statements, side: str, title: str, code: str, column: str
) -> Iterator[Part]:
    rows = figures.ask(
        LINES,
        "max(coalesce(title, object_id, 'No known source')), "
        f"coalesce(max(artist_names), '–'), coalesce(max({column}), '–'), currency_code, "
        f"sum(quantity)::bigint, {SUMS}",
        f"{OF_USE} and side = '{side}' group by currency_code, object_id "
        "order by sum(amount) desc, object_id",
    )
    for currency in statements.currencies:
        own = [row for row in rows if row[3] == currency]
        if not own:
            continue
        shown, rest = _cut(own, TOP)
        artists = ["*Artist"] if side == "MASTER" else []

        def cells(
            row: Sequence[Any], money_code: str = currency, with_artist: bool = bool(artists)
        ) -> list[str]:
            names = [row[0], *([row[1]] if with_artist else []), row[2]]
            _, weight, amount, held = row[4:]
            return [*names, attributed(weight), money(amount, money_code), money(held, money_code)]

        body = [cells(row) for row in shown]
        if rest:
            body.append(
                cells([f"{counted(len(rest), 'other')}, each less", "", "", "", *_added(rest, 4)])
            )
        yield heading(f"{title}, {currency}")
        yield table(
            ["*Title", *artists, code, "#Attributed uses", "#Gross earnings", "#On hold"],
            body,
            cells(["Total", "", "", "", *_added(own, 4)]),
        )


def members(figures: Figures, statements: Statements) -> Iterator[Part]:
    """Members or labels, ordered by the sum of their paid and held amounts."""
    rows = figures.ask(
        "rpt_partner__member_statements",
        "coalesce(member_name, member_party_id), currency_code, "
        "sum(closing_amount), sum(held_amount), sum(line_count)::bigint",
        "group by all order by abs(sum(closing_amount)) + abs(sum(held_amount)) desc, 1",
    )
    if not any(row[0] for row in rows):
        return
    yield heading("By member or label")
    for currency in statements.currencies:
        own = sorted((row for row in rows if row[1] == currency), key=lambda row: row[0] is None)
        if not own:
            continue
        shown, rest = _cut(own, MOST_MEMBERS)

        def cells(name: str, figures: Sequence[Any], money_code: str = currency) -> list[str]:
            net, held, lines = figures
            return [name, money(net, money_code), money(held, money_code), count(int(lines))]

        def added(some: Sequence[Any]) -> list[Any]:
            return [sum(row[at] for row in some) for at in (2, 3, 4)]

        body = [cells(row[0] or wording.OF_THE_CONTRACT, row[2:]) for row in shown]
        if rest:
            most = max(abs(row[2]) + abs(row[3]) for row in rest)
            body.append(
                cells(
                    f"{counted(len(rest), 'other')}, at most {money(most, currency)} each",
                    added(rest),
                )
            )
        yield table(
            [
                "*Member or label",
                f"#Balance of the month, {currency}",
                "#Put on hold, net",
                "#Lines",
            ],
            body,
            cells("Total", added(own)),
        )
    yield paragraph(
        "The balance of the month leaves out what was brought forward. Each member's or label's "
        "lines are in compensation_lines.csv."
    )


def adjustments(figures: Figures, statements: Statements) -> Iterator[Part]:
    """Prior-period adjustments by kind, each with its reason, then the largest."""
    yield heading("Prior-period adjustments")
    types = literals(wording.CORRECTIONS)
    rows = figures.ask(
        LINES,
        "line_type, currency_code, strftime(min(usage_month), '%Y-%m'), "
        "strftime(max(usage_month), '%Y-%m'), "
        "coalesce(sum(amount) filter (where hold_bucket is null), 0), "
        "coalesce(sum(amount) filter (where hold_bucket is not null), 0), count(*)",
        f"and line_type in ({types}) group by all "
        "order by abs(coalesce(sum(amount) filter (where hold_bucket is null), 0)) desc, line_type",
    )
    if not rows:
        yield paragraph("None.")
        return
    for currency in statements.currencies:
        own = [row for row in rows if row[1] == currency]
        if own:
            yield table(
                ["Adjustment", "*Reason", "Months of use", f"#Amount, {currency}", "#On hold",
                 "#Balance", "#Lines"],
                [
                    [
                        *wording.CORRECTIONS[line_type],
                        first if first == last else f"{first} to {last}",
                        *_amounts(payable, held, currency),
                        count(lines),
                    ]
                    for line_type, _, first, last, payable, held, lines in own
                ],
                ["Total", "", "", *_amounts(_sum(own, 4), _sum(own, 5), currency),
                 count(sum(row[6] for row in own))],
            )  # fmt: skip
    yield paragraph(
        "The amount of an adjustment changes what is on hold, the balance, or both; the totals are "
        "the adjustments of the payment summary."
    )
    yield from _largest_adjustments(figures, statements, types)


def _amounts(payable: Decimal, held: Decimal, currency: str) -> list[str]:
    """An adjustment: its amount, then the parts of it on hold and in the balance."""
    return [money(amount, currency) for amount in (payable + held, held, payable)]


def _sum(rows: Sequence[tuple[Any, ...]], at: int) -> Decimal:
    return sum((row[at] for row in rows), ZERO)


def _largest_adjustments(figures: Figures, statements: Statements, types: str) -> Iterator[Part]:
    # A release takes the amount from the hold that it adds to the balance: one row shows both.
    rows = figures.ask(
        LINES,
        "line_type, strftime(usage_month, '%Y-%m'), min(coalesce(title, object_id, '–')), "
        "coalesce(sum(amount) filter (where hold_bucket is null), 0) as balance, "
        "coalesce(sum(amount) filter (where hold_bucket is not null), 0) as held, "
        "currency_code, coalesce(original_line_id, 'new line')",
        f"and line_type in ({types}) and amount <> 0 "
        "group by line_type, usage_month, currency_code, original_line_id, "
        "coalesce(original_line_id, line_id) "
        "order by greatest(abs(balance), abs(held)) desc, coalesce(original_line_id, line_id), "
        "line_type",
    )
    for currency in statements.currencies:
        own = [row for row in rows if row[5] == currency]
        if not own:
            continue
        shown, rest = _cut(own, MOST_ADJUSTMENTS)
        body = [
            [
                wording.CORRECTIONS[line_type][0],
                month,
                title,
                original[:12],
                *_amounts(balance, held, currency),
            ]
            for line_type, month, title, balance, held, _, original in shown
        ]
        if rest:
            sums = _amounts(_sum(rest, 3), _sum(rest, 4), currency)
            body.append(["", "", f"{counted(len(rest), 'other')}, none larger", "", *sums])
        yield heading(f"Largest adjustments and the lines they amend, {currency}", 3)
        yield table(
            ["Adjustment", "Month", "*Title", "Original line", "#Amount", "#On hold", "#Balance"],
            body,
            ["Total", "", "", "", *_amounts(_sum(own, 3), _sum(own, 4), currency)],
        )
