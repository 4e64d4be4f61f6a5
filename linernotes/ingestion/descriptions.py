"""Describes feeds and their columns for their senders, from the contracts.

`schemas.py` writes the descriptions as schemas, `feed_pages.py` as pages and templates.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import dataframely as dy

from linernotes.ingestion import vocabulary
from linernotes.ingestion.cadence import CADENCES
from linernotes.ingestion.checking import ADVICE
from linernotes.ingestion.columns import Traits
from linernotes.ingestion.contracts import Contract
from linernotes.ingestion.contracts.outside import OUTSIDE
from linernotes.ingestion.feeds import CONTRACTS, ENDINGS
from linernotes.ingestion.identifiers import IDENTIFIERS

TYPES = {
    "text": "text",
    "isrc": "ISRC",
    "list": "list of texts",
    "decimal": "decimal",
    "count": "whole number",
    "boolean": "true or false",
    "time": "time with offset",
    "date": "date",
    "month": "month",
    "partial_date": "date, month or year",
}
RHYTHMS = {"day": "every day", "month": "every month", "change": "when something changes"}


@dataclass(frozen=True)
class ColumnDescription:
    """One column of a feed, described for its sender."""

    name: str
    type: str
    required: bool
    about: str
    default: Any = None
    allowed_values: tuple[str, ...] = ()
    # A description of a long list, in place of its values.
    list_name: str = ""
    pattern: str | None = None
    minimum: str | None = None
    exclusive_minimum: str | None = None
    maximum: str | None = None
    max_length: int | None = None
    not_in_the_future: bool = False
    # Its location in JSON, if it is not a key of the line itself.
    place: str = ""

    def meaning(self) -> str:
        """Its description and location."""
        return f"{self.about} {self.place}".rstrip()

    def limits(self) -> str:
        """A short description of its allowed values."""
        parts = []
        if self.list_name:
            parts.append(self.list_name)
        elif self.allowed_values:
            parts.append(", ".join(f"`{value}`" for value in self.allowed_values))
        if self.pattern:
            parts.append(f"matches `{self.pattern}`")
        if self.exclusive_minimum is not None:
            parts.append(f"over {self.exclusive_minimum}")
        if self.minimum is not None and self.maximum is not None:
            parts.append(f"{self.minimum} to {self.maximum}")
        elif self.maximum is not None:
            parts.append(f"at most {self.maximum}")
        elif self.minimum is not None:
            parts.append(f"{self.minimum} or more")
        if self.max_length:
            parts.append(f"at most {self.max_length} characters")
        if self.not_in_the_future:
            parts.append("at most a day in the future")
        if self.default is not None:
            parts.append(f"absent means {json.dumps(self.default)}")
        return "; ".join(parts)


@dataclass(frozen=True)
class FeedDescription:
    """A feed, described for its sender."""

    name: str
    about: str
    row: str
    folder: str
    endings: tuple[str, ...]
    comes: str
    tables: tuple[str, ...]
    key: tuple[str, ...]
    versioning: str
    bad_rows_percent: int
    columns: tuple[ColumnDescription, ...] = ()
    rules: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@cache
def describe(feed: str) -> FeedDescription:
    """The description of a feed, `<source>/<feed>`."""
    contract = CONTRACTS.get(feed)
    if contract is None:
        about, row, tables, key, versioning, notes = OUTSIDE[feed]
        return FeedDescription(
            feed,
            about,
            row,
            f"<landing>/{feed}/",
            ENDINGS[feed],
            RHYTHMS[CADENCES[feed].rhythm],
            tables,
            key,
            versioning,
            Contract.BAD_ROWS_PERCENT,
            notes=notes,
        )
    about, row, notes = _words(contract)
    endings = tuple(one for one in ENDINGS[feed] if one.startswith(contract.FORMS))
    tables = (contract.TABLE, *((contract.NESTED.contract.TABLE,) if contract.NESTED else ()))
    return FeedDescription(
        feed,
        about,
        row,
        f"<landing>/{feed}/",
        endings,
        RHYTHMS[CADENCES[feed].rhythm],
        tables,
        contract.KEY,
        "A row with the same key and a later `recorded_at` is a new version. With the same key and"
        " `recorded_at`, the same content counts once; other content is rejected.",
        contract.BAD_ROWS_PERCENT,
        tuple(_columns(contract)),
        _rules(contract),
        notes,
    )


def _columns(contract: type[Contract]) -> Iterator[ColumnDescription]:
    """The columns of a feed; the columns of rows inside a cell follow the cell."""
    for name in in_order(contract):
        described = _column(contract, name)
        part = contract.NESTED
        if part is None or part.column != name:
            yield described
            continue
        yield replace(described, type="list of objects")
        for inner in part_columns(contract):
            place = f"Key of each object in `{name}`."
            yield replace(inner, name=f"{name}.{inner.name}", place=place)


def part_columns(contract: type[Contract]) -> list[ColumnDescription]:
    """The columns of rows inside a cell, without those that the feed has too."""
    assert contract.NESTED
    inner = contract.NESTED.contract
    common = {*contract.KEY, *Contract.feed_columns()}
    return [_column(inner, name) for name in inner.feed_columns() if name not in common]


def _words(contract: type[Contract]) -> tuple[str, str, tuple[str, ...]]:
    """The parts of a contract's docstring: the feed, its row, and notes."""
    text = " ".join((contract.__doc__ or "").split())
    about, _, rest = text.partition(" One row per ")
    row, _, more = rest.partition(". ")
    return about, f"One row per {row.removesuffix('.')}.", (more,) if more else ()


