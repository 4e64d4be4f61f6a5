"""Reports the inputs and outputs of a build, model by model, as parts of its step.

dbt runs in another process; its work is read from its results and manifest.
`linernotes/base/steps.py` reports the steps.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from linernotes.base.published import PUBLIC_SCHEMAS
from linernotes.base.settings import Settings
from linernotes.base.steps import (
    Dataset,
    Step,
    add_facts,
    lineage_is_wanted,
    past_step,
    spans_are_wanted,
)
from linernotes.ingestion import SCHEMAS, lake_dataset
from linernotes.ledger.files import ledger_files
from linernotes.warehouse.dbt import FAILED, DbtResults, column_types_of, message_of, schema_of
from linernotes.warehouse.sources import sources_folder

MADE = ("seed", "model")


def read_datasets(settings: Settings) -> list[Dataset]:
    """The inputs of a build: every table of the lake and of the ledger."""
    lake = [lake_dataset(settings, table) for table in sorted(SCHEMAS)]
    return [*lake, *(_ledger(settings, table) for table in ledger_files(settings))]


def report_models(settings: Settings, results: DbtResults) -> list[Dataset]:
    """Reports each seed and model of a run of dbt, and counts its tests.

    Args:
        settings: The home.
        results: The results of the run.

    Returns:
        The tables of the public schemas that it made.
    """
    if not (spans_are_wanted() or lineage_is_wanted()):
        return []
    nodes, public = results.manifest["nodes"], []
    tests = failed_tests = 0
    for unique_id, result in results.nodes.items():
        node = nodes.get(unique_id)
        failed = result["status"] in FAILED
        if node and node["resource_type"] == "test":
            tests, failed_tests = tests + 1, failed_tests + failed
        if not node or node["resource_type"] not in MADE or result["status"] == "skipped":
            continue
        times = _times(result)
        if times is None:
            continue
        made = _table(settings, node)
        past_step(
            Step(
                f"build {node['name']}",
                f"build.{node['name']}",
                {"model": node["name"]},
                [*_read_by(settings, results.manifest, node)],
                [made],
                message_of(result) if failed else "",
            ),
            *times,
        )
        if schema_of(node) in PUBLIC_SCHEMAS and not failed:
            public.append(made)
    add_facts(nodes=len(results.nodes), tests=tests, failed_tests=failed_tests)
    return public


def _times(result: Mapping[str, Any]) -> tuple[datetime, datetime] | None:
    """Start and end of a node, if it ran."""
    for timing in result.get("timing", ()):
        if timing["name"] == "execute" and timing["started_at"] and timing["completed_at"]:
            started, ended = timing["started_at"], timing["completed_at"]
            return datetime.fromisoformat(started), datetime.fromisoformat(ended)
    return None


def _read_by(
    settings: Settings, manifest: Mapping[str, Any], node: Mapping[str, Any]
) -> Iterator[Dataset]:
    """The inputs of a node; for an input without a table, its own inputs."""
    for name in node["depends_on"].get("nodes", ()):
        if name in manifest["sources"]:
            table = manifest["sources"][name]["identifier"]
            if table in SCHEMAS:
                yield lake_dataset(settings, table)
            else:
                yield _ledger(settings, table)
        elif name in manifest["nodes"]:
            above = manifest["nodes"][name]
            if above["config"].get("materialized") == "ephemeral":
                yield from _read_by(settings, manifest, above)
            else:
                yield _table(settings, above)


def _table(settings: Settings, node: Mapping[str, Any]) -> Dataset:
    """A table of the warehouse file, named as dbt names it."""
    place: Path = settings.warehouse_file
    return Dataset(
        f"duckdb://{place}",
        f"{place.stem}.{schema_of(node)}.{node['alias']}",
        column_types_of(node),
    )


def _ledger(settings: Settings, table: str) -> Dataset:
    """A table of the ledger: the folder with links to its files."""
    return Dataset("file", str(sources_folder(settings) / table))
