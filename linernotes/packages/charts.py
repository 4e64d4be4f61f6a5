"""The statement's charts as SVG, drawn here: a chart library takes longer than all the tables.

Amounts are decimals; only drawing converts them to lengths.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from xml.sax.saxutils import escape

# Safe for the colour-blind (Okabe and Ito).
COLOURS = {"Amount due": "#0072B2", "On hold": "#E69F00"}
WIDTH, HEIGHT = Decimal(660), Decimal(190)
RIGHT, TOP, BOTTOM = Decimal(6), Decimal(30), Decimal(22)
# The maximum widths of a digit and of a capital letter of an axis, and the gap beside them.
DIGIT, CAPITAL, GAP = Decimal("6.6"), Decimal(8), Decimal(8)
TICKS = 4
# The part of a month's width that its bars fill; the maximum width of a bar.
FILLED, WIDEST_BAR = Decimal("0.7"), Decimal(34)
INK, GRID = "#5B6478", "#E4E7EE"
Months = Sequence[tuple[str, Mapping[str, Decimal]]]


def monthly_chart(currency_code: str, months: Months) -> str:
    """Amount due and on hold by report month, side by side; one that is always zero is left out.

    Args:
        currency_code: The amounts' currency, for the axis.
        months: Each month, with its amounts by `COLOURS`; at least one amount is not zero.
    """
    amounts = [amount for _, own in months for amount in own.values()]
    kinds = {
        kind: colour for kind, colour in COLOURS.items() if any(own[kind] for _, own in months)
    }
    step = _step(max(amounts) - min(amounts), max(amounts), min(amounts))
    low = (min([*amounts, Decimal(0)]) / step).to_integral_value(ROUND_FLOOR) * step
    high = (max([*amounts, Decimal(0)]) / step).to_integral_value(ROUND_CEILING) * step
    ticks = [low + step * number for number in range(int((high - low) / step) + 1)]
    scale = (HEIGHT - TOP - BOTTOM) / (high - low)
    widest = max(len(_shown(tick)) for tick in ticks)
    start = max(DIGIT * widest, CAPITAL * len(currency_code)) + GAP

    def at(amount: Decimal) -> Decimal:
        return TOP + (high - amount) * scale

    drawn = [*_legend(start, kinds), _text(start - GAP, Decimal(13), currency_code, "end")]
    for tick in ticks:
        drawn += [
            _line(start, at(tick), GRID),
            _text(start - GAP, at(tick) + 4, _shown(tick), "end"),
        ]
    room = (WIDTH - start - RIGHT) / len(months)
    width = min(room * FILLED / len(kinds), WIDEST_BAR)
    for number, (month, own) in enumerate(months):
        middle = start + room * (number + Decimal("0.5"))
        drawn.append(_text(middle, HEIGHT - 6, month, "middle"))
        for place, (kind, colour) in enumerate(kinds.items()):
            left = middle + width * (place - Decimal(len(kinds)) / 2)
            top, bottom = sorted((at(own[kind]), at(Decimal(0))))
            drawn.append(_bar(left, top, width - 1, bottom - top, colour))
    drawn.append(_line(start, at(Decimal(0)), INK))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="Inter" font-size="10">'
        f"{''.join(drawn)}</svg>"
    )


def _step(span: Decimal, *ends: Decimal) -> Decimal:
    """A round distance between grid lines that gives about `TICKS` of them."""
    wanted = max(span, *(abs(end) for end in ends)) / TICKS
    power = Decimal(1).scaleb(wanted.adjusted())
    return next(power * times for times in (1, 2, 5, 10) if power * times >= wanted)


def _legend(left: Decimal, kinds: Mapping[str, str]) -> list[str]:
    drawn = []
    for kind, colour in kinds.items():
        drawn += [_bar(left, Decimal(4), Decimal(10), Decimal(10), colour),
                  _text(left + 15, Decimal(13), kind, "start")]  # fmt: skip
        left += 100
    return drawn


def _shown(tick: Decimal) -> str:
    return f"{tick.normalize():,f}".replace("-", "−")


def _bar(left: Decimal, top: Decimal, width: Decimal, height: Decimal, colour: str) -> str:
    return (
        f'<rect x="{left:.2f}" y="{top:.2f}" width="{width:.2f}" height="{height:.2f}" '
        f'fill="{colour}"/>'
    )


def _line(left: Decimal, top: Decimal, colour: str) -> str:
    return (
        f'<line x1="{left:.2f}" y1="{top:.2f}" x2="{WIDTH - RIGHT:.2f}" y2="{top:.2f}" '
        f'stroke="{colour}"/>'
    )


def _text(left: Decimal, top: Decimal, text: str, anchor: str) -> str:
    return (
        f'<text x="{left:.2f}" y="{top:.2f}" text-anchor="{anchor}" fill="{INK}">'
        f"{escape(text)}</text>"
    )
