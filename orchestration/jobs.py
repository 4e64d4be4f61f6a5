"""Jobs: which assets and checks run together. When they run is in `schedules.py`."""

import dagster as dg

from orchestration.assets import ai_usage, finance
from orchestration.assets.models import warehouse_models
from orchestration.assets.publishing import (
    delivered_packages,
    partner_packages,
    published_warehouse,
)
from orchestration.assets.statements import issued_statements, statement_drafts
from orchestration.checks import raw_suites
from orchestration.resources import Home

RAW_GROUPS = ("raw_catalog", "raw_licensing", "raw_ai_usage", "raw_removals", "raw_finance")

# A job has one kind of partition, so the feeds that come by month load in a job of their own.
_by_month = dg.AssetSelection.assets(
    ai_usage.raw_ai_usage__fan_signals, finance.raw_finance__revenue
)

load_daily = dg.define_asset_job(
    "load_daily",
    (dg.AssetSelection.groups(*RAW_GROUPS) - _by_month).without_checks(),
    description="Takes what is new of the feeds that come by day through the door.",
)
load_months = dg.define_asset_job(
    "load_months",
    _by_month.without_checks(),
    description="Takes what is new of the feeds that come by month through the door.",
)
build_daily = dg.define_asset_job(
    "build_daily",
    dg.AssetSelection.checks(raw_suites)
    | dg.AssetSelection.assets(warehouse_models, published_warehouse),
    description="Checks the lake, builds the warehouse, checks the reports, publishes.",
)
close_month = dg.define_asset_job(
    "close_month",
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
    description="Writes what a partner gets for a month, checks it, and brings it to its target.",
)


class BoardPackMonth(dg.Config):
    """The month of a board pack, YYYY-MM."""

    month: str


@dg.op
def board_pack(context: dg.OpExecutionContext, config: BoardPackMonth, home: Home) -> str:
    """The board pack of a month as PDF, mailed where LINERNOTES_BOARD_EMAIL says."""
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


all_jobs = [
    load_daily,
    load_months,
    build_daily,
    close_month,
    issue_statements,
    deliver_packages,
    send_board_pack,
]
