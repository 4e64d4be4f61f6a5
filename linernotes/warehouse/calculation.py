"""Runs the compiled models beside the warehouse file: at other freezes, months or terms.

The result is a connection for queries; nothing is written to the warehouse or the ledger.
"""

import time
from collections.abc import Generator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from graphlib import TopologicalSorter
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

import duckdb

from linernotes.base.checked_runs import Check
from linernotes.base.errors import LinernotesError
from linernotes.base.memory import limited_memory
from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.base.sql import escaped, literal
from linernotes.warehouse.compiled import (
    CLASS_PLACEHOLDERS,
    DATABASE,
    FIRST_MONTH_PLACEHOLDER,
    KNOWN_AT_PLACEHOLDER,
    LAST_MONTH_PLACEHOLDER,
    SOURCES_PLACEHOLDER,
    CompiledNode,
    CompiledProject,
)
from linernotes.warehouse.dbt import Progress

SCHEMAS = ("staging", "intermediate", "marts", "reports", "quality", "seeds")
FIRST_MONTH, LAST_MONTH = date(1, 1, 1), date(9999, 12, 1)
STOP_AGAIN_SECONDS = 0.05


@dataclass(frozen=True)
class Scenario:
    """The freezes and months for which the models are run.

    Attributes:
        known_at: The freeze, naive UTC.
        classes: Freezes of single classes of input, where they differ from it.
        first_month: The first month whose uses are valued; earlier months are left out.
        last_month: The last month whose uses are valued.
    """

    known_at: datetime
    classes: Mapping[str, datetime] = field(default_factory=dict)
    first_month: date = FIRST_MONTH
    last_month: date = LAST_MONTH


class Tables(Protocol):
    """The engine that makes the tables of a calculation.

    Attributes:
        at_a_time: How many tables it makes at a time.
    """

    at_a_time: int

    def create(self, node: CompiledNode, text: str) -> None:
        """Makes a table or view, and replaces an earlier one."""

    def load_seed(self, node: CompiledNode) -> None:
        """Makes the table of a seed."""

    def fingerprint(self, node: CompiledNode) -> tuple:
        """A content hash of a table that does not depend on the order of its rows."""

    def bring(self, nodes: list[CompiledNode]) -> None:
        """Makes some models readable from the calculation's connection."""

    def stop(self) -> None:
        """Ends the statements that are running, after an error or an interruption."""


