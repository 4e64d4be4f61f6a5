"""The patterns and check digits of the identifiers of the music industry.

The contracts of the feeds determine the consequence of a bad one: a rejected row or a warning.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import polars as pl
from stdnum import ean
from stdnum.iso7064 import mod_11_2, mod_37_36

IdentifierName = Literal["isrc", "iswc", "isni", "ipi", "upc", "grid", "dpid"]

_SPELLED_ISRC = re.compile(r"[A-Za-z0-9-]+")


@dataclass(frozen=True)
class Identifier:
    """One kind of identifier: its pattern as sent, and its check digit, if any."""

    pattern: str
    is_check_digit_right: Callable[[str], bool] | None = None

    @property
    def anchored(self) -> str:
        """The pattern for whole values, in syntax that both Python and polars accept."""
        return f"^(?:{self.pattern})$"

    def matches(self, text: str) -> bool:
        return re.fullmatch(self.pattern, text) is not None


def _weighted(digits: str, weights: range) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def _is_iswc_right(text: str) -> bool:
    return (10 - (1 + _weighted(text[1:10], range(1, 10))) % 10) % 10 == int(text[10])


def _is_ipi_right(text: str) -> bool:
    remainder = _weighted(text[:9], range(10, 1, -1)) % 101
    expected = (101 - remainder) % 100 if remainder else 0
    return expected == int(text[9:])


def _is_upc_right(text: str) -> bool:
    return ean.calc_check_digit(text[:-1]) == text[-1]


IDENTIFIERS: dict[IdentifierName, Identifier] = {
    "isrc": Identifier("[A-Z]{2}[A-Z0-9]{3}[0-9]{7}"),
    "iswc": Identifier("T[0-9]{10}", _is_iswc_right),
    "isni": Identifier("[0-9]{15}[0-9X]", mod_11_2.is_valid),
    # The name number; the base number (`I-000000000-0`) identifies something else.
    "ipi": Identifier("[0-9]{11}", _is_ipi_right),
    # UPC, EAN and ICPN are one family; leading zeros are significant.
    "upc": Identifier("[0-9]{12,14}", _is_upc_right),
    "grid": Identifier("A1[A-Z0-9]{16}", mod_37_36.is_valid),
    "dpid": Identifier("PADPIDA[0-9]{10}[0-9A-Z]", mod_37_36.is_valid),
}


def is_well_formed(name: IdentifierName, text: str) -> bool:
    """Return whether the text matches the pattern of the identifier."""
    return IDENTIFIERS[name].matches(text)


def is_check_digit_right(name: IdentifierName, text: str) -> bool:
    """Return whether a well-formed text has the right check digit; true for kinds without one."""
    check = IDENTIFIERS[name].is_check_digit_right
    return check is None or check(text)


def is_well_formed_expr(name: IdentifierName, column: str | pl.Expr) -> pl.Expr:
    """Return per row whether a text column matches the pattern; null stays null."""
    return _as_expr(column).str.contains(IDENTIFIERS[name].anchored)


def wrong_check_digits(name: IdentifierName, values: pl.Series) -> list[str]:
    """Return the distinct well-formed values with a wrong check digit, in their order."""
    identifier = IDENTIFIERS[name]
    if identifier.is_check_digit_right is None:
        return []
    distinct = values.drop_nulls().unique().sort()
    well_formed = distinct.filter(distinct.str.contains(identifier.anchored))
    return [text for text in well_formed.to_list() if not identifier.is_check_digit_right(text)]


def normalise_isrc(text: str | None) -> str | None:
    """Return an ISRC in upper case and without dashes, or None if it is malformed."""
    # Checked before conversion to upper case, which turns some foreign letters into Latin ones.
    if text is None or not _SPELLED_ISRC.fullmatch(text):
        return None
    normal = text.replace("-", "").upper()
    return normal if IDENTIFIERS["isrc"].matches(normal) else None


def normalise_isrc_expr(column: str | pl.Expr) -> pl.Expr:
    """Return the column as normal ISRCs; malformed ones are null."""
    text = _as_expr(column)
    normal = text.str.replace_all("-", "", literal=True).str.to_uppercase()
    is_plain = text.str.contains(f"^{_SPELLED_ISRC.pattern}$")
    return pl.when(is_plain & is_well_formed_expr("isrc", normal)).then(normal)


def normalise(name: IdentifierName, values: pl.Series) -> pl.Series:
    """Return identifiers in their printed form as normal ones; other texts unchanged.

    The printed forms are an ISWC as `T-034.524.680-1`, an ISNI in blocks of four, and an IPI
    without its leading zeros, which are added only if the check digits then match.
    """
    printed = _PRINTED.get(name)
    if printed is None:
        return values
    is_printed = values.str.contains(printed) & ~values.str.contains(IDENTIFIERS[name].anchored)
    if not is_printed.any():
        return values
    spellings = values.filter(is_printed).unique().to_list()
    normal = {text: _normal_of(name, text) for text in spellings}
    return values.replace(list(normal), list(normal.values()))


# The printed forms of an identifier, other than its normal form.
_PRINTED: dict[IdentifierName, str] = {
    "iswc": r"^[Tt][-. ]?[0-9]{3}[-. ]?[0-9]{3}[-. ]?[0-9]{3}[-. ]?[0-9]$",
    "isni": r"^[0-9]{4}([ -]?[0-9]{4}){2}[ -]?[0-9]{3}[0-9Xx]$",
    "ipi": r"^[0-9]{1,3}([. ]?[0-9]{1,3})*$",
}


def _normal_of(name: IdentifierName, text: str) -> str:
    normal = re.sub("[-. ]", "", text).upper()
    if name == "ipi":
        normal = normal.zfill(11)
        if not is_well_formed(name, normal) or not is_check_digit_right(name, normal):
            return text
    return normal


def _as_expr(column: str | pl.Expr) -> pl.Expr:
    return pl.col(column) if isinstance(column, str) else column
