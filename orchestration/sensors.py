"""What starts by itself: a load when files arrive, an alert when a run or its checks fail.

How an alert is sent is in `alerts.py`.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from linernotes.base.errors import LinernotesError
from linernotes.ingestion import MONTHLY_FEEDS, list_landing
from linernotes.ledger.incident_notes import critical_incidents
from orchestration import jobs
from orchestration.alerts import send_alert
from orchestration.resources import Home

RUNNING = dg.DefaultSensorStatus.RUNNING


@dg.sensor(
    jobs=[jobs.load_daily, jobs.load_months],
    minimum_interval_seconds=60,
    default_status=RUNNING,
)
def new_deliveries(
    context: dg.SensorEvaluationContext, home: Home
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Loads when the landing zone holds other files than at the last look."""
    root = home.settings.landing_root
    arrivals = list_landing(root).arrivals if root.exists() else []
    seen = hashlib.sha256(
        repr([(arrival.name, arrival.fingerprints()) for arrival in arrivals]).encode()
    ).hexdigest()
    if not arrivals or seen == context.cursor:
        yield dg.SkipReason(f"Nothing new in {root}.")
        return
    feeds = {arrival.feed_name for arrival in arrivals}
    today = datetime.now(UTC)
    if feeds - MONTHLY_FEEDS:
        yield dg.RunRequest(
            run_key=f"days {seen}", job_name="load_daily", partition_key=f"{today:%Y-%m-%d}"
        )
    if feeds & MONTHLY_FEEDS:
        yield dg.RunRequest(
            run_key=f"months {seen}", job_name="load_months", partition_key=f"{today:%Y-%m}-01"
        )
    context.update_cursor(seen)


@dg.run_failure_sensor(
    minimum_interval_seconds=30, monitor_all_code_locations=False, default_status=RUNNING
)
def alert_on_failure(context: dg.RunFailureSensorContext) -> None:
    """Tells of a failed run, with the blocking checks that failed in it."""
    run = context.dagster_run
    failed = _failed_blocking_checks(context)
    subject = f"Linernotes: {run.job_name} failed"
    lines = [context.failure_event.message or "", *(f"- {check}" for check in failed)]
    text = "\n".join(
        [f"Run {run.run_id}, partition {run.tags.get('dagster/partition', 'none')}", *lines]
    )
    told = send_alert(subject, text)
    for place, reason in told.failures.items():
        context.log.error(f"Could not tell {place} of it: {reason}")
    if told.places:
        context.log.info(f"Told {', '.join(told.places)} of it.")
    elif told.failures:
        raise dg.Failure(f"Nobody was told: {told.failures}")
    else:
        context.log.info(
            "Told nobody: neither LINERNOTES_ALERT_WEBHOOK nor LINERNOTES_ALERT_EMAIL is set."
        )


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


@dg.sensor(minimum_interval_seconds=300, default_status=RUNNING)
def alert_on_critical_incidents(context: dg.SensorEvaluationContext, home: Home) -> dg.SkipReason:
    """Tells once of each critical incident that is open in the published file."""
    told = set((context.cursor or "").split())
    try:
        found = critical_incidents(home.settings)
    except LinernotesError as reason:
        return dg.SkipReason(str(reason))
    new = [one for one in found if one.incident_id not in told]
    if not new:
        return dg.SkipReason(f"No new critical incident; {len(found)} open.")
    text = "\n".join([*(f"- {one}" for one in new), "See `linernotes incident show ID`."])
    answer = send_alert(f"Linernotes: {len(new)} critical incidents", text)
    for place, reason in answer.failures.items():
        context.log.error(f"Could not tell {place} of it: {reason}")
    if answer.failures and not answer.places:
        raise dg.Failure(f"Nobody was told: {answer.failures}")
    # Those that are closed are forgotten, so that one that goes on is told again.
    context.update_cursor(" ".join(sorted(one.incident_id for one in found)))
    return dg.SkipReason(f"Told {', '.join(answer.places) or 'nobody'} of {len(new)}.")


all_sensors = [new_deliveries, alert_on_failure, alert_on_critical_incidents]
