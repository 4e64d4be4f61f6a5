"""Descriptions of feeds: they agree with the contracts, and outside validators accept them."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import frictionless
import jsonschema
import pytest

from benchmarks.feed_pages import pages
from linernotes.ingestion import FEEDS, describe, json_schema, table_schema, template
from linernotes.ingestion.checking import check
from linernotes.ingestion.feeds import CONTRACTS
from linernotes.ingestion.readers import reader_for

TABULAR = sorted(CONTRACTS)
CSV_FEEDS = [feed for feed in TABULAR if ".csv" in CONTRACTS[feed].FORMS]


def problems(feed: str, row: dict[str, Any]) -> list[str]:
    """The paths of the cells that the feed's JSON Schema rejects in a row."""
    schema = json_schema(feed)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    return ["/".join(map(str, one.absolute_path)) for one in validator.iter_errors(row)]


def test_pages_of_the_feeds_agree_with_the_contracts() -> None:
    """`make feeds` writes them."""
    for path, text in pages().items():
        assert path.read_text(encoding="utf-8") == text, path


@pytest.mark.parametrize("feed", FEEDS)
def test_description_names_every_part_of_a_feed(feed: str) -> None:
    described = describe(feed)

    assert described.row.startswith("One ")
    assert described.key
    assert described.endings
    assert all(column.about.endswith(".") for column in described.columns)


def test_contract_says_which_terms_are_keys_of_objects_and_what_stands_in_a_list() -> None:
    """A sender needs the name of `{"advance": {"amount": 1}}`, and the columns of a tax."""
    columns = {one.name: one for one in describe("licensing/contracts").columns}

    assert columns["advance_amount"].place == "Sent as key `amount` of the object `advance`."
    assert columns["withholding"].type == "list of objects"
    inner = [name for name in columns if name.startswith("withholding.")]
    assert inner == [
        f"withholding.{name}" for name in ("source_territory", "rate", "valid_from", "valid_to")
    ]
    assert columns["contract_id"].meaning() == "The contract."


def test_fault_inside_a_list_of_objects_names_the_list(tmp_path: Path) -> None:
    feed = "licensing/contracts"
    row = deepcopy(CONTRACTS[feed].EXAMPLE)
    row["withholding"] = [{"source_territory": "ID", "rate": "0.1", "valid_from": "2026-01-01"}]
    path = tmp_path / "first.jsonl"
    path.write_text(json.dumps(row))

    (batch,) = reader_for(path, ".jsonl", CONTRACTS[feed]).batches()
    [fault] = check(batch, CONTRACTS[feed]).faults.to_dicts()

    assert fault["rule"] == "withholding.valid_from.not_a_time_with_offset"
    assert fault["details"].startswith("withholding.valid_from is '2026-01-01'")


@pytest.mark.parametrize("feed", TABULAR)
def test_template_keeps_the_contract(feed: str, tmp_path: Path) -> None:
    ending, text = template(feed)
    path = tmp_path / f"first{ending}"
    path.write_text(text)

    (batch,) = reader_for(path, ending, CONTRACTS[feed]).batches()
    checked = check(batch, CONTRACTS[feed])

    assert checked.faults.to_dicts() == []
    assert checked.rows.height == 1


@pytest.mark.parametrize("feed", TABULAR)
def test_json_schema_takes_the_example_and_misses_what_is_required(feed: str) -> None:
    example = CONTRACTS[feed].EXAMPLE
    without = {name: value for name, value in example.items() if name != "recorded_at"}

    assert problems(feed, example) == []
    assert problems(feed, without) == [""]


@pytest.mark.parametrize(
    ("feed", "cells", "found"),
    [
        ("ai_usage/derivative_plays", {"tier": "free"}, ["tier"]),
        ("ai_usage/derivative_plays", {"plays": -1}, ["plays"]),
        ("ai_usage/derivative_plays", {"play_date": "4 January"}, ["play_date"]),
        ("catalog/parties", {"recorded_at": "2026-01-05T06:00:00"}, ["recorded_at"]),
        ("catalog/ownership", {"share_pct": 0}, ["share_pct"]),
        ("finance/revenue", {"usage_month": "2026-13"}, ["usage_month"]),
        ("licensing/contracts", {"reserve": {"rate": 2}}, ["reserve/rate"]),
        (
            "licensing/contracts",
            {"withholding": [{"source_territory": "UK", "rate": "0.1"}]},
            ["withholding/0/source_territory"],
        ),
        ("removals/actions", {"content_type": []}, ["content_type"]),
    ],
)
def test_json_schema_finds_what_the_intake_would_reject(
    feed: str, cells: dict[str, Any], found: list[str]
) -> None:
    assert problems(feed, deepcopy(CONTRACTS[feed].EXAMPLE) | cells) == found


@pytest.mark.parametrize("feed", CSV_FEEDS)
def test_table_schema_takes_the_template(feed: str, tmp_path: Path) -> None:
    ending, text = template(feed)
    (tmp_path / f"first{ending}").write_text(text)
    schema = frictionless.Schema.from_descriptor(table_schema(feed))

    report = frictionless.Resource(
        path=f"first{ending}", basepath=str(tmp_path), schema=schema
    ).validate()

    assert report.valid, report.flatten(["fieldName", "message"])


def test_table_schema_finds_a_value_off_its_list(tmp_path: Path) -> None:
    _, text = template("catalog/parties")
    (tmp_path / "bad.csv").write_text(text.replace(",artist,", ",band,"))
    schema = frictionless.Schema.from_descriptor(table_schema("catalog/parties"))

    report = frictionless.Resource(path="bad.csv", basepath=str(tmp_path), schema=schema).validate()

    assert report.flatten(["fieldName", "type"]) == [["kind", "constraint-error"]]


def test_feed_that_is_no_table_has_no_schema() -> None:
    with pytest.raises(KeyError):
        json_schema("catalog/ern")
    with pytest.raises(KeyError):
        table_schema("licensing/contracts")


def test_schema_is_plain_json() -> None:
    for feed in TABULAR:
        assert json.loads(json.dumps(json_schema(feed))) == json_schema(feed)
