"""Deliveries of some days read again: their rows are replaced, those of other days are kept."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from linernotes.base.clock import now
from linernotes.base.settings import Settings
from linernotes.ingestion import Lake, admit_landing, quarantine_list, read_again
from linernotes.ingestion.contracts.catalog import Works

HEADER = "work_id,title,recorded_at\n"
TODAY = now().date()
RAW = "raw_catalog__works"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", landing=tmp_path / "landing", settling_seconds=0)


def deliver(settings: Settings, name: str, *rows: str) -> Path:
    path = settings.landing_root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + "".join(f"{row},2026-01-05T06:00:00Z\n" for row in rows))
    return path


def lake_of(settings: Settings) -> Lake:
    return Lake(settings.lake_root, settings.quarantine_root)


def works(settings: Settings) -> list[tuple[str, str]]:
    rows = lake_of(settings).read(RAW).select("work_id", "title").sort("work_id").collect()
    return rows.rows()


def on_day(settings: Settings, name: str, day: date) -> None:
    """As if a delivery had been loaded on another day."""
    lake_of(settings).update(
        "raw_door__deliveries",
        {"registered_at": f"cast('{day}T04:00:00' as timestamp)"},
        f"name = '{name}'",
    )


def shout(rows: pl.DataFrame) -> pl.DataFrame:
    """A reader of a newer version, which reads titles differently."""
    return rows.with_columns(title=pl.col("title").str.to_uppercase())


def test_three_days_are_read_again_and_the_other_days_are_not(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [date(2026, 7, day) for day in (1, 2, 3, 4)]
    for day in days:
        deliver(settings, f"catalog/works/{day}.csv", f"{day},song {day}")
    admit_landing(settings)
    for day in days:
        on_day(settings, f"catalog/works/{day}.csv", day)
    monkeypatch.setattr(Works, "completed", classmethod(lambda cls, rows: shout(rows)))

    report = read_again(settings, ["catalog/works"], days[:3], issued=set())

    assert [one.name for one in report.deliveries] == [
        f"catalog/works/{day}.csv" for day in days[:3]
    ]
    assert works(settings) == [
        *((f"{day}", f"SONG {day}") for day in days[:3]),
        ("2026-07-04", "song 2026-07-04"),
    ]


def test_reading_again_without_a_change_changes_no_row(settings: Settings) -> None:
    deliver(settings, "catalog/works/a.csv", "1,one", ",nothing", "2,two")
    admit_landing(settings)
    register = lake_of(settings).read("raw_door__deliveries").collect()
    waiting = quarantine_list(settings).drop("quarantined_at")
    before = works(settings)

    for _ in range(2):
        read_again(settings, ["catalog/works"], [TODAY], issued=set())

    assert works(settings) == before == [("1", "one"), ("2", "two")]
    assert lake_of(settings).read("raw_door__deliveries").collect().equals(register)
    assert quarantine_list(settings).drop("quarantined_at").equals(waiting)


def test_row_that_a_contract_of_today_takes_leaves_the_quarantine(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(settings, "catalog/works/a.csv", "1,one", "2,")
    admit_landing(settings)
    assert quarantine_list(settings)["open_row_count"].to_list() == [1]
    filled = classmethod(lambda cls, rows: rows.with_columns(pl.col("title").fill_null("?")))
    monkeypatch.setattr(Works, "completed", filled)

    [outcome] = read_again(settings, ["catalog/works"], [TODAY], issued=set()).deliveries

    assert (outcome.rows_loaded, outcome.rows_quarantined) == (2, 0)
    assert works(settings) == [("1", "one"), ("2", "?")]
    assert quarantine_list(settings).is_empty()


def test_file_that_is_gone_or_changed_keeps_what_was_read_of_it(settings: Settings) -> None:
    gone = deliver(settings, "catalog/works/a.csv", "1,one")
    changed = deliver(settings, "catalog/works/b.csv", "2,two")
    admit_landing(settings)
    gone.unlink()
    changed.write_text(HEADER + "3,three,2026-01-05T06:00:00Z\n")

    report = read_again(settings, ["catalog/works"], [TODAY], issued=set())

    assert report.deliveries == []
    assert set(report.unread_files) == {"catalog/works/a.csv", "catalog/works/b.csv"}
    assert works(settings) == [("1", "one"), ("2", "two")]


def test_file_that_would_be_refused_today_keeps_what_was_read_of_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(settings, "catalog/works/a.csv", "1,one")
    admit_landing(settings)
    monkeypatch.setattr(Works, "required_columns", classmethod(lambda cls: ["iswc"]))

    report = read_again(settings, ["catalog/works"], [TODAY], issued=set())

    assert "required columns are missing: iswc" in report.unread_files["catalog/works/a.csv"]
    assert works(settings) == [("1", "one")]


def test_run_that_breaks_off_is_finished_by_the_next(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(settings, "catalog/works/a.csv", "1,one", "2,")
    admit_landing(settings)

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr("linernotes.ingestion.again.ReplacingLake.empty_others", die)
        with pytest.raises(Killed):
            read_again(settings, ["catalog/works"], [TODAY], issued=set())

    read_again(settings, ["catalog/works"], [TODAY], issued=set())

    assert works(settings) == [("1", "one")]
    assert quarantine_list(settings)["open_row_count"].to_list() == [1]


@pytest.mark.parametrize("feed", ["catalog/ern", "finance/ecb", "licensing/contracts"])
def test_feed_of_several_tables_or_a_form_of_its_own_is_read_again(
    settings: Settings, feed: str
) -> None:
    from linernotes.ingestion import describe, template

    ending, text = template(feed)
    path = settings.landing_root / feed / f"first{ending}"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    admit_landing(settings)
    tables = describe(feed).tables
    before = {table: lake_of(settings).read(table).collect() for table in tables}

    report = read_again(settings, [feed], [TODAY], issued=set())

    assert len(report.deliveries) == 1
    assert any(rows.height for rows in before.values())
    for table in tables:
        after = lake_of(settings).read(table).collect()
        assert after.sort(pl.all()).equals(before[table].sort(pl.all()))


def test_days_without_deliveries_are_read_as_nothing(settings: Settings) -> None:
    settings.landing_root.mkdir(parents=True)

    report = read_again(settings, ["catalog/works"], [TODAY - timedelta(days=1)], issued=set())

    assert report.deliveries == []


@pytest.mark.parametrize("by", ["sha256", "delivery_id"])
def test_delivery_from_which_statements_were_issued_keeps_its_rows(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """A changed row with the old `recorded_at` would differ from the issued figures unnoticed."""
    deliver(settings, "catalog/works/one.csv", "w1,song")
    deliver(settings, "catalog/works/two.csv", "w2,song")
    [first, _] = admit_landing(settings).deliveries
    monkeypatch.setattr(Works, "completed", classmethod(lambda cls, rows: shout(rows)))

    report = read_again(settings, ["catalog/works"], [TODAY], issued={getattr(first, by)})

    assert [one.name for one in report.deliveries] == ["catalog/works/two.csv"]
    assert "statements were issued from it" in report.unread_files["catalog/works/one.csv"]
    assert works(settings) == [("w1", "song"), ("w2", "SONG")]
