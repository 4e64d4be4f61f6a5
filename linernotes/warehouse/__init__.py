"""The warehouse file: built by dbt alone from lake and ledger, and published for readers.

What a number means is in the models; nothing here knows a business rule.
"""

from linernotes.warehouse.dbt import (
    BuildFailed,
    BuildResult,
    build,
    building,
    dbt_environment,
    dbt_vars,
    now,
    publishing_alone,
    run_dbt,
)
from linernotes.warehouse.publishing import PUBLIC_SCHEMAS, Publication, publication, publish

__all__ = [
    "PUBLIC_SCHEMAS",
    "BuildFailed",
    "BuildResult",
    "Publication",
    "build",
    "building",
    "dbt_environment",
    "dbt_vars",
    "now",
    "publication",
    "publish",
    "publishing_alone",
    "run_dbt",
]
