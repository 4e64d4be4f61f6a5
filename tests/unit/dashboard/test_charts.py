"""Positions in charts: a bridge's steps connect, and a time line's columns start at zero."""

from datetime import date
from decimal import Decimal

from linernotes.dashboard.blocks import Bridge, Point, Step, Table, TimeLine
from linernotes.dashboard.charts import bridge_marks, time_line_drawing

TABLE = Table("t", "T", [], [])


def test_bridge_steps_begin_where_the_one_before_ended() -> None:
    steps = [
        Step("Revenue", Decimal(100), False),
        Step("Margin", Decimal(-40), False),
        Step("Gross", Decimal(60), True),
        Step("Tax", Decimal(-10), False),
        Step("Due", Decimal(50), True),
    ]

    marks = bridge_marks(Bridge("B", "EUR", steps))

    assert [(mark.start, mark.end) for mark in marks] == [
        (0, 100),
        (60, 100),
        (0, 60),
        (50, 60),
        (0, 50),
    ]
    assert [mark.look for mark in marks] == ["in", "out", "result", "out", "result"]


def test_columns_below_nothing_hang_from_the_zero_line() -> None:
    points = [Point(date(2026, m, 1), Decimal(v), "") for m, v in ((1, 30), (2, -10))]

    drawing = time_line_drawing(TimeLine("T", points, False, TABLE))

    assert drawing.zero == 75
    assert [(mark.start, mark.end) for mark in drawing.marks] == [(0, 75), (75, 100)]


def test_estimate_and_month_in_progress_look_different_from_an_issued_month() -> None:
    points = [
        Point(date(2026, 1, 1), Decimal(1), ""),
        Point(date(2026, 2, 1), Decimal(1), "", is_estimate=True),
        Point(date(2026, 3, 1), Decimal(1), "", is_estimate=True, is_in_progress=True),
        Point(date(2026, 4, 1), None, ""),
    ]

    drawing = time_line_drawing(TimeLine("T", points, True, TABLE, Decimal("0.9")))

    assert [mark.look for mark in drawing.marks] == ["plain", "estimate", "progress", "plain"]
    assert [mark.has_value for mark in drawing.marks] == [True, True, True, False]
    assert len(drawing.line) == 2
    assert drawing.target is not None
