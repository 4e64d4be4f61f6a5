"""The Dagster definitions: that they load, what they contain, and that blocking checks block.

The modules' own tests cover what assets and commands do.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from expectations.runner import CheckResult, Outcome, load_suites
from expectations.suite import Layer, Severity
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.ingestion import LoadReport, admit_landing, template
from orchestration.resources import Home
from orchestration.webserver import EARLIER, INSTANCE, dagster_home

WAREHOUSE_STEP, PUBLISHING_STEP = "warehouse_models", "published_warehouse"


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINERNOTES_HOME", str(tmp_path_factory.mktemp("home")))
        from orchestration.definitions import defs
    return defs


@pytest.fixture(scope="module")
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as temporary:
        yield temporary


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LINERNOTES_HOME", str(tmp_path))
    monkeypatch.delenv("LINERNOTES_LANDING", raising=False)
    return tmp_path


def outcome_of_all(layer: Layer, outcome: Outcome, severity: Severity) -> list[CheckResult]:
    """Results of a layer's suites in which every check of a severity has the outcome."""
    return [
        CheckResult(
            "run",
            suite.table,
            suite.check_name(expectation),
            expectation.severity,
            outcome if expectation.severity == severity else "passed",
            0,
            expectation.reason,
            datetime(2026, 7, 1),
        )
        for suite in load_suites(layer=layer)
        for expectation in suite.expectations
    ]


def steps_of(result: dg.ExecuteInProcessResult) -> set[str]:
    """The steps that started."""
    return {event.step_key for event in result.all_events if event.is_step_start and event.step_key}


def test_definitions_are_valid_and_short(definitions: dg.Definitions) -> None:
    lines = (PROJECT_ROOT / "orchestration" / "definitions.py").read_text().splitlines()

    dg.Definitions.validate_loadable(definitions)
    assert len(lines) < 30


