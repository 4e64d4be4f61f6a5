"""When jobs run: every morning, on days 5, 15, 16 and 25 of a month, and on Sundays; in UTC."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import dagster as dg

from orchestration import described, jobs
from orchestration.partitions import partners


def _month_before(moment: datetime) -> str:
    return f"{moment.replace(day=1) - timedelta(days=1):%Y-%m}-01"


@described.schedule(job=jobs.load_daily, cron_schedule="0 4 * * *")
def load_every_morning(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Loads new files, as the partition of the day; does not wait for files that are late."""
    return dg.RunRequest(partition_key=f"{context.scheduled_execution_time:%Y-%m-%d}")


@described.schedule(job=jobs.build_daily, cron_schedule="0 5 * * *")
def build_every_morning() -> dg.RunRequest:
    """Builds, checks and publishes each morning, because results also depend on the date.

    `build_after_a_load` publishes what a load brings, without this schedule.
    """
    return dg.RunRequest()


@described.schedule(job=jobs.draft_statements, cron_schedule="0 7 5 * *")
def draft_statements_on_day_5(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Drafts the previous month on day 5, so that people can review it before it is closed."""
    return dg.RunRequest(
        partition_key=_month_before(context.scheduled_execution_time), tags={"close": "soft"}
    )


@described.schedule(
    job=jobs.draft_statements,
    cron_schedule="0 7 15 * *",
    name="draft_statements_on_day_15",
)
def draft_statements_on_day_15(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Drafts the previous month on day 15, with the data that arrived since day 5."""
    return dg.RunRequest(
        partition_key=_month_before(context.scheduled_execution_time), tags={"close": "final"}
    )


@described.schedule(job=jobs.deliver_packages, cron_schedule="0 7 25 * *")
def deliver_packages_on_day_25(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """Writes and delivers every partner's package for the previous month on day 25.

    Each partner has a separate run, so that a failed run does not delay others.
    """
    month = _month_before(context.scheduled_execution_time)
    for partner in context.instance.get_dynamic_partitions(str(partners.name)):
        key = dg.MultiPartitionKey({"partner": partner, "month": month})
        yield dg.RunRequest(run_key=f"{partner} {month}", partition_key=key)


@described.schedule(job=jobs.send_board_pack, cron_schedule="0 7 16 * *")
def send_board_pack_on_day_16(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Writes the board pack of the previous month on day 16, and mails it if recipients are set."""
    month = _month_before(context.scheduled_execution_time)[:7]
    config = {"ops": {"board_pack": {"config": {"month": month}}}}
    return dg.RunRequest(run_key=f"board pack {month}", run_config=config)


@described.schedule(job=jobs.tidy_up, cron_schedule="0 3 * * 0")
def tidy_up_on_sundays() -> dg.RunRequest:
    """Deletes old records of Dagster, so that they do not grow without limit."""
    return dg.RunRequest()


all_schedules = [
    load_every_morning,
    build_every_morning,
    draft_statements_on_day_5,
    draft_statements_on_day_15,
    deliver_packages_on_day_25,
    send_board_pack_on_day_16,
    tidy_up_on_sundays,
]
