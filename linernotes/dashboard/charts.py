"""The charts' looks, one function a shape; the figures come in as rows.

Amounts go in as decimal text; only the drawing makes them lengths.
"""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import altair as alt

from linernotes.base.money import exact_text
from linernotes.dashboard.formats import month_text

# Okabe and Ito: told apart by every kind of colour vision, on white and on black.
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, GREY = "#56B4E9", "#CC79A7", "#8A8F98"
SERIES = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED, GREY)
BAR_HEIGHT, CHART_HEIGHT = 26, 240
# What lying bars need for their axis, and for a legend above.
AXIS_HEIGHT, LEGEND_HEIGHT = 64, 64
# A text longer than this ends in dots; the table below the chart has all of it.
LABEL_PIXELS = 190
FULL, PALE = 1.0, 0.5


class Point(NamedTuple):
    """One mark: where it stands, what it belongs to, how long it is, and what it says."""

    place: str
    series: str
    length: Decimal | int | None
    text: str
    is_estimate: bool = False


def _rows(points: Sequence[Point]) -> alt.Data:
    return alt.Data(
        values=[
            {
                "place": point.place,
                "series": point.series,
                "digits": exact_text(Decimal(point.length)),
                "text": point.text,
                "state": "Estimate" if point.is_estimate else "Issued",
            }
            for point in points
            if point.length is not None
        ]
    )


def _length(chart: alt.Chart) -> alt.Chart:
    return chart.transform_calculate(length="toNumber(datum.digits)")


def _tooltip(place: str, series: bool = True) -> list[alt.Tooltip]:
    listed = [alt.Tooltip("place:N", title=place)]
    if series:
        listed.append(alt.Tooltip("series:N", title="What"))
    return [*listed, alt.Tooltip("text:N", title="Figure"), alt.Tooltip("state:N", title="Month")]


def _colours(names: Sequence[str], legend: bool = True) -> alt.Color:
    return alt.Color(
        "series:N",
        sort=list(names),
        scale=alt.Scale(domain=list(names), range=list(SERIES[: len(names)])),
        legend=alt.Legend(title=None, orient="top", direction="horizontal", columns=3)
        if legend
        else None,
    )


OPACITY = alt.condition("datum.state == 'Estimate'", alt.value(PALE), alt.value(FULL))


def by_month(
    months: Sequence[date], points: Sequence[Point], names: Sequence[str], title: str
) -> alt.Chart:
    """Bars by month, side by side, one colour a series; months that are estimates are pale.

    Args:
        months: All months, in order, also those without a mark.
        points: Marks, placed at `month_text`.
        names: The series, in the order of the colours.
        title: What the axis measures, with its currency or unit.
    """
    bars = alt.Chart(_rows(points), mark=alt.MarkDef(type="bar", cornerRadiusEnd=2))
    return (
        _length(bars)
        .encode(
            x=_month_axis(months),
            xOffset=alt.XOffset("series:N", sort=list(names)),
            y=alt.Y("length:Q", title=title, axis=alt.Axis(format=",~f", tickCount=5)),
            color=_colours(names, legend=len(names) > 1),
            opacity=OPACITY,
            tooltip=_tooltip("Month", series=len(names) > 1),
        )
        .properties(height=CHART_HEIGHT)
    )


def lines_by_month(
    months: Sequence[date], points: Sequence[Point], names: Sequence[str], title: str
) -> alt.LayerChart:
    """Shares by month as lines with points, in the order of `by_month`."""
    channels: dict[str, Any] = {
        "x": _month_axis(months),
        "y": alt.Y("length:Q", title=title, axis=alt.Axis(format=".0%", tickCount=5)),
        "color": _colours(names, legend=len(names) > 1),
    }
    line = alt.Chart(_rows(points), mark=alt.MarkDef(type="line", strokeWidth=2))
    dots = alt.Chart(_rows(points), mark=alt.MarkDef(type="point", filled=True, size=60))
    tooltip = _tooltip("Month", series=len(names) > 1)
    layers = [
        _length(line).encode(**channels),
        _length(dots).encode(**channels, opacity=OPACITY, tooltip=tooltip),
    ]
    return alt.LayerChart(layer=layers, height=CHART_HEIGHT)


