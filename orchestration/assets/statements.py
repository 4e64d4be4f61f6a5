"""Statements as assets: the drafts of a report month, and its issued statements.

The models compute the amounts; approval is done by a person, and is not an asset.
"""

import dagster as dg

from linernotes import statements
from orchestration.assets.figures import statements_metadata
from orchestration.markdown import markdown_table
from orchestration.partitions import as_month, report_months
from orchestration.resources import Home

DRAFTED_BY = ISSUED_BY = "linernotes schedule"


@dg.asset(
    deps=["published_warehouse"],
    partitions_def=report_months,
    group_name="statements",
    owners=["team:compensation"],
    kinds={"python"},
)
def statement_drafts(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """Drafts of the amounts owed under contracts. One record per statement and version.

    Running a month again drafts only that month; a draft with the same content is kept.
    """
    month = as_month(context.partition_key)
    # The person who runs the daemon counts as the one who drafted, and may not approve.
    identity = statements.person_of_the_system().identity
    drafts = statements.draft(home.settings, month, by=DRAFTED_BY, identity=identity)
    return dg.MaterializeResult(metadata=statements_metadata(drafts))


@dg.asset(
    deps=["statement_drafts"],
    partitions_def=report_months,
    group_name="statements",
    owners=["team:compensation"],
    kinds={"parquet"},
)
def issued_statements(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """Approved statements of a month, written to the ledger. One row per statement.

    Statements that must not be issued yet are left out, and listed with the reasons.
    """
    issuance = statements.issue(home.settings, as_month(context.partition_key), by=ISSUED_BY)
    refused = [(name, "; ".join(reasons)) for name, reasons in issuance.refused.items()]
    return dg.MaterializeResult(
        metadata={
            **statements_metadata(issuance.statements),
            "sequence": issuance.sequence,
            "not_issued": dg.MetadataValue.md(markdown_table(("statement", "because"), refused)),
        }
    )
