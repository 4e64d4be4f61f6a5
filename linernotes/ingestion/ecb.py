"""The European Central Bank's history of reference rates: a wide file of days, read as long rows.

A row is a day, so one bad cell rejects its day. The intake compares days with earlier deliveries.
"""

import datetime as dt
import re
from dataclasses import dataclass

import polars as pl

from linernotes.base.clock import exact_now
from linernotes.base.settings import Limits
from linernotes.ingestion import values
from linernotes.ingestion.columns import MOST_EXCHANGE_RATE, RATE_DIGITS
from linernotes.ingestion.errors import RefusedFile
from linernotes.ingestion.limits import hold

RATES_SCHEMA = pl.Schema(
    {
        "rate_date": pl.Date(),
        "quote_currency": pl.String(),
        "rate": values.EXACT,
        "recorded_at": pl.Datetime("us"),
        "is_withdrawn": pl.Boolean(),
    }
)

_NOT_QUOTED = "N/A"
_CURRENCY = re.compile("[A-Z]{3}")
# The bank publishes at about four in the afternoon of Frankfurt.
_PUBLISHED_HOUR = 16
_ZONE = "Europe/Berlin"


@dataclass(frozen=True)
class BrokenDay:
    """A rejected line, with every rule it breaks."""

    row_number: int
    original_text: str
    broken_rules: list[str]
    details: str


@dataclass(frozen=True)
class EcbFile:
    """The content of one file. Days read are the sum of good, broken and duplicate days."""

    rates: pl.DataFrame
    """Good days in long form, in the columns of `RATES_SCHEMA`: one row per day and currency."""
    days: pl.DataFrame
    """Good days: `rate_date`, `row_number`, `original_text`. A day may lack any rate."""
    broken: list[BrokenDay]
    rows_read: int
    rows_duplicate: int


def parse_rates(data: bytes, limits: Limits | None = None) -> EcbFile:
    """Read the bank's `eurofxref-hist.csv`.

    Row numbers count the lines under the header from 1. A repeated day with the same rates is a
    duplicate; with other rates all its lines are rejected.

    Raises:
        RefusedFile: the file is not UTF-8, contains NUL, has a layout other than the history's, or
            exceeds a limit.
    """
    limits = limits or Limits()
    header, lines = _lines(data)
    hold(limits, "max_columns", header.count(",") + 1, "columns")
    hold(limits, "max_rows", len(lines), "rows")
    currencies = _currencies(header)
    days, ragged = _split(lines, len(currencies) + 1)
    cells = _long(days, currencies)
    broken = ragged + _broken_days(days, cells)
    broken_rows = [day.row_number for day in broken]
    good = days.filter(~pl.col("row_number").is_in(broken_rows))
    conflicting, repeated = _repeated_days(
        good, cells.filter(~pl.col("row_number").is_in(broken_rows))
    )
    broken += conflicting
    left_out = [day.row_number for day in conflicting] + repeated
    good = good.filter(~pl.col("row_number").is_in(left_out)).sort("row_number")
    return EcbFile(
        rates=_rates(good, cells),
        days=good.select("rate_date", "row_number", "original_text"),
        broken=sorted(broken, key=lambda day: day.row_number),
        rows_read=len(lines),
        rows_duplicate=len(repeated),
    )


