"""Converts text, or a Parquet column, to typed values, exactly or not at all.

A cast never guesses or raises: an unreadable value becomes null, and the caller can compare with
the text. The contracts define which values are allowed.
"""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

import polars as pl

EXACT = pl.Decimal(30, 12)
INTEGER_DIGITS = 18
FRACTION_DIGITS = 12

_PLAIN_DECIMAL = rf"^-?[0-9]{{1,{INTEGER_DIGITS}}}(\.[0-9]{{1,{FRACTION_DIGITS}}})?$"
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_PLAIN_COUNT = rf"^-?[0-9]{{1,{INTEGER_DIGITS}}}$"
# Rust's \d accepts digits of every script, so classes are spelled out.
# The usual spelling of an instant; other spellings of ISO 8601 are parsed one by one.
_USUAL_TIME = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
_ISO_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2}T([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d([.,]\d+)?)?)?"
    r"|\d{8}T([01]\d|2[0-3])([0-5]\d([0-5]\d([.,]\d+)?)?)?)"
    r"(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)",
    re.ASCII,
)
_LIST_AS_TEXT = r"^\s*\[.*\]\s*$"
_BLANK = r"^\s*$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
_TRUE = ("true", "yes")
_FALSE = ("false", "no")

# The rule that a row breaks if the cast of a kind fails.
CAST_RULES: dict[str, str] = {
    "text": "not_text",
    "isrc": "not_text",
    "list": "not_a_list",
    "decimal": "not_an_exact_decimal",
    "count": "not_a_whole_number",
    "boolean": "not_a_boolean",
    "time": "not_a_time_with_offset",
    "date": "not_a_date",
    "month": "not_a_month",
    "partial_date": "not_a_date_month_or_year",
}


def present(values: pl.Series) -> pl.Series:
    """The same column, with null for blank cells."""
    if values.dtype == pl.String:
        is_blank = values.str.contains(_BLANK)
        return values.set(is_blank, None) if is_blank.any() else values
    return values


def cast(values: pl.Series, kind: str) -> pl.Series:
    """The values of a column as its kind; null for absent and unreadable ones."""
    return _CASTS[kind](values)


def _nothing(values: pl.Series, dtype: pl.DataType) -> pl.Series:
    return pl.Series(values.name, [None], dtype=dtype).new_from_index(0, values.len())


def _to_text(values: pl.Series) -> pl.Series:
    if values.dtype == pl.String:
        return values
    if values.dtype.is_integer() or values.dtype in (pl.Categorical, pl.Enum):
        return values.cast(pl.String)
    return _nothing(values, pl.String())


def _to_list(values: pl.Series) -> pl.Series:
    if not isinstance(values.dtype, pl.List) or values.dtype.inner not in (pl.String, pl.Null):
        return _nothing(values, pl.List(pl.String))
    texts = values.cast(pl.List(pl.String)).list.eval(pl.element().fill_null(""))
    # A JSON list in a CSV cell would otherwise be one item.
    is_text = (texts.list.len() == 1) & texts.list.first().str.contains(_LIST_AS_TEXT)
    return texts.set((texts.list.len() == 0) | is_text.fill_null(False), None)


def _one_by_one(
    values: pl.Series, is_usual: pl.Series, read: Callable[[str], object], dtype: pl.DataType
) -> pl.Series:
    """Parse unusual spellings, each distinct text once; null for the usual ones."""
    spellings = values.filter(~is_usual & values.is_not_null()).unique()
    found = pl.DataFrame(
        {
            "spelling": spellings,
            "value": pl.Series([read(text) for text in spellings.to_list()], dtype=dtype),
        }
    )
    return (
        values.to_frame("spelling")
        .join(found, on="spelling", how="left", maintain_order="left")
        .get_column("value")
    )


def _exact_decimal(text: str) -> Decimal | None:
    if not _NUMBER.fullmatch(text):
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number:
        return Decimal(0)
    _, digits, exponent = number.as_tuple()
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    if number.adjusted() >= INTEGER_DIGITS or int(exponent) + zeros < -FRACTION_DIGITS:
        return None
    return number.quantize(Decimal((0, (1,), -FRACTION_DIGITS)))


