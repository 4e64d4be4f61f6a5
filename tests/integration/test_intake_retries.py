"""Quarantined rows that are sent through the intake again after their fault was fixed."""

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
from tests.fixtures.intake_home import RECORDED_AT, IntakeHome, party

HEADER = "party_id,kind,name,country,recorded_at\n"


@pytest.fixture
def intake_home(tmp_path: Path) -> IntakeHome:
    return IntakeHome(tmp_path)


@pytest.fixture
def learn_country(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Add ZZ to the countries that the intake knows, for the rest of the test."""
    known = (*vocabulary.countries(), "ZZ")

    def learn() -> None:
        monkeypatch.setattr(vocabulary, "_seed", lambda name, column: known)
        vocabulary.countries.cache_clear()

    yield learn
    monkeypatch.undo()
    vocabulary.countries.cache_clear()


def load_bad_rows(intake_home: IntakeHome) -> str:
    """Two rows of a country that is added later, one that stays bad, one good."""
    intake_home.put(
        "catalog/parties/1.csv",
        HEADER
        + 'a,label,"A, and\nB",ZZ,2026-01-05T06:00:00Z\n'
        + "b,band,B,ZZ,2026-01-05T06:00:00Z\n"
        + "c,label,C,DE,2026-01-05T06:00:00Z\n"
        + "d,label,D,ZZ,2026-01-05T06:00:00Z\n",
    )
    return intake_home.outcome().delivery_id


def test_quarantine_list_and_show_tell_what_waits_and_why(intake_home: IntakeHome) -> None:
    delivery_id = load_bad_rows(intake_home)

    (listed,) = quarantine_list(intake_home.settings).rows(named=True)
    shown = quarantine_show(intake_home.settings, delivery_id)

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


def test_retry_without_a_fix_changes_nothing(intake_home: IntakeHome) -> None:
    load_bad_rows(intake_home)
    before = intake_home.contents()

    report = quarantine_retry(intake_home.settings)

    assert report.deliveries == []
    assert intake_home.contents() == before


def test_retry_after_a_fix_loads_what_is_good_now_and_keeps_the_rest(
    intake_home: IntakeHome, learn_country: Callable[[], None]
) -> None:
    delivery_id = load_bad_rows(intake_home)
    learn_country()

    (outcome,) = quarantine_retry(intake_home.settings, delivery_id).deliveries

    assert (outcome.rows_read, outcome.rows_loaded, outcome.rows_quarantined) == (2, 2, 0)
    assert outcome.reason == f"retry of {delivery_id}: 1 rows still wait"
    names = intake_home.table("raw_catalog__parties").sort("party_id")["name"].to_list()
    assert names == ["A, and\nB", "C", "D"]
    shown = quarantine_show(intake_home.settings, delivery_id)
    retried = outcome.delivery_id
    assert shown["retried_as"].to_list() == [retried, None, retried]
    assert quarantine_retry(intake_home.settings).deliveries == []


def test_retry_of_json_rows_reads_them_as_json(intake_home: IntakeHome) -> None:
    intake_home.put_rows("catalog/parties/1.jsonl", party(1), party(1, name="Other"))
    intake_home.load()

    report = quarantine_retry(intake_home.settings)

    assert report.deliveries == []
    assert intake_home.broken_rules() == [
        (1, ["conflicting_version"]),
        (2, ["conflicting_version"]),
    ]


def put_bad(intake_home: IntakeHome) -> str:
    """Two parties, the first of which breaks a rule; returns the delivery's id."""
    intake_home.put_rows("catalog/parties/1.jsonl", party(1, kind="nobody"), party(2))
    return intake_home.outcome().delivery_id


def waiting(intake_home: IntakeHome) -> int:
    return int(quarantine_list(intake_home.settings)["open_row_count"].sum())


@pytest.mark.parametrize("recorded_at", [RECORDED_AT, "2026-01-06T06:00:00Z"])
def test_row_that_is_delivered_again_corrected_closes_its_twin(
    intake_home: IntakeHome, recorded_at: str
) -> None:
    """Regression: the quarantined row stayed open for ever, and `status` kept reporting it."""
    put_bad(intake_home)
    intake_home.put_rows("catalog/parties/2.jsonl", party(1, recorded_at=recorded_at), party(3))

    outcome = intake_home.outcome()

    assert outcome.warnings == {"rows in quarantine that this delivery corrects: closed": 1}
    assert waiting(intake_home) == 0
    settled = intake_home.table("raw_door__quarantined_rows")["retried_as"].to_list()
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
    intake_home: IntakeHome, row: dict
) -> None:
    put_bad(intake_home)
    intake_home.put_rows("catalog/parties/2.jsonl", row)

    intake_home.load()

    kept = intake_home.table("raw_door__quarantined_rows").filter(pl.col("row_number") == 1)
    assert kept["retried_as"].null_count() == kept.height


