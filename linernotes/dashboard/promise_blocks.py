"""Blocks about the promises: tiles, and the details of a verdict.

Verdicts come from `fct_promise_verdicts`.
"""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from linernotes.base.money import round_half_up
from linernotes.dashboard import consent_blocks, money_blocks, statement_blocks, wording
from linernotes.dashboard.blocks import (
    VERDICTS,
    Block,
    Column,
    Event,
    Facts,
    Heading,
    Link,
    Note,
    Point,
    Table,
    Tile,
    TimeLine,
)
from linernotes.dashboard.figures import Figures, Verdict, month_before
from linernotes.dashboard.formats import (
    Money,
    change_text,
    count_text,
    date_text,
    full_money_text,
    month_text,
    share_text,
    uses_of,
)

# The page with more on each promise.
MORE = {
    "agreements": ("Consent and credit", "/consent"),
    "choice": ("Consent and credit", "/consent"),
    "pay": ("Compensation", "/compensation"),
    "credit": ("Consent and credit", "/consent"),
    "connection": ("Artist-fan connection", "/connection"),
}
# Blocks that explain a measure better than only its months.
BEHIND: dict[str, Callable[[Figures], Iterable[Block]]] = {
    "consented_use_share": consent_blocks.enforcement,
    "held_long_share": money_blocks.holds,
    "timely_statement_share": statement_blocks.statements_by_month,
}
WEIGHTS = {"licensed_use_share", "consented_use_share"}
AMOUNTS = {"licensed_money_share", "paid_share", "held_long_share"}
# Weights are in billionths of a use.
OFF_TARGET = {"at_risk", "broken"}
# The worst first: a tile shows its promise's worst measure.
RANKS = ("broken", "at_risk", "cannot_tell", "on_target")


def value_text(found: Verdict, value: Any) -> str:
    """A measure's value as text; an uplift with its sign."""
    if value is None:
        return "–"
    if found.unit == "count":
        return count_text(value)
    text = share_text(Decimal(value))
    if found.measure != "source_lift":
        return text
    margin = f" ± {share_text(Decimal(found.interval))}" if found.interval is not None else ""
    return f"{'+' if value > 0 else ''}{text}{margin}"


def short_value_text(found: Verdict) -> str:
    """The value of a tile, without its interval, which is shown below."""
    return value_text(found, found.value).split(" ± ")[0]


def interval_text(found: Verdict) -> str:
    """The 95 % confidence interval of an estimate."""
    if found.interval is None or found.value is None:
        return ""
    low, high = found.value - found.interval, found.value + found.interval
    return f" (95 % interval: {share_text(low)} to {share_text(high)})"


def rows_href(found: Verdict, part: str = "") -> str:
    """The address of the rows of a measure: the counted rows, or if there are none, all rows."""
    part = part or ("numerator" if found.numerator or not found.denominator else "denominator")
    return f"/rows/measure/{found.measure}?month={found.month:%Y-%m}&part={part}"


def verdicts_of(figures: Figures, month: Any) -> dict[str, str]:
    """The verdict of each promise in a month."""
    return {one.promise: one.promise_verdict for one in figures.verdicts if one.month == month}


def tiles(figures: Figures) -> list[Tile]:
    """One tile per promise: the measure that decides its verdict, in the headline month."""
    month = figures.headline
    found = []
    for code, promise in wording.PROMISES.items():
        measures = [v for v in figures.verdicts if v.month == month and v.promise == code]
        href = figures.selection.href(f"/promises/{code}", partner=None, product=None)
        if not measures:
            found.append(
                Tile(
                    promise.name,
                    "cannot_tell",
                    Link("–", href),
                    "No complete month yet",
                    "",
                    "",
                    "",
                    href,
                )
            )
            continue
        worst = min(
            (v for v in measures if v.target is not None),
            key=lambda v: RANKS.index(v.measure_verdict),
            default=measures[0],
        )
        before = _before(figures, worst, 1)
        change = change_text(worst.value, before.value if before else None, True)
        if worst.unit == "count":
            change = ""
        verdict: Any = worst.promise_verdict
        found.append(
            Tile(
                promise.name,
                verdict,
                Link(short_value_text(worst), rows_href(worst)),
                f"{wording.MEASURES[worst.measure][0]}{interval_text(worst)}",
                " · ".join(filter(None, (worst.target_text, worst.owner))),
                f"{change} vs {month_text(month_before(month))}" if change else "",
                f"Since {month_text(worst.since)}",
                href,
                reason_text(figures, worst),
            )
        )
    return found


def reason_text(figures: Figures, found: Verdict) -> str:
    """Why a measure misses its target, if one line can explain it."""
    if found.measure != "timely_statement_share" or found.measure_verdict not in OFF_TARGET:
        return ""
    return statement_blocks.lateness_in_short(figures, found.month)


