"""All of Linernotes' definitions for Dagster, collected. Nothing is defined here."""

import dagster as dg

from orchestration import checks, jobs, resources, schedules, sensors
from orchestration.assets import publishing, raw_assets
from orchestration.assets.models import warehouse_models
from orchestration.assets.statements import issued_statements, statement_drafts

resources.start_process()
defs = dg.Definitions(
    assets=[
        *raw_assets(),
        warehouse_models,
        publishing.published_warehouse,
        statement_drafts,
        issued_statements,
        publishing.partner_packages,
        publishing.delivered_packages,
    ],
    asset_checks=[checks.raw_suites, checks.report_suites, checks.data_coverage],
    jobs=jobs.all_jobs,
    schedules=schedules.all_schedules,
    sensors=sensors.all_sensors,
    resources={"home": resources.Home(), "dbt": resources.dbt_resource()},
    # One process and one step at a time: the lake and the warehouse file each have only one writer.
    executor=dg.in_process_executor,
)
