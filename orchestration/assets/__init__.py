"""Assets: the feeds' raw tables, the models, and the published and delivered results.

Groups are layers: `raw_<source>` for loaded tables; dbt defines the groups of the models.
"""

from types import ModuleType

import dagster as dg

from orchestration.assets import intake, ledger
from orchestration.assets.feeds import loads

# Tables that loads, builds and issues write themselves, with their group and owner.
SHOWN: dict[ModuleType, tuple[str, str]] = {
    intake: ("raw_intake", "team:data_quality"),
    ledger: ("raw_ledger", "team:compensation"),
}


def raw_assets() -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Every raw table, with its group and owner."""
    assets: list[dg.AssetsDefinition | dg.AssetSpec] = [*loads()]
    for module, (group, owner) in SHOWN.items():
        loaded = dg.load_assets_from_modules([module], group_name=group, include_specs=True)
        assets += dg.map_asset_specs(
            lambda spec, owner=owner: spec.replace_attributes(owners=[owner]),
            [asset for asset in loaded if isinstance(asset, (dg.AssetsDefinition, dg.AssetSpec))],
        )
    return assets