def reasons(figures: Figures, measures: Iterable[Verdict]) -> Iterator[Block]:
    """Why measures miss their targets, if that can be explained in words."""
    if any(reason_text(figures, found) for found in measures):
        months = statement_blocks.statement_months(figures)
        yield Note(statement_blocks.lateness_in(figures, months))


def _before(figures: Figures, found: Verdict, count: int) -> Verdict | None:
    month = month_before(found.month, count)
    return next(
        (v for v in figures.verdicts if v.month == month and v.measure == found.measure), None
    )


def promise(figures: Figures, code: str) -> Iterator[Block]:
    """The details of a promise's verdict: all measures, their targets, and their months."""
    measures = measures_of(figures, code)
    if not measures:
        yield Note("No complete month can be judged yet.", "empty")
        return
    yield Note(
        f"{VERDICTS[measures[0].promise_verdict]} since {month_text(measures[0].since)}. "
        "A promise is as good as the worst of its measures.",
        "good" if measures[0].promise_verdict == "on_target" else "plain",
    )
    yield from reasons(figures, measures)
    yield measures_table(figures, code)
    title, path = MORE[code]
    yield Facts("", [("More figures", Link(title, figures.selection.href(path)), "text")])
    for v in measures:
        name, meaning = wording.MEASURES[v.measure]
        yield Heading(name, meaning)
        yield _line(figures, v)
        yield from BEHIND.get(v.measure, lambda _: ())(figures)


def measures_of(figures: Figures, code: str) -> list[Verdict]:
    """The measures of a promise in the headline month."""
    month = figures.headline
    return [v for v in figures.verdicts if v.month == month and v.promise == code]


def measures_table(figures: Figures, code: str) -> Table:
    """Each measure with its value, its count, its target and its verdict."""
    return Table(
        f"{code}-measures",
        f"Measures, {month_text(figures.headline)}",
        [
            Column("Measure"),
            Column("Value", "number"),
            Column("Counted"),
            Column("Target"),
            Column("Owner"),
            Column("Target from", "date"),
            Column("Verdict"),
        ],
        [
            [
                wording.MEASURES[v.measure][0],
                Link(value_text(v, v.value), rows_href(v)),
                Link(
                    counted_text(figures, v),
                    rows_href(v, "denominator" if v.denominator else "numerator"),
                ),
                v.target_text.removeprefix("Target: ").capitalize(),
                v.owner,
                v.target_from,
                VERDICTS[v.measure_verdict],
            ]
            for v in measures_of(figures, code)
        ],
    )


def counted_text(figures: Figures, found: Verdict) -> str:
    """The count of a measure, with its total: 200 of 287."""
    if found.numerator is None:
        return "–"
    if found.denominator is None:
        return count_text(found.numerator)
    return f"{amount_text(figures, found, 'numerator')} of {amount_text(figures, found)}"


def amount_text(figures: Figures, found: Verdict, part: str = "denominator") -> str:
    """The numerator or denominator of a measure in its unit: uses, money, items."""
    number = found.numerator if part == "numerator" else found.denominator
    if number is None:
        return "–"
    if found.measure in WEIGHTS:
        return f"{count_text(round_half_up(uses_of(number), 0))} uses"
    if found.measure in AMOUNTS:
        return full_money_text(Money(number, figures.currency))
    return count_text(number)


def _line(figures: Figures, now: Verdict) -> TimeLine:
    months = figures.months
    by_month = {v.month: v for v in figures.verdicts if v.measure == now.measure}
    points = [
        Point(
            month,
            by_month[month].value if month in by_month else None,
            value_text(by_month[month], by_month[month].value) if month in by_month else "–",
            figures.is_estimate(month),
            figures.is_in_progress(month),
            rows_href(by_month[month]) if month in by_month else "",
        )
        for month in months
    ]
    name, _ = wording.MEASURES[now.measure]
    table = Table(
        f"{now.measure}-by-month",
        f"{name} by month",
        [
            Column("Month", "month"),
            Column(name, "number"),
            Column("Target"),
            Column("Verdict"),
        ],
        [
            [
                month,
                Link(value_text(v, v.value), rows_href(v)),
                v.target_text.removeprefix("Target: ").capitalize(),
                VERDICTS[v.measure_verdict],
            ]
            for month in months
            if (v := by_month.get(month))
        ],
    )
    dated = f" (from {date_text(now.target_from)})" if now.target_from else ""
    return TimeLine(
        f"{name} by month",
        points,
        now.unit == "share",
        table,
        now.target,
        f"{now.target_text}{dated}" if now.target is not None else "",
        [Event(day, title) for day, title in figures.events(months)],
    )
