"""The dbt models as assets, straight from dbt's manifest.

What a model computes is in `models/`; where the manifest comes from is in `manifest.py`.
"""

import json
from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets

from linernotes.settings import Settings
from linernotes.warehouse import building, dbt_environment, dbt_vars, now
from orchestration.manifest import attached_manifest, target_folder
from orchestration.resources import Home, environment


@dbt_assets(manifest=attached_manifest(Settings()))
def warehouse_models(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, home: Home
) -> Iterator[Any]:
    """Everything that dbt builds in the warehouse file, with its tests as checks."""
    settings = home.settings
    freeze = now()
    arguments = ["build", "--vars", json.dumps(dbt_vars(freeze))]
    arguments += ["--exclude-resource-type", "unit_test"]
    with building(settings, freeze), environment(dbt_environment(settings)):
        yield from dbt.cli(arguments, context=context, target_path=target_folder(settings)).stream()
