"""The positions of the marks of a drawing, in percent of its width and height, for templates.

Amounts stay exact until they are converted to lengths here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from linernotes.dashboard.blocks import Bars, Bridge, Point, TimeLine
from linernotes.dashboard.formats import Money, money_text, month_text

# The minimum length, so that values other than zero are visible.
LEAST = 0.6


@dataclass(frozen=True)
class Mark:
    """A bar or a column.

    Attributes:
        name: Its name.
        start: Its start, in percent of the space.
        length: Its length, in percent.
        text: Its label.
        href: Its link.
        look: Its style: plain, estimate, progress, result, in, out.
        middle: The horizontal position of its middle, for columns and points.
        width: Its width, for columns.
        has_value: Whether there is a value to draw.
    """

    name: str
    start: float
    length: float
    text: str
    href: str
    look: str
    middle: float = 0.0
    width: float = 0.0
    has_value: bool = True

    @property
    def end(self) -> float:
        return self.start + self.length


def bar_marks(bars: Bars) -> list[Mark]:
    """Horizontal bars from the left; negative ones begin to the left of the zero line."""
    values = [Decimal(bar.value or 0) for bar in bars.bars]
    lowest, highest = min([Decimal(0), *values]), max([Decimal(0), *values])
    return [
        Mark(
            bar.name,
            *_span(Decimal(0), Decimal(bar.value or 0), lowest, highest),
            bar.text,
            bar.href,
            "plain",
            has_value=bar.value is not None,
        )
        for bar in bars.bars
    ]


def bridge_marks(bridge: Bridge) -> list[Mark]:
    """Steps that begin where the previous step ended; results begin at zero."""
    spans, at = [], Decimal(0)
    for step in bridge.steps:
        begin = Decimal(0) if step.is_result else at
        at = step.amount if step.is_result else at + step.amount
        spans.append((begin, at))
    flat = [value for span in spans for value in span]
    lowest, highest = min([Decimal(0), *flat]), max([Decimal(0), *flat])
    return [
        Mark(
            step.name,
            *_span(begin, end, lowest, highest),
            money_text(Money(step.amount, bridge.currency_code)),
            step.href,
            "result" if step.is_result else "in" if end >= begin else "out",
        )
        for step, (begin, end) in zip(bridge.steps, spans, strict=True)
    ]


def _span(begin: Decimal, end: Decimal, lowest: Decimal, highest: Decimal) -> tuple[float, float]:
    room = highest - lowest
    if not room:
        return 0.0, 0.0
    start = float((min(begin, end) - lowest) * 100 / room)
    length = float(abs(end - begin) * 100 / room)
    return round(start, 2), round(max(length, LEAST) if end != begin else 0.0, 2)


@dataclass(frozen=True)
class Drawing:
    """A time line: its marks, the line through them, the target, and the position of zero."""

    marks: Sequence[Mark]
    line: Sequence[tuple[Mark, Mark]]
    target: float | None
    zero: float


def time_line_drawing(chart: TimeLine) -> Drawing:
    """Columns that begin at zero, or for shares points on a line; measured from the top."""
    values = [Decimal(point.value) for point in chart.points if point.value is not None]
    target = [chart.target] if chart.target is not None else []
    lowest, highest = _ends(values, target, chart.is_share)
    return Drawing(
        *_marks(chart.points, lowest, highest, chart.is_share),
        _height(chart.target, lowest, highest) if target else None,
        _height(Decimal(0), lowest, highest) if lowest <= 0 <= highest else 100.0,
    )


def _ends(
    values: Sequence[Decimal], target: Sequence[Decimal], is_share: bool
) -> tuple[Decimal, Decimal]:
    found = [*values, *target]
    if not is_share:
        return min([Decimal(0), *found]), max([Decimal(0), *found])
    if not found:
        return Decimal(0), Decimal(1)
    lowest, highest = min(found), max(found)
    room = max(highest - lowest, Decimal("0.02"))
    return lowest - room / 4, highest + room / 4


def _height(value: Decimal | None, lowest: Decimal, highest: Decimal) -> float:
    """The distance from the top, in percent."""
    if value is None or highest == lowest:
        return 100.0
    return round(float((highest - value) * 100 / (highest - lowest)), 2)


def _marks(
    points: Sequence[Point], lowest: Decimal, highest: Decimal, is_share: bool
) -> tuple[list[Mark], list[tuple[Mark, Mark]]]:
    room = 100 / max(len(points), 1)
    zero = _height(Decimal(0), lowest, highest)
    marks = []
    for place, point in enumerate(points):
        value = None if point.value is None else Decimal(point.value)
        at = _height(value, lowest, highest)
        start, length = (at, 0.0) if is_share else (min(at, zero), abs(zero - at))
        look = "progress" if point.is_in_progress else "estimate" if point.is_estimate else "plain"
        marks.append(
            Mark(
                month_text(point.month),
                start,
                max(length, LEAST) if value and not is_share else length,
                point.text,
                point.href,
                look,
                round(room * (place + 0.5), 2),
                round(room * 0.68, 2),
                value is not None,
            )
        )
    drawn = [mark for mark in marks if mark.has_value]
    return marks, list(pairwise(drawn)) if is_share else []


def small_drawing(points: Sequence[Point], is_share: bool) -> Drawing:
    """The same for a card, without target and text."""
    values = [Decimal(point.value) for point in points if point.value is not None]
    lowest, highest = _ends(values, [], is_share)
    marks, line = _marks(points, lowest, highest, is_share)
    return Drawing(marks, line, None, _height(Decimal(0), lowest, highest))
