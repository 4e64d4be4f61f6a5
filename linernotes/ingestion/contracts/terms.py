"""Flattens the nested terms of a contract: `reserve {rate}` is the column `reserve_rate`.

`licensing.py` has the rules for their values.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

_OBJECTS = {
    "minimum_guarantee": ("amount", "period_months", "starts_on"),
    "advance": ("amount", "paid_on", "product_ids"),
    "training_fee": ("model_version", "amount", "usage_month"),
    "reserve": ("rate", "release_after_months"),
    "fraud_penalty": ("threshold", "amount", "currency"),
}
# For each column the object and key of the term in a contract.
PLACES = {f"{name}_{part}": (name, part) for name, parts in _OBJECTS.items() for part in parts}
WITHHOLDING_COLUMNS = ("source_territory", "rate", "valid_from", "valid_to")


def flatten(contract: dict[str, Any]) -> dict[str, Any]:
    """Flatten one contract into the columns of its table.

    A term that should be an object but is not is put into its first column, where it breaks the
    row. Withholdings become JSON text.
    """
    flat = {name: value for name, value in contract.items() if name not in _OBJECTS}
    for name, parts in _OBJECTS.items():
        term = contract.get(name)
        if isinstance(term, dict):
            flat.update({f"{name}_{part}": term.get(part) for part in parts})
        elif term is not None:
            flat[f"{name}_{parts[0]}"] = [term]
    withholding = contract.get("withholding")
    if withholding is not None:
        flat["withholding"] = json.dumps(withholding, ensure_ascii=False, sort_keys=True)
    return flat


def nested(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties of the columns, nested in the objects of a contract."""
    found: dict[str, Any] = {}
    for column, described in properties.items():
        if column not in PLACES:
            found[column] = described
            continue
        name, part = PLACES[column]
        term = found.setdefault(name, {"type": ["object", "null"], "properties": {}})
        term["properties"][part] = described
    return found


def withholding_rows(contracts: pl.DataFrame) -> pl.DataFrame:
    """The withholdings in contract rows, one row each, as texts with their contract."""
    names = ["row_number", "contract_id", "version", "recorded_at", "is_withdrawn"]
    contracts = contracts.filter(pl.col("withholding").is_not_null()).with_columns(
        pl.col("recorded_at").dt.replace_time_zone("UTC")
    )
    found: list[dict[str, Any]] = []
    for row in contracts.iter_rows(named=True):
        head = {name: row[name] for name in names}
        found += [head | part for part in _parts(json.loads(row["withholding"]))]
    schema = {name: contracts.schema[name] for name in names}
    return pl.DataFrame(
        found, schema=schema | dict.fromkeys(WITHHOLDING_COLUMNS, pl.String), strict=False
    )


def _parts(withholding: Any) -> Iterator[dict[str, str | None]]:
    items: Iterable[Any] = withholding if isinstance(withholding, list) else [withholding]
    for item in items:
        known = item if isinstance(item, dict) else {}
        yield {
            name: value if isinstance(value := known.get(name), str) else None
            for name in WITHHOLDING_COLUMNS
        }
