"""Statements of reasons for the EU's database and its responses, against its published format.

Tests beside the models cover which statements are due and can be filed.
"""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.cli.app import run
from linernotes.cli.root import DONE, NOT_ALLOWED
from linernotes.ingestion import Lake
from linernotes.regulator import export_statements, record_answer

NOW = datetime(2026, 7, 20, 6, 0, tzinfo=UTC)
COLUMNS = (
    "uuid", "decision_visibility", "decision_visibility_other", "decision_ground", "category",
    "category_addition", "category_specification", "content_type", "content_date",
    "territorial_scope", "application_date", "decision_facts", "source_type",
    "automated_detection", "automated_decision", "platform_name", "platform_uid", "created_at",
)  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def publish(settings: Settings, states: dict[str, str]) -> None:
    """A published file with one statement per puid, each with its filing status."""
    settings.published_root.mkdir(parents=True)
    with duckdb.connect(str(settings.published_file)) as connection:
        connection.execute("create schema reports; create schema marts")
        columns = ", ".join(
            f"{name} {'date' if name.endswith('_date') else 'varchar'}" for name in COLUMNS
        )
        connection.execute(f"create table reports.rpt_regulator__statements_of_reasons ({columns})")
        connection.execute(
            "create table marts.fct_regulator_filings "
            "(puid varchar, filing_state varchar, applied_month date)"
        )
        for puid, state in states.items():
            row: dict[str, Any] = dict.fromkeys(COLUMNS) | {
                "decision_visibility": '["DECISION_VISIBILITY_CONTENT_REMOVED"]',
                "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
                "category": "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
                "category_addition": "[]",
                "category_specification": "[]",
                "content_type": '["CONTENT_TYPE_AUDIO","CONTENT_TYPE_SYNTHETIC_MEDIA"]',
                "content_date": date(2026, 6, 1),
                "territorial_scope": '["AT","DE"]',
                "application_date": date(2026, 7, 1),
                "decision_facts": 'Spam, "again"',
                "source_type": "SOURCE_VOLUNTARY",
                "automated_detection": "Yes",
                "automated_decision": "AUTOMATED_DECISION_FULLY",
                "platform_uid": puid,
            }
            connection.execute(
                "insert into reports.rpt_regulator__statements_of_reasons values "
                f"({', '.join('?' * len(COLUMNS))})",
                [row[name] for name in COLUMNS],
            )
            connection.execute(
                "insert into marts.fct_regulator_filings values (?, ?, '2026-07-01')", [puid, state]
            )


def exported(settings: Settings, folder: Path, *puids: str) -> Path:
    publish(settings, dict.fromkeys(puids, "to_file"))
    [batch] = export_statements(settings, folder, NOW).batches
    return batch


def answer(batch: Path, body: Any) -> Path:
    file = batch.with_name(f"{batch.stem}.answer.json")
    file.write_text(json.dumps(body), encoding="utf-8")
    return file


def recorded(settings: Settings) -> dict[str, tuple[str, str | None, str | None]]:
    rows = pl.read_delta(str(Lake(settings.lake_root).path("raw_removals__filings")))
    return {
        row["puid"]: (row["outcome"], row["statement_uuid"], row["message"])
        for row in rows.iter_rows(named=True)
    }


def test_export_writes_batches_of_1_to_100_in_the_form_of_the_api(
    settings: Settings, tmp_path: Path
) -> None:
    publish(settings, {f"rm-{number:03d}": "to_file" for number in range(201)})

    export = export_statements(settings, tmp_path / "out", NOW)

    bodies = [json.loads(batch.read_text(encoding="utf-8")) for batch in export.batches]
    assert export.statement_count == 201
    assert [batch.stem for batch in export.batches] == [
        f"batch-20260720T060000Z-{number:04d}" for number in (1, 2, 3)
    ]
    assert [len(body["statements"]) for body in bodies] == [100, 100, 1]
    assert all(body.keys() == {"statements"} for body in bodies)
    assert bodies[2]["statements"] == [
        {
            "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
            "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
            "category": "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
            "content_type": ["CONTENT_TYPE_AUDIO", "CONTENT_TYPE_SYNTHETIC_MEDIA"],
            "content_date": "2026-06-01",
            "territorial_scope": ["AT", "DE"],
            "application_date": "2026-07-01",
            "decision_facts": 'Spam, "again"',
            "source_type": "SOURCE_VOLUNTARY",
            "automated_detection": "Yes",
            "automated_decision": "AUTOMATED_DECISION_FULLY",
            "puid": "rm-200",
        }
    ]


def test_export_leaves_out_what_is_filed_or_cannot_be(settings: Settings, tmp_path: Path) -> None:
    states = ("to_file", "accepted", "rejected", "duplicate", "cannot_be_filed", "not_due")
    publish(settings, {f"rm-{state}": state for state in states})

    export = export_statements(settings, tmp_path / "out", NOW)

    assert export.statement_count == 1
    assert export.csv_file is not None
    read = pl.read_csv(export.csv_file)
    assert read["platform_uid"].to_list() == ["rm-to_file"]
    assert read["decision_facts"].to_list() == ['Spam, "again"']
    assert not {"uuid", "platform_name", "created_at"} & set(read.columns)


def test_export_of_another_month_writes_nothing(settings: Settings, tmp_path: Path) -> None:
    publish(settings, {"rm-1": "to_file"})

    export = export_statements(settings, tmp_path / "out", NOW, month="2026-06")

    assert (export.batches, export.csv_file, export.statement_count) == ((), None, 0)
    assert not (tmp_path / "out").exists()


def test_export_into_a_folder_of_the_same_second_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    exported(settings, tmp_path / "out", "rm-1")

    with pytest.raises(LinernotesError, match="the same second"):
        export_statements(settings, tmp_path / "out", NOW)


