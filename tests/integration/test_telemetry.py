"""The spans and lineage that loads, builds and runs of Dagster send to a receiver."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import dagster as dg
import pytest

from linernotes.base.clock import utc_now
from linernotes.base.run_history import runs
from linernotes.base.settings import Settings
from linernotes.cli.app import DONE, NOT_ALLOWED, run
from linernotes.ingestion import template
from orchestration.assets.feeds import loads
from orchestration.resources import Home
from tests.fixtures.telemetry_receiver import TelemetryReceiver, facts_of, listening


@pytest.fixture
def receiver() -> Iterator[TelemetryReceiver]:
    with listening() as started:
        yield started


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose landing zone has one file for each of two feeds."""
    for feed in ("catalog/works", "catalog/parties"):
        folder = tmp_path / "home" / "landing" / feed
        folder.mkdir(parents=True)
        (folder / "1.csv").write_text(template(feed)[1])
    return tmp_path / "home"


def ends(receiver: TelemetryReceiver) -> dict[str, dict[str, Any]]:
    """The last event of each job."""
    found = {one["job"]["name"]: one for one in receiver.events if one["eventType"] != "START"}
    started = {one["run"]["runId"] for one in receiver.events if one["eventType"] == "START"}
    assert {one["run"]["runId"] for one in found.values()} <= started
    return found


def names(datasets: list[dict[str, Any]]) -> set[str]:
    return {one["name"] for one in datasets}


def test_load_tells_of_each_feed_under_the_run_of_the_history(
    receiver: TelemetryReceiver, home: Path
) -> None:
    (home / "landing" / "catalog" / "works" / "bad.csv").write_text("x\n1\n")

    assert run(["--home", str(home), "load"]) == NOT_ALLOWED

    [noted] = runs(Settings(home=home))
    by_feed = {facts_of(one).get("feed"): one for one in receiver.spans if one.name == "load feed"}
    assert {one.trace_id for one in receiver.spans} == {UUID(noted.run_id).bytes}
    assert facts_of(by_feed["catalog/parties"])["rows_loaded"] == 1
    assert "1 files were refused" in by_feed["catalog/works"].status.message
    [whole] = [one for one in receiver.spans if one.name == "linernotes load"]
    assert facts_of(whole)["exit_status"] == 1

    jobs = ends(receiver)
    parties, works = jobs["load.catalog.parties"], jobs["load.catalog.works"]
    assert (parties["eventType"], works["eventType"]) == ("COMPLETE", "FAIL")
    assert names(parties["inputs"]) == {str(home / "landing" / "catalog" / "parties")}
    assert names(parties["outputs"]) == {str(home / "lake" / "raw_catalog__parties")}
    assert parties["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] == 1
    assert parties["run"]["facets"]["parent"]["run"]["runId"] == noted.run_id


def test_file_that_is_only_tried_tells_nobody(receiver: TelemetryReceiver, home: Path) -> None:
    """It is loaded into a temporary lake."""
    file = home / "landing" / "catalog" / "works" / "1.csv"

    assert run(["check", str(file), "--as", "catalog/works"]) == DONE

    assert not receiver.events
    assert not receiver.spans


@pytest.mark.slow
def test_build_tells_of_each_model_and_what_it_reads(
    receiver: TelemetryReceiver, home: Path
) -> None:
    run(["--home", str(home), "load"])
    receiver.events.clear()
    receiver.spans.clear()

    assert run(["--home", str(home), "build", "--select", "+int_rights__parties_merged"]) == DONE

    jobs = ends(receiver)
    build, merged = jobs["build"], jobs["build.int_rights__parties_merged"]
    assert build["eventType"] == merged["eventType"] == "COMPLETE"
    assert str(home / "lake" / "raw_catalog__parties") in names(build["inputs"])
    assert names(merged["inputs"]) == {"linernotes.staging.stg_catalog__party_merges"}
    assert names(merged["outputs"]) == {"linernotes.intermediate.int_rights__parties_merged"}
    assert merged["run"]["facets"]["parent"]["run"]["runId"] == build["run"]["runId"]
    staged = jobs["build.stg_catalog__party_merges_direct"]["inputs"]
    assert str(home / "lake" / "raw_catalog__parties") in names(staged)
    by_name = {one.name: one for one in receiver.spans}
    assert by_name["build int_rights__parties_merged"].parent_span_id == by_name["build"].span_id
    assert by_name["build"].parent_span_id == by_name["linernotes build"].span_id
    assert {"tests", "linernotes build"} <= by_name.keys()


def test_steps_of_a_run_of_dagster_are_below_that_run(
    receiver: TelemetryReceiver, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINERNOTES_HOME", str(home))
    [asset] = [one for one in loads() if one.node_def.name == "raw_catalog__works"]

    today = f"{utc_now():%Y-%m-%d}"
    done = dg.materialize([asset], resources={"home": Home()}, partition_key=today)

    assert done.success
    assert {one.trace_id for one in receiver.spans} == {UUID(done.run_id).bytes}
    above = ends(receiver)["load.catalog.works"]["run"]["facets"]["parent"]["job"]["name"]
    assert above.startswith("dagster ")
