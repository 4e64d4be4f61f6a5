"""The kinds of columns of feeds, each with its rules, its lake type and its default.

`contracts` describes the feeds; `values.py` converts text to values.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import dataframely as dy
import polars as pl

from linernotes.base.clock import exact_now
from linernotes.ingestion import vocabulary
from linernotes.ingestion.identifiers import IDENTIFIERS, IdentifierName

Check = Callable[[pl.Expr], pl.Expr]
# A closed list, or a function that returns it: lists from seeds are read on first use.
Values = tuple[str, ...] | Callable[[], tuple[str, ...]]

MONEY = pl.Decimal(30, 12)
SHARE = pl.Decimal(13, 12)
PERCENT = pl.Decimal(15, 12)
TIMESTAMP = pl.Datetime("us")

# The largest values for which the models are exact. The intake refuses everything that a blocking
# check would refuse: checks and models have no other ranges.
MOST = 999_999_999_999
MOST_MONEY = 999_999_999_999_999
RATE_DIGITS = 8
# Pools keep exchange rates with ten digits before the point.
MOST_EXCHANGE_RATE = 9_999_999_999
# A hundred years.
MOST_MONTHS = 1_200
MOST_DAYS = 36_525

# Float noise of the senders' own sums: 0.1 + 0.2 + 0.7 may arrive as 1.0000000000000002.
WEIGHT_TOLERANCE = Decimal("0.000001")

# Unicode category Cc without tab, line feed and carriage return.
CONTROL_CHARACTERS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"


def _no_control_characters(value: pl.Expr) -> pl.Expr:
    return ~value.str.contains(CONTROL_CHARACTERS)


def _items(check: Check) -> Check:
    return lambda value: value.list.eval(check(pl.element())).list.all()


@dataclass(frozen=True)
class Traits:
    """Properties of a column for the intake, beyond its rules."""

    # Which cast of `values.py` reads it; `derived` columns are not part of the feed.
    kind: str
    # Its type in the lake; None if it does not go there.
    lake: pl.DataType | None
    # The default for an absent value.
    default: Any = None
    is_float_allowed: bool = False
    standard: IdentifierName | None = None
    # Its closed list.
    values: Values | None = None
    # The most characters of a text, and the pattern of a list's items.
    length: int | None = None
    item_pattern: str | None = None
    # An instant or a day that cannot lie in the future.
    is_event: bool = False

    def listed(self) -> tuple[str, ...]:
        """The values of its closed list; none if there is no list."""
        return () if self.values is None else tuple(_listed(self.values))


def _meta(kind: str, lake: pl.DataType, default: Any = None, **more: Any) -> dict[str, Any]:
    return {"traits": Traits(kind, lake, default, **more)}


def row_number() -> dy.Int64:
    """The position of a row in its file, counted from 1. The readers add it."""
    return dy.Int64(metadata={"traits": Traits("derived", None)})


def identifier(
    about: str, *, required: bool = False, length: int = 200, pattern: str | None = None
) -> dy.String:
    """Opaque text: no blanks around it, at most `length` characters."""
    return dy.String(
        nullable=not required,
        regex=pattern,
        check={
            "blanks_around": lambda value: value == value.str.strip_chars(),
            "too_long": lambda value: value.str.len_chars() <= length,
            "control_characters": _no_control_characters,
        },
        metadata=_meta("text", pl.String(), length=length),
        description=about,
    )


def text(about: str, *, required: bool = False, length: int | None = None) -> dy.String:
    """Free text, of any length unless one is given."""
    checks: dict[str, Check] = {"control_characters": _no_control_characters}
    if length is not None:
        checks["too_long"] = lambda value: value.str.len_chars() <= length
    return dy.String(
        nullable=not required,
        check=checks,
        metadata=_meta("text", pl.String(), length=length),
        description=about,
    )


def standard(about: str, name: IdentifierName) -> dy.String:
    """An identifier of a standard: its pattern breaks the row, its check digit only warns."""
    return dy.String(
        nullable=True,
        regex=IDENTIFIERS[name].anchored,
        metadata=_meta("text", pl.String(), standard=name),
        description=about,
    )


def isrc(about: str) -> dy.String:
    """A normalised ISRC: a malformed one was replaced by null, with a warning."""
    return dy.String(nullable=True, metadata=_meta("isrc", pl.String()), description=about)


def original_value() -> dy.String:
    """The value as sent, if the intake normalised it. The intake adds it."""
    return dy.String(nullable=True, metadata=_meta("derived", pl.String()))


def code(about: str, values: Values, *, required: bool = False) -> dy.String:
    """One of a closed list."""
    return dy.String(
        nullable=not required,
        check={"closed_list": lambda value: value.is_in(_listed(values))},
        metadata=_meta("text", pl.String(), values=values),
        description=about,
    )


def territory(about: str, *, required: bool = True) -> dy.String:
    """A country, the world or a region."""
    return code(about, vocabulary.territories, required=required)


def currency(about: str, *, required: bool = False) -> dy.String:
    """A currency of ISO 4217."""
    return code(about, vocabulary.currencies, required=required)


def identifiers(about: str, *, required: bool = False) -> dy.List:
    """A list of opaque texts."""
    return _list(
        about,
        required,
        {"length": 200},
        blanks_around=_items(lambda item: item == item.str.strip_chars()),
        too_long=_items(lambda item: item.str.len_chars() <= 200),
        control_characters=_items(_no_control_characters),
    )


def codes(about: str, values: Values, *, required: bool = False) -> dy.List:
    """A list of codes from a closed list."""
    return _list(
        about,
        required,
        {"values": values},
        closed_list=_items(lambda item: item.is_in(_listed(values))),
    )


def patterned(about: str, regex: str) -> dy.List:
    """A list of texts that all fit one pattern."""
    return _list(
        about,
        False,
        {"item_pattern": regex},
        pattern=_items(lambda item: item.str.contains(regex)),
    )


def _list(about: str, required: bool, more: dict[str, Any], **checks: Check) -> dy.List:
    return dy.List(
        dy.String(nullable=True),
        nullable=not required,
        check={"empty_item": _items(lambda item: item.str.strip_chars() != ""), **checks},
        metadata=_meta("list", pl.List(pl.String()), **more),
        description=about,
    )


def _listed(values: Values) -> list[str]:
    return list(values if isinstance(values, tuple) else values())


def money(about: str, *, required: bool = False, default: int | None = None) -> dy.Decimal:
    """An amount of money: exact, not negative."""
    return dy.Decimal(
        30,
        12,
        nullable=not required,
        min=0,
        max=MOST_MONEY,
        metadata=_meta("decimal", MONEY, default),
        description=about,
    )


def exchange_rate(about: str) -> dy.Decimal:
    """The value of one currency in another: over 0."""
    return rate(about, required=True, positive=True, most=MOST_EXCHANGE_RATE)


def rate(
    about: str, *, required: bool = False, positive: bool = False, most: int = MOST
) -> dy.Decimal:
    """A price of one unit or a minimum: not negative (over 0 if `positive`)."""
    return dy.Decimal(
        30,
        12,
        nullable=not required,
        min=None if positive else 0,
        min_exclusive=0 if positive else None,
        max=most,
        check={"fraction_digits": lambda value: value == value.round(RATE_DIGITS)},
        metadata=_meta("decimal", MONEY),
        description=about,
    )


def share(about: str, *, required: bool = False, default: int | None = None) -> dy.Decimal:
    """0 to 1."""
    return dy.Decimal(
        30,
        12,
        nullable=not required,
        min=0,
        max=1,
        metadata=_meta("decimal", SHARE, default),
        description=about,
    )


def score(about: str) -> dy.Decimal:
    """0 to 1, without effect on money: the only decimal that may arrive as a binary float."""
    return dy.Decimal(
        30,
        12,
        nullable=True,
        min=0,
        max=1,
        metadata=_meta("decimal", SHARE, is_float_allowed=True),
        description=about,
    )


def weight(about: str) -> dy.Decimal:
    """0 to 1, with the same tolerance as the sum of a set."""
    return dy.Decimal(
        30,
        12,
        min=0,
        max=1 + WEIGHT_TOLERANCE,
        metadata=_meta("decimal", SHARE),
        description=about,
    )


def percent(about: str) -> dy.Decimal:
    """Over 0 and at most 100."""
    return dy.Decimal(
        30, 12, min_exclusive=0, max=100, metadata=_meta("decimal", PERCENT), description=about
    )


def count(
    about: str, *, required: bool = False, default: int | None = None, most: int = MOST
) -> dy.Int64:
    """Whole, not negative."""
    return dy.Int64(
        nullable=not required,
        min=0,
        max=most,
        metadata=_meta("count", pl.Int64(), default),
        description=about,
    )


def months(about: str) -> dy.Int64:
    """A duration in months, at most a hundred years."""
    return count(about, most=MOST_MONTHS)


def days(about: str) -> dy.Int64:
    """A duration in days, at most a hundred years."""
    return count(about, most=MOST_DAYS)


def boolean(about: str, *, required: bool = False, default: bool | None = None) -> dy.Bool:
    """`true` or `false`, or the EU's `Yes` or `No`, in any case."""
    return dy.Bool(
        nullable=not required,
        metadata=_meta("boolean", pl.Boolean(), default),
        description=about,
    )


def time(about: str, *, required: bool = False, event: bool = False) -> dy.Datetime:
    """An instant; that of an event cannot be more than a day in the future."""
    return dy.Datetime(
        nullable=not required,
        time_unit="us",
        check={"in_the_future": _not_in_the_future} if event else None,
        metadata=_meta("time", TIMESTAMP, is_event=event),
        description=about,
    )


def date(about: str, *, required: bool = False, event: bool = False) -> dy.Date:
    """A whole day; that of an event cannot be more than a day in the future."""
    return dy.Date(
        nullable=not required,
        check={"in_the_future": _not_in_the_future} if event else None,
        metadata=_meta("date", pl.Date(), is_event=event),
        description=about,
    )


def _not_in_the_future(value: pl.Expr) -> pl.Expr:
    return value <= exact_now() + dt.timedelta(days=1)


def month(about: str, *, required: bool = True) -> dy.String:
    """`YYYY-MM`, kept as text."""
    return dy.String(nullable=not required, metadata=_meta("month", pl.String()), description=about)


def partial_date(about: str) -> dy.String:
    """`YYYY`, `YYYY-MM` or `YYYY-MM-DD`, kept as text."""
    return dy.String(nullable=True, metadata=_meta("partial_date", pl.String()), description=about)
