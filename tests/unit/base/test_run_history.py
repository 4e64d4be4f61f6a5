"""The history of runs, the structured log, and the records that a command leaves in them."""

import json
import logging
from pathlib import Path

import duckdb
import pytest

from linernotes.base.logs import start_logging
from linernotes.base.run_history import COLUMNS, Run, note_run, runs
from linernotes.base.settings import Settings
from linernotes.cli.app import DONE, NOT_ALLOWED, run
from linernotes.warehouse.publishing import add_runs

RUN = Run("1", "linernotes load", "user:ada", "host", "0.1.0",
          "2026-07-01T04:00:00.000+00:00", "2026-07-01T04:01:00.000+00:00", 0)  # fmt: skip


def test_run_is_kept_and_a_cut_line_left_out(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    note_run(settings, RUN, "linernotes load")
    with settings.runs_file.open("a") as file:
        file.write('{"run_id": "2", "comm\n')
    note_run(settings, RUN, "linernotes load")

    assert runs(settings) == [RUN, RUN]


def test_home_that_cannot_be_written_to_holds_up_no_run(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "nowhere")

    note_run(settings, RUN, "linernotes load")

    assert runs(settings) == []


def test_runs_are_a_table_of_the_published_file() -> None:
    with duckdb.connect() as connection:
        add_runs(connection, "runs", [RUN])
        rows = connection.execute("select * from runs").fetchall()
        comments = connection.execute(
            "select column_name, comment from duckdb_columns() where table_name = 'runs'"
        ).fetchall()

    assert str(rows[0][5]) == "2026-07-01 04:00:00"
    assert dict(comments) == {name: comment for name, (_, comment) in COLUMNS.items()}


def test_command_that_writes_is_noted_with_who_and_how_it_ended(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "landing" / "catalog" / "works").mkdir(parents=True)
    assert run(["--home", str(home), "load"]) == DONE
    (home / "landing" / "catalog" / "works" / "bad.csv").write_text("x\n1\n")
    assert run(["--home", str(home), "load"]) == NOT_ALLOWED
    assert run(["--home", str(home), "quarantine", "retry", "nothing"]) == NOT_ALLOWED
    assert run(["--home", str(home), "status"]) == DONE

    found = runs(Settings(home=home))

    assert [one.exit_status for one in found] == [0, 1, 1]
    assert found[0].command == f"linernotes --home {home} load"
    assert found[0].person.startswith("user:")
    assert "waits" in found[2].details
    assert all(one.started_at < one.ended_at for one in found)


def test_log_has_a_json_object_a_line_without_the_rows(tmp_path: Path) -> None:
    home = tmp_path / "home"
    folder = home / "landing" / "catalog" / "works"
    folder.mkdir(parents=True)
    (folder / "1.csv").write_text(
        "work_id,title,recorded_at\nsecret-id,Secret Title,2026-01-05T06:00:00Z\n"
    )

    run(["--home", str(home), "load"])

    text = (home / "logs" / "linernotes.jsonl").read_text()
    [record] = [json.loads(line) for line in text.splitlines()]
    assert record["event"] == "delivery taken"
    assert (record["feed"], record["state"], record["rows_loaded"]) == ("works", "loaded", 1)
    assert record["command"].endswith("load")
    assert "ecret" not in text


def test_log_goes_to_stdout_where_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(home=tmp_path, log_to_stdout=True)

    start_logging(settings, run_id="7")
    logging.getLogger("linernotes.tests").info("done", extra={"count": 3})
    start_logging(settings, to_stdout=False)
    logging.getLogger("linernotes.tests").info("quiet")

    record = json.loads(capsys.readouterr().out)
    assert (record["event"], record["count"], record["run_id"]) == ("done", 3, "7")
    assert (tmp_path / "logs" / "linernotes.jsonl").read_text().count("\n") == 2
