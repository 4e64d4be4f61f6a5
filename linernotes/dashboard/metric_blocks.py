"""Blocks made from metrics: cards of the headline month, time lines, splits; all link to rows.

The pages decide which metrics they show; nothing is computed here.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from linernotes.dashboard import wording
from linernotes.dashboard.blocks import (
    Bar,
    Bars,
    Block,
    Card,
    Cards,
    Column,
    Event,
    Kind,
    Link,
    Note,
    Point,
    Table,
    TimeLine,
    cell_text,
)
from linernotes.dashboard.figures import COLUMNS, Figures, month_before
from linernotes.dashboard.formats import (
    Money,
    change_text,
    count_text,
    full_money_text,
    month_text,
    short_count_text,
    short_money_text,
)

KINDS: dict[str, Kind] = {
    "money": "money",
    "count": "count",
    "share": "share",
    "seconds": "seconds",
    "days": "days",
}
# The amounts that head the pages of money.
MONEY = (
    "amount_due_reporting_amount",
    "gross_earnings_reporting_amount",
    "on_hold_reporting_amount",
    "adjustments_reporting_amount",
)
MONTH, CURRENCY = "report_month", "currency_code"
# More bars than this are hard to read; the table shows them better.
MOST_BARS = 15
# A share of fewer things than this shows how many they are.
FEW = 100
Values = dict[tuple[Any, ...], Any]


def kind(figures: Figures, name: str) -> Kind:
    return KINDS[figures.info(name).unit]


def is_share(figures: Figures, name: str) -> bool:
    return figures.info(name).unit == "share"


def cell(figures: Figures, name: str, value: Any) -> Any:
    """A value as a table cell; an amount gets the reporting currency."""
    if value is None or figures.info(name).unit != "money":
        return value
    return Money(value, figures.currency)


def short(figures: Figures, name: str, value: Any) -> str:
    """A value as text for a card or a bar."""
    shown = cell(figures, name, value)
    if isinstance(shown, Money):
        return short_money_text(shown)
    if kind(figures, name) == "count":
        return short_count_text(shown)
    return cell_text(shown, kind(figures, name))


def _exact(figures: Figures, name: str, value: Any) -> str:
    """A value as text that is not abbreviated."""
    shown = cell(figures, name, value)
    if isinstance(shown, Money):
        return full_money_text(shown)
    return cell_text(shown, kind(figures, name))


def rows_of(figures: Figures, name: str, months: Sequence[date], **where: str | None) -> str:
    """The address of the rows of a metric; for a ratio, the rows of its numerator come first."""
    period = {"from": f"{months[0]:%Y-%m}", "to": f"{months[-1]:%Y-%m}"}
    more = {f"by_{column}": value if value is not None else "-" for column, value in where.items()}
    return figures.selection.href(f"/rows/metric/{name}", **period, **more)


def values_of(
    figures: Figures, names: Sequence[str], by: tuple[str, ...], months: Sequence[date]
) -> dict[str, Values]:
    """Values by metric and key. Metrics with the same filters are queried together.

    A metric that a page shows twice, as a card and as a time line, is queried once.
    """
    ends = min(months), max(months)
    answered = figures.answered
    together: dict[tuple[Any, ...], list[str]] = {}
    for name in names:
        if (name, by, ends) in answered:
            continue
        answered[name, by, ends] = {}
        info = figures.info(name)
        if set(by) <= set(info.dimensions):
            has_columns = tuple(column in info.dimensions for column in COLUMNS.values())
            together.setdefault((info.unit == "money", *has_columns), []).append(name)
    for group in together.values():
        for row in figures.ask(*group, by=by, months=months):
            key = tuple(row[column] for column in by)
            for name in group:
                answered[name, by, ends][key] = row[name]
    return {name: answered[name, by, ends] for name in names}


def compared_months(figures: Figures) -> list[date]:
    """The months of the time lines, and those with which the headline month is compared."""
    return sorted({*figures.months, *(month_before(figures.headline, n) for n in (1, 3, 12))})


def cards(figures: Figures, *names: str, is_large: bool = False) -> Cards:
    """One card per metric: its value in the headline month, its changes, and the months before."""
    by_month = values_of(figures, names, (MONTH,), compared_months(figures))
    parts = [part for name in names for part in _counts(figures, name)]
    counts = values_of(figures, parts, (MONTH,), [figures.headline])
    return Cards([_card(figures, name, by_month[name], counts) for name in names], is_large)


def _counts(figures: Figures, name: str) -> tuple[str, ...]:
    """The numerator and denominator of a share of things; nothing for other metrics."""
    info = figures.info(name)
    is_of_counts = all(figures.info(part).unit == "count" for part in info.parts)
    return info.parts if info.unit == "share" and len(info.parts) == 2 and is_of_counts else ()


def _of_few(figures: Figures, name: str, counts: Mapping[str, Values]) -> str:
    """What a share of few things consists of, since one of them moves it far: 1 of 28."""
    numbers = [counts[part].get((figures.headline,)) for part in _counts(figures, name)]
    if not numbers or not numbers[1] or numbers[1] >= FEW:
        return ""
    return " of ".join(count_text(number or 0) for number in numbers)


def _card(figures: Figures, name: str, months: Values, counts: Mapping[str, Values]) -> Card:
    info = figures.info(name)
    headline = figures.headline
    value = _counted(info.unit, months.get((headline,)))
    text = short(figures, name, value)
    exact = _exact(figures, name, value) if value else ""
    return Card(
        label=info.label,
        value=Link(text, rows_of(figures, name, [headline])),
        exact=_of_few(figures, name, counts) or ("" if exact == text else exact),
        note=figures.not_split_text(name),
        meaning=info.description,
        changes=changes(figures, name, months),
        target=target_of(figures, name)[1],
        points=_points(figures, name, months),
        is_estimate=figures.is_estimate(headline),
    )


def changes(figures: Figures, name: str, months: Mapping[Any, Any]) -> list[str]:
    """Changes from one month, three months and one year before, where known.

    If a percentage has no meaning, the earlier figure is shown instead.
    """
    now = months.get((figures.headline,))
    found = []
    for count in (1, 3, 12):
        month = month_before(figures.headline, count)
        before = months.get((month,))
        text = change_text(now, before, is_share(figures, name))
        if text:
            found.append(f"{text} vs {month_text(month)}")
        elif now is not None and before is not None:
            found.append(f"{short(figures, name, before)} in {month_text(month)}")
    return found


def _counted(unit: str, value: Any) -> Any:
    """A count without a row for the month is 0, not unknown."""
    return 0 if value is None and unit == "count" else value


def target_of(figures: Figures, name: str) -> tuple[Decimal | None, str]:
    """The target of a metric that is also a promise's measure, as a number and in words.

    It applies to all partners and products together, so there is none for a selection.
    """
    if figures.selection.partner or figures.selection.product or figures.selection.territory:
        return None, ""
    found = next(
        (v for v in figures.verdicts if v.measure == name and v.month == figures.headline), None
    )
    if found is None or found.target is None:
        return None, ""
    return found.target, found.target_text


def _points(figures: Figures, name: str, months: Values) -> list[Point]:
    unit = figures.info(name).unit
    return [
        Point(
            month,
            _counted(unit, months.get((month,))),
            short(figures, name, _counted(unit, months.get((month,)))),
            figures.is_estimate(month),
            figures.is_in_progress(month),
            rows_of(figures, name, [month]),
        )
        for month in figures.months
    ]


def time_line(figures: Figures, *names: str) -> Iterator[Block]:
    """The first metric by month as a chart, and all metrics in its table."""
    months = figures.months
    values = values_of(figures, names, (MONTH,), compared_months(figures))
    if not any(found.get((month,)) is not None for found in values.values() for month in months):
        yield Note(f"{wording.NO_ACTIVITY} {wording.WIDEN}", "empty")
        return
    first = names[0]
    label = figures.info(first).label
    unit = f", {figures.currency}" if figures.info(first).unit == "money" else ""
    shown = f"{label} by month{unit}"
    table = Table(
        f"{first}-by-month",
        shown,
        [Column("Month", "month"), Column("State"), *_columns(figures, names)],
        [
            [
                month,
                figures.state_text(month),
                *(_linked(figures, name, values[name].get((month,)), [month]) for name in names),
            ]
            for month in months
        ],
        note=figures.not_split_text(*names),
    )
    yield TimeLine(
        shown,
        _points(figures, first, values[first]),
        is_share(figures, first),
        table,
        *target_of(figures, first),
        [Event(day, name) for day, name in figures.events(months)],
    )


def _linked(figures: Figures, name: str, value: Any, months: Sequence[date], **where: Any) -> Any:
    if value is None:
        return None
    return Link(cell(figures, name, value), rows_of(figures, name, months, **where))


def _columns(figures: Figures, names: Sequence[str]) -> list[Column]:
    return [
        Column(
            f"{figures.info(name).label}, {figures.currency}"
            if figures.info(name).unit == "money"
            else figures.info(name).label,
            kind(figures, name),
        )
        for name in names
    ]


def split(
    figures: Figures,
    by: str,
    *names: str,
    title: str = "",
    descending: bool = True,
    is_drawn: bool = True,
) -> Iterator[Block]:
    """Metrics of the selected months by one dimension, ordered by the first metric."""
    months = figures.months
    values = values_of(figures, names, (by,), months)
    first = values[names[0]]
    ordered = sorted(
        {key for found in values.values() for key, value in found.items() if value},
        key=lambda key: (_rank(first.get(key), descending), str(key[0] or "")),
    )
    label = figures.info(names[0]).label
    shown = title or f"{label} by {wording.column_name(by).lower()}"
    if not ordered:
        yield Note(f"{shown}: {wording.NO_RESULTS[0].lower()}{wording.NO_RESULTS[1:]}", "empty")
        return
    whole = values_of(figures, names, (), months)
    table = Table(
        f"{names[0]}-by-{by.removesuffix('_id')}",
        f"{shown}, {figures.caption()}",
        [Column(wording.column_name(by)), *_columns(figures, names)],
        [
            [
                _named(figures, by, key[0]),
                *(
                    _linked(figures, name, values[name].get(key), months, **{by: key[0]})
                    for name in names
                ),
            ]
            for key in ordered
        ],
        ["All", *(_linked(figures, name, whole[name].get(()), months) for name in names)],
        note=figures.not_split_text(*names),
    )
    if not is_drawn or not len(ordered) > 1:
        yield table
        return
    bars = [
        Bar(
            name_of(figures, by, key[0]),
            first.get(key),
            short(figures, names[0], first.get(key)),
            rows_of(figures, names[0], months, **{by: key[0]}),
        )
        for key in ordered[:MOST_BARS]
        # An amount of zero is only in the table; a share of zero also gets a bar.
        if first.get(key) or (first.get(key) is not None and is_share(figures, names[0]))
    ]
    yield Bars(f"{shown}, {figures.caption()}", bars, table)


def _rank(value: Decimal | int | None, descending: bool) -> Decimal:
    if value is None:
        return Decimal("Infinity")
    return -Decimal(value) if descending else Decimal(value)


def name_of(figures: Figures, by: str, code: str | None) -> str:
    """The text for a dimension's value."""
    if code is None:
        return f"No {wording.column_name(by).lower()}"
    for name, column in COLUMNS.items():
        if column == by:
            return figures.names[name].get(code, wording.CODES.get(code, code))
    return wording.code_text(by, code)


def _named(figures: Figures, by: str, code: str | None) -> Any:
    """A name with a link to its page, if it has one."""
    name = name_of(figures, by, code)
    if by == "partner_id" and code in figures.names["partner"]:
        return Link(name, figures.selection.href(f"/partners/{code}", partner=None))
    return name