def _lines(data: bytes) -> tuple[str, list[tuple[int, str]]]:
    """Return the header, and the numbered lines below it that are not only separators."""
    if b"\x00" in data:
        raise RefusedFile("the file has a NUL character in it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedFile(f"the file is not UTF-8: byte {error.start}") from error
    header, *lines = re.split("\r\n|\r|\n", text)
    return header, [
        (number, line) for number, line in enumerate(lines, start=1) if line.strip(", \t")
    ]


def _currencies(header: str) -> list[str]:
    date, *names = header.split(",")
    if names and names[-1] == "":
        names.pop()
    is_history = date == "Date" and names and all(_CURRENCY.fullmatch(name) for name in names)
    if not is_history:
        raise RefusedFile(
            "the layout is not that of the bank's history: the header should be `Date` and then"
            f" currencies, but begins {header[:40]!r}"
        )
    if len(set(names)) < len(names):
        raise RefusedFile("the header names a currency twice")
    return names


def _split(lines: list[tuple[int, str]], width: int) -> tuple[pl.DataFrame, list[BrokenDay]]:
    """Return the cells of lines of the right width, and the lines of another width."""
    rows, ragged = [], []
    for number, line in lines:
        cells = line.split(",")
        if len(cells) == width + 1 and cells[-1] == "":
            cells.pop()
        if len(cells) == width:
            rows.append((number, line, cells[0], cells[1:]))
        else:
            detail = f"the header has {width} columns, the line has {len(cells)}"
            ragged.append(BrokenDay(number, line, ["ragged_row"], detail))
    days = pl.DataFrame(
        rows,
        schema={
            "row_number": pl.Int64,
            "original_text": pl.String,
            "date_text": pl.String,
            "cells": pl.List(pl.String),
        },
        orient="row",
    )
    return days.with_columns(values.cast(days["date_text"], "date").alias("rate_date")), ragged


def _long(days: pl.DataFrame, currencies: list[str]) -> pl.DataFrame:
    """Return one row per rate: an empty cell or `N/A` is not a rate."""
    quoted = (
        days.select(
            "row_number",
            "rate_date",
            pl.lit(currencies, dtype=pl.List(pl.String)).alias("quote_currency"),
            pl.col("cells").alias("rate_text"),
        )
        .explode("quote_currency", "rate_text")
        .filter(pl.col("rate_text").str.strip_chars() != "", pl.col("rate_text") != _NOT_QUOTED)
    )
    return quoted.with_columns(values.cast(quoted["rate_text"], "decimal").alias("rate"))


def _broken_days(days: pl.DataFrame, cells: pl.DataFrame) -> list[BrokenDay]:
    """Return the lines with an invalid date or rate."""
    faults = pl.concat(
        [
            days.filter(pl.col("rate_date").is_null()).select(
                "row_number",
                rule=pl.lit(values.CAST_RULES["date"]),
                detail=pl.format("Date: '{}' is not a date", "date_text"),
            ),
            cells.filter(pl.col("rate").is_null()).select(
                "row_number",
                rule=pl.lit(values.CAST_RULES["decimal"]),
                detail=pl.format("{}: '{}' is not a number", "quote_currency", "rate_text"),
            ),
            days.filter(pl.col("rate_date") > exact_now().date() + dt.timedelta(days=1)).select(
                "row_number",
                rule=pl.lit("in_the_future"),
                detail=pl.format("Date: {} lies more than a day in the future", "date_text"),
            ),
            cells.filter(pl.col("rate") > MOST_EXCHANGE_RATE).select(
                "row_number",
                rule=pl.lit("max"),
                detail=pl.format("{}: {} is over what is allowed", "quote_currency", "rate_text"),
            ),
            cells.filter(pl.col("rate") != pl.col("rate").round(RATE_DIGITS)).select(
                "row_number",
                rule=pl.lit("fraction_digits"),
                detail=pl.format(
                    "{}: {} has more than {} fraction digits",
                    "quote_currency",
                    "rate_text",
                    pl.lit(RATE_DIGITS),
                ),
            ),
            cells.filter(pl.col("rate") <= 0).select(
                "row_number",
                rule=pl.lit("min_exclusive"),
                detail=pl.format("{}: {} is not over 0", "quote_currency", "rate_text"),
            ),
        ]
    )
    by_day = faults.group_by("row_number").agg(
        pl.col("rule").unique(maintain_order=True), pl.col("detail").str.join("; ")
    )
    found = days.join(by_day, on="row_number")
    return [
        BrokenDay(*row)
        for row in found.select("row_number", "original_text", "rule", "detail").iter_rows()
    ]


def _repeated_days(days: pl.DataFrame, cells: pl.DataFrame) -> tuple[list[BrokenDay], list[int]]:
    """Return the lines of days with differing rates, and the numbers of identical repetitions."""
    content = cells.sort("quote_currency").group_by("row_number").agg("quote_currency", "rate")
    several = (
        days.filter(pl.len().over("rate_date") > 1)
        .join(content, on="row_number", how="left")
        .sort("row_number")
    )
    conflicting: list[BrokenDay] = []
    repeated: list[int] = []
    for (date,), lines in several.group_by("rate_date", maintain_order=True):
        numbers = lines["row_number"].to_list()
        if lines.select("quote_currency", "rate").n_unique() == 1:
            repeated += numbers[1:]
            continue
        detail = f"Date: {date} occurs in lines {', '.join(map(str, numbers))} with other rates"
        conflicting += [
            BrokenDay(number, text, ["conflicting_version"], detail)
            for number, text in lines.select("row_number", "original_text").iter_rows()
        ]
    return conflicting, repeated


def _rates(days: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    published = (
        pl.col("rate_date")
        .cast(pl.Datetime("us"))
        .dt.offset_by(f"{_PUBLISHED_HOUR}h")
        .dt.replace_time_zone(_ZONE)
        .dt.convert_time_zone("UTC")
        .dt.replace_time_zone(None)
    )
    return (
        cells.join(days.select("row_number"), on="row_number")
        .sort("row_number", maintain_order=True)
        .with_columns(recorded_at=published, is_withdrawn=pl.lit(False))
        .select(RATES_SCHEMA.names())
        .cast(dict(RATES_SCHEMA))
    )
