"""The dbt models as assets, from dbt's manifest.

`models/` has the models; `manifest.py` provides the manifest.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DbtCliInvocation,
    DbtCliResource,
    dbt_assets,
)

from linernotes.base.clock import now
from linernotes.base.settings import Settings
from linernotes.pipeline import awaited_suites, require_raw_suites
from linernotes.warehouse import (
    DbtRun,
    build_arguments,
    building,
    dbt_vars,
    end_run,
    engine_of,
    start_run,
    target_folder,
)
from orchestration.manifest import attached_manifest
from orchestration.resources import Home, environment


class Layers(DagsterDbtTranslator):
    """Groups by layer: staging, the topics of the intermediate layer, marts, reports.

    Owners are teams, the same for raw tables and for the models made from them.
    """

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        if dbt_resource_props["resource_type"] == "seed":
            return "seeds"
        _, layer, *folders = dbt_resource_props["fqn"]
        is_topic = layer in ("staging", "intermediate") and len(folders) > 1
        return f"{layer}_{folders[0]}" if is_topic else layer

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """The model's group; the raw assets use the same names of teams."""
        group = dbt_resource_props.get("group")
        return [f"team:{group['name']}"] if group else []


@dbt_assets(
    manifest=attached_manifest(Settings()), pool="warehouse", dagster_dbt_translator=Layers()
)
def warehouse_models(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, home: Home
) -> Iterator[Any]:
    """All models that dbt builds in the warehouse file, with their tests as checks."""
    settings = home.settings
    freeze = now()
    require_raw_suites(settings, "the warehouse is not built")
    with (
        building(settings, freeze, is_whole=not context.is_subset) as begun,
        environment(engine_of(settings).environment),
    ):
        start_run(settings)
        invocation = dbt.cli(
            build_arguments(dbt_vars(settings, freeze, begun.kept.first_month)),
            context=context,
            target_path=target_folder(settings),
            raise_on_error=False,
        )
        yield from invocation.stream()
        end_run(settings, freeze, begun, _how_it_ended(invocation, settings), awaited_suites())


def _how_it_ended(invocation: DbtCliInvocation, settings: Settings) -> DbtRun:
    """The outcome of these assets' dbt run.

    Dagster does not pass on dbt's messages, so the id of the run is read from its results; those of
    an earlier run were deleted before it began.
    """
    results = target_folder(settings) / "run_results.json"
    found = json.loads(results.read_text()) if results.exists() else {}
    invocation_id = found.get("metadata", {}).get("invocation_id", "")
    status = invocation.process.wait()
    return DbtRun(status, invocation_id, ["Dagster's compute log shows what dbt said."])
