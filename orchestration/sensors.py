"""Automatic reactions: a load when files arrive, a build after a load, an alert when a run fails.

`linernotes/cli/alerts.py` sends the alerts. Modules that are slow to import are imported when they
are needed, because each of Dagster's processes loads this module.
"""

import hashlib
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version

import dagster as dg

from linernotes.base.clock import millisecond_text, utc_now
from linernotes.base.run_history import Run, note_run
from linernotes.cli.alerts import send_alert
from linernotes.ingestion import NoLandingZone, list_landing
from linernotes.statements import person_of_the_system
from orchestration import described, jobs
from orchestration.assets.loading import REFUSED_ONLY
from orchestration.resources import Home


@described.sensor(job=jobs.load_daily, minimum_interval_seconds=60)
def new_deliveries(
    context: dg.SensorEvaluationContext, home: Home
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Loads if the files in the landing zone have changed since the last check."""
    root = home.settings.landing_place
    try:
        arrivals = list_landing(root).arrivals
    except NoLandingZone as reason:
        yield dg.SkipReason(str(reason))
        return
    seen = hashlib.sha256(
        repr([(arrival.name, arrival.fingerprints()) for arrival in arrivals]).encode()
    ).hexdigest()
    if not arrivals or seen == context.cursor:
        yield dg.SkipReason(f"Nothing new in {root}.")
        return
    yield dg.RunRequest(run_key=seen, partition_key=f"{utc_now():%Y-%m-%d}")
    context.update_cursor(seen)


@described.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[jobs.load_daily],
    request_job=jobs.build_daily,
    minimum_interval_seconds=30,
)
def build_after_a_load(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
    """Builds, checks and publishes the data of a load, at any time of day."""
    return _build_of(context)


@described.run_status_sensor(
    run_status=dg.DagsterRunStatus.FAILURE,
    monitored_jobs=[jobs.load_daily],
    request_job=jobs.build_daily,
    minimum_interval_seconds=30,
)
def build_after_a_failed_load(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
    """Builds what a failed load has loaded: a refused file does not delay other senders."""
    return _build_of(context)


def _build_of(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
    run = context.dagster_run
    brought = context.instance.all_logs(
        run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION
    )
    if not brought:
        return dg.SkipReason(f"The load {run.run_id} brought nothing.")
    waiting = context.instance.get_runs(
        dg.RunsFilter(job_name=jobs.build_daily.name, statuses=[dg.DagsterRunStatus.QUEUED]),
        limit=1,
    )
    if waiting and waiting[0].asset_selection is None:
        return dg.SkipReason(f"The build {waiting[0].run_id} has not begun, and will take it in.")
    return dg.RunRequest(run_key=f"after {run.run_id}", tags={"after_load": run.run_id})


@described.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    minimum_interval_seconds=30,
    monitor_all_code_locations=False,
)
def note_runs(context: dg.RunStatusSensorContext, home: Home) -> None:
    """Adds successful runs to the home's history; failed runs are added when they are reported."""
    _note(context, home, 0, "")


def _note(context: dg.RunStatusSensorContext, home: Home, status: int, details: str) -> None:
    run = context.dagster_run
    record = context.instance.get_run_record_by_id(run.run_id)
    began = datetime.fromtimestamp(record.start_time or 0 if record else 0, UTC)
    ended = datetime.fromtimestamp(record.end_time or 0 if record else 0, UTC)
    partition = run.tags.get("dagster/partition", "")
    note_run(
        home.settings,
        Run(
            run_id=run.run_id,
            command=" ".join(["dagster", run.job_name, partition]).strip(),
            person=person_of_the_system().identity,
            host=socket.gethostname(),
            program=version("linernotes"),
            started_at=millisecond_text(began),
            ended_at=millisecond_text(ended),
            exit_status=status,
            details=details,
        ),
        f"dagster {run.job_name}",
    )


@described.run_failure_sensor(minimum_interval_seconds=30, monitor_all_code_locations=False)
def alert_on_failure(context: dg.RunFailureSensorContext, home: Home) -> None:
    """Reports a failed run, with the blocking checks that failed in it."""
    from linernotes.cli.news import where

    run = context.dagster_run
    failed = _failed_blocking_checks(context)
    subject = f"Linernotes: {run.job_name} failed"
    lines = [context.failure_event.message or "", *(f"- {check}" for check in failed)]
    text = "\n".join(
        [
            where(home.settings, f"runs/{run.run_id}"),
            f"Run {run.run_id}, partition {run.tags.get('dagster/partition', 'none')}",
            *lines,
        ]
    )
    _note(context, home, 1, (context.failure_event.message or "").split("\n")[0])
    if _refused_files_only(context):
        context.log.info("Each refused file is reported once, by `tell_what_is_new`.")
        return
    sent = send_alert(subject, text, home.settings)
    for place, reason in sent.failures.items():
        context.log.error(f"The alert could not be sent to {place}: {reason}")
    if sent.places:
        context.log.info(f"Alert sent to {', '.join(sent.places)}.")
    elif sent.failures:
        raise dg.Failure(f"The alert could not be sent anywhere: {sent.failures}")
    else:
        context.log.info(
            "No alert was sent: neither LINERNOTES_ALERT_WEBHOOK nor LINERNOTES_ALERT_EMAIL is set."
        )


@described.sensor(minimum_interval_seconds=300)
def tell_what_is_new(context: dg.SensorEvaluationContext, home: Home) -> dg.SkipReason:
    """Reports each matter that needs a person once, by mail and webhook; it starts no run."""
    from linernotes.cli.news import report_news

    news = report_news(home.settings)
    for place, reason in news.result.failures.items():
        context.log.error(f"The alert could not be sent to {place}: {reason}")
    sent = (
        f"Sent to {', '.join(news.result.places)}."
        if news.result.places
        else "Nothing new to send."
    )
    return dg.SkipReason(f"Matters that need a person: {len(news.concerns)}. {sent}")


def _failed_blocking_checks(context: dg.RunFailureSensorContext) -> list[str]:
    entries = context.instance.all_logs(
        context.dagster_run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
    )
    evaluations = [
        entry.dagster_event.asset_check_evaluation_data for entry in entries if entry.dagster_event
    ]
    return [
        f"{evaluation.check_name}: {evaluation.description or 'see the run'}"
        for evaluation in evaluations
        if not evaluation.passed and evaluation.severity == dg.AssetCheckSeverity.ERROR
    ]


def _refused_files_only(context: dg.RunFailureSensorContext) -> bool:
    """Whether a load failed only because of refused files, which are tried again at each load."""
    steps = [
        event.step_failure_data.user_failure_data for event in context.get_step_failure_events()
    ]
    return bool(steps) and all(
        data is not None
        and (sent := data.metadata.get(REFUSED_ONLY)) is not None
        and sent.value is True
        for data in steps
    )


all_sensors = [
    new_deliveries,
    build_after_a_load,
    build_after_a_failed_load,
    note_runs,
    alert_on_failure,
    tell_what_is_new,
]
