"""The statement's chart: bars in proportion to their amounts, with all labels visible."""

import re
from decimal import Decimal

from linernotes.packages.charts import COLOURS, monthly_chart

BAR = re.compile(r'<rect x="[0-9.]+" y="[0-9.]+" width="[0-9.]+" height="([0-9.]+)" fill="([^"]+)"')
LABEL = re.compile(r'<text x="([0-9.]+)" y="[0-9.]+" text-anchor="end"[^>]*>([^<]*)<')


def drawn(*months: tuple[str, str, str]) -> tuple[dict[str, list[Decimal]], dict[str, Decimal]]:
    """Heights of bars by kind, and the left end of each label of the axis."""
    svg = monthly_chart(
        "EUR",
        [(m, {"Amount due": Decimal(due), "On hold": Decimal(held)}) for m, due, held in months],
    )
    kinds = {colour: kind for kind, colour in COLOURS.items()}
    heights: dict[str, list[Decimal]] = {kind: [] for kind in COLOURS}
    # The first bar of each colour is in the legend.
    for height, colour in BAR.findall(svg)[len(COLOURS) :]:
        heights[kinds[colour]].append(Decimal(height))
    return heights, {text: Decimal(right) for right, text in LABEL.findall(svg)}


def test_bars_are_as_long_as_their_amounts() -> None:
    heights, labels = drawn(("2026-05", "100", "-50"), ("2026-06", "25", "0"))

    due, held = heights["Amount due"], heights["On hold"]
    assert abs(due[0] - 4 * due[1]) < Decimal("0.05")
    assert abs(due[0] - 2 * held[0]) < Decimal("0.05")
    assert held[1] == 0
    assert list(labels) == ["EUR", "−50", "0", "50", "100"]


def test_labels_of_the_largest_amounts_have_their_room() -> None:
    _, labels = drawn(("2026-06", "999999999999.99", "0.01"))

    assert labels["1,000,000,000,000"] >= Decimal(5) * len("1,000,000,000,000")


def test_currency_has_its_room_beside_short_labels() -> None:
    """Regression: the G of GBP was cut off if no label had more than three digits."""
    _, labels = drawn(("2026-06", "300", "0"))

    assert labels["EUR"] >= Decimal("7.5") * len("EUR")


def test_amounts_below_one_have_a_scale() -> None:
    _, labels = drawn(("2026-06", "0.03", "0.00"))

    assert list(labels) == ["EUR", "0", "0.01", "0.02", "0.03"]


def test_kind_that_is_always_zero_has_neither_legend_nor_bars() -> None:
    """Regression: the legend named "On hold" where nothing ever was on hold."""
    months = [("2026-05", "100"), ("2026-06", "25")]

    svg = monthly_chart(
        "EUR", [(m, {"Amount due": Decimal(due), "On hold": Decimal(0)}) for m, due in months]
    )

    assert "Amount due" in svg
    assert "On hold" not in svg
    assert COLOURS["On hold"] not in svg
