"""The manifest of the dbt project, from which the models' assets are made.

`models/` has the models; `linernotes/warehouse/` tells dbt where the lake is.
"""

import json
from collections.abc import Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

from linernotes.base import durable, locks
from linernotes.base.settings import Settings
from linernotes.warehouse import BuildFailed, project_sha256, run_dbt, target_folder


def manifest_file(settings: Settings) -> Path:
    """The path of the manifest, which is parsed again if the project has changed.

    Raises:
        BuildFailed: if dbt cannot parse the project; an older manifest is not used instead.
    """
    manifest = target_folder(settings) / "manifest.json"
    parsed = manifest.with_name("manifest.sha256")
    manifest.parent.mkdir(parents=True, exist_ok=True)
    # Dagster's processes start at the same time; two that parse would both write the same file.
    with locks.holding(manifest.parent / "manifest.lock"):
        state = project_sha256()
        is_parsed = manifest.exists() and parsed.exists() and parsed.read_text() == state
        if not is_parsed:
            run = run_dbt(settings, ["parse"])
            if run.exit_status != 0 or not manifest.exists():
                raise BuildFailed(f"dbt could not parse the models: {run.last_output}")
            durable.write_text(parsed, state)
    return manifest


def attached_manifest(settings: Settings) -> dict[str, Any]:
    """The manifest in the form that lets Dagster show every test as a check with a description.

    A test with a file of its own is attached to the table with which its name begins: Dagster shows
    a test of several tables only if it declares to which table it belongs.
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
    """The claim of a test: its description, the comment at the head of its file, or its grain."""
    if test["description"]:
        return test["description"]
    kind = test.get("test_metadata") or {}
    if columns := kind.get("kwargs", {}).get("columns"):
        return f"One row per {', '.join(columns)}."
    head = takewhile(lambda line: line.startswith("--"), test["raw_code"].splitlines())
    return " ".join(line.removeprefix("--").strip() for line in head)
