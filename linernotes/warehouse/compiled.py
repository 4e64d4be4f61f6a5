"""The models' SQL as dbt compiles it, cached per state of the project, with placeholders.

`calculation.py` runs it; only dbt compiles it.
"""

import hashlib
import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from linernotes.base import durable
from linernotes.base.dbt_process import MANIFEST_VARIABLE, PYTHON_VARIABLE, SOURCES_VARIABLE
from linernotes.base.settings import Settings
from linernotes.warehouse.dbt import (
    BuildFailed,
    column_types_of,
    dbt_environment,
    is_blocking_test,
    run_dbt,
    schema_of,
    target_folder,
)
from linernotes.warehouse.project import kept_folder, project_sha256
from linernotes.warehouse.thrift import SPARK_PYTHON

# Classes of input in the order in which a correction moves them (docs/money.md, "Corrections").
INPUT_CLASSES = ("usage", "fraud", "revenue", "attribution", "ownership", "consent", "terms")
# Placeholders in the compiled SQL, which each run replaces: instants and months that no feed has.
KNOWN_AT_PLACEHOLDER = "0001-01-01 00:00:00.000001"
CLASS_PLACEHOLDERS = {
    name: f"0001-01-01 00:00:00.0001{number:02d}" for number, name in enumerate(INPUT_CLASSES)
}
FIRST_MONTH_PLACEHOLDER, LAST_MONTH_PLACEHOLDER = "0001-01-02", "0001-01-03"
# The folder of the sources in DuckDB's SQL, and the prefix of all schemas in Spark's.
SOURCES_PLACEHOLDER = "__sources__"
DATABASE = "linernotes"
KINDS = ("nodes", "tests")
ENVIRONMENTS = {
    "duckdb": {SOURCES_VARIABLE: SOURCES_PLACEHOLDER},
    "spark": {
        "LINERNOTES_TARGET": "spark",
        "LINERNOTES_SPARK_SCHEMA": SOURCES_PLACEHOLDER,
        PYTHON_VARIABLE: str(SPARK_PYTHON),
        # dbt's cache of a parsed project contains the names of the schemas.
        MANIFEST_VARIABLE: "",
    },
}
KINDS_OF_TESTS = {"duckdb": ["test_type:data"], "spark": []}


@dataclass(frozen=True)
class CompiledNode:
    """A seed, model or test.

    Attributes:
        name: Its name, unique among its kind.
        kind: seed, model or test.
        relation: `schema.name` in the warehouse file.
        is_view: Whether it is a view.
        sql: Its compiled text; of a seed, the path of its file. Of a test, a query for one row: the
            number of failures, and whether that is too many.
        needs: Names of the seeds and models that it reads.
        column_types: Of a seed, and of a model with a contract.
        key: Of a model, the columns that a test checks to be unique together; empty if there is
            none.
    """

    name: str
    kind: str
    relation: str
    is_view: bool
    sql: str
    needs: tuple[str, ...]
    column_types: dict[str, str]
    key: tuple[str, ...] = ()


@dataclass(frozen=True)
class CompiledProject:
    """All seeds and models by name, each after its dependencies, and every blocking data test."""

    digest: str
    nodes: dict[str, CompiledNode]
    tests: dict[str, CompiledNode]

    def upstream(self, targets: list[str]) -> list[CompiledNode]:
        """The targets and everything that they depend on, each after its dependencies."""
        wanted: set[str] = set()
        waiting = list(targets)
        while waiting:
            name = waiting.pop()
            if name not in wanted:
                wanted.add(name)
                waiting += self.nodes[name].needs
        return [node for name, node in self.nodes.items() if name in wanted]


def compiled_project(settings: Settings, engine: str = "duckdb") -> CompiledProject:
    """The compiled project; compiled anew only when a file of the project has changed.

    Args:
        settings: The home.
        engine: `duckdb`, or `spark`, for which no tests are compiled.

    Raises:
        BuildFailed: if dbt cannot compile it.
    """
    digest = project_sha256()
    form = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]
    cache = kept_folder("compiled") / f"{digest}-{form}-{engine}.json"
    if not cache.exists():
        _compile(cache, engine)
    stored = json.loads(cache.read_text())
    nodes, tests = ({one["name"]: _node(one) for one in stored[kind]} for kind in KINDS)
    return CompiledProject(digest, nodes, tests)


