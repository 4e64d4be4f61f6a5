"""Schemas of feeds for their senders: JSON Schema, and Frictionless Table Schema.

They are derived from the contracts, so that schemas and checks cannot differ. DDEX messages and the
central bank's file follow their own standards, so they have no schema here.
"""

from typing import Any

from linernotes.ingestion.contracts import Contract
from linernotes.ingestion.descriptions import ColumnDescription, describe, part_columns
from linernotes.ingestion.feeds import CONTRACTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DECIMAL_PATTERN = r"^-?[0-9]{1,18}(\.[0-9]{1,12})?([eE][+-]?[0-9]+)?$"
_MONTH_PATTERN = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
_PARTIAL_PATTERN = r"^[0-9]{4}(-(0[1-9]|1[0-2])(-[0-3][0-9])?)?$"


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
    columns = part_columns(contract)
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
