"""The kinds of columns that feeds are made of, each with its rules, its lake type and its default.

No feed is described here; see `contracts.py`. How text becomes a value is in `values.py`.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import dataframely as dy
import polars as pl

from linernotes.ingestion import vocabulary
from linernotes.ingestion.identifiers import IDENTIFIERS, IdentifierName

Check = Callable[[pl.Expr], pl.Expr]
# A closed list, or what gives it: lists out of seeds are read at their first use.
Values = tuple[str, ...] | Callable[[], tuple[str, ...]]

MONEY = pl.Decimal(30, 12)
SHARE = pl.Decimal(13, 12)
PERCENT = pl.Decimal(15, 12)
TIMESTAMP = pl.Datetime("us")

# The largest values that the models compute with exactly. What a blocking check refuses, the intake
# refuses too: these are the ranges, and checks and models name no other.
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


def now() -> dt.datetime:
    """The present in UTC, without a zone as the lake has it."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def _no_control_characters(value: pl.Expr) -> pl.Expr:
    return ~value.str.contains(CONTROL_CHARACTERS)


def _items(check: Check) -> Check:
    return lambda value: value.list.eval(check(pl.element())).list.all()


@dataclass(frozen=True)
class Traits:
    """What the door needs to know of a column beyond its rules."""

    # Which cast of `values.py` reads it; `made` columns are no part of the feed.
    kind: str
    # Its type in the lake; None if it does not go there.
    lake: pl.DataType | None
    # What an absent value stands for.
    default: Any = None
    is_float_allowed: bool = False
    standard: IdentifierName | None = None


def _meta(kind: str, lake: pl.DataType, default: Any = None, **more: Any) -> dict[str, Any]:
    return {"traits": Traits(kind, lake, default, **more)}


def row_number() -> dy.Int64:
    """Where in its file a row stands, counted from 1. Made by the readers."""
    return dy.Int64(metadata={"traits": Traits("made", None)})


def identifier(
    *, required: bool = False, length: int = 200, pattern: str | None = None
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
        metadata=_meta("text", pl.String()),
    )


def text(*, required: bool = False, length: int | None = None) -> dy.String:
    """Words for people, of any length unless one is given."""
    checks: dict[str, Check] = {"control_characters": _no_control_characters}
    if length is not None:
        checks["too_long"] = lambda value: value.str.len_chars() <= length
    return dy.String(nullable=not required, check=checks, metadata=_meta("text", pl.String()))


def standard(name: IdentifierName) -> dy.String:
    """An identifier of a standard: its pattern breaks the row, its check digit only warns."""
    return dy.String(
        nullable=True,
        regex=IDENTIFIERS[name].anchored,
        metadata=_meta("text", pl.String(), standard=name),
    )


def isrc() -> dy.String:
    """An ISRC, normalised before the rules: a malformed one has become null with a warning."""
    return dy.String(nullable=True, metadata=_meta("isrc", pl.String()))


def kept_original() -> dy.String:
    """What was sent in place of a value that the door normalises. Made by the door."""
    return dy.String(nullable=True, metadata=_meta("made", pl.String()))


def code(values: Values, *, required: bool = False) -> dy.String:
    """One of a closed list."""
    return dy.String(
        nullable=not required,
        check={"closed_list": lambda value: value.is_in(_listed(values))},
        metadata=_meta("text", pl.String()),
    )


def territory(*, required: bool = True) -> dy.String:
    return code(vocabulary.territories, required=required)


def currency(*, required: bool = False) -> dy.String:
    return code(vocabulary.currencies, required=required)


def identifiers(*, required: bool = False) -> dy.List:
    """A list of opaque texts."""
    return _list(
        required,
        blanks_around=_items(lambda item: item == item.str.strip_chars()),
        too_long=_items(lambda item: item.str.len_chars() <= 200),
        control_characters=_items(_no_control_characters),
    )


def codes(values: Values, *, required: bool = False) -> dy.List:
    """A list of codes out of a closed list."""
    return _list(required, closed_list=_items(lambda item: item.is_in(_listed(values))))


