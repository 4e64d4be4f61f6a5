"""The datasource through which Great Expectations reads DuckDB, with one open connection.

Great Expectations takes over ten seconds to import, so nothing imports this module at its top.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal

import duckdb
import sqlalchemy
from duckdb_engine import ConnectionWrapper
from great_expectations.compatibility.pydantic import PrivateAttr
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine


class ReadingConnection(ConnectionWrapper):
    """A connection without transactions.

    Suites only read. In a transaction, one failed query would make later ones fail.
    """

    def begin(self) -> None:
        """Does nothing."""

    def commit(self) -> None:
        """Does nothing."""

    def rollback(self) -> None:
        """Does nothing."""


class KeptConnectionEngine(SqlAlchemyExecutionEngine):
    """An execution engine that keeps its connection.

    The parent closes the connection before it fetches, and duckdb-engine then finds no rows
    (fivetran/great_expectations#10738).
    """

    @contextmanager
    def get_connection(self) -> Generator[sqlalchemy.Connection]:
        """Yields the one connection, which stays open."""
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection


# The parent's field `type` shadows the built-in inside the class below.
EngineClass = type[SqlAlchemyExecutionEngine]


class DuckdbDatasource(SQLDatasource):
    """A SQL datasource over an open DuckDB connection."""

    type: Literal["duckdb"] = "duckdb"  # ty: ignore[incompatible-attribute-override]
    _duckdb: duckdb.DuckDBPyConnection = PrivateAttr()

    @classmethod
    def over(cls, connection: duckdb.DuckDBPyConnection) -> "DuckdbDatasource":
        """A datasource with the tables that the connection has without a schema."""
        datasource = cls(name="linernotes", connection_string="duckdb://")
        datasource._duckdb = connection
        return datasource

    @property
    def execution_engine_type(self) -> EngineClass:
        """The engine class that keeps its connection."""
        return KeptConnectionEngine

    def get_execution_engine(self) -> SqlAlchemyExecutionEngine:
        """The engine, created once: a second one would open another connection."""
        if self._execution_engine is None:
            self._execution_engine = KeptConnectionEngine(
                engine=self.get_engine(), create_temp_table=False
            )
        return self._execution_engine

    def _create_engine(self) -> sqlalchemy.Engine:
        return sqlalchemy.create_engine(
            "duckdb://",
            creator=lambda: ReadingConnection(self._duckdb),
            poolclass=sqlalchemy.StaticPool,
        )
