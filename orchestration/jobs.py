"""Jobs: the assets and checks that run together. `schedules.py` defines when."""

from datetime import timedelta

import dagster as dg

from linernotes.base.clock import utc_now
from orchestration.assets.models import warehouse_models
from orchestration.assets.publishing import (
    delivered_packages,
    partner_packages,
    published_warehouse,
)
from orchestration.assets.statements import issued_statements, statement_drafts
from orchestration.checks import data_coverage, raw_suites
from orchestration.resources import Home

# How long Dagster keeps its records of runs; the home keeps its run history permanently.
KEPT_DAYS = 90
ENDED = [
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
]
RAW_GROUPS = ("raw_catalog", "raw_licensing", "raw_ai_usage", "raw_removals", "raw_finance")

load_daily = dg.define_asset_job(
    "load_daily",
    dg.AssetSelection.groups(*RAW_GROUPS).without_checks(),
    description="Loads new files of every feed. For a past day, reads the files of that day again.",
)
build_daily = dg.define_asset_job(
    "build_daily",
    dg.AssetSelection.checks(raw_suites, data_coverage)
    | dg.AssetSelection.assets(warehouse_models, published_warehouse),
    description="Checks the lake, builds the warehouse, checks the reports, publishes.",
)
draft_statements = dg.define_asset_job(
    "draft_statements",
    dg.AssetSelection.assets(statement_drafts),
    description="Drafts every statement of a month from what is published.",
)
issue_statements = dg.define_asset_job(
    "issue_statements",
    dg.AssetSelection.assets(issued_statements),
    description="Issues the statements of a month that are approved.",
)
deliver_packages = dg.define_asset_job(
    "deliver_packages",
    dg.AssetSelection.assets(partner_packages, delivered_packages),
    description="Writes a partner's package of a month, checks it, and delivers it.",
)


class BoardPackMonth(dg.Config):
    """The month of a board pack, YYYY-MM."""

    month: str


@dg.op
def board_pack(context: dg.OpExecutionContext, config: BoardPackMonth, home: Home) -> str:
    """The board pack of a month as PDF, mailed to LINERNOTES_BOARD_EMAIL if that is set."""
    from linernotes.dashboard import mail_board_pack, write_board_pack

    file = write_board_pack(home.settings, config.month)
    if home.settings.board_email:
        to = mail_board_pack(home.settings, config.month, file)
        context.log.info(f"Mailed to {to}.")
    return str(file)


@dg.job(description="Writes the board pack of a month, and mails it where that is set.")
def send_board_pack() -> None:
    """One step."""
    board_pack()


@dg.op
def delete_old_records(context: dg.OpExecutionContext) -> None:
    """Deletes Dagster's records of runs that ended more than 90 days ago, and their logs."""
    before = utc_now() - timedelta(days=KEPT_DAYS)
    ended = dg.RunsFilter(statuses=ENDED, updated_before=before)
    count = 0
    while records := context.instance.get_run_records(ended, limit=100):
        for record in records:
            context.instance.delete_run(record.dagster_run.run_id)
        count += len(records)
    context.log.info(f"Runs deleted: {count:,}.")


@dg.job(description="Deletes records of runs that ended more than 90 days ago.")
def tidy_up() -> None:
    delete_old_records()


all_jobs = [
    load_daily,
    build_daily,
    draft_statements,
    issue_statements,
    deliver_packages,
    send_board_pack,
    tidy_up,
]