def test_row_whose_key_cannot_be_read_has_no_twin(intake_home: IntakeHome) -> None:
    intake_home.put_rows("catalog/parties/1.jsonl", party(1, party_id=["party-1"]), party(2))
    intake_home.load()
    intake_home.put_rows("catalog/parties/2.jsonl", party(1))

    intake_home.load()

    assert waiting(intake_home) == 1


def test_csv_row_that_is_delivered_again_corrected_closes_its_twin(intake_home: IntakeHome) -> None:
    header = "recording_id,work_id,valid_from,share,recorded_at\n"
    for name, share in (("1", "7"), ("2", "0.5")):
        text = f"{header}r,w,,{share},{RECORDED_AT}\n"
        intake_home.put(f"catalog/recording_works/{name}.csv", text)

    intake_home.load()

    assert waiting(intake_home) == 0


def test_quarantined_rows_that_are_closed_stay_on_record_with_the_reason(
    intake_home: IntakeHome,
) -> None:
    delivery_id = put_bad(intake_home)

    closing = quarantine_close(intake_home.settings, delivery_id, "a test of the sender's")

    assert waiting(intake_home) == 0
    assert quarantine_show(intake_home.settings, delivery_id).height == 1
    register = intake_home.table("raw_door__deliveries").filter(
        pl.col("delivery_id") == closing.delivery_id
    )
    assert register["state"].to_list() == ["ignored"]
    assert "a test of the sender's" in register["reason"][0]
    with pytest.raises(NothingOpen):
        quarantine_close(intake_home.settings, delivery_id, "again")


@pytest.mark.parametrize("by", ["id", "name"])
def test_refused_file_that_is_closed_is_not_tried_again(intake_home: IntakeHome, by: str) -> None:
    """Regression: a refused file that its sender had deleted was reported for ever."""
    intake_home.put("catalog/parties/1.csv", "party_id\nx\n")
    refused = intake_home.outcome()

    quarantine_close(intake_home.settings, getattr(refused, f"delivery_{by}", refused.name), "gone")

    assert intake_home.load().deliveries == []
    states = intake_home.table("raw_door__deliveries").sort("registered_at")["state"].to_list()
    assert states == ["refused", "ignored"]


@pytest.mark.parametrize("delivery_id", ["nope", ""])
def test_retry_or_closing_of_what_does_not_wait_says_so(
    intake_home: IntakeHome, delivery_id: str
) -> None:
    """Regression: `quarantine retry nope` reported that no row was loaded, and ended with 0."""
    put_bad(intake_home)

    with pytest.raises(NothingOpen, match="quarantine list"):
        quarantine_retry(intake_home.settings, delivery_id)
    with pytest.raises(NothingOpen, match="quarantine list"):
        quarantine_close(intake_home.settings, delivery_id, "a reason")


def test_rows_that_fill_the_quarantine_during_a_load_are_corrected_by_its_later_files(
    intake_home: IntakeHome,
) -> None:
    """The keys of waiting rows are cached in a load: new ones are added, closed ones removed."""
    names = [f"catalog/parties/{number}.jsonl" for number in range(1, 6)]
    intake_home.put_rows(names[0], party(1, kind="nobody"), party(9))
    intake_home.put_rows(names[1], party(2, kind="nobody"), party(8))
    intake_home.put_rows(names[2], party(1, recorded_at="2026-01-06T06:00:00Z"))
    intake_home.put_rows(names[3], party(2, recorded_at="2026-01-06T06:00:00Z"))
    intake_home.put_rows(names[4], party(1, recorded_at="2026-01-07T06:00:00Z"))

    outcomes = {one.name: one.delivery_id for one in intake_home.load().deliveries}

    rows = intake_home.table("raw_door__quarantined_rows")
    settled = dict(zip(rows["delivery_id"], rows["retried_as"], strict=True))
    assert settled == {
        outcomes[names[0]]: outcomes[names[2]],
        outcomes[names[1]]: outcomes[names[3]],
    }


def test_load_of_several_files_reads_the_texts_of_a_delivery_in_quarantine_once(
    intake_home: IntakeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: each file checked all its feed's quarantined rows again: a fifth more time."""
    intake_home.put_rows("catalog/parties/1.jsonl", party(1, kind="nobody"), party(9))
    for number in range(2, 6):
        intake_home.put_rows(f"catalog/parties/{number}.jsonl", party(number))
    read: list[str] = []

    def counted(lake: Lake, delivery_id: str) -> pl.DataFrame:
        read.append(delivery_id)
        return rows_of(lake, delivery_id)

    rows_of = quarantine.rows_of
    monkeypatch.setattr(quarantine, "rows_of", counted)

    intake_home.load()

    assert len(read) == 1
