"""Describes feeds for their senders: as text, as schemas, and as a template.

Everything is derived from the contracts, so that descriptions and checks cannot differ. DDEX
messages and the central bank's file follow their own standards, so they have no schema here.
"""

import csv
import io
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
from linernotes.ingestion.contracts.outside import ECB_EXAMPLE, ERN_EXAMPLE, OUTSIDE
from linernotes.ingestion.feeds import CONTRACTS, ECB, ENDINGS, ERN, FEEDS
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
_DECIMAL_PATTERN = r"^-?[0-9]{1,18}(\.[0-9]{1,12})?([eE][+-]?[0-9]+)?$"
_MONTH_PATTERN = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
_PARTIAL_PATTERN = r"^[0-9]{4}(-(0[1-9]|1[0-2])(-[0-3][0-9])?)?$"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
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
    for name in _in_order(contract):
        described = _column(contract, name)
        part = contract.NESTED
        if part is None or part.column != name:
            yield described
            continue
        yield replace(described, type="list of objects")
        for inner in _part_columns(contract):
            place = f"Key of each object in `{name}`."
            yield replace(inner, name=f"{name}.{inner.name}", place=place)


def _part_columns(contract: type[Contract]) -> list[ColumnDescription]:
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


def _in_order(contract: type[Contract]) -> list[str]:
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


def json_schema(feed: str) -> dict[str, Any]:
    """JSON Schema of one line of a feed's JSON Lines.

    It has the rules that apply to a single line. The intake also accepts some other spellings,
    such as identifiers as printed, and checks lines against other rows.

    Raises:
        KeyError: the feed is not tabular: DDEX messages and the central bank's file.
    """
    contract = CONTRACTS[feed]
    described = describe(feed)
    part = contract.NESTED
    properties = {
        column.name: _json_property(contract, column)
        for column in described.columns
        if not (part and column.name.partition(".")[0] == part.column)
    }
    properties = contract.json_properties(properties)
    if part:
        properties[part.column] = _json_part(contract)
    return {
        "$schema": DIALECT,
        "$id": f"urn:linernotes:feed:{feed.replace('/', ':')}",
        "title": feed,
        "description": f"{described.about} {described.row}",
        "type": "object",
        "properties": properties,
        "required": contract.required_columns(),
        "examples": [contract.EXAMPLE],
    }


def _json_part(contract: type[Contract]) -> dict[str, Any]:
    part = contract.NESTED
    assert part
    columns = _part_columns(contract)
    return {
        "description": contract.columns()[part.column].description,
        "type": ["array", "null"],
        "items": {
            "type": "object",
            "properties": {one.name: _json_property(part.contract, one) for one in columns},
            "required": [one.name for one in columns if one.required],
        },
    }


def _json_property(contract: type[Contract], column: ColumnDescription) -> dict[str, Any]:
    traits = contract.traits()[column.name]
    found: dict[str, Any] = {"description": column.about}
    if traits.kind == "list":
        item: dict[str, Any] = {"type": "string", "minLength": 1}
        _add_text(item, column)
        found |= {"type": "array", "items": item}
        if column.required:
            found["minItems"] = 1
    elif traits.kind == "decimal":
        # Text keeps the digits as written; a JSON number may pass through a float.
        found |= {"type": ["string", "number"], "pattern": _DECIMAL_PATTERN}
        _add_range(found, column)
    elif traits.kind == "count":
        found |= {"type": ["integer", "string"], "pattern": r"^[0-9]{1,18}$"}
        _add_range(found, column)
    elif traits.kind == "boolean":
        found["enum"] = [True, False, "true", "false", "Yes", "No"]
    else:
        found["type"] = "string"
        if column.required:
            found["minLength"] = 1
        if traits.kind in ("month", "partial_date"):
            found["pattern"] = _MONTH_PATTERN if traits.kind == "month" else _PARTIAL_PATTERN
        elif traits.kind in ("time", "date"):
            found["format"] = "date-time" if traits.kind == "time" else "date"
        elif not traits.standard:
            _add_text(found, column)
    if column.default is not None:
        found["default"] = column.default
    if not column.required:
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
        if "type" in found:
            kinds = found["type"]
            found["type"] = [*(kinds if isinstance(kinds, list) else [kinds]), "null"]
    return found


def _add_text(found: dict[str, Any], column: ColumnDescription) -> None:
    if column.allowed_values:
        found["enum"] = list(column.allowed_values)
    if column.pattern:
        found["pattern"] = column.pattern
    if column.max_length:
        found["maxLength"] = column.max_length


def _add_range(found: dict[str, Any], column: ColumnDescription) -> None:
    for name, bound in (
        ("minimum", column.minimum),
        ("exclusiveMinimum", column.exclusive_minimum),
        ("maximum", column.maximum),
    ):
        if bound is not None:
            found[name] = float(bound) if "." in bound else int(bound)