def in_order(contract: type[Contract]) -> list[str]:
    """The feed's own columns in the contract's order, then the columns of every feed."""
    common = Contract.feed_columns()
    return [name for name in contract.feed_columns() if name not in common] + common


def _rules(contract: type[Contract]) -> dict[str, str]:
    """The rules for a whole row, with what to do if they are broken."""
    found = dict(contract.ADVICE)
    if "valid_to" in contract.columns():
        found["valid_to_before_valid_from"] = ADVICE["valid_to_before_valid_from"]
    if contract.FIXED:
        key, fixed = contract.KEY[0], ", ".join(contract.FIXED)
        found[f"{key}_reused"] = f"{fixed} of a {key} must not change; use a new {key}"
    if weights := contract.WEIGHTS:
        found["weights_of_set"] = (
            f"the {weights.weight}s of one {', '.join(weights.key)} sum to at most 1, and if one"
            " breaks a rule, all are rejected; send the whole set again"
        )
    if part := contract.NESTED:
        found[f"{part.column}.given_twice"] = (
            f"{' and '.join(part.key)} are repeated in {part.column}; give them once"
        )
    return found


def _column(contract: type[Contract], name: str) -> ColumnDescription:
    column, traits = contract.columns()[name], contract.traits()[name]
    values = traits.listed()
    pattern = traits.item_pattern
    if isinstance(column, dy.String) and column.regex:
        pattern = column.regex
    standard = IDENTIFIERS[traits.standard] if traits.standard else None
    place = contract.object_of(name)
    return ColumnDescription(
        name,
        TYPES[traits.kind],
        name in contract.required_columns(),
        column.description or "",
        traits.default,
        values,
        _list_name(traits),
        standard.anchored if standard else pattern,
        *(_bound(column, kind) for kind in ("min", "min_exclusive", "max")),
        traits.length,
        traits.is_event,
        "Sent as key `{1}` of the object `{0}`.".format(*place) if place else "",
    )


def _bound(column: dy.Column, kind: str) -> str | None:
    """A limit of a column as plain digits."""
    bound = getattr(column, kind, None)
    return None if bound is None else f"{bound:f}" if not isinstance(bound, int) else f"{bound}"


def _list_name(traits: Traits) -> str:
    known = {
        vocabulary.territories: "ISO 3166-1 alpha-2 code, `WW` for the world, or a region"
        " (`EU`, `EEA`)",
        vocabulary.countries: "ISO 3166-1 alpha-2 code",
        vocabulary.currencies: "ISO 4217 code",
    }
    return known.get(traits.values, "") if callable(traits.values) else ""
