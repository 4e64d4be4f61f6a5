"""The closed lists under `seeds/`: complete, and true to the standards that they stand for.

What feeds and models do with a code is tested with them.
"""

import csv
import re
import zoneinfo
from pathlib import Path

import duckdb
import pytest

from linernotes.dashboard import wording as executive_wording
from linernotes.ingestion import vocabulary
from linernotes.ingestion.contracts.removals import Actions
from linernotes.ledger.balance import (
    CORRECTION_TYPES,
    EARNING_TYPES,
    FIRST_TYPES,
    TERM_OF_TYPE,
)
from linernotes.packages import wording

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_territories_hold_each_iso_code_once() -> None:
    codes = [row["territory"] for row in seed("territories")]

    assert len(codes) == 249
    assert len(set(codes)) == 249
    assert codes == sorted(codes)
    assert {"NA", "NO", "GB", "GR"} <= set(codes)
    assert not {"UK", "EL", "XK", "WW"} & set(codes)


def test_e136_codes_of_time_series_are_those_of_territories_and_stay_themselves() -> None:
    trends = {row["territory"]: row["trend_territory"] for row in seed("territories")}

    assert set(trends.values()) <= trends.keys()
    assert all(trends[code] == code for code in trends.values())


def test_territories_have_time_zones_that_python_and_the_warehouse_know() -> None:
    zones = {row["reporting_time_zone"] for row in seed("territories")}

    with duckdb.connect() as connection:
        known = connection.execute("select name from pg_timezone_names()").fetchall()
    warehouse_zones = {name for (name,) in known}

    assert zones <= zoneinfo.available_timezones()
    assert zones <= warehouse_zones


@pytest.mark.parametrize(
    ("territory", "zone"),
    [("US", "America/New_York"), ("BR", "America/Sao_Paulo"), ("AU", "Australia/Sydney")],
)
def test_territory_with_several_zones_reports_in_the_one_of_most_people(
    territory: str, zone: str
) -> None:
    zones = {row["territory"]: row["reporting_time_zone"] for row in seed("territories")}

    assert zones[territory] == zone


@pytest.mark.parametrize(("region", "count"), [("EU", 27), ("EEA", 30)])
def test_region_holds_its_members(region: str, count: int) -> None:
    members = {row["territory"] for row in seed("regions") if row["region_code"] == region}

    assert len(members) == count
    assert members <= {row["territory"] for row in seed("territories")}
    assert "GB" not in members


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("JPY", 0), ("VND", 0), ("ISK", 0), ("HUF", 2), ("EUR", 2), ("TND", 3), ("KWD", 3)],
)
def test_currency_has_the_minor_unit_of_iso_4217(currency: str, digits: int) -> None:
    found = {row["currency_code"]: row["minor_unit_digits"] for row in seed("currencies")}

    assert found[currency] == str(digits)


def test_territories_use_currencies_that_are_not_withdrawn() -> None:
    withdrawn = {row["currency_code"]: row["is_withdrawn"] for row in seed("currencies")}

    used = {row["currency_code"] for row in seed("territories")}

    assert {withdrawn[code] for code in used} == {"false"}


def test_seeds_hold_no_character_that_an_engine_would_take_for_its_own() -> None:
    """For Spark dbt writes seeds as texts in SQL and escapes nothing: an apostrophe ends one."""
    wrong = [
        f"{file.name}: {row}"
        for file in sorted(SEEDS.glob("*.csv"))
        for row in seed(file.stem)
        if {"'", "\\"} & set("".join(row.values()))
    ]

    assert not wrong, "\n".join(wrong)


def test_line_types_are_those_of_statements_and_their_words() -> None:
    """Python needs the types without a warehouse, so this test compares its lists with the seed."""
    types = {
        row["line_type"]: (row["is_earning"], row["is_correction"]) for row in seed("line_types")
    }

    assert {name for name, kind in types.items() if kind == ("true", "false")} == {*FIRST_TYPES}
    assert {name for name, kind in types.items() if kind == ("true", "true")} == {*CORRECTION_TYPES}
    assert {name for name, kind in types.items() if kind[0] == "true"} == {*EARNING_TYPES}
    assert types.keys() == {*TERM_OF_TYPE, "CARRY_FORWARD"}
    assert types.keys() == {*wording.LINE_TYPES, *wording.CORRECTIONS}


def test_hold_buckets_have_words_for_partners_and_executives() -> None:
    buckets = {row["hold_bucket"] for row in seed("hold_buckets")}

    assert wording.HOLDS.keys() == buckets
    assert executive_wording.HOLDS.keys() == buckets


def test_removal_codes_call_only_removal_and_disabling_a_removal() -> None:
    removals = {row["code"] for row in seed("removal_codes") if row["is_removal"] == "true"}

    assert removals == {
        "DECISION_VISIBILITY_CONTENT_REMOVED",
        "DECISION_VISIBILITY_CONTENT_DISABLED",
    }


def test_removal_codes_name_the_states_of_the_eea_as_territorial_scope() -> None:
    scope = {row["code"] for row in seed("removal_codes") if row["field"] == "territorial_scope"}

    assert scope == {row["territory"] for row in seed("regions") if row["region_code"] == "EEA"}


def test_removal_codes_are_the_lists_of_the_intake() -> None:
    """The EU's lists stood in the contract and in the seed; one of the two would have aged."""
    fields = {row["field"] for row in seed("removal_codes")}

    for field in fields - {"category_specification"}:
        codes = {row["code"] for row in seed("removal_codes") if row["field"] == field}
        assert set(vocabulary.removal_codes(field)) == codes
        assert field in Actions.columns()
    assert all(
        re.match(vocabulary.CATEGORY_SPECIFICATION_PATTERN, row["code"])
        for row in seed("removal_codes")
        if row["field"] == "category_specification"
    )
