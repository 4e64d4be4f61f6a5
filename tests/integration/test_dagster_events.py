"""The actions of commands are shown in Dagster, if it keeps records of the home."""

from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest

from expectations.runner import CheckResult
from linernotes.base.settings import Settings
from linernotes.cli.app import DONE, run
from linernotes.pipeline import BuildOutcome
from linernotes.warehouse import BuildResult
from orchestration.events import report_build
from orchestration.webserver import dagster_home

WORKS = dg.AssetKey(["raw", "raw_catalog__works"])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home" / "landing" / "catalog" / "works"
    folder.mkdir(parents=True)
    (folder / "1.csv").write_text("work_id,title,recorded_at\n1,One,2026-01-05T06:00:00Z\n")
    return tmp_path / "home"


def test_load_by_the_command_is_a_materialisation_of_today(home: Path) -> None:
    folder = dagster_home(Settings(home=home))

    assert run(["--home", str(home), "load"]) == DONE

    with dg.DagsterInstance.from_config(str(folder)) as instance:
        event = instance.get_latest_materialization_event(WORKS)
        assert event
        materialization = event.asset_materialization
        assert materialization
        assert materialization.metadata["rows_loaded"].value == 1
        assert materialization.metadata["made_by"].value == "the command line"
        assert materialization.partition


def test_home_without_dagster_gets_none(home: Path) -> None:
    assert run(["--home", str(home), "load"]) == DONE

    assert not (home / "dagster").exists()


def test_checks_of_a_build_are_evaluations(home: Path) -> None:
    settings = Settings(home=home)
    folder = dagster_home(settings)
    result = CheckResult(
        "1", "raw_catalog__works", "raw_catalog__works__titles", "error", "failed", 3, "Why.",
        datetime(2026, 7, 1),
    )  # fmt: skip

    build = BuildResult(datetime(2026, 7, 1), "run", 1)

    report_build(settings, BuildOutcome(build, [result], home / "file.duckdb"))

    with dg.DagsterInstance.from_config(str(folder)) as instance:
        [record] = instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(WORKS, "raw_catalog__works__titles"), limit=1
        )
        assert record.status.value == "FAILED"
        assert instance.get_latest_materialization_event(dg.AssetKey("published_warehouse"))
