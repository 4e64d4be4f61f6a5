"""Steps as spans and lineage, sent to a receiver on loopback, to a file, or not at all."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from linernotes.base import spans
from linernotes.base.errors import LinernotesError
from linernotes.base.ports import free_port
from linernotes.base.run_history import CURRENT_RUN, Run, RunNow, note_run, runs
from linernotes.base.settings import Settings
from linernotes.base.steps import Dataset, Step, add_facts, past_step, step
from tests.fixtures.telemetry_receiver import TelemetryReceiver, facts_of, listening, nobody_named

RUN_ID = "3f0f7c5e-0000-4000-8000-00000000002a"
RUN = Run(RUN_ID, "linernotes load --by Ada", "user:ada", "host", "0.1.0",
          "2026-07-01T04:00:00.000+00:00", "2026-07-01T04:01:00.000+00:00", 0)  # fmt: skip
WORKS = Dataset("file", "/lake/raw_catalog__works", {"work_id": "String"}, 3)


@pytest.fixture(autouse=True)
def own_variables() -> Iterator[None]:
    with nobody_named():
        yield


@pytest.fixture
def receiver() -> Iterator[TelemetryReceiver]:
    with listening() as started:
        yield started


@pytest.fixture
def in_a_run() -> Iterator[None]:
    CURRENT_RUN.set(RunNow(RUN_ID, "linernotes load"))
    yield
    CURRENT_RUN.set(None)


@pytest.mark.usefixtures("in_a_run")
def test_steps_are_spans_below_that_of_their_run(
    receiver: TelemetryReceiver, tmp_path: Path
) -> None:
    with step("load"), step("load feed", feed="catalog/works"):
        add_facts(rows_loaded=3)
    note_run(Settings(home=tmp_path), RUN, "linernotes load")

    feed, load, run = receiver.spans
    assert [one.name for one in (feed, load, run)] == ["load feed", "load", "linernotes load"]
    assert {one.trace_id for one in receiver.spans} == {UUID(RUN_ID).bytes}
    assert feed.parent_span_id == load.span_id
    assert load.parent_span_id == run.span_id
    assert not run.parent_span_id
    assert facts_of(feed) == {"feed": "catalog/works", "rows_loaded": 3}
    assert facts_of(run) == {"run_id": RUN_ID, "exit_status": 0}
    assert run.end_time_unix_nano - run.start_time_unix_nano == 60 * 10**9
    assert {one["service.name"] for one in receiver.services} == {"linernotes"}
    assert [one.run_id for one in runs(Settings(home=tmp_path))] == [RUN_ID]


def test_service_is_called_as_the_standard_variable_says(
    receiver: TelemetryReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "warehouse")

    with step("load"):
        pass
    spans.send_spans()

    assert receiver.services[0]["service.name"] == "warehouse"


def test_failed_step_says_why_and_quotes_no_row(receiver: TelemetryReceiver) -> None:
    with pytest.raises(LinernotesError), step("draft"):
        raise LinernotesError("Nothing is published.\nMore.")
    with pytest.raises(ValueError, match="secret"), step("load"):
        raise ValueError("secret title")
    spans.send_spans()

    assert [one.status.message for one in receiver.spans] == ["Nothing is published.", "ValueError"]
    assert not receiver.spans[1].events


@pytest.mark.usefixtures("in_a_run")
def test_steps_that_make_tables_are_runs_of_lineage(receiver: TelemetryReceiver) -> None:
    folder = Dataset("file", "/landing/catalog/works")
    with step("load feed", "load.catalog.works", [folder]) as loaded:
        loaded.outputs = [WORKS]
    with step("load"):
        pass

    start, complete = receiver.events
    assert [start["eventType"], complete["eventType"]] == ["START", "COMPLETE"]
    assert start["run"]["runId"] == complete["run"]["runId"]
    assert start["job"] == complete["job"]
    assert (start["job"]["namespace"], start["job"]["name"]) == ("linernotes", "load.catalog.works")
    assert complete["run"]["facets"]["parent"]["run"]["runId"] == RUN_ID
    assert complete["run"]["facets"]["parent"]["job"]["name"] == "linernotes load"
    [read], [made] = complete["inputs"], complete["outputs"]
    assert (read["namespace"], read["name"]) == ("file", "/landing/catalog/works")
    [column] = made["facets"]["schema"]["fields"]
    assert (column["name"], column["type"]) == ("work_id", "String")
    assert made["outputFacets"]["outputStatistics"]["rowCount"] == 3


def test_lineage_of_what_fails_says_so(receiver: TelemetryReceiver) -> None:
    with pytest.raises(LinernotesError), step("build", "build"):
        raise LinernotesError("2 nodes failed.")
    with step("load feed", "load.catalog.works") as loaded:
        loaded.failure = "1 file was refused."

    ends = [one for one in receiver.events if one["eventType"] == "FAIL"]
    stated = [one["run"]["facets"]["errorMessage"]["message"] for one in ends]
    assert stated == ["2 nodes failed.", "1 file was refused."]


def test_what_another_program_did_is_told_with_its_own_times(receiver: TelemetryReceiver) -> None:
    start = datetime(2026, 7, 1, 4, tzinfo=UTC)
    with step("build", "build"):
        done = Step("build fct_lines", "build.fct_lines", outputs=[WORKS])
        past_step(done, start, start + timedelta(seconds=2))
    spans.send_spans()

    model, build = receiver.spans
    assert model.parent_span_id == build.span_id
    assert model.end_time_unix_nano - model.start_time_unix_nano == 2 * 10**9
    of_model = [one for one in receiver.events if one["job"]["name"] == "build.fct_lines"]
    of_build = [one for one in receiver.events if one["job"]["name"] == "build"]
    assert [one["eventTime"] for one in of_model] == [
        "2026-07-01T04:00:00+00:00",
        "2026-07-01T04:00:02+00:00",
    ]
    above = of_model[0]["run"]["facets"]["parent"]["run"]["runId"]
    assert above == of_build[0]["run"]["runId"]


def test_lineage_goes_into_a_file_where_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "lineage.jsonl"
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "file")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__LOG_FILE_PATH", str(file))
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__APPEND", "true")

    with step("build", "build"):
        pass

    events = [json.loads(line) for line in file.read_text().splitlines()]
    assert [one["eventType"] for one in events] == ["START", "COMPLETE"]


def test_nothing_is_sent_where_nothing_is_named_or_it_is_switched_off(
    receiver: TelemetryReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    monkeypatch.setenv("OPENLINEAGE_DISABLED", "true")
    with step("build", "build"):
        pass
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT")
    monkeypatch.delenv("OPENLINEAGE_URL")
    monkeypatch.setenv("OPENLINEAGE_NAMESPACE", "music")
    monkeypatch.delenv("OTEL_SDK_DISABLED")
    monkeypatch.delenv("OPENLINEAGE_DISABLED")
    with step("build", "build"):
        pass

    assert spans._sender.cache_info().currsize == 0
    assert not receiver.events


def test_receiver_that_is_down_fails_nothing_and_is_asked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", nowhere)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    transport = {"type": "http", "url": nowhere, "retry": {"total": 0}}
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT", json.dumps(transport))

    for _ in range(3):
        with step("build", "build"):
            pass
    note_run(Settings(home=tmp_path), RUN, "linernotes build")

    reported = [one.getMessage() for one in caplog.records if one.name == "linernotes.base.lineage"]
    assert len(reported) == 1
    assert "No more lineage" in reported[0]
    assert len(runs(Settings(home=tmp_path))) == 1
