"""Generates identifiers of the music industry with valid check digits, in bulk.

The intake checks identifiers in delivered files.
"""

import numpy as np
import polars as pl

from sampleservice.randomness import Ints

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def isrcs(country: str, numbers: Ints, year: int) -> pl.Series:
    """ISRCs of fictitious registrants: two letters, three characters, year, five digits."""
    registrant, designation = np.divmod(numbers, 100_000)
    middle = pl.Series([a + b + c for a in "X" for b in LETTERS for c in LETTERS])
    frame = pl.DataFrame({"middle": middle.gather(registrant), "number": designation})
    number = pl.col("number").cast(pl.String).str.zfill(5)
    return frame.select(pl.lit(country) + pl.col("middle") + f"{year % 100:02d}" + number)[
        "literal"
    ]


def iswcs(numbers: Ints) -> pl.Series:
    """ISWCs: T, nine digits, a check digit."""
    digits = _digits(numbers, 9)
    check = (10 - (1 + digits @ np.arange(1, 10)) % 10) % 10
    return _padded("T", numbers * 10 + check, 10)


def upcs(numbers: Ints) -> pl.Series:
    """Bar codes of twelve digits, the last a check digit."""
    digits = _digits(numbers, 11)
    check = -(digits @ np.array([3, 1] * 5 + [3])) % 10
    return _padded("", numbers * 10 + check, 12)


def isnis(numbers: Ints) -> pl.Series:
    """ISNIs: fifteen digits and a check character, which may be X."""
    total = np.zeros(len(numbers), dtype=np.int64)
    for digit in _digits(numbers, 15).T:
        total = (total + digit) * 2
    check = (12 - total % 11) % 11
    signs = pl.Series([*"0123456789X"]).gather(check)
    frame = pl.DataFrame({"body": _padded("", numbers, 15), "sign": signs})
    return frame.select(pl.col("body") + pl.col("sign"))["body"]


def dpid(number: int) -> str:
    """A fictitious DDEX party id."""
    body = f"PADPIDA{number:010d}"
    running = 36
    for sign in body:
        running = (running + LETTERS.index(sign)) % 36 or 36
        running = running * 2 % 37
    return body + LETTERS[(37 - running) % 36]


def _digits(numbers: Ints, count: int) -> Ints:
    places = 10 ** np.arange(count - 1, -1, -1, dtype=np.int64)
    return numbers[:, None] // places % 10


def _padded(prefix: str, numbers: Ints, width: int) -> pl.Series:
    frame = pl.DataFrame({"number": numbers})
    return frame.select(pl.lit(prefix) + pl.col("number").cast(pl.String).str.zfill(width))[
        "literal"
    ]
