"""Builds on a Spark cluster: prepares sources and schemas for dbt, and collects the tables.

The cluster is reached through its Thrift server, and its tables are Parquet files in a folder that
this machine can read too. `cluster.py` starts a cluster on this machine.
"""

import hashlib
import json
import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base.dbt_process import MANIFEST_VARIABLE, PYTHON_VARIABLE
from linernotes.base.open_files import why_not_opened
from linernotes.base.settings import Settings
from linernotes.base.sql import literal
from linernotes.warehouse.dbt import (
    BuildFailed,
    DbtResults,
    dbt_environment,
    run_dbt,
    schema_of,
    target_folder,
)
from linernotes.warehouse.sources import sources_folder
from linernotes.warehouse.thrift import SPARK_PYTHON, ClusterFailed, on_cluster, password_of

# With any other value Spark evaluates some expressions differently, mostly without an error.
REQUIRED = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
}
RAW, MARK = "raw", "mark"


class Spark:
    """A cluster behind a Thrift server.

    Attributes:
        prefix: The prefix of the run's schemas, which keeps homes that share a catalogue apart.
        target: The folder of dbt's artefacts.
    """

    def __init__(self, settings: Settings, part: str = "", file: Path | None = None) -> None:
        """A cluster for builds, or for another calculation.

        Args:
            settings: The home.
            part: The part of the schemas' names that distinguishes them from those of builds.
            file: The file in which its tables are collected, next to dbt's artefacts; the warehouse
                file when left out.
        """
        self._settings = settings
        home = str(settings.home).encode()
        self.prefix = f"linernotes_{hashlib.sha256(home).hexdigest()[:8]}"
        if part:
            self.prefix += f"_{part}"
        self._file = file or settings.warehouse_file
        self.target = file.with_name("target") if file else target_folder(settings)

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which dbt runs there."""
        settings = self._settings
        return self._duckdb_environment | {
            "LINERNOTES_TARGET": "spark",
            # dbt's cache of a parsed project contains names of schemas, which differ per home.
            MANIFEST_VARIABLE: "",
            PYTHON_VARIABLE: str(SPARK_PYTHON),
            "LINERNOTES_SPARK_SCHEMA": self.prefix,
            "LINERNOTES_SPARK_HOST": settings.spark_host,
            "LINERNOTES_SPARK_PORT": str(settings.spark_port),
            "LINERNOTES_SPARK_USER": settings.spark_user,
            "LINERNOTES_SPARK_PASSWORD": password_of(settings),
            "LINERNOTES_SPARK_TLS": str(settings.spark_tls),
        }

    @property
    def _duckdb_environment(self) -> dict[str, str]:
        return dbt_environment(self._settings) | {
            "LINERNOTES_WAREHOUSE_FILE": str(self._file),
            "DBT_TARGET_PATH": str(self.target),
        }

    def prepare(self) -> None:
        """Checks the cluster, and defines the build's sources there as tables.

        Raises:
            BuildFailed: if it cannot be reached, has settings that change figures, or writes into a
                folder other than that in the settings.
        """
        self._require_settings()
        self._clear_orphans()
        raw = f"{self.prefix}_{RAW}"
        statements = [f"create schema if not exists {raw}"]
        for folder in sorted(sources_folder(self._settings).glob("raw_*")):
            # A table with an explicit location is only a name: dropping it deletes no file.
            statements += [
                f"drop table if exists {raw}.{folder.name}",
                f"create table {raw}.{folder.name} using parquet location '{folder}'",
            ]
        mark = uuid.uuid4().hex
        statements += [
            f"drop table if exists {raw}.{MARK}",
            f"create table {raw}.{MARK} using parquet as select '{mark}' as run_mark",
        ]
        self._run(statements)
        files = self.folder(RAW, MARK) / "*.parquet"
        try:
            with duckdb.connect() as connection:
                found = connection.execute(f"from read_parquet('{files}')").fetchall()
        except duckdb.Error:
            found = []
        if found != [(mark,)]:
            raise BuildFailed(
                f"Tables that the Thrift server writes do not appear in {self._root}. "
                "Set LINERNOTES_SPARK_WAREHOUSE to the path of the server's "
                "spark.sql.warehouse.dir on this machine."
            )

    def collect(self, variables: dict[str, Any], results: DbtResults) -> None:
        """Copies the tables that dbt has made into the run's file, and makes its views there.

        Args:
            variables: The dbt variables of the run.
            results: The results of the run.

        Raises:
            BuildFailed: if a table is not in the folder of the settings, or a view cannot be made.
        """
        nodes = results.manifest["nodes"]
        made = [
            nodes[name]
            for name, result in results.nodes.items()
            if result["status"] == "success" and nodes[name]["resource_type"] in {"seed", "model"}
        ]
        views = [node for node in made if node["config"]["materialized"] == "view"]
        try:
            with duckdb.connect(str(self._file)) as connection:
                connection.execute("set preserve_insertion_order = false")
                for node in made:
                    if node not in views:
                        self._collect(connection, node)
        except duckdb.Error as error:
            raise BuildFailed(why_not_opened(self._file, str(error))) from None
        self._make_views(variables, [node["name"] for node in views])

    @property
    def _root(self) -> Path:
        return self._settings.spark_warehouse_root

    def folder(self, schema: str, table: str) -> Path:
        """The folder of a table's files; its schema is named as in the warehouse file."""
        return self._root / f"{self.prefix}_{schema}.db" / table

    def _run(self, statements: Iterable[str]) -> list[list[dict[str, Any]]]:
        try:
            return on_cluster(self._settings, statements)
        except ClusterFailed as reason:
            raise BuildFailed(f"Nothing was built on Spark: {reason}") from None

    def _require_settings(self) -> None:
        found = self._run([f"set {name}" for name in REQUIRED])
        wrong = [
            f"{name}={rows[0]['value']} (needed: {wanted})"
            for (name, wanted), rows in zip(REQUIRED.items(), found, strict=True)
            if rows[0]["value"].lower() != wanted.lower()
        ]
        if wrong:
            raise BuildFailed(
                f"The settings of the Thrift server would change figures: {', '.join(wrong)}. "
                "Start it with the settings in docs/operators/cluster.md."
            )

    def _clear_orphans(self) -> None:
        """Deletes folders of tables that a killed server has left and does not know any more."""
        [listed] = self._run([f"show schemas like '{self.prefix}_*'"])
        schemas = [row["namespace"] for row in listed]
        tables = dict(
            zip(schemas, self._run([f"show tables in {one}" for one in schemas]), strict=True)
        )
        for folder in self._root.glob(f"{self.prefix}_*.db/*"):
            known = tables.get(folder.parent.name.removesuffix(".db"), [])
            if folder.name not in {row["tableName"] for row in known}:
                shutil.rmtree(folder)

    def _collect(self, connection: duckdb.DuckDBPyConnection, node: dict[str, Any]) -> None:
        schema, table = schema_of(node), node["alias"]
        folder = self.folder(schema, table)
        if not any(folder.glob("*.parquet")):
            raise BuildFailed(f"Spark has made {node['schema']}.{table}, but {folder} is empty.")
        name = f'{schema}."{table}"'
        connection.execute(f"create schema if not exists {schema}")
        kinds = connection.execute(
            "select table_type from information_schema.tables where table_schema = ? "
            "and table_name = ? and table_catalog = current_database()",
            [schema, table],
        ).fetchall()
        if kinds == [("VIEW",)]:
            connection.execute(f"drop view {name}")
        connection.execute(
            f"create or replace table {name} as from read_parquet('{folder}/*.parquet')"
        )
        if node["resource_type"] == "model":
            _comment(connection, name, node)

    def _make_views(self, variables: dict[str, Any], views: list[str]) -> None:
        """Lets dbt create the views in the run's file, over the tables there.

        dbt also writes the definitions of the metrics with the names of that file's tables.
        """
        apart = self.target.with_name("target-views")
        definitions = apart / "semantic_manifest.json"
        if views or not definitions.exists():
            command = ["run", "--select", *views] if views else ["parse"]
            run = run_dbt(
                self._settings,
                [*command, "--vars", json.dumps(variables)],
                environment=self._duckdb_environment | {"DBT_TARGET_PATH": str(apart)},
            )
            if run.exit_status != 0:
                raise BuildFailed(f"The views over Spark's tables were not made: {run.last_output}")
        shutil.copyfile(definitions, self.target / definitions.name)


def _comment(connection: duckdb.DuckDBPyConnection, name: str, node: dict[str, Any]) -> None:
    """Adds comments to a table, as dbt does in DuckDB."""
    if node["description"]:
        connection.execute(f"comment on table {name} is {literal(node['description'])}")
    there = {row[0] for row in connection.execute(f"describe {name}").fetchall()}
    for column, properties in node["columns"].items():
        if column in there and properties["description"]:
            text = literal(properties["description"])
            connection.execute(f'comment on column {name}."{column}" is {text}')
