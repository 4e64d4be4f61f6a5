"""Runs the compiled models on the cluster, for calculations beside the warehouse file.

`calculation.py` has the interface, which is the same for both engines.
"""

from collections.abc import Generator
from contextlib import contextmanager

import duckdb

from linernotes.base.settings import Settings
from linernotes.base.sql import literal
from linernotes.warehouse.calculation import SCHEMAS, Calculation, seed_query
from linernotes.warehouse.compiled import CompiledNode, compiled_project
from linernotes.warehouse.dbt import BuildFailed
from linernotes.warehouse.spark import Spark
from linernotes.warehouse.thrift import ClusterFailed, ClusterSession, cluster_session

# Views have no files, so a view that is read is first copied into a table.
READ = "read"


class SparkTables:
    """Tables in schemas of the cluster; the targets are copied into a DuckDB connection."""

    # A session of the server keeps the list of a table's files, and would read those of a table
    # that another session has replaced.
    at_a_time = 1

    def __init__(
        self, engine: Spark, session: ClusterSession, connection: duckdb.DuckDBPyConnection
    ) -> None:
        self._engine = engine
        self._session = session
        self._connection = connection

    def create(self, node: CompiledNode, text: str) -> None:
        """Makes a table or view, and replaces an earlier one."""
        name = self._name(node)
        if node.is_view:
            self._session.run([f"create or replace view {name} as {text}"])
        else:
            self._session.run(
                [f"drop table if exists {name}", f"create table {name} using parquet as {text}"]
            )

    def load_seed(self, node: CompiledNode) -> None:
        """Makes the table of a seed."""
        rows = self._connection.execute(
            f"select columns(*)::varchar from ({seed_query(node)})"
        ).fetchall()
        columns = ", ".join(
            f"cast({name} as {kind}) as {name}" for name, kind in node.column_types.items()
        )
        values = ", ".join(
            f"({', '.join('null' if one is None else _spark_literal(one) for one in row)})"
            for row in rows
        )
        names = ", ".join(node.column_types)
        self.create(node, f"select {columns} from values {values} as rows ({names})")

    def fingerprint(self, node: CompiledNode) -> tuple:
        """A content hash of a table that does not depend on the order of its rows.

        It is the hash of the row as text: Spark's hash of columns is the same whichever of them is
        null.
        """
        row = "to_json(struct(*), map('ignoreNullFields', 'false'))"
        [[found]] = self._session.run(
            [
                "select count(*) as row_count, "
                f"sum(cast(xxhash64({row}) as decimal(38,0))) as hashes from {self._name(node)}"
            ]
        )
        return tuple(found.values())

    def bring(self, nodes: list[CompiledNode]) -> None:
        """Copies some models into the connection."""
        for node in nodes:
            schema, _, table = node.relation.partition(".")
            if node.is_view:
                schema, view = READ, self._name(node)
                name = f"{self._engine.prefix}_{READ}.{table}"
                self._session.run(
                    [
                        f"drop table if exists {name}",
                        f"create table {name} using parquet as select * from {view}",
                    ]
                )
            files = self._engine.folder(schema, table) / "*.parquet"
            self._connection.execute(
                f"create or replace table {node.relation} as from read_parquet({literal(files)})"
            )

    def stop(self) -> None:
        """Does nothing: the server ends a statement when its session does."""

    def _name(self, node: CompiledNode) -> str:
        return f"{self._engine.prefix}_{node.relation}"


@contextmanager
def spark_calculation(settings: Settings, part: str) -> Generator[Calculation]:
    """Yields an empty calculation on the cluster, over the build's sources.

    Args:
        settings: The home.
        part: The part of the schemas' names that distinguishes them from those of builds; they are
            dropped at the end.

    Raises:
        BuildFailed: if the cluster cannot be used.
    """
    engine = Spark(settings, part)
    project = compiled_project(settings, "spark")
    schemas = [f"{engine.prefix}_{schema}" for schema in (*SCHEMAS, READ)]
    clean = [f"drop schema if exists {schema} cascade" for schema in schemas]
    with duckdb.connect() as connection:
        for schema in SCHEMAS:
            connection.execute(f"create schema {schema}")
        try:
            with cluster_session(settings) as session:
                session.run(clean)
                engine.prepare()
                session.run([f"create schema {schema}" for schema in schemas])
                yield Calculation(
                    project, engine.prefix, connection, SparkTables(engine, session, connection)
                )
                session.run(clean)
        except ClusterFailed as reason:
            raise BuildFailed(f"Nothing was calculated on Spark: {reason}") from None


def _spark_literal(text: str) -> str:
    """A text as a literal for Spark, in which, unlike in DuckDB, a backslash starts an escape."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
