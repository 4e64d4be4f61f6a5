"""Parts made of metrics: cards, months, splits; what a metric is called and means it says itself.

Which metrics a page shows is the page's; nothing is computed here.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from linernotes.dashboard import charts
from linernotes.dashboard.charts import Point
from linernotes.dashboard.figures import COLUMNS, Figures
from linernotes.dashboard.formats import Money, month_text
from linernotes.dashboard.parts import (
    STATES,
    Card,
    Cards,
    Chart,
    Column,
    Kind,
    Note,
    Part,
    Table,
    Trend,
    cell_text,
)
from linernotes.packages import wording

# How a metric's unit is written.
KINDS: dict[str, Kind] = {
    "money": "money",
    "count": "count",
    "share": "share",
    "seconds": "seconds",
    "days": "days",
}
MONTH, CURRENCY = "report_month", "currency_code"
# More bars than these are a list, and a list is better read as the table.
MOST_BARS = 30
CALLED = {
    "partner_id": "Partner",
    "product_id": "Product",
    "territory": "Territory",
    "use_type": "Use",
    "programme_reason": "Reason",
    "block_reason": "Reason",
    "consent_status": "What is missing",
}
# Codes that say more in other words than their own.
SAID = {
    "*": "Every use",
    "MASTER": "Recordings",
    "WORK": "Works",
    "WW": "Worldwide",
    "ai_label": "AI label",
    "seo_hack": "Misleading search words",
}


def label(figures: Figures, name: str) -> str:
    """What a metric is called; in a currency, if it is money."""
    info = figures.info(name)
    return f"{info.label}, {figures.currency}" if info.unit == "money" else info.label


def kind(figures: Figures, name: str) -> Kind:
    return KINDS[figures.info(name).unit]


def cell(figures: Figures, name: str, value: Any, currency: str | None = None) -> Any:
    """A value as a table's cell: an amount gets its currency, the chosen one if none is given."""
    if value is None or figures.info(name).unit != "money":
        return value
    return Money(value, currency or figures.currency)


def text(figures: Figures, name: str, value: Any, currency: str | None = None) -> str:
    return cell_text(cell(figures, name, value, currency), kind(figures, name))


def cards(figures: Figures, *names: str) -> Cards:
    """A card per metric: its value over the chosen months, and small bars by month."""
    whole = _values(figures, names, ())
    by_month = _values(figures, names, (MONTH,))
    return Cards([_card(figures, name, whole[name], by_month[name]) for name in names])


def _card(figures: Figures, name: str, whole: dict[Any, Any], months: dict[Any, Any]) -> Card:
    info = figures.info(name)
    value = whole.get(())
    is_money = info.unit == "money"
    return Card(
        label=label(figures, name),
        value=text(figures, name, value),
        note=figures.not_split_text(name),
        meaning=info.description,
        state=figures.months.state,
        period=figures.months.period,
        as_of=figures.months.as_of(is_money),
        trend=_trend(figures, name, months) if months else (),
    )


def _trend(
    figures: Figures, name: str, months: Mapping[Any, Any], currency: str | None = None
) -> list[Trend]:
    """Small bars by month; `months` has the values by `(month,)`."""
    return [
        Trend(
            months.get((month,)),
            f"{month_text(month)}: {text(figures, name, months.get((month,)), currency)}",
            figures.months.is_estimate(month),
        )
        for month in figures.choice.months
    ]


def money_cards(figures: Figures, name: str) -> Cards:
    """A card for an amount in every payout currency."""
    info = figures.info(name)
    by_month: dict[str, dict[Any, Any]] = {}
    for row in figures.ask(name, by=(CURRENCY, MONTH)):
        by_month.setdefault(row[CURRENCY], {})[(row[MONTH],)] = row[name]
    return Cards(
        [
            Card(
                label=f"{info.label}, {row[CURRENCY]}",
                value=text(figures, name, row[name], row[CURRENCY]),
                note=figures.not_split_text(name),
                meaning=info.description,
                state=figures.months.state,
                period=figures.months.period,
                as_of=figures.months.as_of(money=True),
                trend=_trend(figures, name, by_month.get(row[CURRENCY], {}), row[CURRENCY]),
            )
            for row in figures.ask(name, by=(CURRENCY,))
            if row[CURRENCY] in figures.shown.options.currencies
        ]
    )


def _values(
    figures: Figures, names: Sequence[str], by: tuple[str, ...]
) -> dict[str, dict[tuple[Any, ...], Any]]:
    """Values by metric and key. Metrics that know the same filters are asked together."""
    together: dict[tuple[Any, ...], list[str]] = {}
    found: dict[str, dict[tuple[Any, ...], Any]] = {name: {} for name in names}
    for name in names:
        info = figures.info(name)
        if not set(by) <= set(info.dimensions):
            continue
        knows = tuple(column in info.dimensions for column in COLUMNS.values())
        together.setdefault((info.unit == "money", *knows), []).append(name)
    for (is_money, *_), group in together.items():
        where = {CURRENCY: (figures.currency,)} if is_money else None
        for row in figures.ask(*group, by=by, where=where):
            key = tuple(row[column] for column in by)
            for name in group:
                found[name][key] = row[name]
    return found