def _month_axis(months: Sequence[date]) -> alt.X:
    named = [month_text(month) for month in months]
    return alt.X(
        "place:N",
        sort=named,
        scale=alt.Scale(domain=named),
        title=None,
        axis=alt.Axis(labelAngle=0, labelOverlap="parity"),
    )


def bars(
    points: Sequence[Point], names: Sequence[str], title: str, axis_format: str = ",~f"
) -> alt.Chart:
    """Lying bars, in the order that they come in, so that long names can be read."""
    places = list(dict.fromkeys(point.place for point in points))
    chart = alt.Chart(_rows(points), mark=alt.MarkDef(type="bar", cornerRadiusEnd=2))
    return (
        _length(chart)
        .encode(
            y=alt.Y(
                "place:N",
                sort=places,
                title=None,
                axis=alt.Axis(labelLimit=LABEL_PIXELS, labelPadding=6),
            ),
            x=alt.X("length:Q", title=title, axis=alt.Axis(format=axis_format, tickCount=5)),
            color=_colours(names, legend=len(names) > 1),
            tooltip=_tooltip("Of", series=len(names) > 1)[:-1],
        )
        .properties(height=_height(len(places), has_legend=len(names) > 1))
    )


def _height(bar_count: int, has_legend: bool) -> int:
    return bar_count * BAR_HEIGHT + AXIS_HEIGHT + LEGEND_HEIGHT * has_legend


class Step(NamedTuple):
    """A step of a waterfall: from where to where, and what it says."""

    name: str
    begin: Decimal
    end: Decimal
    text: str
    is_result: bool


def waterfall(steps: Sequence[Step], currency_code: str) -> alt.Chart:
    """Steps from top to bottom, each beginning where the one before ended; results stand on 0."""
    kinds = ("Comes in", "Goes out", "Result")
    values = []
    for step in steps:
        kind = "Result" if step.is_result else kinds[step.end < step.begin]
        values.append(
            {
                "place": step.name,
                "series": kind,
                "from": exact_text(step.begin),
                "to": exact_text(step.end),
                "text": step.text,
            }
        )
    place = alt.Y(
        "place:N",
        sort=[step.name for step in steps],
        title=None,
        axis=alt.Axis(labelLimit=LABEL_PIXELS, labelPadding=6),
    )
    axis = alt.Axis(format=",~f", tickCount=5)
    chart = alt.Chart(alt.Data(values=values), mark=alt.MarkDef(type="bar", cornerRadius=2))
    return (
        chart.transform_calculate(begin="toNumber(datum.from)", end="toNumber(datum.to)")
        .encode(
            y=place,
            x=alt.X("begin:Q", title=currency_code, axis=axis),
            x2="end:Q",
            color=alt.Color(
                "series:N",
                sort=list(kinds),
                scale=alt.Scale(domain=list(kinds), range=[GREEN, ORANGE, BLUE]),
                legend=alt.Legend(title=None, orient="top", direction="horizontal"),
            ),
            tooltip=[
                alt.Tooltip("place:N", title="Step"),
                alt.Tooltip("text:N", title=currency_code),
            ],
        )
        .properties(height=_height(len(steps), has_legend=True))
    )


def svg(chart: alt.Chart | alt.LayerChart) -> str:
    """The chart as a picture for paper."""
    import vl_convert

    spec = json.loads(chart.to_json())
    spec["config"] = {
        "font": "Inter",
        "view": {"stroke": None},
        "axis": {"labelColor": "#5B6478", "titleColor": "#5B6478", "gridColor": "#E4E7EE"},
    }
    spec["width"] = 560
    return vl_convert.vegalite_to_svg(spec)
