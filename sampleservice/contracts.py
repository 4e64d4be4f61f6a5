"""Writes products, and the contracts of `contracts.toml`.

`licensing.py` writes the decisions of artists and owners.
"""

import tomllib
from pathlib import Path
from typing import Any

import polars as pl

from sampleservice.files import Landing
from sampleservice.world import World

AGREED = "2025-11-20T10:00:00Z"
SIGNED = "2025-11-14T15:00:00Z"
# Midnight in the earliest time zone, so that no use on the first local day precedes the launch.
LAUNCHED = "2025-12-31T10:00:00Z"
TABLE = Path(__file__).with_name("contracts.toml")
USES = ["ai-remix", "ai-cover", "ai-mashup", "ai-voice"]
PRODUCTS = (
    # In the order of the feed's columns, without the launch.
    ("ai-remix", "Remix studio", "remix", "plays", "0.50", "0.12", "hold", "0.005",
     "equal_sources"),
    ("ai-cover", "Cover booth", "cover", "plays", "0.50", "0.12", "service", None, "hold"),
    ("ai-mashup", "Mash-up", "mashup", "generations", "0.50", "0.12", "hold", "0.005",
     "equal_sources"),
    ("ai-voice", "Voices", "voice", "generations", "0.50", "0.12", "hold", None, "equal_sources"),
    ("ai-training", "Model training", "training", "generations", "0.50", "0.12", "hold", None,
     "hold"),
)  # fmt: skip


class Number(str):
    """A decimal that is written to JSON as a number with the same digits."""


def write_products(landing: Landing) -> None:
    columns = (
        "product_id", "name", "kind", "weight_basis", "default_share_master",
        "default_share_work", "remainder_rule", "weight_floor", "attribution_fallback",
    )  # fmt: skip
    rows = pl.DataFrame(PRODUCTS, schema=dict.fromkeys(columns, pl.String), orient="row")
    rows = rows.with_columns(launched_at=pl.lit(LAUNCHED), recorded_at=pl.lit(AGREED))
    landing.write("licensing/products", "products.csv", rows)


def _contract(contract_id: str, version: int = 1, **terms: Any) -> dict[str, Any]:
    partner, side = contract_id.split("-")
    contract = {
        "contract_id": contract_id,
        "version": version,
        "partner_id": partner,
        "side": "WORK" if side == "work" else "MASTER",
        "product_ids": USES,
        "silence": "deny",
        "required_parties": ["owner", "main_artist"] if side == "master" else ["owner"],
        "pays_free_uses": False,
        "fx_rule": "usage_month_end",
        "late_usage": "provision",
        "run_off_days": 7,
        "signed_at": SIGNED,
        "valid_from": "2025-12-01T00:00:00Z",
        "recorded_at": AGREED,
    }
    return contract | terms


def write_contracts(world: World, landing: Landing) -> list[str]:
    """Write the contracts, with their versions in the months of the world, one file per delivery.

    Returns:
        The contract that was signed after its products had been in use, and the time of signing.
    """
    text = TABLE.read_text(encoding="utf-8")
    files: dict[str, list[dict[str, Any]]] = {}
    for row in tomllib.loads(text, parse_float=Number)["contract"]:
        file, from_month = row.pop("file"), row.pop("from_month", None)
        if from_month is None or world.month(from_month):
            files.setdefault(file, []).append(_contract(**row))
    for file, contracts in files.items():
        landing.write_text("licensing/contracts", file, _json_lines(contracts), len(contracts))
    firsts = (one for contracts in files.values() for one in contracts if one["version"] == 1)
    [late] = [one for one in firsts if one["signed_at"] > one["valid_from"]]
    return [late["contract_id"], late["signed_at"]]


def _json_lines(objects: list[dict[str, Any]]) -> str:
    return "".join(_json(item) + "\n" for item in objects)


def _json(value: Any) -> str:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ",".join(f'"{name}":{_json(item)}' for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_json(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
