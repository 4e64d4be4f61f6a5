"""Quarantined rows put through the door again, after the reason they were turned away is gone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from linernotes.ingestion import (
    Lake,
    quarantine,
    quarantine_close,
    quarantine_list,
    quarantine_retry,
    quarantine_show,
    vocabulary,
)
from linernotes.ingestion.errors import NothingOpen
from tests.fixtures.doorstep import RECORDED_AT, Doorstep, party

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


def put_bad(doorstep: Doorstep) -> str:
    """Two parties of which the first breaks a rule; gives the delivery's id."""
    doorstep.put_rows("catalog/parties/1.jsonl", party(1, kind="nobody"), party(2))
    return doorstep.outcome().delivery_id


def waiting(doorstep: Doorstep) -> int:
    return int(quarantine_list(doorstep.settings)["open_row_count"].sum())


@pytest.mark.parametrize("recorded_at", [RECORDED_AT, "2026-01-06T06:00:00Z"])
def test_row_that_is_delivered_again_corrected_closes_its_twin(
    doorstep: Doorstep, recorded_at: str
) -> None:
    """The quarantined row stayed open for ever, and `status` went on asking for it."""
    put_bad(doorstep)
    doorstep.put_rows("catalog/parties/2.jsonl", party(1, recorded_at=recorded_at), party(3))

    outcome = doorstep.outcome()

    assert outcome.warnings == {"rows in quarantine that this delivery corrects: closed": 1}
    assert waiting(doorstep) == 0
    settled = doorstep.table("raw_door__quarantined_rows")["retried_as"].to_list()
    assert settled == [outcome.delivery_id]


@pytest.mark.parametrize(
    "row",
    [
        party(1, recorded_at="2026-01-04T06:00:00Z"),
        party(4),
        party(1, kind="still nobody"),
    ],
    ids=["recorded earlier", "of another key", "still bad"],
)
def test_row_that_corrects_nothing_leaves_the_quarantine_as_it_is(
    doorstep: Doorstep, row: dict
) -> None:
    put_bad(doorstep)
    doorstep.put_rows("catalog/parties/2.jsonl", row)

    doorstep.load()

    kept = doorstep.table("raw_door__quarantined_rows").filter(pl.col("row_number") == 1)
    assert kept["retried_as"].null_count() == kept.height


def test_row_whose_key_cannot_be_read_has_no_twin(doorstep: Doorstep) -> None:
    doorstep.put_rows("catalog/parties/1.jsonl", party(1, party_id=["party-1"]), party(2))
    doorstep.load()
    doorstep.put_rows("catalog/parties/2.jsonl", party(1))

    doorstep.load()

    assert waiting(doorstep) == 1


def test_csv_row_that_is_delivered_again_corrected_closes_its_twin(doorstep: Doorstep) -> None:
    header = "recording_id,work_id,valid_from,share,recorded_at\n"
    for name, share in (("1", "7"), ("2", "0.5")):
        text = f"{header}r,w,,{share},{RECORDED_AT}\n"
        doorstep.put(f"catalog/recording_works/{name}.csv", text)

    doorstep.load()

    assert waiting(doorstep) == 0


def test_quarantined_rows_that_are_closed_stay_on_record_with_the_reason(
    doorstep: Doorstep,
) -> None:
    delivery_id = put_bad(doorstep)

    closing = quarantine_close(doorstep.settings, delivery_id, "a test of the sender's")

    assert waiting(doorstep) == 0
    assert quarantine_show(doorstep.settings, delivery_id).height == 1
    register = doorstep.table("raw_door__deliveries").filter(
        pl.col("delivery_id") == closing.delivery_id
    )
    assert register["state"].to_list() == ["ignored"]
    assert "a test of the sender's" in register["reason"][0]
    with pytest.raises(NothingOpen):
        quarantine_close(doorstep.settings, delivery_id, "again")


@pytest.mark.parametrize("by", ["id", "name"])
def test_refused_file_that_is_closed_is_not_tried_again(doorstep: Doorstep, by: str) -> None:
    """A refused file that its sender had deleted was told as refused for ever."""
    doorstep.put("catalog/parties/1.csv", "party_id\nx\n")
    refused = doorstep.outcome()

    quarantine_close(doorstep.settings, getattr(refused, f"delivery_{by}", refused.name), "gone")

    assert doorstep.load().deliveries == []
    states = doorstep.table("raw_door__deliveries").sort("registered_at")["state"].to_list()
    assert states == ["refused", "ignored"]


@pytest.mark.parametrize("delivery_id", ["nope", ""])
def test_retry_or_closing_of_what_does_not_wait_says_so(
    doorstep: Doorstep, delivery_id: str
) -> None:
    """`quarantine retry nope` said that no row came in, and ended with 0."""
    put_bad(doorstep)

    with pytest.raises(NothingOpen, match="quarantine list"):
        quarantine_retry(doorstep.settings, delivery_id)
    with pytest.raises(NothingOpen, match="quarantine list"):
        quarantine_close(doorstep.settings, delivery_id, "a reason")


def test_rows_that_fill_the_quarantine_during_a_load_are_corrected_by_its_later_files(
    doorstep: Doorstep,
) -> None:
    """The keys of rows that wait are kept through a load: new ones join them, closed ones leave."""
    names = [f"catalog/parties/{number}.jsonl" for number in range(1, 6)]
    doorstep.put_rows(names[0], party(1, kind="nobody"), party(9))
    doorstep.put_rows(names[1], party(2, kind="nobody"), party(8))
    doorstep.put_rows(names[2], party(1, recorded_at="2026-01-06T06:00:00Z"))
    doorstep.put_rows(names[3], party(2, recorded_at="2026-01-06T06:00:00Z"))
    doorstep.put_rows(names[4], party(1, recorded_at="2026-01-07T06:00:00Z"))

    outcomes = {one.name: one.delivery_id for one in doorstep.load().deliveries}

    rows = doorstep.table("raw_door__quarantined_rows")
    settled = dict(zip(rows["delivery_id"], rows["retried_as"], strict=True))
    assert settled == {
        outcomes[names[0]]: outcomes[names[2]],
        outcomes[names[1]]: outcomes[names[3]],
    }


def test_load_of_several_files_reads_the_texts_of_a_delivery_in_quarantine_once(
    doorstep: Doorstep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file of a feed checked all its rows in quarantine anew: a load took a fifth longer."""
    doorstep.put_rows("catalog/parties/1.jsonl", party(1, kind="nobody"), party(9))
    for number in range(2, 6):
        doorstep.put_rows(f"catalog/parties/{number}.jsonl", party(number))
    read: list[str] = []

    def counted(lake: Lake, delivery_id: str) -> pl.DataFrame:
        read.append(delivery_id)
        return rows_of(lake, delivery_id)

    rows_of = quarantine.rows_of
    monkeypatch.setattr(quarantine, "rows_of", counted)

    doorstep.load()

    assert len(read) == 1