def test_accepted_batch_is_recorded_with_the_ids_of_the_database(
    settings: Settings, tmp_path: Path
) -> None:
    batch = exported(settings, tmp_path / "out", "rm-1", "rm-2")
    statements = [
        {"uuid": "u-2", "puid": "rm-2", "created_at": "2026-07-20 06:05:00"},
        {"uuid": "u-1", "puid": "rm-1", "created_at": "2026-07-20 06:05:00"},
    ]

    result = record_answer(settings, answer(batch, {"statements": statements}), NOW)

    assert (result.batch_id, result.outcomes) == ("20260720T060000Z-0001", {"accepted": 2})
    assert recorded(settings) == {
        "rm-1": ("accepted", "u-1", None),
        "rm-2": ("accepted", "u-2", None),
    }
    rows = pl.read_delta(str(Lake(settings.lake_root).path("raw_removals__filings")))
    assert rows["answered_at"].dt.to_string("%H:%M").unique().to_list() == ["06:05"]
    assert rows["exported_at"].dt.to_string("%H:%M").unique().to_list() == ["06:00"]


def test_refused_batch_names_what_is_wrong_and_files_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    """One bad statement rejects its batch: the other is not accepted, so it is not filed either."""
    batch = exported(settings, tmp_path / "out", "rm-1", "rm-2")
    stated = {"content_type": ["The selected content type is invalid."], "puid": ["Too long."]}

    result = record_answer(settings, answer(batch, {"errors": {"statement_1": stated}}), NOW)

    assert result.outcomes == {"not_taken": 1, "rejected": 1}
    message = "content_type: The selected content type is invalid.; puid: Too long."
    assert recorded(settings) == {
        "rm-1": ("not_taken", None, None),
        "rm-2": ("rejected", None, message),
    }


def test_e121_puid_that_the_database_has_is_a_duplicate(settings: Settings, tmp_path: Path) -> None:
    batch = exported(settings, tmp_path / "out", "rm-1", "rm-2")
    stated = "The platform identifier(s) are not all unique within this call."
    body = {"message": stated, "errors": {"puid": [stated], "existing_puids": ["rm-2"]}}

    record_answer(settings, answer(batch, body), NOW)

    assert recorded(settings) == {
        "rm-1": ("not_taken", None, None),
        "rm-2": ("duplicate", None, stated),
    }


def test_answer_recorded_twice_is_recorded_once(settings: Settings, tmp_path: Path) -> None:
    batch = exported(settings, tmp_path / "out", "rm-1")
    file = answer(batch, {"statements": [{"uuid": "u-1"}]})

    first, again = (record_answer(settings, file, NOW) for _ in range(2))

    assert (first.is_new, again.is_new) == (True, False)
    assert recorded(settings) == {"rm-1": ("accepted", "u-1", None)}


@pytest.mark.parametrize(
    ("body", "stated"),
    [
        ({"message": "Unauthenticated."}, "says nothing about statements"),
        ([], "says nothing about statements"),
        ({"statements": []}, "accepts 0 statements, and the batch has 1"),
        ({"statements": [{"puid": "rm-1"}]}, "no uuid"),
        ({"statements": [{"uuid": "u", "puid": "rm-9"}]}, "rm-9, which is not in the batch"),
        ({"errors": {"statement_4": {"puid": ["Too long."]}}}, "refers to statement 4"),
        ({"errors": {"puid": ["x"], "existing_puids": ["rm-9"]}}, "rm-9, which is not in the"),
    ],
)
def test_answer_that_does_not_fit_records_nothing(
    settings: Settings, tmp_path: Path, body: Any, stated: str
) -> None:
    batch = exported(settings, tmp_path / "out", "rm-1")

    with pytest.raises(LinernotesError, match=stated):
        record_answer(settings, answer(batch, body), NOW)

    assert not list(settings.landing_root.rglob("*.jsonl"))


def test_answer_without_its_batch_asks_for_it(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_text('{"statements": []}', encoding="utf-8")

    with pytest.raises(LinernotesError, match="--batch"):
        record_answer(settings, file, NOW)


def test_commands_end_with_1_until_the_database_has_accepted_the_batch(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LINERNOTES_HOME", str(settings.home))
    publish(settings, {"rm-1": "to_file"})
    out = tmp_path / "out"

    assert run(["regulator", "export", "--out", str(out), "--json"]) == DONE
    [batch] = json.loads(capsys.readouterr().out)["batches"]
    refused = answer(Path(batch), {"errors": {"statement_0": {"puid": ["Too long."]}}})
    assert run(["regulator", "record", str(refused)]) == NOT_ALLOWED
    accepted = answer(Path(batch), {"statements": [{"uuid": "u-1"}]})
    assert run(["regulator", "record", str(accepted)]) == DONE

    outcomes = pl.read_delta(str(Lake(settings.lake_root).path("raw_removals__filings")))
    assert sorted(outcomes["outcome"]) == ["accepted", "rejected"]


def test_two_answers_within_a_second_are_both_recorded(settings: Settings, tmp_path: Path) -> None:
    """Regression: the second was quarantined as a conflicting version of the first."""
    publish(settings, {"rm-1": "to_file"})
    [batch] = export_statements(settings, tmp_path / "out", NOW).batches
    refused = answer(batch, {"errors": {"statement_0": {"puid": ["Too long."]}}})
    record_answer(settings, refused, NOW)
    accepted = answer(batch, {"statements": [{"uuid": "u-1"}]})
    record_answer(settings, accepted, NOW + timedelta(milliseconds=200))

    outcomes = pl.read_delta(str(Lake(settings.lake_root).path("raw_removals__filings")))
    assert sorted(outcomes["outcome"]) == ["accepted", "rejected"]