def _to_decimal(values: pl.Series) -> pl.Series:
    if values.dtype == pl.String:
        is_plain = values.str.contains(_PLAIN_DECIMAL).fill_null(True)
        if is_plain.all():
            return values.cast(EXACT)
        plain = values.set(~is_plain, None).cast(EXACT)
        return plain.zip_with(is_plain, _one_by_one(values, is_plain, _exact_decimal, EXACT))
    if values.dtype.is_integer():
        return values.cast(EXACT, strict=False)
    if isinstance(values.dtype, pl.Decimal):
        wide = values.cast(pl.Decimal(38, max(values.dtype.scale, FRACTION_DIGITS)), strict=False)
        exact = wide.cast(pl.Decimal(38, FRACTION_DIGITS), strict=False)
        return exact.set((exact != wide).fill_null(False), None).cast(EXACT, strict=False)
    if values.dtype.is_float():
        return values.round(FRACTION_DIGITS).cast(EXACT, strict=False)
    return _nothing(values, EXACT)


def _to_count(values: pl.Series) -> pl.Series:
    if values.dtype.is_integer():
        whole = values.cast(pl.Int64, strict=False)
        return whole.set((whole.abs() >= 10**INTEGER_DIGITS).fill_null(False), None)
    if values.dtype == pl.String:
        is_plain = values.str.contains(_PLAIN_COUNT).fill_null(True)
        if is_plain.all():
            return values.cast(pl.Int64)
    if values.dtype.is_float():
        # Many tools write columns with gaps as floats; 12.0 is whole, but nothing beyond 2^53 is.
        is_whole = (values == values.floor()) & (values.abs() < 2**53)
        return values.set(~is_whole.fill_null(False), None).cast(pl.Int64)
    numbers = _to_decimal(values)
    return numbers.set((numbers != numbers.cast(pl.Int64)).fill_null(False), None).cast(pl.Int64)


def _to_boolean(values: pl.Series) -> pl.Series:
    if values.dtype == pl.Boolean:
        return values
    if values.dtype != pl.String:
        return _nothing(values, pl.Boolean())
    word = values.str.to_lowercase()
    return word.is_in(_TRUE).set(~word.is_in((*_TRUE, *_FALSE)).fill_null(False), None)


def _iso_time(text: str) -> dt.datetime | None:
    if not _ISO_TIME.fullmatch(text):
        return None
    try:
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def _in_calendar(values: pl.Series) -> pl.Series:
    """Null for years outside the calendars of other engines."""
    is_in = values.dt.year().is_between(dt.MINYEAR, dt.MAXYEAR)
    return values.set(~is_in.fill_null(True), None)


def _to_time(values: pl.Series) -> pl.Series:
    stamp = pl.Datetime("us")
    if isinstance(values.dtype, pl.Datetime) and values.dtype.time_zone:
        instants = values.dt.cast_time_unit("us").dt.convert_time_zone("UTC")
        return _in_calendar(instants.dt.replace_time_zone(None))
    if values.dtype != pl.String:
        return _nothing(values, stamp)
    is_usual = values.str.contains(_USUAL_TIME).fill_null(True)
    usual = values if is_usual.all() else values.set(~is_usual, None)
    read = _in_calendar(
        usual.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False)
        .dt.convert_time_zone("UTC")
        .dt.replace_time_zone(None)
    )
    if is_usual.all():
        return read
    return read.zip_with(is_usual, _one_by_one(values, is_usual, _iso_time, stamp))


def _to_date(values: pl.Series) -> pl.Series:
    if values.dtype == pl.Date:
        return _in_calendar(values)
    if values.dtype != pl.String:
        return _nothing(values, pl.Date())
    shaped = values.set(~values.str.contains(_DATE).fill_null(True), None)
    return _in_calendar(shaped.str.to_date("%Y-%m-%d", strict=False))


def _to_month(values: pl.Series) -> pl.Series:
    if values.dtype != pl.String:
        return _nothing(values, pl.String())
    return values.set(~values.str.contains(_MONTH).fill_null(True), None)


def _to_partial_date(values: pl.Series) -> pl.Series:
    if values.dtype == pl.Date:
        return values.dt.to_string("%Y-%m-%d")
    if values.dtype != pl.String:
        return _nothing(values, pl.String())
    first_day = values + pl.Series(["-01-01"])
    month_day = values + pl.Series(["-01"])
    is_year = values.str.contains(r"^[0-9]{4}$").fill_null(False)
    is_month = values.str.contains(_MONTH).fill_null(False)
    whole = month_day.zip_with(is_month, values)
    whole = first_day.zip_with(is_year, whole)
    return values.set(_to_date(whole).is_null(), None)


_CASTS: dict[str, Callable[[pl.Series], pl.Series]] = {
    "text": _to_text,
    "isrc": _to_text,
    "list": _to_list,
    "decimal": _to_decimal,
    "count": _to_count,
    "boolean": _to_boolean,
    "time": _to_time,
    "date": _to_date,
    "month": _to_month,
    "partial_date": _to_partial_date,
}
