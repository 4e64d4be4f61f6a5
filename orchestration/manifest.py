"""The manifest of the dbt project, from which the assets of the models are made.

What a model computes is in `models/`; how dbt finds the lake is in `linernotes/warehouse/`.
"""

import json
from collections.abc import Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

from linernotes.base import locks
from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.warehouse import BuildFailed, run_dbt, target_folder

PARSED_FOLDERS = ("models", "macros", "seeds", "tests/data")


def manifest_file(settings: Settings) -> Path:
    """The manifest as a file, parsed again only when a file of the project has changed since.

    Raises:
        BuildFailed: if dbt cannot parse the project; an older manifest is not taken for it.
    """
    manifest = target_folder(settings) / "manifest.json"
    manifest.parent.mkdir(parents=True, exist_ok=True)
    # Dagster's processes start side by side; two that parse at once write into each other's file.
    with locks.holding(manifest.parent / "manifest.lock"):
        if not manifest.exists() or manifest.stat().st_mtime < _last_change():
            run = run_dbt(settings, ["parse"])
            if run.exit_status != 0 or not manifest.exists():
                raise BuildFailed(f"dbt could not parse the models: {run.last_words}")
    return manifest


def attached_manifest(settings: Settings) -> dict[str, Any]:
    """The manifest as Dagster needs it, to show every test as a check with a description.

    A test of its own file is attached to the table that its name opens with: Dagster shows one that
    reads several tables only if it is told of which.
    """
    manifest = json.loads(manifest_file(settings).read_text())
    nodes = manifest["nodes"].values()
    tables = sorted((node["name"] for node in nodes if node["resource_type"] == "model"), key=len)
    for node in nodes:
        if node["resource_type"] != "test":
            continue
        node["meta"] = node["meta"] | {"description": _claim(node)}
        if not node.get("attached_node"):
            for table in tables:
                if node["name"].startswith(f"{table}__"):
                    node["config"]["meta"] = {"dagster": {"ref": {"name": table}}}
    return manifest


def _claim(test: Mapping[str, Any]) -> str:
    """What a test says: its description, the comment at the head of its file, or its grain."""
    if test["description"]:
        return test["description"]
    kind = test.get("test_metadata") or {}
    if columns := kind.get("kwargs", {}).get("columns"):
        return f"One row per {', '.join(columns)}."
    head = takewhile(lambda line: line.startswith("--"), test["raw_code"].splitlines())
    return " ".join(line.removeprefix("--").strip() for line in head)


def _last_change() -> float:
    roots = [PROJECT_ROOT / name for name in PARSED_FOLDERS]
    files = [PROJECT_ROOT / "dbt_project.yml", *(f for root in roots for f in root.rglob("*"))]
    return max(file.stat().st_mtime for file in files if file.exists())
