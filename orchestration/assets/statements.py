"""Statements as assets: the drafts of a report month. How the sums come about is in the models."""

import dagster as dg

from linernotes import statements
from orchestration.markdown import markdown_table
from orchestration.partitions import as_month, report_months
from orchestration.resources import Home

DRAFTED_BY = "linernotes schedule"


@dg.asset(
    deps=["published_warehouse"],
    partitions_def=report_months,
    group_name="compensation",
    owners=["team:compensation"],
    kinds={"python"},
)
def statement_drafts(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """Drafts of what contracts are owed for a month. One record per statement and version.

    Running a month again drafts that month only; a draft with the same content is kept.
    """
    month = as_month(context.partition_key)
    drafts = statements.draft(home.settings, month, by=DRAFTED_BY)
    rows = [
        (d.partner_id, d.statement_id, d.version, d.totals["payable_amount"], d.currency_code)
        for d in drafts
    ]
    headings = ("partner", "statement", "version", "payable", "currency")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": dg.MetadataValue.int(len(drafts)),
            "statements": dg.MetadataValue.md(markdown_table(headings, rows)),
        }
    )
