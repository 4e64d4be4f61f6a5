"""The intake with files of any name and type: each is loaded as itself, or only it is refused.

`test_intake_loads.py` tests the rules for rows.
"""

import datetime as dt
import os
import time
from io import BufferedReader
from pathlib import Path

import polars as pl
import pytest

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ingestion import Lake, admit_landing, quarantine_show
from linernotes.ingestion import intake as intake_module
from linernotes.ingestion.readers import reader_for
from tests.fixtures.intake_home import RECORDED_AT, IntakeHome, party

PARTIES = "catalog/parties"


@pytest.fixture
def intake_home(tmp_path: Path) -> IntakeHome:
    return IntakeHome(tmp_path)


def parties(*numbers: int) -> pl.DataFrame:
    rows = [party(number) | {"recorded_at": RECORDED_AT} for number in numbers]
    return pl.DataFrame(rows)


def works(**columns: pl.Series) -> pl.DataFrame:
    """One work, with some columns in another type."""
    usual = {"work_id": ["w1"], "title": ["Song"], "recorded_at": [RECORDED_AT]}
    return pl.DataFrame({**usual, **columns})


@pytest.mark.parametrize(
    "name",
    ["labels[1]", "labels?", "labels*", "labels{1,2}", "[a-z]", "labels\\1", "{labels}", "*"],
)
def test_parquet_whose_name_is_a_pattern_loads_its_own_rows(
    intake_home: IntakeHome, name: str
) -> None:
    """Regression: the rows of a file that matched the pattern were loaded instead of its own."""
    intake_home.put_parquet(f"{PARTIES}/labels1.parquet", parties(1))
    intake_home.put_parquet(f"{PARTIES}/labelsx.parquet", parties(2))
    own = intake_home.put_parquet(f"{PARTIES}/own.parquet", parties(3))
    own.rename(own.with_name(f"{name}.parquet"))

    outcomes = intake_home.load().deliveries

    assert {one.rows_loaded for one in outcomes} == {1}
    assert intake_home.table("raw_catalog__parties")["party_id"].n_unique() == 3


def test_landing_zone_with_brackets_in_its_path_loads(tmp_path: Path) -> None:
    """Regression: every Parquet file of such a landing zone was refused as not found."""
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "in [new] *?")
    folder = settings.landing_root / PARTIES
    folder.mkdir(parents=True)
    parties(1, 2).write_parquet(folder / "a.parquet")

    (outcome,) = admit_landing(settings).deliveries

    assert outcome.rows_loaded == 2


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".csv.gz", ".jsonl"])
def test_file_whose_name_is_not_utf8_loads_under_a_readable_name(
    intake_home: IntakeHome, ending: str
) -> None:
    """Regression: the name could not be written to the register, and every load stopped there."""
    good = intake_home.put_parquet(f"{PARTIES}/a.parquet", parties(1))
    if ending == ".csv.gz" or ending == ".csv":
        text = "party_id,kind,name,recorded_at\nparty-1,label,Party 1," + RECORDED_AT + "\n"
        good.unlink()
        good = intake_home.put(f"{PARTIES}/a{ending}", text)
    elif ending == ".jsonl":
        good.unlink()
        good = intake_home.put_rows(f"{PARTIES}/a.jsonl", party(1))
    good.rename(os.fsdecode(os.fsencode(good.parent) + b"/caf\xe9" + ending.encode()))
    intake_home.put_rows(f"{PARTIES}/z.jsonl", party(2))

    first, second = intake_home.load().deliveries

    assert first.name == rf"{PARTIES}/caf\xe9{ending}"
    assert (first.rows_loaded, second.rows_loaded) == (1, 1)
    assert intake_home.load().deliveries == []