def table_schema(feed: str) -> dict[str, Any]:
    """Frictionless Table Schema of a feed's CSV.

    Raises:
        KeyError: the feed has no CSV, or is not tabular.
    """
    contract = CONTRACTS[feed]
    if ".csv" not in contract.FORMS:
        raise KeyError(feed)
    described = describe(feed)
    return {
        "fields": [_table_field(contract, column) for column in described.columns],
        "missingValues": [""],
        "primaryKey": [
            name for name in (*contract.KEY, "recorded_at") if _is_always(contract, name)
        ],
    }


def _is_always(contract: type[Contract], name: str) -> bool:
    """Whether a key column is never absent: a Table Schema allows only such columns in a key."""
    return name in contract.required_columns()


_TABLE_TYPES = {
    "decimal": "number",
    "count": "integer",
    "boolean": "boolean",
    "time": "datetime",
    "date": "date",
}


def _table_field(contract: type[Contract], column: ColumnDescription) -> dict[str, Any]:
    kind = contract.traits()[column.name].kind
    found: dict[str, Any] = {
        "name": column.name,
        "type": _TABLE_TYPES.get(kind, "string"),
        "description": column.about,
    }
    if kind == "boolean":
        found |= {
            "trueValues": ["true", "True", "Yes", "yes"],
            "falseValues": ["false", "False", "No", "no"],
        }
    if kind == "time":
        found["format"] = "any"
    limits: dict[str, Any] = {}
    if column.required:
        limits["required"] = True
    if kind == "text" and column.allowed_values:
        limits["enum"] = list(column.allowed_values)
    if kind == "text" and column.pattern and not contract.traits()[column.name].standard:
        limits["pattern"] = column.pattern
    if kind in ("month", "partial_date"):
        limits["pattern"] = _MONTH_PATTERN if kind == "month" else _PARTIAL_PATTERN
    if kind == "text" and column.max_length:
        limits["maxLength"] = column.max_length
    if kind in ("decimal", "count"):
        for name, bound in (("minimum", column.minimum), ("maximum", column.maximum)):
            if bound is not None:
                limits[name] = float(bound) if "." in bound else int(bound)
    if limits:
        found["constraints"] = limits
    return found


def template(feed: str) -> tuple[str, str]:
    """The template of a feed, a file with one valid row: its extension, and its text."""
    if feed == ERN:
        return ".xml", ERN_EXAMPLE
    if feed == ECB:
        return ".csv", ECB_EXAMPLE
    contract = CONTRACTS[feed]
    if ".csv" not in contract.FORMS:
        return ".jsonl", json.dumps(contract.EXAMPLE, ensure_ascii=False) + "\n"
    names = _in_order(contract)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerow([_cell(contract.EXAMPLE.get(name)) for name in names])
    return ".csv", text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return "|".join(value) if isinstance(value, list) else str(value)


def page(source: str) -> str:
    """The page of a source in Markdown: its feeds with their columns and rules."""
    feeds = [describe(feed) for feed in FEEDS if feed.startswith(f"{source}/")]
    lines = [
        f"# Feeds of `{source}`",
        "",
        "<!-- Written by `make feeds` from the contracts; a test compares them. -->",
        "",
        "[Intake and validation](../intake.md) describes what all feeds have in common, and what"
        " happens to files and rows. Check a file before you send it:"
        f" `linernotes check FILE --as {feeds[0].name}`.",
        "",
        "Column names are fixed and in lower case; other columns are not loaded, but counted."
        " Files are UTF-8. An absent value is an empty cell in CSV, and null or no key in JSON"
        " Lines. A list is a list in JSON Lines and Parquet, and a cell with items separated by `|`"
        " in CSV. Times are ISO 8601 with an offset (`2026-01-31T12:00:00+00:00`), dates"
        " `2026-01-31`, months `2026-01`. Numbers are plain digits without thousands separators;"
        " decimals have a point, with at most 18 digits before it and 12 after it.",
    ]
    for feed in feeds:
        lines += ["", f"## {feed.name}", "", *markdown(feed)]
    return "\n".join(lines) + "\n"


def markdown(feed: FeedDescription) -> list[str]:
    """One feed in Markdown, as lines."""
    lines = [" ".join([feed.about, feed.row, *feed.notes]), ""]
    lines += [
        f"- Files: `{feed.folder}` with any name that ends in"
        f" {', '.join(f'`{one}`' for one in feed.endings)}; expected {feed.comes}",
        f"- Key: {', '.join(f'`{name}`' for name in feed.key)}",
        f"- Versions: {feed.versioning}",
        f"- Loads into: {', '.join(f'`{table}`' for table in feed.tables)}",
    ]
    if feed.columns:
        lines += [
            "",
            "| column | type | required | values | description |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| `{one.name}` | {one.type} | {'yes' if one.required else ''} |"
            f" {_escaped(one.limits())} | {_escaped(one.meaning())} |"
            for one in feed.columns
        ]
    if feed.rules:
        lines += ["", "| rule for a row | what to do |", "|---|---|"]
        lines += [f"| `{rule}` | {advice} |" for rule, advice in feed.rules.items()]
    ending, text = template(feed.name)
    lines += ["", f"Template (`linernotes feeds show {feed.name} --template`):", ""]
    return [*lines, f"```{ending.removeprefix('.')}", text.rstrip("\n"), "```"]


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
