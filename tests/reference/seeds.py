"""The seeds that the reference may read: territories, regions and currencies.

Money and months are for other modules; this one only looks things up.
"""

import csv
from functools import cache
from pathlib import Path

SEEDS = Path(__file__).parents[2] / "seeds"
WORLD = "WW"


def _rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _zones() -> dict[str, str]:
    return {row["territory"]: row["reporting_time_zone"] for row in _rows("territories")}


@cache
def _currencies() -> dict[str, str]:
    return {row["territory"]: row["currency_code"] for row in _rows("territories")}


@cache
def _digits() -> dict[str, int]:
    return {row["currency_code"]: int(row["minor_unit_digits"] or 2) for row in _rows("currencies")}


@cache
def _regions() -> dict[str, frozenset[str]]:
    members: dict[str, set[str]] = {}
    for row in _rows("regions"):
        members.setdefault(row["region_code"], set()).add(row["territory"])
    return {region: frozenset(territories) for region, territories in members.items()}


def time_zone(territory: str) -> str:
    return _zones().get(territory, "UTC")


def currency_of(territory: str) -> str:
    return _currencies().get(territory, "EUR")


def minor_digits(currency: str) -> int:
    return _digits().get(currency, 2)


@cache
def closeness(named: str, territory: str) -> int:
    """How closely a named territory covers another: 3 country, 2 region, 1 world, 0 not at all."""
    if named == territory:
        return 1 if named == WORLD else 3
    if named == WORLD:
        return 1
    return 2 if territory in _regions().get(named, ()) else 0


@cache
def is_wide(territory: str) -> bool:
    """Whether a territory stands for several countries."""
    return territory == WORLD or territory in _regions()


def line_types() -> list[str]:
    """All line types in the order of their seed."""
    return [row["line_type"] for row in _rows("line_types")]
