"""Checks of a file before it is sent: the report, and that no home is changed."""

import json
from pathlib import Path

import pytest

from linernotes.base.settings import Settings
from linernotes.cli.app import DONE, NOT_ALLOWED, WRONG_USE, run
from linernotes.ingestion import FEEDS, RefusedFile, template, try_file
from linernotes.ingestion.checking import SEPARATOR_IN_ID


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def first_file(folder: Path, feed: str, *changes: tuple[str, str]) -> Path:
    ending, text = template(feed)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / f"first{ending}"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("feed", FEEDS)
def test_template_of_every_feed_is_accepted(feed: str, tmp_path: Path, settings: Settings) -> None:
    trial = try_file(first_file(tmp_path, feed), feed, settings)

    assert trial.rejected.to_dicts() == []
    assert trial.is_accepted
    assert not settings.home.exists()


def test_bad_row_is_named_with_what_to_send(tmp_path: Path, settings: Settings) -> None:
    file = first_file(tmp_path, "ai_usage/derivative_plays", (",SE,", ",UK,"))

    trial = try_file(file, "ai_usage/derivative_plays", settings)

    assert not trial.is_accepted
    assert trial.rejected["broken_rules"].to_list() == [["territory.closed_list"]]
    assert trial.rejected["details"][0].endswith("; send GB")


GENERATIONS = "ai_usage/generations"
ONE_SOURCE = ",recording-1,derivative-1,"


@pytest.mark.parametrize(
    ("feed", "changes", "reported"),
    [
        # Regression: a JSON list was loaded as one recording with that name.
        (
            GENERATIONS,
            [(ONE_SOURCE, ',"[""recording-1"", ""recording-2""]",derivative-1,')],
            "items with | between them",
        ),
        (GENERATIONS, [(",paid_addon,", ",Paid Add-on,")], "; send paid_addon"),
        ("finance/revenue", [("125000.00", "-5")], "gross is '-5': it is under 0; correct it"),
        ("catalog/ownership", [(",100,", ",120,")], "share_pct is '120': it is over 100;"),
        ("catalog/ownership", [(",100,", ",0,")], "share_pct is '0': it is not over 0;"),
        ("catalog/ownership", [(",100,", ",50%,")], "plain digits with a point"),
    ],
)
def test_first_mistakes_are_told_with_what_to_send(
    feed: str, changes: list[tuple[str, str]], reported: str, tmp_path: Path, settings: Settings
) -> None:
    trial = try_file(first_file(tmp_path, feed, *changes), feed, settings)

    assert reported in trial.rejected["details"][0]


def test_ids_with_commas_between_them_are_one_id_and_a_warning(
    tmp_path: Path, settings: Settings
) -> None:
    """Regression: they were loaded as the id of an unknown recording, without a warning."""
    file = first_file(
        tmp_path, GENERATIONS, (ONE_SOURCE, ',"recording-1,recording-2",derivative-1,')
    )

    trial = try_file(file, GENERATIONS, settings)

    assert trial.is_accepted
    assert trial.outcome.warnings == {f"source_recording_ids: {SEPARATOR_IN_ID}": 1}


@pytest.mark.parametrize(
    ("name", "text", "reported"),
    [
        ("array.jsonl", '[{"work_id": "1"}]\n', "write one object a line, without brackets"),
        ("lacking.jsonl", '{"work_id": "1"}\n', "each line is one object with them as keys"),
        ("empty.csv", "", "The file is empty"),
        ("lacking.csv", "work_id\n1\n", "the first line has them"),
    ],
)
def test_file_without_the_columns_is_told_where_its_form_has_them(
    name: str, text: str, reported: str, tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / name).write_text(text)

    trial = try_file(tmp_path / name, "catalog/works", settings)

    assert trial.outcome.state == "refused"
    assert reported in str(trial.outcome.reason)


def test_file_of_another_feed_would_be_refused_with_the_columns(
    tmp_path: Path, settings: Settings
) -> None:
    trial = try_file(first_file(tmp_path, "catalog/parties"), "catalog/works", settings)

    assert trial.outcome.state == "refused"
    assert "work_id" in str(trial.outcome.reason)


def test_manifest_beside_the_file_counts(tmp_path: Path, settings: Settings) -> None:
    file = first_file(tmp_path, "catalog/works")
    file.with_name(f"{file.name}.manifest.json").write_text('{"rows": 7}')

    trial = try_file(file, "catalog/works", settings)

    assert "the manifest says 7 rows" in str(trial.outcome.reason)


def test_file_with_an_ending_of_no_feed_is_no_delivery(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "works.xlsx"
    file.write_bytes(b"PK")

    with pytest.raises(RefusedFile, match="is not a delivery of catalog/works: its ending"):
        try_file(file, "catalog/works", settings)


def test_check_of_what_is_no_delivery_is_json_where_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Regression: a program that asked for JSON got none."""
    (tmp_path / "works.xlsx").write_bytes(b"PK")

    command = ["check", str(tmp_path / "works.xlsx"), "--as", "catalog/works", "--json"]
    assert run(command) == NOT_ALLOWED

    assert json.loads(capsys.readouterr().out)["accepted"] is False


def test_check_ends_with_0_for_a_good_file_and_1_for_a_bad_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = first_file(tmp_path, "finance/revenue")
    assert run(["check", str(good), "--as", "finance/revenue"]) == DONE
    assert "The file is accepted." in capsys.readouterr().out

    bad = first_file(tmp_path, "finance/revenue", ("SEK", "Kronor"))
    assert run(["check", str(bad), "--as", "finance/revenue", "--json"]) == NOT_ALLOWED
    assert '"currency.closed_list"' in capsys.readouterr().out


def test_feed_that_does_not_exist_names_the_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = first_file(tmp_path, "finance/revenue")

    assert run(["check", str(file), "--as", "finance/revenues"]) == WRONG_USE
    assert "Nearest: finance/revenue," in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (["feeds"], "ai_usage/derivative_plays"),
        (["feeds", "--json"], '"name": "catalog/ern"'),
        (["feeds", "show", "catalog/ern"], "NewReleaseMessage"),
        (["feeds", "show", "licensing/contracts", "--schema"], '"minimum_guarantee"'),
        (["feeds", "show", "catalog/works", "--table-schema"], '"primaryKey"'),
        (["feeds", "show", "catalog/works", "--json"], '"allowed_values"'),
        (["feeds", "show", "catalog/works"], "writer_party_ids"),
    ],
)
def test_feeds_shows_what_a_feed_promises(
    arguments: list[str], reported: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == DONE
    assert reported in capsys.readouterr().out


def test_schema_of_a_feed_that_is_no_table_is_wrong_use() -> None:
    assert run(["feeds", "show", "catalog/ern", "--schema"]) == WRONG_USE
    assert run(["feeds", "show", "catalog/works", "--schema", "--json"]) == WRONG_USE
