"""Figures as displayed text: months, amounts, counts, shares, durations.

Figures are rounded only for display; downloads have all digits.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Context, Decimal
from typing import NamedTuple

from linernotes.base.money import minor_unit_digits, round_half_up

NONE = "–"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
SPACE_OF_A_FIGURE = re.compile(
    r"(?<=\d) (?=%|pts\b)|(?<=vs) |(?<=[Ss]ince) |(?<=[A-Za-z]{3}) (?=\d{4}\b)"
)
# More digits than a sum of weights has.
EXACT = Context(prec=60)
MINUTE, HOUR, DAY = 60, 3_600, 86_400
# A greater change is shown as the two figures, not in percent.
MOST_PERCENT = 1_000


class Money(NamedTuple):
    """An amount and its currency, which are always kept together."""

    amount: Decimal
    currency_code: str


def uses_of(weight_nano: Decimal | int) -> Decimal:
    """A weight in uses, from one in nano-uses, with all its digits."""
    return EXACT.scaleb(Decimal(weight_nano), -9)


def month_text(month: date) -> str:
    """Mar 2026, whatever the machine's language."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def span_text(months: Sequence[date]) -> str:
    """Jan – Mar 2026; every span, if the months are not consecutive."""
    spans: list[list[date]] = []
    for month in sorted(months):
        if spans and _index(month) == _index(spans[-1][-1]) + 1:
            spans[-1].append(month)
        else:
            spans.append([month])
    return ", ".join(_span_text(span[0], span[-1]) for span in spans)


def _index(month: date) -> int:
    return month.year * 12 + month.month


def _span_text(first: date, last: date) -> str:
    if first == last:
        return month_text(first)
    if first.year == last.year:
        return f"{MONTHS[first.month - 1]} – {month_text(last)}"
    return f"{month_text(first)} – {month_text(last)}"


def date_text(day: date) -> str:
    """25 Jun 2026."""
    return f"{day.day} {month_text(day)}"


def instant_text(instant: datetime) -> str:
    """15 Jun 2026, 06:00 UTC."""
    return f"{instant.day} {month_text(instant)}, {instant:%H:%M} UTC"


def money_text(money: Money) -> str:
    """1,790.07, in the currency's own decimals, with a true minus sign."""
    rounded = round_half_up(money.amount, minor_unit_digits(money.currency_code))
    return _signed(f"{rounded:,f}")


def short_money_text(money: Money) -> str:
    """7,108 EUR; from a million 1.75 M EUR. The exact amount is shown below or one click away."""
    digits = 0 if abs(money.amount) >= 1_000 else minor_unit_digits(money.currency_code)
    text = _in_millions(money.amount) or f"{round_half_up(money.amount, digits):,f}"
    return _signed(f"{text} {money.currency_code}")


def short_count_text(number: Decimal | int | None) -> str:
    """12,345; from a million 1.35 M. The exact number is shown below or one click away."""
    return count_text(number) if number is None else _in_millions(number) or count_text(number)


def _in_millions(number: Decimal | int) -> str:
    """The number in millions or billions; empty if it is smaller."""
    for power, unit in ((9, "bn"), (6, "M")):
        if abs(number) >= 10**power:
            return f"{_signed(f'{round_half_up(Decimal(number) / 10**power, 2):,f}')} {unit}"
    return ""


def full_money_text(money: Money) -> str:
    """7,108.13 EUR."""
    return f"{money_text(money)} {money.currency_code}"


def number_text(number: Decimal | int | None) -> str:
    """A number without trailing zeros."""
    if number is None:
        return NONE
    exact = Decimal(number)
    return _signed(
        f"{exact:,.0f}" if exact == exact.to_integral_value() else f"{exact.normalize():,f}"
    )


def change_text(now: Decimal | int | None, before: Decimal | int | None, is_share: bool) -> str:
    """+4.2 %; for shares the difference in points: −1.3 pts.

    Empty if a percentage has no meaning: from zero, after a change of sign, or above 1,000 %.
    """
    if now is None or before is None:
        return ""
    if is_share:
        points = round_half_up((Decimal(now) - Decimal(before)) * 100, 1)
        return _signed(f"{points:+,f}" if points else "±0.0") + " pts"
    if not before or (now < 0) != (before < 0):
        return ""
    change = round_half_up((Decimal(now) - Decimal(before)) * 100 / abs(Decimal(before)), 1)
    if abs(change) >= MOST_PERCENT:
        return ""
    return _signed(f"{change:+,f}" if change else "±0.0") + " %"


def count_text(number: Decimal | int | None) -> str:
    """12,345; below a thousand, numbers that are not whole have two decimals."""
    if number is None:
        return NONE
    exact = Decimal(number)
    is_whole = exact == exact.to_integral_value() or abs(exact) >= 1_000
    return _signed(f"{round_half_up(exact, 0 if is_whole else 2):,f}")


def share_text(share: Decimal | None) -> str:
    """97.4 %; a share near 0 or 100 % is never rounded to 0 or 100 %."""
    if share is None:
        return NONE
    percent = share * 100
    for digits in (1, 2):
        rounded = round_half_up(percent, digits)
        if rounded == percent or rounded not in {Decimal(0), Decimal(100)}:
            return _signed(f"{rounded.normalize() if rounded in {0, 100} else rounded:f}") + " %"
    return "< 0.01 %" if percent < 1 else "> 99.99 %"


def seconds_text(seconds: Decimal | int | None) -> str:
    """12 s, 35 min, 4 h 10 min, 2 d 4 h."""
    if seconds is None:
        return NONE
    whole = int(round_half_up(Decimal(seconds), 0))
    for unit, part, names in ((DAY, HOUR, ("d", "h")), (HOUR, MINUTE, ("h", "min"))):
        if whole >= unit:
            rest = whole % unit // part
            return f"{whole // unit:,} {names[0]}" + (f" {rest} {names[1]}" if rest else "")
    return f"{whole // MINUTE} min" if whole >= MINUTE else f"{whole} s"


def days_text(days: Decimal | int | None) -> str:
    """3.5 days."""
    if days is None:
        return NONE
    rounded = round_half_up(Decimal(days), 1)
    text = f"{rounded:,.0f}" if rounded == rounded.to_integral_value() else f"{rounded:,f}"
    return f"{text} day" if rounded == 1 else f"{text} days"


def whole(text: str) -> str:
    """A text whose line breaks never separate number and unit, or month and year."""
    return SPACE_OF_A_FIGURE.sub("\N{NO-BREAK SPACE}", text)


def _signed(text: str) -> str:
    return text.replace("-", "−")
