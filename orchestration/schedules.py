"""When jobs run: every morning, and on days 5, 15 and 25 of a month. All times are UTC."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import dagster as dg

from orchestration import described, jobs
from orchestration.partitions import partners


def _month_before(moment: datetime) -> str:
    return f"{moment.replace(day=1) - timedelta(days=1):%Y-%m}-01"


@described.schedule(job=jobs.load_daily, cron_schedule="0 4 * * *")
def load_every_morning(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Loads what is new, as the partition of the day; files that came are not waited for."""
    return dg.RunRequest(partition_key=f"{context.scheduled_execution_time:%Y-%m-%d}")


@described.schedule(job=jobs.build_daily, cron_schedule="0 5 * * *")
def build_every_morning() -> dg.RunRequest:
    """Builds, checks and publishes each morning: time itself moves what is computed.

    What a load brings is published without it, by `build_after_a_load`.
    """
    return dg.RunRequest()


@described.schedule(job=jobs.draft_statements, cron_schedule="0 7 5 * *")
def draft_statements_on_day_5(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Drafts the month before on day 5, so that people can look at it before it is closed."""
    return dg.RunRequest(
        partition_key=_month_before(context.scheduled_execution_time), tags={"close": "soft"}
    )


@described.schedule(
    job=jobs.draft_statements,
    cron_schedule="0 7 15 * *",
    name="draft_statements_on_day_15",
)
def draft_statements_on_day_15(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Drafts the month before on day 15, with what has come in since day 5."""
    return dg.RunRequest(
        partition_key=_month_before(context.scheduled_execution_time), tags={"close": "final"}
    )


@described.schedule(job=jobs.deliver_packages, cron_schedule="0 7 25 * *")
def deliver_packages_on_day_25(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """Writes and delivers every partner's package for the month before on day 25.

    Each partner has a run of its own, so that one that fails holds up no other.
    """
    month = _month_before(context.scheduled_execution_time)
    for partner in context.instance.get_dynamic_partitions(str(partners.name)):
        key = dg.MultiPartitionKey({"partner": partner, "month": month})
        yield dg.RunRequest(run_key=f"{partner} {month}", partition_key=key)


@described.schedule(job=jobs.send_board_pack, cron_schedule="0 7 16 * *")
def send_board_pack_on_day_16(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Writes the board pack of the month before on day 16, and mails it where that is set."""
    month = _month_before(context.scheduled_execution_time)[:7]
    config = {"ops": {"board_pack": {"config": {"month": month}}}}
    return dg.RunRequest(run_key=f"board pack {month}", run_config=config)


@described.schedule(job=jobs.tidy_up, cron_schedule="0 3 * * 0")
def tidy_up_on_sundays() -> dg.RunRequest:
    """Keeps Dagster's own records from growing for ever."""
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