def test_assets_each_have_an_owner_a_group_and_a_description(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    nodes = [graph.get(key) for key in graph.get_all_asset_keys()]

    bare = {
        node.key.to_user_string()
        for node in nodes
        if not node.owners or node.group_name == "default" or not node.description
    }

    assert not bare
    # One team is one owner, of the feeds that it loads and of its models.
    assert {owner.partition(":")[0] for node in nodes for owner in node.owners} == {"team"}


def test_checks_each_say_what_they_claim(definitions: dg.Definitions) -> None:
    """Regression: Dagster uses no descriptions of dbt tests, so hundreds of checks had none."""
    specs = [
        spec
        for asset in definitions.resolve_asset_graph().assets_defs
        for spec in asset.check_specs
    ]

    assert len(specs) > 300
    assert [spec.name for spec in specs if not spec.description] == []


def test_assets_of_the_lake_meet_the_sources_of_the_models(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    raw = {key for key in graph.get_all_asset_keys() if key.path[0] == "raw"}

    made = {key for key in raw if graph.get(key).is_executable}

    assert {key.path[1] for key in raw - made} == {
        "raw_door__deliveries",
        "raw_door__quarantined_rows",
        "raw_door__check_results",
        "raw_ledger__statements",
        "raw_ledger__lines",
        "raw_ledger__pools",
        "raw_ledger__uses",
        "raw_ledger__incident_notes",
        "raw_revaluation__lines",
        "raw_calendar__month_starts",
        "raw_run__late_deliveries",
    }


def test_jobs_have_the_names_that_operators_know(definitions: dg.Definitions) -> None:
    names = {job.name for job in definitions.resolve_all_job_defs() if not job.name.startswith("_")}

    assert names == {
        "load_daily",
        "build_daily",
        "draft_statements",
        "issue_statements",
        "deliver_packages",
        "send_board_pack",
        "tidy_up",
    }


def test_schedules_and_sensors_run_from_the_start(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()

    stopped = [s.name for s in repository.schedule_defs if s.default_status.value != "RUNNING"]
    stopped += [s.name for s in repository.sensor_defs if s.default_status.value != "RUNNING"]

    assert not stopped
    silent = [
        s.name for s in (*repository.schedule_defs, *repository.sensor_defs) if not s.description
    ]
    assert not silent
    assert {schedule.cron_schedule for schedule in repository.schedule_defs} == {
        "0 4 * * *",
        "0 5 * * *",
        "0 7 5 * *",
        "0 7 15 * *",
        "0 7 16 * *",
        "0 7 25 * *",
        "0 3 * * 0",
    }


@pytest.mark.parametrize(
    ("schedule_name", "moment", "partition_key"),
    [
        ("load_every_morning", datetime(2026, 7, 31, 4), "2026-07-31"),
        ("draft_statements_on_day_5", datetime(2026, 1, 5, 7), "2025-12-01"),
        ("draft_statements_on_day_15", datetime(2026, 3, 15, 7), "2026-02-01"),
    ],
)
def test_schedule_at_its_time_asks_for_the_partition(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    schedule_name: str,
    moment: datetime,
    partition_key: str,
) -> None:
    repository = definitions.get_repository_def()
    context = dg.build_schedule_context(
        instance, scheduled_execution_time=moment, repository_def=repository
    )

    tick = repository.get_schedule_def(schedule_name).evaluate_tick(context)

    assert [request.partition_key for request in tick.run_requests or []] == [partition_key]


def test_packages_on_day_25_are_asked_for_every_partner(
    definitions: dg.Definitions, instance: dg.DagsterInstance
) -> None:
    repository = definitions.get_repository_def()
    instance.add_dynamic_partitions("partners", ["merlin", "umg"])
    context = dg.build_schedule_context(
        instance,
        scheduled_execution_time=datetime(2026, 7, 25, 7),
        repository_def=repository,
    )

    tick = repository.get_schedule_def("deliver_packages_on_day_25").evaluate_tick(context)

    keys = [request.partition_key for request in tick.run_requests or []]
    assert keys == ["2026-06-01|merlin", "2026-06-01|umg"]


def answer_raw(monkeypatch: pytest.MonkeyPatch, results: list[CheckResult]) -> None:
    for module in ("orchestration.checks", "linernotes.pipeline"):
        monkeypatch.setattr(f"{module}.run_raw_suites", lambda *_: results)


@pytest.mark.parametrize("outcome", ["failed", "error"])
def test_build_after_a_broken_blocking_raw_check_stops_before_the_models(
    definitions: dg.Definitions, home: Path, monkeypatch: pytest.MonkeyPatch, outcome: Outcome
) -> None:
    answer_raw(monkeypatch, outcome_of_all("raw", outcome, "error"))

    result = definitions.resolve_job_def("build_daily").execute_in_process(raise_on_error=False)

    assert not result.success
    assert not steps_of(result) & {WAREHOUSE_STEP, PUBLISHING_STEP}


def test_build_after_a_broken_raw_warning_goes_on(
    definitions: dg.Definitions, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise LinernotesError("far enough")

    answer_raw(monkeypatch, outcome_of_all("raw", "failed", "warn"))
    monkeypatch.setattr("orchestration.assets.models.building", stop)

    result = definitions.resolve_job_def("build_daily").execute_in_process(raise_on_error=False)

    assert WAREHOUSE_STEP in steps_of(result)
    assert PUBLISHING_STEP not in steps_of(result)


def test_load_of_a_day_admits_deliveries_and_tells_of_them(
    definitions: dg.Definitions, home: Path
) -> None:
    feed = home / "landing" / "finance" / "fx_rates"
    feed.mkdir(parents=True)
    (feed / "rates.csv").write_text(
        "rate_date,base_currency,quote_currency,rate,provider,recorded_at\n"
        "2026-07-01,EUR,TND,3.4,bank,2026-07-01T15:00:00Z\n"
        "2026-07-02,EUR,TND,-1,bank,2026-07-02T15:00:00Z\n"
    )
    job = definitions.resolve_job_def("load_daily")

    result = job.execute_in_process(
        partition_key=f"{datetime.now(UTC):%Y-%m-%d}",
        asset_selection=[dg.AssetKey(["raw", "raw_finance__fx_rates"])],
    )

    [event] = result.get_asset_materialization_events()
    metadata = event.step_materialization_data.materialization.metadata
    assert metadata["dagster/row_count"].value == 1
    assert metadata["rows_quarantined"].value == 1
    assert "finance/fx_rates/rates.csv" in str(metadata["deliveries"].value)
    assert "rate" in str(metadata["top_reasons"].value)


def test_backfill_of_three_days_reads_those_days_again_in_one_run(
    instance: dg.DagsterInstance, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.assets.feeds import loads

    requested: list[tuple[list[str], list[date]]] = []

    def read(
        _settings: Settings, feeds: list[str], days: list[date], issued: set[str]
    ) -> LoadReport:
        assert issued == set()
        requested.append((feeds, days))
        return LoadReport()

    monkeypatch.setattr("orchestration.assets.feeds.read_again", read)
    monkeypatch.setattr("orchestration.assets.feeds.admit_landing", None)
    key = dg.AssetKey(["raw", "raw_catalog__works"])
    [asset] = [one for one in loads() if key in one.keys]
    days = [f"2026-07-0{day}" for day in (1, 2, 3)]

    result = dg.materialize(
        [asset],
        instance=instance,
        resources={"home": Home()},
        tags={
            "dagster/asset_partition_range_start": days[0],
            "dagster/asset_partition_range_end": days[-1],
        },
    )

    assert asset.backfill_policy == dg.BackfillPolicy.single_run()
    assert requested == [(["catalog/works"], [date.fromisoformat(day) for day in days])]
    # Feeds without new rows are not shown as materialised.
    assert result.get_asset_materialization_events() == []


RATES = (
    "rate_date,base_currency,quote_currency,rate,provider,recorded_at\n"
    "2026-07-01,EUR,TND,3.4,bank,2026-07-01T15:00:00Z\n"
)


def deliver_rates(home: Path, name: str, text: str = RATES) -> None:
    file = home / "landing" / "finance" / "fx_rates" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def load_rates(
    definitions: dg.Definitions, instance: dg.DagsterInstance
) -> dg.ExecuteInProcessResult:
    return definitions.resolve_job_def("load_daily").execute_in_process(
        partition_key=f"{datetime.now(UTC):%Y-%m-%d}",
        asset_selection=[dg.AssetKey(["raw", "raw_finance__fx_rates"])],
        instance=instance,
        raise_on_error=False,
    )


def tick_after(result: dg.ExecuteInProcessResult, instance: dg.DagsterInstance) -> Any:
    """The runs that the sensor requests after loads with this end."""
    from orchestration.sensors import build_after_a_failed_load, build_after_a_load

    [ended] = [
        event
        for event in result.all_events
        if event.event_type_value in ("PIPELINE_SUCCESS", "PIPELINE_FAILURE")
    ]
    sensor = build_after_a_load if result.success else build_after_a_failed_load
    context = dg.build_run_status_sensor_context(sensor.name, ended, instance, result.dagster_run)
    return sensor(context)


def test_load_that_brought_something_is_followed_by_a_build(
    definitions: dg.Definitions, home: Path
) -> None:
    """Regression: nothing was published before the scheduled time."""
    deliver_rates(home, "rates.csv")
    with dg.instance_for_test() as instance:
        first, second = (tick_after(load_rates(definitions, instance), instance) for _ in range(2))

    assert isinstance(first, dg.RunRequest)
    assert isinstance(second, dg.SkipReason)


def test_refused_file_keeps_no_other_from_being_built_and_is_told_by_the_news_alone(
    definitions: dg.Definitions, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: a refused file made all later loads fail, so the sensor started no build."""
    from orchestration import sensors
    from tests.fixtures.failed_runs import alert_of_failure

    sent: list[str] = []
    monkeypatch.setattr(sensors, "send_alert", lambda subject, *_: sent.append(subject))
    deliver_rates(home, "bad.csv", "rate_date\n2026-07-01\n")
    deliver_rates(home, "rates.csv")
    with dg.instance_for_test() as instance:
        result = load_rates(definitions, instance)
        request = tick_after(result, instance)
        again = tick_after(load_rates(definitions, instance), instance)
        alert_of_failure(result, instance, home)

    assert not result.success
    assert isinstance(request, dg.RunRequest)
    assert isinstance(again, dg.SkipReason)
    assert sent == []


def test_load_while_a_build_waits_asks_for_no_second_one(
    definitions: dg.Definitions, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: files that arrived every minute started one build each, for hours."""
    deliver_rates(home, "rates.csv")
    with dg.instance_for_test() as instance:
        result = load_rates(definitions, instance)
        build = instance.create_run_for_job(definitions.resolve_job_def("build_daily"))

        def queued(filters: dg.RunsFilter, **_: object) -> list[dg.DagsterRun]:
            assert list(filters.statuses) == [dg.DagsterRunStatus.QUEUED]
            return [build] if filters.job_name == "build_daily" else []

        monkeypatch.setattr(instance, "get_runs", queued)
        requested = tick_after(result, instance)

    assert isinstance(requested, dg.SkipReason)
    assert "has not begun" in str(requested.skip_message)


def test_raw_assets_have_columns_with_meanings(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    node = graph.get(dg.AssetKey(["raw", "raw_catalog__works"]))
    columns = {one.name: one for one in node.metadata["dagster/column_schema"].columns}

    assert columns["title"].description == "Its title."
    assert columns["recorded_at"].type == "timestamp"
    assert columns["delivery_id"].description == "The delivery that brought the row."


def test_writers_have_pools_of_one_run(definitions: dg.Definitions) -> None:
    pools = {
        pool
        for asset in definitions.resolve_asset_graph().assets_defs
        if asset.is_executable
        for pool in [getattr(asset.node_def, "pool", None)]
    }

    assert pools == {"lake", "warehouse", "delivery", None}
    assert "default_limit: 1" in INSTANCE


def test_configuration_of_an_earlier_version_is_replaced_and_a_changed_one_kept(
    tmp_path: Path,
) -> None:
    settings = Settings(home=tmp_path)
    file = dagster_home(settings) / "dagster.yaml"
    file.write_text(EARLIER[0])
    dagster_home(settings)
    assert file.read_text() == INSTANCE
    file.write_text("telemetry:\n  enabled: false\n")

    dagster_home(settings)

    assert file.read_text() == "telemetry:\n  enabled: false\n"


def test_configuration_is_one_that_dagster_takes(tmp_path: Path) -> None:
    with dg.DagsterInstance.from_config(str(dagster_home(Settings(home=tmp_path)))) as instance:
        assert instance.run_monitoring_enabled
        assert not instance.nux_enabled
        assert not instance.telemetry_enabled


def test_data_that_stop_are_a_check_that_warns(definitions: dg.Definitions, home: Path) -> None:
    feed = home / "landing" / "ai_usage" / "derivative_plays"
    feed.mkdir(parents=True)
    ending, text = template("ai_usage/derivative_plays")
    (feed / f"plays{ending}").write_text(text)
    admit_landing(Settings(home=home))
    selection = dg.AssetSelection.checks(
        dg.AssetCheckKey(
            dg.AssetKey(["raw", "raw_ai_usage__derivative_plays"]),
            "data_reach_as_far_as_they_should",
        )
    )
    job = dg.define_asset_job("look", selection)

    result = (
        dg.Definitions.merge(definitions, dg.Definitions(jobs=[job]))
        .resolve_job_def("look")
        .execute_in_process()
    )

    [evaluation] = result.get_asset_check_evaluations()
    assert not evaluation.passed
    assert evaluation.severity == dg.AssetCheckSeverity.WARN
    assert evaluation.metadata["last_covered"].value == "2026-01-04"


def test_new_deliveries_are_asked_for_once(
    definitions: dg.Definitions, instance: dg.DagsterInstance, home: Path
) -> None:
    for feed in ("finance/revenue", "catalog/parties"):
        folder = home / "landing" / feed
        folder.mkdir(parents=True)
        (folder / "one.csv").write_text("party_id\n")
    repository = definitions.get_repository_def()
    sensor = repository.get_sensor_def("new_deliveries")

    def tick(cursor: str | None) -> Any:
        with dg.build_sensor_context(
            instance, cursor=cursor, repository_def=repository, resources={"home": Home()}
        ) as context:
            return sensor.evaluate_tick(context)

    first = tick(None)
    second = tick(first.cursor)

    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert [request.partition_key for request in first.run_requests or []] == [today]
    assert not second.run_requests
    assert "Nothing new" in (second.skip_message or "")

    # A file was refused for its manifest; a corrected manifest by itself counts as new.
    (home / "landing" / "catalog" / "parties" / "one.csv.manifest.json").write_text("{}")
    third = tick(first.cursor)

    assert third.run_requests


def test_publication_alone_of_a_warehouse_without_a_checked_run_publishes_nothing(
    home: Path,
) -> None:
    """Regression: by itself after a failed build, it published an older file under a new freeze."""
    from orchestration.assets import publishing

    file = Settings(home=home).warehouse_file
    file.parent.mkdir(parents=True, exist_ok=True)
    duckdb.connect(str(file)).close()

    result = dg.materialize(
        [publishing.published_warehouse], resources={"home": Home()}, raise_on_error=False
    )

    assert not result.success
    assert not Settings(home=home).published_file.exists()
