"""The closed lists of DSR files contain every territory and currency of the warehouse."""

import csv
from pathlib import Path

import pytest

from linernotes.ddex.allowed_values import COUNTRIES, CURRENCIES, TERRITORIES

SEEDS = Path(__file__).parents[3] / "seeds"


@pytest.mark.parametrize(
    ("seed", "allowed"), [("territories", TERRITORIES), ("currencies", CURRENCIES)]
)
def test_allowed_values_hold_every_code_of_the_seed(seed: str, allowed: frozenset[str]) -> None:
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        column, *_ = next(rows := csv.reader(file))
        codes = {row[0] for row in rows}

    assert column in {"territory", "currency_code"}
    assert len(codes) > 100
    assert codes <= allowed


def test_allowed_territories_are_countries_and_what_ddex_adds() -> None:
    assert {"ES-CE", "ES-CN", "ES-ML", "XK", "Worldwide"} == TERRITORIES - COUNTRIES
