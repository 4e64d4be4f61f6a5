"""The part of a statement about money on hold: its reasons, what releases it, and the largest sums.

`document_money` has the amounts that are due.
"""

from collections.abc import Iterator
from decimal import Decimal

from linernotes.packages import wording
from linernotes.packages.document_figures import LINES, ZERO, Figures, Statements, sum_of
from linernotes.packages.document_parts import Part, counted, heading, money, paragraph, table

LARGEST_ON_HOLD = 20


def what_is_on_hold(figures: Figures, statements: Statements) -> Iterator[Part]:
    """Money on hold by reason, with the next step; then the largest holds, with who must act."""
    yield heading("On hold to date")
    this_month = f"report_month = date '{figures.month}'"
    rows = figures.history(
        LINES,
        "hold_bucket, currency_code, "
        f"coalesce(sum(amount) filter (where {this_month} and amount > 0), 0), "
        f"coalesce(-sum(amount) filter (where {this_month} and amount < 0), 0), "
        "sum(amount) as waiting",
        "and hold_bucket is not null group by all "
        f"having sum(amount) <> 0 or bool_or({this_month}) "
        "order by currency_code, waiting desc, hold_bucket",
    )
    if not rows:
        yield paragraph("Nothing is on hold.")
        return
    for currency in statements.currencies:
        own = [row for row in rows if row[1] == currency]
        if not own:
            continue
        sums = [sum((row[at] for row in own), ZERO) for at in (2, 3, 4)]
        before = sums[2] - sums[0] + sums[1]
        taken_back = _taken_back(figures, currency)
        yield paragraph(
            f"At the end of the month before, {money(before, currency)} {currency} was on hold."
            + (
                f" Of what was released, {money(taken_back, currency)} {currency} was taken back "
                "and not added to the balance; adjustments say why."
                if taken_back
                else ""
            )
        )
        yield table(
            ["Reason", "*What releases it", "#Put on hold", "#Released", f"#To date, {currency}"],
            [
                [
                    wording.hold_reason(bucket),
                    wording.HOLDS.get(bucket, ("", ""))[1],
                    money(held, currency),
                    money(-released, currency),
                    money(waiting, currency),
                ]
                for bucket, _, held, released, waiting in own
            ],
            ["Total", "", *(money(one, currency) for one in (sums[0], -sums[1], sums[2]))],
        )
        yield from _largest_on_hold(figures, currency)


def _taken_back(figures: Figures, currency: str) -> Decimal:
    """The amount that left the hold in the month without reaching the balance."""
    rows = figures.ask(
        LINES,
        "-coalesce(sum(amount) filter (where hold_bucket is not null), 0) as released, "
        "greatest(coalesce(sum(amount) filter (where hold_bucket is null), 0), 0) as paid",
        f"and currency_code = '{currency}' and line_type <> 'USAGE' "
        "group by line_type, usage_month, coalesce(original_line_id, line_id) "
        "having released > paid",
    )
    return sum((released - paid for released, paid in rows), ZERO)


def _largest_on_hold(figures: Figures, currency: str) -> Iterator[Part]:
    rows = figures.history(
        LINES,
        "max_by(coalesce(title, object_id, product_name, '–'), report_month), "
        "max(coalesce(isrc, iswc, '–')), hold_bucket, "
        "coalesce(max_by(consent_required_from, report_month), "
        "max_by(owner_name, report_month), max(owner_party_id), '–'), "
        "strftime(min(usage_month), '%Y-%m'), sum(amount) as waiting, object_id",
        f"and hold_bucket is not null and currency_code = '{currency}' "
        "group by contract_id, side, object_id, owner_party_id, hold_bucket "
        "having sum(amount) <> 0 order by waiting desc, object_id, hold_bucket, 4",
    )
    if not rows:
        return
    shown, rest = rows[:LARGEST_ON_HOLD], rows[LARGEST_ON_HOLD:]
    cells = [
        [title, code, wording.hold_reason(bucket), who, since, money(amount, currency)]
        for title, code, bucket, who, since, amount, _ in shown
    ]
    if rest:
        cells.append(
            [
                f"{counted(len(rest), 'other')}, each less",
                "",
                "",
                "",
                "",
                money(sum_of(rest, 5), currency),
            ]
        )
    yield heading(f"Largest on hold, {currency}", 3)
    yield table(
        ["*Title", "ISRC or ISWC", "Reason", "*Who must consent or claim", "Since", "#Amount"],
        cells,
        ["Total", "", "", "", "", money(sum_of(rows, 5), currency)],
    )