def patterned(regex: str) -> dy.List:
    """A list of texts that all fit one pattern."""
    return _list(False, pattern=_items(lambda item: item.str.contains(regex)))


def _list(required: bool, **checks: Check) -> dy.List:
    return dy.List(
        dy.String(nullable=True),
        nullable=not required,
        check={"empty_item": _items(lambda item: item.str.strip_chars() != ""), **checks},
        metadata=_meta("list", pl.List(pl.String())),
    )


def _listed(values: Values) -> list[str]:
    return list(values if isinstance(values, tuple) else values())


def money(*, required: bool = False, default: int | None = None) -> dy.Decimal:
    """A sum of money: exact, not negative."""
    return dy.Decimal(
        30,
        12,
        nullable=not required,
        min=0,
        max=MOST_MONEY,
        metadata=_meta("decimal", MONEY, default),
    )


def exchange_rate() -> dy.Decimal:
    """How much of one currency another one is worth: over 0."""
    return rate(required=True, positive=True, most=MOST_EXCHANGE_RATE)


def rate(*, required: bool = False, positive: bool = False, most: int = MOST) -> dy.Decimal:
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
    )


def share(*, required: bool = False, default: int | None = None) -> dy.Decimal:
    """0 to 1."""
    return dy.Decimal(
        30, 12, nullable=not required, min=0, max=1, metadata=_meta("decimal", SHARE, default)
    )


def score() -> dy.Decimal:
    """0 to 1, and no money hangs on it: the one decimal that may come as a binary float."""
    return dy.Decimal(
        30, 12, nullable=True, min=0, max=1, metadata=_meta("decimal", SHARE, is_float_allowed=True)
    )


def weight() -> dy.Decimal:
    """0 to 1, with the tolerance that the sum of a set has too."""
    return dy.Decimal(30, 12, min=0, max=1 + WEIGHT_TOLERANCE, metadata=_meta("decimal", SHARE))


def percent() -> dy.Decimal:
    """Over 0 and at most 100."""
    return dy.Decimal(30, 12, min_exclusive=0, max=100, metadata=_meta("decimal", PERCENT))


def count(*, required: bool = False, default: int | None = None, most: int = MOST) -> dy.Int64:
    """Whole, not negative."""
    return dy.Int64(
        nullable=not required, min=0, max=most, metadata=_meta("count", pl.Int64(), default)
    )


def months() -> dy.Int64:
    """A length of time in months, at most a hundred years."""
    return count(most=MOST_MONTHS)


def days() -> dy.Int64:
    """A length of time in days, at most a hundred years."""
    return count(most=MOST_DAYS)


def boolean(*, required: bool = False, default: bool | None = None) -> dy.Bool:
    return dy.Bool(nullable=not required, metadata=_meta("boolean", pl.Boolean(), default))


def time(*, required: bool = False, event: bool = False) -> dy.Datetime:
    """An instant; one of the past (`event`) cannot lie more than a day in the future."""
    return dy.Datetime(
        nullable=not required,
        time_unit="us",
        check={"in_the_future": _not_in_the_future} if event else None,
        metadata=_meta("time", TIMESTAMP),
    )


def date(*, required: bool = False, event: bool = False) -> dy.Date:
    return dy.Date(
        nullable=not required,
        check={"in_the_future": _not_in_the_future} if event else None,
        metadata=_meta("date", pl.Date()),
    )


def _not_in_the_future(value: pl.Expr) -> pl.Expr:
    return value <= now() + dt.timedelta(days=1)


def month() -> dy.String:
    """`YYYY-MM`, kept as text."""
    return dy.String(metadata=_meta("month", pl.String()))


def optional_month() -> dy.String:
    """`YYYY-MM`, kept as text, or absent."""
    return dy.String(nullable=True, metadata=_meta("month", pl.String()))


def partial_date() -> dy.String:
    """`YYYY`, `YYYY-MM` or `YYYY-MM-DD`, kept as text."""
    return dy.String(nullable=True, metadata=_meta("partial_date", pl.String()))
