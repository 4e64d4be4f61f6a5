"""Quarantined rows put through the door again, after the reason they were turned away is gone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linernotes.ingestion import (
    quarantine_list,
    quarantine_retry,
    quarantine_show,
    vocabulary,
)
from tests.fixtures.doorstep import Doorstep, party

HEADER = "party_id,kind,name,country,recorded_at\n"


@pytest.fixture
def doorstep(tmp_path: Path) -> Doorstep:
    return Doorstep(tmp_path)


@pytest.fixture
def learn_country(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Adds ZZ to the countries that the door knows, for the rest of the test."""
    known = (*vocabulary.countries(), "ZZ")

    def learn() -> None:
        monkeypatch.setattr(vocabulary, "_seed", lambda name, column: known)
        vocabulary.countries.cache_clear()

    yield learn
    monkeypatch.undo()
    vocabulary.countries.cache_clear()


def load_bad_rows(doorstep: Doorstep) -> str:
    """Two rows of a country that the door learns later, one that stays bad, one good."""
    doorstep.put(
        "catalog/parties/1.csv",
        HEADER
        + 'a,label,"A, and\nB",ZZ,2026-01-05T06:00:00Z\n'
        + "b,band,B,ZZ,2026-01-05T06:00:00Z\n"
        + "c,label,C,DE,2026-01-05T06:00:00Z\n"
        + "d,label,D,ZZ,2026-01-05T06:00:00Z\n",
    )
    return doorstep.outcome().delivery_id


def test_quarantine_list_and_show_tell_what_waits_and_why(doorstep: Doorstep) -> None:
    delivery_id = load_bad_rows(doorstep)

    (listed,) = quarantine_list(doorstep.settings).rows(named=True)
    shown = quarantine_show(doorstep.settings, delivery_id)

    assert (listed["delivery_id"], listed["row_count"], listed["open_row_count"]) == (
        delivery_id,
        3,
        3,
    )
    assert listed["broken_rules"] == ["country.closed_list", "kind.closed_list"]
    assert shown["original_text"].to_list() == [
        'a,label,"A, and\nB",ZZ,2026-01-05T06:00:00Z',
        "b,band,B,ZZ,2026-01-05T06:00:00Z",
        "d,label,D,ZZ,2026-01-05T06:00:00Z",
    ]
    assert shown["broken_rules"].to_list()[1] == ["country.closed_list", "kind.closed_list"]


def test_retry_without_a_fix_changes_nothing(doorstep: Doorstep) -> None:
    load_bad_rows(doorstep)
    before = doorstep.contents()

    report = quarantine_retry(doorstep.settings)

    assert report.deliveries == []
    assert doorstep.contents() == before


def test_retry_after_a_fix_loads_what_is_good_now_and_keeps_the_rest(
    doorstep: Doorstep, learn_country: Callable[[], None]
) -> None:
    delivery_id = load_bad_rows(doorstep)
    learn_country()

    (outcome,) = quarantine_retry(doorstep.settings, delivery_id).deliveries

    assert (outcome.rows_read, outcome.rows_loaded, outcome.rows_quarantined) == (2, 2, 0)
    assert outcome.reason == f"retry of {delivery_id}: 1 rows still wait"
    names = doorstep.table("raw_catalog__parties").sort("party_id")["name"].to_list()
    assert names == ["A, and\nB", "C", "D"]
    shown = quarantine_show(doorstep.settings, delivery_id)
    retried = outcome.delivery_id
    assert shown["retried_as"].to_list() == [retried, None, retried]
    assert quarantine_retry(doorstep.settings).deliveries == []


def test_retry_of_json_rows_reads_them_as_json(doorstep: Doorstep) -> None:
    doorstep.put_rows("catalog/parties/1.jsonl", party(1), party(1, name="Other"))
    doorstep.load()

    report = quarantine_retry(doorstep.settings)

    assert report.deliveries == []
    assert doorstep.broken_rules() == [(1, ["conflicting_version"]), (2, ["conflicting_version"])]
