"""The datasource through which Great Expectations reads DuckDB: over one connection, which is kept.

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
    """A connection whose statements each stand alone.

    Suites only read. In a transaction, one failed query would spoil those after it.
    """

    def begin(self) -> None:
        """Begins nothing."""

    def commit(self) -> None:
        """Ends nothing."""

    def rollback(self) -> None:
        """Takes nothing back."""


class KeptConnectionEngine(SqlAlchemyExecutionEngine):
    """An execution engine that keeps its connection.

    The parent closes the connection before it fetches, and duckdb-engine then finds no rows
    (fivetran/great_expectations#10738).
    """

    @contextmanager
    def get_connection(self) -> Generator[sqlalchemy.Connection]:
        """Yields the one connection, again and again."""
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection


# The parent's field `type` hides the built-in inside the class below.
EngineClass = type[SqlAlchemyExecutionEngine]


class DuckdbDatasource(SQLDatasource):
    """A SQL datasource over an open DuckDB connection."""

    type: Literal["duckdb"] = "duckdb"  # ty: ignore[incompatible-attribute-override]
    _duckdb: duckdb.DuckDBPyConnection = PrivateAttr()

    @classmethod
    def over(cls, connection: duckdb.DuckDBPyConnection) -> "DuckdbDatasource":
        """A datasource whose tables are those that the connection knows by bare name."""
        datasource = cls(name="linernotes", connection_string="duckdb://")
        datasource._duckdb = connection
        return datasource

    @property
    def execution_engine_type(self) -> EngineClass:
        """The engine that keeps its connection."""
        return KeptConnectionEngine

    def get_execution_engine(self) -> SqlAlchemyExecutionEngine:
        """The engine, made once: a second one would have a connection of its own."""
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