@pytest.mark.parametrize("length", [241, 242, 255])
def test_file_with_a_name_as_long_as_a_name_can_be_loads(
    intake_home: IntakeHome, length: int
) -> None:
    """Regression: a name over 241 bytes has no room for a manifest; the search ended the load."""
    name = "x" * (length - len(".jsonl")) + ".jsonl"
    intake_home.put_rows(f"{PARTIES}/{name}", party(1))

    assert intake_home.outcome().rows_loaded == 1


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_file_moved_away_between_hash_and_read_waits_for_the_next_load(
    intake_home: IntakeHome, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """Regression: the load ended with an error, without the files that follow by name."""
    gone = intake_home.settings.landing_root / PARTIES / f"a.{ending}"
    if ending == "jsonl":
        intake_home.put_rows(f"{PARTIES}/a.jsonl", party(1))
    else:
        intake_home.put_parquet(f"{PARTIES}/a.parquet", parties(1))
    intake_home.put_rows(f"{PARTIES}/b.jsonl", party(2))
    elsewhere = gone.with_name("elsewhere.part")

    def moving(*arguments: object) -> object:
        if gone.exists():
            gone.rename(elsewhere)
        return reader_for(*arguments)  # ty: ignore[invalid-argument-type]

    monkeypatch.setattr(intake_module, "reader_for", moving)
    report = intake_home.load()
    monkeypatch.undo()
    elsewhere.rename(gone)
    later = intake_home.load()

    assert [one.name for one in report.deliveries] == [f"{PARTIES}/b.jsonl"]
    assert "was moved while" in report.ignored_files[f"{PARTIES}/a.{ending}"]
    assert [one.rows_loaded for one in later.deliveries] == [1]


@pytest.mark.parametrize(
    "error", [ValueError("1"), KeyError("x"), MemoryError(), pl.exceptions.PanicException("2")]
)
def test_unforeseen_error_of_one_file_refuses_it_alone(
    intake_home: IntakeHome, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """Regression: one error of one file ended every load from then on, always at that file."""
    intake_home.put_rows(f"{PARTIES}/a.jsonl", party(1))
    intake_home.put_rows(f"{PARTIES}/b.jsonl", party(2))

    def failing(path: Path, *rest: object) -> object:
        if "party-1" in path.read_text():
            raise error
        return reader_for(path, *rest)  # ty: ignore[invalid-argument-type]

    monkeypatch.setattr(intake_module, "reader_for", failing)
    report = intake_home.load()
    again = intake_home.load()
    monkeypatch.undo()
    mended = intake_home.load()

    refused, loaded = report.deliveries
    assert (refused.state, loaded.state) == ("refused", "loaded")
    assert type(error).__name__ in (refused.reason or "")
    assert list(report.turned_away) == [f"{PARTIES}/a.jsonl"]
    assert [one.state for one in again.deliveries] == ["refused"]
    assert intake_home.table("raw_door__deliveries").height == 3
    assert [one.rows_loaded for one in mended.deliveries] == [1]
    assert list((intake_home.home / "logs").iterdir())


def test_unforeseen_error_of_a_file_that_is_partly_in_the_lake_leaves_it_to_the_next_load(
    intake_home: IntakeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused file is tried again under another id, so its rows would be loaded twice."""
    intake_home.put_rows(f"{PARTIES}/a.jsonl", party(1), party(2, kind="nobody"))
    add = Lake.add

    def failing(self: Lake, table: str, *rest: object) -> bool:
        if table == "raw_door__quarantined_rows":
            raise ValueError("not foreseen")
        return add(self, table, *rest)  # ty: ignore[invalid-argument-type]

    monkeypatch.setattr(Lake, "add", failing)
    report = intake_home.load()
    monkeypatch.undo()
    later = intake_home.load()

    assert report.deliveries == []
    assert list(report.turned_away) == [f"{PARTIES}/a.jsonl"]
    assert [one.rows_loaded for one in later.deliveries] == [1]
    assert intake_home.table("raw_catalog__parties").height == 1


@pytest.mark.parametrize(
    "title",
    [
        pl.Series([b"Song"]),
        pl.Series(["Žluťoučký".encode()]),
        pl.Series(["Song"], dtype=pl.Categorical),
        pl.Series([7]),
    ],
    ids=["binary", "binary in utf-8", "categorical", "whole number"],
)
def test_parquet_column_that_is_text_in_another_type_is_read_as_text(
    intake_home: IntakeHome, title: pl.Series
) -> None:
    """Regression: unannotated binary, as from Impala and Hive, ended the load in a panic."""
    intake_home.put_parquet("catalog/works/a.parquet", works(title=title))

    assert intake_home.outcome().rows_loaded == 1
    (text,) = intake_home.table("raw_catalog__works")["title"]
    assert text in {"Song", "Žluťoučký", "7"}


@pytest.mark.parametrize(
    ("title", "reported"),
    [
        (pl.Series([b"\xff\xfe"]), "fffe"),
        (pl.Series([dt.timedelta(seconds=5)]), "0:00:05"),
        (pl.Series([dt.time(10, 30)]), "10:30:00"),
        (pl.Series([["a"]]), '["a"]'),
        (pl.Series([[["a"]]]), '[["a"]]'),
        (pl.Series([{"a": b"x"}]), '{"a": "x"}'),
        (pl.Series([[1.5, 2.5]], dtype=pl.Array(pl.Float64, 2)), "[1.5, 2.5]"),
        (pl.Series([1.5]), "1.5"),
        (pl.Series([float("nan")]), "NaN"),
        (pl.Series([float("-inf")]), "-Infinity"),
        (pl.Series([True]), "true"),
    ],
    ids=repr,
)
def test_parquet_cell_of_a_type_that_does_not_fit_is_quarantined_as_it_was_sent(
    intake_home: IntakeHome, title: pl.Series, reported: str
) -> None:
    """Regression: durations and nested types ended the load; NaN was stored as null."""
    intake_home.put_parquet("catalog/works/a.parquet", works(title=title))

    outcome = intake_home.outcome()

    assert outcome.rows_quarantined == 1
    assert intake_home.broken_rules() == [(1, ["title.not_text"])]
    (text,) = quarantine_show(intake_home.settings, outcome.delivery_id)["original_text"]
    assert reported in text


@pytest.mark.parametrize(
    "writers",
    [
        pl.Series([["p1", "p2"]], dtype=pl.Array(pl.String, 2)),
        pl.Series([[b"p1", b"p2"]]),
        pl.Series([[b"p1", b"p2"]], dtype=pl.Array(pl.Binary, 2)),
        pl.Series([["p1", "p2"]], dtype=pl.List(pl.Categorical)),
    ],
    ids=repr,
)
def test_parquet_list_of_another_type_is_read_as_the_list_it_is(
    intake_home: IntakeHome, writers: pl.Series
) -> None:
    """Regression: lists of a fixed size, as Arrow and numpy write them, ended the load."""
    intake_home.put_parquet("catalog/works/a.parquet", works(writer_party_ids=writers))

    assert intake_home.outcome().rows_loaded == 1
    assert intake_home.table("raw_catalog__works")["writer_party_ids"].to_list() == [["p1", "p2"]]


@pytest.mark.parametrize(
    "writers",
    [
        pl.Series([[["p1"]]]),
        pl.Series([[{"id": "p1"}]]),
        pl.Series([[1, 2]]),
        pl.Series([[b"p1", b"\xff"]]),
        pl.Series(["p1"]),
        pl.Series([{"id": ["p1"]}]),
        pl.Series([[dt.timedelta(1)]]),
    ],
    ids=repr,
)
def test_parquet_cell_that_is_no_list_of_text_is_quarantined(
    intake_home: IntakeHome, writers: pl.Series
) -> None:
    intake_home.put_parquet("catalog/works/a.parquet", works(writer_party_ids=writers))

    assert intake_home.outcome().rows_quarantined == 1
    assert intake_home.broken_rules() == [(1, ["writer_party_ids.not_a_list"])]


def test_big_parquet_of_an_unfit_type_is_refused_with_words(intake_home: IntakeHome) -> None:
    count = 1_000
    frame = pl.DataFrame(
        {
            "work_id": [f"w{number}" for number in range(count)],
            "title": [dt.timedelta(1)] * count,
            "recorded_at": [RECORDED_AT] * count,
        }
    )
    intake_home.put_parquet("catalog/works/a.parquet", frame)

    outcome = intake_home.outcome()

    assert outcome.state == "refused"
    assert "title.not_text (1000)" in (outcome.reason or "")


def test_file_that_may_not_be_read_is_told_and_ends_no_load(
    intake_home: IntakeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake_home.put_rows(f"{PARTIES}/a.jsonl", party(1))
    intake_home.put_rows(f"{PARTIES}/b.jsonl", party(2))
    opened = intake_module.Arrival.open

    def forbidden(self: intake_module.Arrival) -> BufferedReader:
        if self.name.endswith("a.jsonl"):
            raise PermissionError(13, "Permission denied")
        return opened(self)

    monkeypatch.setattr(intake_module.Arrival, "open", forbidden)
    report = intake_home.load()

    assert len(report.deliveries) == 1
    assert "Permission denied" in report.turned_away[f"{PARTIES}/a.jsonl"]


def settled(intake_home: IntakeHome, seconds: float) -> Settings:
    return Settings(home=intake_home.home, settling_seconds=seconds)


def test_file_that_still_grows_is_left_for_the_next_load(intake_home: IntakeHome) -> None:
    """Regression: a partial file under its final name was loaded as complete."""
    intake_home.settings.landing_root.mkdir()
    intake_home.load()
    path = intake_home.put_rows(f"{PARTIES}/a.jsonl", party(1))
    # So long that the file is new for it on a slow machine, too.
    settings = settled(intake_home, 60)

    def growing(_seconds: float) -> None:
        with path.open("a") as stream:
            stream.write('{"party_id": "party-2"')

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("linernotes.ingestion.settling.time.sleep", growing)
        report = admit_landing(settings)

    assert report.deliveries == []
    assert "still being written" in report.ignored_files[f"{PARTIES}/a.jsonl"]


def test_new_files_are_waited_for_once_and_old_ones_not_at_all(
    intake_home: IntakeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("linernotes.ingestion.settling.time.sleep", waits.append)
    hour_ago = time.time() - 3600
    for number in range(3):
        path = intake_home.put_rows(f"{PARTIES}/{number}.jsonl", party(number))
        os.utime(path, (hour_ago, hour_ago))

    assert len(admit_landing(settled(intake_home, 60)).deliveries) == 3
    assert waits == []

    intake_home.put_rows(f"{PARTIES}/new.jsonl", party(9))
    ahead = intake_home.put_rows(f"{PARTIES}/clock ahead.jsonl", party(8))
    os.utime(ahead, (hour_ago + 7200, hour_ago + 7200))

    assert len(admit_landing(settled(intake_home, 60)).deliveries) == 2
    assert len(waits) == 2
    assert max(waits) <= 60


@pytest.mark.parametrize("feature", ["deletionVectors", "columnMapping", "mapped by name"])
def test_lake_table_with_a_feature_that_is_not_read_stops_the_load(
    intake_home: IntakeHome, feature: str
) -> None:
    """Regression: deleted rows of such a table counted, and renamed columns were read as absent."""
    intake_home.put_rows(f"{PARTIES}/a.jsonl", party(1))
    intake_home.load()
    table = intake_home.lake.open("raw_catalog__works")
    log = intake_home.lake.path("raw_catalog__works") / "_delta_log"
    if feature == "mapped by name":
        metadata = next(log.glob("*.json")).read_text()
        line = next(one for one in metadata.splitlines() if "metaData" in one)
        action = line.replace(
            '"configuration":{', '"configuration":{"delta.columnMapping.mode":"name",'
        )
    else:
        action = (
            '{"protocol":{"minReaderVersion":3,"minWriterVersion":7,'
            f'"readerFeatures":["timestampNtz","{feature}"],'
            f'"writerFeatures":["timestampNtz","{feature}"]}}}}'
        )
    (log / f"{table.version() + 1:020d}.json").write_text(action + "\n")

    with pytest.raises(LinernotesError, match="restore the table"):
        intake_home.load()


@pytest.mark.parametrize("landing", ["gs://x", "file:///srv/landing"])
def test_landing_zone_that_is_an_address_is_an_error_with_words(landing: str) -> None:
    """Regression: it was read as a folder with that name, which had nothing new."""
    with pytest.raises(ValueError, match="is a URL"):
        Settings(landing=landing)


def test_landing_zone_that_is_not_there_is_an_error_with_words(tmp_path: Path) -> None:
    with pytest.raises(LinernotesError, match="no landing zone"):
        admit_landing(Settings(home=tmp_path / "home", landing=tmp_path / "nowhere"))
    assert not (tmp_path / "home").exists()