class Calculation:
    """The models in a separate database; a second run makes only the models that change.

    A model is made again if its SQL differs for the new scenario, or if the content of a table that
    it reads has changed.
    """

    def __init__(
        self,
        project: CompiledProject,
        sources: str,
        connection: duckdb.DuckDBPyConnection,
        tables: Tables,
    ) -> None:
        """A calculation without any table yet.

        Args:
            project: The compiled models.
            sources: The text that replaces the placeholder of the sources in the models' SQL.
            connection: The connection from which the targets of a run are read.
            tables: The engine that makes the tables.
        """
        self._project = project
        self._sources = sources
        self._replaced: dict[str, Path] = {}
        self._made: dict[str, str] = {}
        self._fingerprints: dict[str, tuple] = {}
        self._tables = tables
        self.connection = connection

    def run(
        self, scenario: Scenario, targets: list[str], on_progress: Progress | None = None
    ) -> set[str]:
        """Makes the targets and everything that they depend on, for a scenario.

        Args:
            scenario: The freezes and months.
            targets: Names of models.
            on_progress: Called with models done, models in all, and the model's name.

        Returns:
            The names of the models whose content has changed.

        Raises:
            LinernotesError: if a model cannot be made; the message names it.
        """
        nodes = {node.name: node for node in self._project.upstream(targets)}
        order = TopologicalSorter({name: node.needs for name, node in nodes.items()})
        order.prepare()
        changed: set[str] = set()
        done = 0
        running: dict[Future[bool], str] = {}
        with ThreadPoolExecutor(self._tables.at_a_time) as pool:
            try:
                while order.is_active():
                    for name in order.get_ready():
                        text = self._text(nodes[name], scenario)
                        if self._made.get(name) == text and changed.isdisjoint(nodes[name].needs):
                            order.done(name)
                            done += 1
                        else:
                            running[pool.submit(self._make, nodes[name], text)] = name
                    if running:
                        made = _ended(running, order)
                        changed |= {name for name, has_changed in made.items() if has_changed}
                        for name in made:
                            done += 1
                            if on_progress:
                                on_progress(done, len(nodes), name)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                # A model may be about to start its statement, so stopping once is not enough.
                while not all(one.done() for one in running):
                    self._tables.stop()
                    time.sleep(STOP_AGAIN_SECONDS)
                raise
        self._tables.bring([self._project.nodes[name] for name in targets if name in changed])
        return changed

    def replace_source(self, table: str, folder: Path) -> None:
        """Reads a source table from another folder from the next run on."""
        self._replaced[table] = folder

    def text_of(self, name: str, scenario: Scenario) -> str:
        """The SQL of a model as it would run for a scenario."""
        return self._text(self._project.nodes[name], scenario)

    @property
    def made(self) -> set[str]:
        """Names of the seeds and models that have been made."""
        return set(self._made)

    def checks(self, scenario: Scenario, on_progress: Progress | None = None) -> list[Check]:
        """The results of every blocking data test whose tables have been made.

        Raises:
            ValueError: if the project is compiled without tests, as it is for Spark.
        """
        if not self._project.tests:
            raise ValueError("This project is compiled without its tests.")
        tests = [one for one in self._project.tests.values() if set(one.needs) <= self._made.keys()]
        found = []
        for number, test in enumerate(tests, 1):
            found.append(self._check(test, scenario))
            if on_progress:
                on_progress(number, len(tests), test.name)
        return found

    def _check(self, test: CompiledNode, scenario: Scenario) -> Check:
        try:
            found = self.connection.execute(self._text(test, scenario)).fetchone()
        except duckdb.Error as error:
            return Check("test", test.name, "error", message=" ".join(str(error).split())[:300])
        count, is_failure = found or (0, False)
        return Check("test", test.name, "failed" if is_failure else "passed", row_count=count or 0)

    def _text(self, node: CompiledNode, scenario: Scenario) -> str:
        if node.kind == "seed":
            return node.sql
        text = node.sql
        for name, place in CLASS_PLACEHOLDERS.items():
            text = text.replace(place, _instant(scenario.classes.get(name, scenario.known_at)))
        text = text.replace(KNOWN_AT_PLACEHOLDER, _instant(scenario.known_at))
        text = text.replace(FIRST_MONTH_PLACEHOLDER, scenario.first_month.isoformat())
        text = text.replace(LAST_MONTH_PLACEHOLDER, scenario.last_month.isoformat())
        for table, folder in self._replaced.items():
            text = text.replace(f"{SOURCES_PLACEHOLDER}/{table}/", f"{escaped(folder)}/")
        return text.replace(SOURCES_PLACEHOLDER, escaped(self._sources))

    def _make(self, node: CompiledNode, text: str) -> bool:
        """Makes a table or view; returns whether its content has changed."""
        is_compared = node.name in self._made and not node.is_view
        try:
            before = self._fingerprint(node) if is_compared else None
            if node.kind == "seed":
                self._tables.load_seed(node)
            else:
                self._tables.create(node, text)
        except (duckdb.Error, LinernotesError) as error:
            raise LinernotesError(f"The model {node.name} cannot be made: {error}") from error
        self._made[node.name] = text
        self._fingerprints.pop(node.name, None)
        return not is_compared or before != self._fingerprint(node)

    def _fingerprint(self, node: CompiledNode) -> tuple:
        """The content hash of a table, taken when it is first needed: most are made only once."""
        if node.name not in self._fingerprints:
            self._fingerprints[node.name] = self._tables.fingerprint(node)
        return self._fingerprints[node.name]


def _ended(running: dict[Future[bool], str], order: TopologicalSorter[str]) -> dict[str, bool]:
    """Waits until a model is made; returns those that are, and whether their content has changed.

    Raises:
        LinernotesError: if one cannot be made.
    """
    ended, _ = wait(running, return_when=FIRST_COMPLETED)
    names = {running.pop(future): future.result() for future in ended}
    order.done(*names)
    return names