def _node(stored: dict[str, Any]) -> CompiledNode:
    values: dict[str, Any] = stored | {name: tuple(stored[name]) for name in ("needs", "key")}
    return CompiledNode(**values)


def _compile(cache: Path, engine: str) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        home = Settings(home=Path(scratch))
        variables = {
            "known_at": KNOWN_AT_PLACEHOLDER,
            "first_month": FIRST_MONTH_PLACEHOLDER,
            "last_month": LAST_MONTH_PLACEHOLDER,
            **{f"known_at_{name}": place for name, place in CLASS_PLACEHOLDERS.items()},
        }
        run = run_dbt(
            home,
            [
                "compile",
                "--no-introspect",
                "--no-populate-cache",
                *("--vars", json.dumps(variables)),
                *("--select", "resource_type:model", *KINDS_OF_TESTS[engine]),
            ],
            environment=dbt_environment(home) | ENVIRONMENTS[engine],
        )
        if run.exit_status != 0:
            raise BuildFailed(f"dbt could not compile the models: {run.last_output}")
        manifest = json.loads((target_folder(home) / "manifest.json").read_text())
    nodes, tests = _nodes(manifest)
    if not KINDS_OF_TESTS[engine]:
        tests = {}
    missing = [node.name for node in (*nodes.values(), *tests.values()) if not node.sql]
    if missing:
        raise BuildFailed(f"dbt did not compile {', '.join(missing[:5])}: {run.last_output}")
    stored = {
        "nodes": [asdict(node) for node in nodes.values()],
        "tests": [asdict(node) for node in tests.values()],
    }
    durable.write_text(cache, json.dumps(stored))


def _nodes(manifest: dict) -> tuple[dict[str, CompiledNode], dict[str, CompiledNode]]:
    found: dict[str, CompiledNode] = {}
    tests: dict[str, CompiledNode] = {}
    keys = _keys(manifest)

    def add(unique_id: str) -> None:
        node = manifest["nodes"].get(unique_id)
        if node is None or node["name"] in found or node["resource_type"] not in {"seed", "model"}:
            return
        needed = [one for one in node["depends_on"].get("nodes", []) if one in manifest["nodes"]]
        for one in needed:
            add(one)
        is_seed = node["resource_type"] == "seed"
        found[node["name"]] = CompiledNode(
            node["name"],
            node["resource_type"],
            f"{schema_of(node)}.{node['name']}",
            node["config"]["materialized"] == "view",
            node["original_file_path"] if is_seed else node.get("compiled_code") or "",
            tuple(manifest["nodes"][one]["name"] for one in needed),
            dict(node["config"].get("column_types") or {}) if is_seed else column_types_of(node),
            keys.get(unique_id, ()),
        )

    for unique_id in sorted(manifest["nodes"]):
        add(unique_id)
    for node in manifest["nodes"].values():
        if is_blocking_test(node):
            needs = [one for one in node["depends_on"]["nodes"] if one in manifest["nodes"]]
            tests[node["name"]] = CompiledNode(
                node["name"],
                "test",
                "",
                True,
                _test_query(node),
                tuple(manifest["nodes"][one]["name"] for one in needs),
                {},
            )
    return found, tests


def _test_query(node: dict[str, Any]) -> str:
    """A data test as dbt runs it, with its own count of failures and its own threshold."""
    config, code = node["config"], node.get("compiled_code")
    if not code:
        return ""
    count = config.get("fail_calc") or "count(*)"
    limit = f"limit {config['limit']}" if config.get("limit") is not None else ""
    threshold = config.get("error_if") or "!= 0"
    return (
        f"select {count} as failures, {count} {threshold} as should_error "
        f"from (\n{code}\n{limit}\n) as dbt_internal_test"
    )


def _keys(manifest: dict) -> dict[str, tuple[str, ...]]:
    """The key of each model by its id, from the test that defines it."""
    keys: dict[str, tuple[str, ...]] = {}
    for node in manifest["nodes"].values():
        test = node.get("test_metadata") if node["resource_type"] == "test" else None
        if test and test["name"] == "grain":
            keys[node["attached_node"]] = tuple(test["kwargs"]["columns"])
    return keys
