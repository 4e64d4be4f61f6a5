"""The warehouse file: built by dbt alone from lake and ledger, and published for readers.

What a number means is in the models; nothing here knows a business rule.
"""

from linernotes.warehouse.building import build, building, publishing_alone
from linernotes.warehouse.closing import close_month
from linernotes.warehouse.compiled import INPUT_CLASSES, CompiledProject, compiled_project
from linernotes.warehouse.dbt import (
    BuildFailed,
    BuildResult,
    dbt_environment,
    dbt_vars,
    now,
    run_dbt,
)
from linernotes.warehouse.history import Change, History, as_known
from linernotes.warehouse.publishing import PUBLIC_SCHEMAS, publish
from linernotes.warehouse.revaluation import revalue
from linernotes.warehouse.shortfalls import Shortfall, shortfalls
from linernotes.warehouse.simulation import Gain, Simulation, Triggered, simulate
from linernotes.warehouse.sources import link_sources, sources_folder
from linernotes.warehouse.valuation import Valuation, World, require_rates, valuation

__all__ = [
    "INPUT_CLASSES",
    "PUBLIC_SCHEMAS",
    "BuildFailed",
    "BuildResult",
    "Change",
    "CompiledProject",
    "Gain",
    "History",
    "Shortfall",
    "Simulation",
    "Triggered",
    "Valuation",
    "World",
    "as_known",
    "build",
    "building",
    "close_month",
    "compiled_project",
    "dbt_environment",
    "dbt_vars",
    "link_sources",
    "now",
    "publish",
    "publishing_alone",
    "require_rates",
    "revalue",
    "run_dbt",
    "shortfalls",
    "simulate",
    "sources_folder",
    "valuation",
]