class Cursors:
    """Further connections to a calculation's database, each for one thread at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, count: int) -> None:
        self._all = [connection.cursor() for _ in range(count)]
        self._free: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
        for cursor in self._all:
            _use_database(cursor)
            self._free.put(cursor)

    @contextmanager
    def one(self) -> Generator[duckdb.DuckDBPyConnection]:
        """Yields one of them, as soon as one is free."""
        cursor = self._free.get()
        try:
            yield cursor
        finally:
            self._free.put(cursor)

    def interrupt(self) -> None:
        """Ends what they are running."""
        for cursor in self._all:
            cursor.interrupt()


class DuckDbTables:
    """Tables in the database of the calculation's connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, at_a_time: int) -> None:
        """Opens further connections to that database, one for each table at a time."""
        self.at_a_time = at_a_time
        self._cursors = Cursors(connection, at_a_time)

    def create(self, node: CompiledNode, text: str) -> None:
        """Makes a table or view, and replaces an earlier one."""
        kind = "view" if node.is_view else "table"
        self._run(f"create or replace {kind} {node.relation} as {text}")

    def load_seed(self, node: CompiledNode) -> None:
        """Makes the table of a seed."""
        self._run(f"create or replace table {node.relation} as {seed_query(node)}")

    def fingerprint(self, node: CompiledNode) -> tuple:
        """A content hash of a table that does not depend on the order of its rows."""
        return self._run(
            f"select count(*), sum(cast(hash(one) as hugeint)) from {node.relation} as one"
        )

    def _run(self, statement: str) -> tuple:
        with self._cursors.one() as cursor:
            return cursor.execute(statement).fetchone() or ()

    def bring(self, nodes: list[CompiledNode]) -> None:
        """Does nothing: the tables are in this connection already."""

    def stop(self) -> None:
        """Ends the statements that are running, after an error or an interruption."""
        self._cursors.interrupt()


def seed_query(node: CompiledNode) -> str:
    """DuckDB's query for the rows of a seed's file, with the types that the project gives them."""
    path = literal(PROJECT_ROOT / node.sql)
    types = {"string": "varchar"}
    columns = ", ".join(
        f"cast({name} as {types.get(kind, kind)}) as {name}"
        for name, kind in node.column_types.items()
    )
    return f"select {columns} from read_csv({path}, header = true, all_varchar = true)"


@contextmanager
def calculation(
    project: CompiledProject,
    sources_root: Path,
    file: Path | None = None,
    threads: int | None = None,
    memory_limit: str | None = None,
    at_a_time: int = 2,
) -> Generator[Calculation]:
    """Yields an empty calculation on DuckDB.

    Args:
        project: The compiled models.
        sources_root: Folder with a folder of Parquet files per source table.
        file: A database file to make; in memory when left out.
        threads: DuckDB's threads; the machine's cores by default.
        memory_limit: DuckDB's memory, such as 512MB; the rest is written to disk, beside the
            sources. DuckDB's default when left out.
        at_a_time: How many models are made at a time.
    """
    with duckdb.connect() as connection, ExitStack() as scratch:
        if memory_limit is not None:
            scratch.enter_context(limited_memory(connection, sources_root.parent, memory_limit))
        connection.execute("set preserve_insertion_order = false")
        if threads:
            connection.execute(f"set threads = {threads}")
        connection.execute(f"attach {literal(file or ':memory:')} as {DATABASE}")
        _use_database(connection)
        for schema in SCHEMAS:
            connection.execute(f"create schema if not exists {schema}")
        tables = DuckDbTables(connection, at_a_time)
        yield Calculation(project, str(sources_root), connection, tables)


def calculation_within(
    settings: Settings, project: CompiledProject, sources_root: Path, file: Path | None = None
) -> AbstractContextManager[Calculation]:
    """An empty calculation on DuckDB, with the memory and the models at a time of the settings."""
    return calculation(
        project,
        sources_root,
        file,
        memory_limit=settings.duckdb_memory,
        at_a_time=settings.dbt_threads,
    )


def _use_database(connection: duckdb.DuckDBPyConnection) -> None:
    """Sets what DuckDB keeps for each connection by itself."""
    connection.execute(f"use {DATABASE}")
    connection.execute("set timezone = 'UTC'")


def require_rates(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises if a rate that a line needs is missing: a missing rate never counts as 1 (E83)."""
    missing = connection.execute(
        "select currency_code, rule_date from intermediate.int_compensation__fx_rates "
        "where rate_per_eur is null order by all"
    ).fetchall()
    if missing:
        listed = ", ".join(f"{currency} on {day}" for currency, day in missing[:5])
        raise LinernotesError(
            f"No exchange rate within 3 days for {listed}: a missing rate never counts as 1. "
            "Deliver it to finance/ecb or finance/fx_rates, load, and try again."
        )


def _instant(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M:%S.%f")
