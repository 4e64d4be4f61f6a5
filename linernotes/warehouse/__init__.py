"""The warehouse file: built by dbt alone from lake and ledger, and published for readers.

What a number means is in the models; nothing here knows a business rule.
"""

from linernotes.warehouse.building import (
    build,
    build_again,
    build_arguments,
    building,
    end_run,
    publishing_alone,
    require_build,
    start_run,
)
from linernotes.warehouse.closing import close_month, closing_tables
from linernotes.warehouse.cluster import Size, running_processes, start_cluster, stop_cluster
from linernotes.warehouse.compiled import INPUT_CLASSES, CompiledProject, compiled_project
from linernotes.warehouse.dbt import (
    BuildFailed,
    BuildResult,
    DbtRun,
    dbt_environment,
    dbt_vars,
    now,
    run_dbt,
    target_folder,
)
from linernotes.warehouse.engine import engine_of
from linernotes.warehouse.publishing import PUBLIC_SCHEMAS, publish
from linernotes.warehouse.revaluation import revalue
from linernotes.warehouse.shortfalls import Shortfall, shortfalls
from linernotes.warehouse.sources import link_sources, sources_folder
from linernotes.warehouse.valuation import Scenario, Valuation, require_rates, valuation

__all__ = [
    "INPUT_CLASSES",
    "PUBLIC_SCHEMAS",
    "BuildFailed",
    "BuildResult",
    "CompiledProject",
    "DbtRun",
    "Scenario",
    "Shortfall",
    "Size",
    "Valuation",
    "build",
    "build_again",
    "build_arguments",
    "building",
    "close_month",
    "closing_tables",
    "compiled_project",
    "dbt_environment",
    "dbt_vars",
    "end_run",
    "engine_of",
    "link_sources",
    "now",
    "publish",
    "publishing_alone",
    "require_build",
    "require_rates",
    "revalue",
    "run_dbt",
    "running_processes",
    "shortfalls",
    "sources_folder",
    "start_cluster",
    "start_run",
    "stop_cluster",
    "target_folder",
    "valuation",
]
