"""The warehouse file: built by dbt from lake and ledger, and published for readers.

The models have all business rules.
"""

from linernotes.warehouse.building import (
    build,
    build_arguments,
    building,
    closing_lock,
    end_run,
    publication_lock,
    require_build,
    start_run,
)
from linernotes.warehouse.calculation import (
    Calculation,
    Scenario,
    calculation,
    calculation_within,
    require_rates,
)
from linernotes.warehouse.cluster import Size, running_processes, start_cluster, stop_cluster
from linernotes.warehouse.compiled import CompiledProject, compiled_project
from linernotes.warehouse.dbt import (
    BuildFailed,
    BuildResult,
    DbtRun,
    dbt_environment,
    dbt_vars,
    run_dbt,
    target_folder,
)
from linernotes.warehouse.engine import engine_of
from linernotes.warehouse.month_end import calculate_open_months, open_month_tables
from linernotes.warehouse.project import PROJECT_FOLDERS, project_sha256
from linernotes.warehouse.publishing import PUBLIC_SCHEMAS, publish
from linernotes.warehouse.recalculation import recalculate
from linernotes.warehouse.shortfalls import Shortfall, shortfalls
from linernotes.warehouse.sources import link_sources, sources_folder

__all__ = [
    "PROJECT_FOLDERS",
    "PUBLIC_SCHEMAS",
    "BuildFailed",
    "BuildResult",
    "Calculation",
    "CompiledProject",
    "DbtRun",
    "Scenario",
    "Shortfall",
    "Size",
    "build",
    "build_arguments",
    "building",
    "calculate_open_months",
    "calculation",
    "calculation_within",
    "closing_lock",
    "compiled_project",
    "dbt_environment",
    "dbt_vars",
    "end_run",
    "engine_of",
    "link_sources",
    "open_month_tables",
    "project_sha256",
    "publication_lock",
    "publish",
    "recalculate",
    "require_build",
    "require_rates",
    "run_dbt",
    "running_processes",
    "shortfalls",
    "sources_folder",
    "start_cluster",
    "start_run",
    "stop_cluster",
    "target_folder",
]
