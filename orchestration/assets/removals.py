"""Raw tables of removals: actions, notices before, appeals and the regulator's answers after them.

Figures are made in the models.
"""

import dagster as dg

from orchestration.assets.loading import admit
from orchestration.partitions import delivery_days
from orchestration.resources import Home


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_removals__actions(home: Home) -> dg.MaterializeResult:
    """Actions against content, with their statements of reasons. One row per action and version."""
    return admit(home, "removals/actions", "raw_removals__actions")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_removals__notices(home: Home) -> dg.MaterializeResult:
    """Notices that ask for an action. One row per notice and version."""
    return admit(home, "removals/notices", "raw_removals__notices")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_removals__appeals(home: Home) -> dg.MaterializeResult:
    """Appeals against actions, and how they ended. One row per appeal and version."""
    return admit(home, "removals/appeals", "raw_removals__appeals")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_removals__filings(home: Home) -> dg.MaterializeResult:
    """Answers of the EU's database. One row per batch, statement of reasons and version."""
    return admit(home, "removals/filings", "raw_removals__filings")
