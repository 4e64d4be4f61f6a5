"""Writes dbt's documentation of all tables, with the declared types of columns, as one file.

dbt reads the types from a built warehouse; the documentation site is made from the project only,
whose models and seeds declare them.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NO_STATISTICS = {
    "id": "has_stats",
    "label": "Has Stats?",
    "value": False,
    "include": False,
    "description": "",
}


def catalog(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The column types that models and seeds declare, as the nodes of a `catalog.json`.

    Args:
        manifest: The project as parsed by dbt.
    """
    nodes = manifest["nodes"]
    return {
        name: _entry(node)
        for name, node in nodes.items()
        if node["resource_type"] in ("model", "seed")
    }


def page(folder: Path) -> str:
    """The page from `dbt docs generate --static --empty-catalog`, with types added.

    Args:
        folder: The folder of dbt's output.

    Raises:
        ValueError: if the page does not contain the catalog that dbt wrote to a separate file.
    """
    text = (folder / "static_index.html").read_text(encoding="utf-8")
    empty = (folder / "catalog.json").read_text(encoding="utf-8")
    if text.count(empty) != 1:
        raise ValueError(f"{folder / 'static_index.html'} does not hold {folder / 'catalog.json'}.")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    full = json.loads(empty) | {"nodes": catalog(manifest)}
    # A text in the catalog must not end the script element that contains it.
    return text.replace(empty, json.dumps(full).replace("</", "<\\/"))


def _entry(node: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "unique_id": node["unique_id"],
        "metadata": {
            "type": node["config"]["materialized"],
            "database": node["database"],
            "schema": node["schema"],
            "name": node["name"],
            "comment": None,
            "owner": None,
        },
        "columns": {
            name: {"type": column["data_type"] or "", "index": index, "name": name, "comment": None}
            for index, (name, column) in enumerate(node["columns"].items(), 1)
        },
        "stats": {"has_stats": NO_STATISTICS},
    }


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(page(Path(sys.argv[1])), encoding="utf-8")