def moved(figures: Figures, *names: str) -> list[str]:
    """Those of the metrics that are not nothing in every month."""
    values = _values(figures, names, (MONTH,))
    return [name for name in names if any(values[name].values())]


def by_month(figures: Figures, *names: str, alt: str, drawn: int | None = None) -> Iterator[Part]:
    """Metrics of one unit by month: bars, or lines where they are shares; and their figures.

    Args:
        figures: Whom to ask.
        names: The metrics.
        alt: What the chart shows.
        drawn: How many of the metrics are drawn; the others are in the table alone.
    """
    values = _values(figures, names, (MONTH,))
    months = figures.choice.months
    if not any(values.values()):
        yield Note("Nothing happened in these months for what is chosen.", "empty")
        return
    shown = names[:drawn]
    labels = [label(figures, name) for name in shown]
    points = [
        Point(
            month_text(month),
            label(figures, name),
            values[name].get((month,)),
            text(figures, name, values[name].get((month,))),
            figures.months.is_estimate(month),
        )
        for name in shown
        for month in months
    ]
    title = labels[0] if len(shown) == 1 else ""
    drawing = (
        charts.lines_by_month(months, points, labels, title)
        if figures.info(names[0]).unit == "share"
        else charts.by_month(months, points, labels, title)
    )
    table = Table(
        f"{names[0]}-by-month",
        [Column("Month", "month"), Column("State"), *_columns(figures, names)],
        [
            [month, state_text(figures, month), *_cells(figures, values, (month,))]
            for month in months
        ],
        _whole(figures, names, 2),
        figures.caption(*names),
    )
    yield Chart(drawing, f"{alt} Pale months are estimates.", table)


def _columns(figures: Figures, names: Sequence[str]) -> list[Column]:
    return [Column(label(figures, name), kind(figures, name)) for name in names]


def _cells(
    figures: Figures, values: Mapping[str, Mapping[Any, Any]], key: tuple[Any, ...]
) -> list[Any]:
    return [cell(figures, name, of_name.get(key)) for name, of_name in values.items()]


def state_text(figures: Figures, month: date) -> str | None:
    known = figures.months.states.get(month)
    return STATES[known.state] if known else None


def split(
    figures: Figures,
    by: str,
    *names: str,
    alt: str = "",
    descending: bool = True,
) -> Iterator[Part]:
    """Metrics by one dimension, by the first of them; bars of it where they can be read.

    Args:
        figures: Whom to ask.
        by: The dimension.
        names: The metrics; the first one gives the order and the bars.
        alt: What the bars show; none are drawn without it.
        descending: The largest first; else the smallest.
    """
    values = _values(figures, names, (by,))
    first = values[names[0]]
    ordered = sorted(
        {key for found in values.values() for key, value in found.items() if value},
        key=lambda key: (_rank(first.get(key), descending), str(key[0] or "")),
    )
    if not ordered:
        yield Note("There is nothing to show for what is chosen.", "empty")
        return
    rows = [[said(figures, by, key[0]), *_cells(figures, values, key)] for key in ordered]
    table = Table(
        f"{names[0]}-by-{by.removesuffix('_id')}",
        [Column(called(by)), *_columns(figures, names)],
        rows,
        _whole(figures, names, 1),
        figures.caption(*names),
    )
    if not alt or not 1 < len(rows) <= MOST_BARS:
        yield table
        return
    title = label(figures, names[0])
    points = [
        Point(row[0], title, first.get(key), text(figures, names[0], first.get(key)))
        for key, row in zip(ordered, rows, strict=True)
    ]
    axis = ".0%" if figures.info(names[0]).unit == "share" else ",~f"
    yield Chart(charts.bars(points, [title], title, axis), alt, table)


def _rank(value: Decimal | int | None, descending: bool) -> Decimal:
    if value is None:
        return Decimal("Infinity")
    return -Decimal(value) if descending else Decimal(value)


def called(by: str) -> str:
    """What a dimension is called."""
    return CALLED.get(by) or wording.plain(by)


def said(figures: Figures, by: str, code: str | None) -> str:
    """A dimension's value in words."""
    if code is None:
        return f"No {called(by).lower()}"
    for name, column in COLUMNS.items():
        if column == by:
            return figures.names[name].get(code, SAID.get(code, code))
    return SAID.get(code) or wording.plain(code)


def _whole(figures: Figures, names: Sequence[str], before: int) -> list[Any]:
    """The row of the whole, which is asked for: shares and medians do not add up."""
    return ["All", *[""] * (before - 1), *_cells(figures, _values(figures, names, ()), ())]
