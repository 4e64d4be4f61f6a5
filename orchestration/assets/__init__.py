"""Assets: one module per source of raw tables, one for the models, two for what goes out.

Groups and owners of raw tables are given here, once per module.
"""

from types import ModuleType

import dagster as dg

from orchestration.assets import ai_usage, catalog, door, finance, ledger, licensing, removals

RAW_MODULES: dict[ModuleType, tuple[str, str]] = {
    catalog: ("raw_catalog", "team:rights_data"),
    licensing: ("raw_licensing", "team:rights_data"),
    ai_usage: ("raw_ai_usage", "team:ai_usage_data"),
    removals: ("raw_removals", "team:removals_data"),
    finance: ("raw_finance", "team:compensation"),
    door: ("raw_door", "team:data_quality"),
    ledger: ("raw_ledger", "team:compensation"),
}


def raw_assets() -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Every raw table, with its group and owner."""
    assets: list[dg.AssetsDefinition | dg.AssetSpec] = []
    for module, (group, owner) in RAW_MODULES.items():
        loaded = dg.load_assets_from_modules([module], group_name=group, include_specs=True)
        assets += dg.map_asset_specs(
            lambda spec, owner=owner: spec.replace_attributes(owners=[owner]),
            [asset for asset in loaded if isinstance(asset, (dg.AssetsDefinition, dg.AssetSpec))],
        )
    return assets
