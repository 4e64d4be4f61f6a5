"""One publication, open for reading, with a cache of its query results.

Nothing is computed here. A new publication is opened at the next request, with an empty cache.
"""

import csv
import logging
import os
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base.errors import LinernotesError
from linernotes.base.published import Publication, open_published, publication
from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.base.unforeseen import account_of
from linernotes.dashboard.formats import instant_text
from linernotes.dashboard.selection import Options
from linernotes.metrics import MetricTable, catalog_of

Row = tuple[Any, ...]
ANSWERS_KEPT = 1_024
# A publication may be replaced, and finally deleted, after the pointer is read and before the file
# is opened.
ATTEMPTS = 5
# The memory limit of DuckDB; larger queries spill to the system's temporary folder.
MEMORY_LIMIT = "256MB"
STATEMENTS = "published.marts.fct_statements"


class PublishedView:
    """One open publication; several threads may query it."""

    def __init__(self, settings: Settings, record: Publication) -> None:
        self.file_name = record.file_name
        self.known_at = _naive(record.known_at)
        self.data_as_of = f"data as of {instant_text(self.known_at)}"
        self.stamp = f"Published {instant_text(_naive(record.published_at))}, {self.data_as_of}"
        self.is_demonstration = settings.demonstration_mark.is_file()
        file = settings.published_root / record.file_name
        self._open = ExitStack()
        self._connection = self._open.enter_context(
            open_published(settings, file, threads=os.cpu_count() or 1)
        )
        spill = Path(tempfile.gettempdir()) / f"linernotes-dashboard-{os.getpid()}"
        self._connection.execute("set temp_directory = $1", [str(spill)])
        self._connection.execute("set memory_limit = $1", [MEMORY_LIMIT])
        # One engine for rows and metrics, so that the limit applies to both.
        self.catalog = catalog_of(settings, record, self._connection)
        self.rows = lru_cache(ANSWERS_KEPT)(self._rows)
        self.metrics = lru_cache(ANSWERS_KEPT)(self._metrics)

    def _rows(self, sql: str, parameters: Row = ()) -> list[Row]:
        return self.table(sql, parameters)[1]

    def table(self, sql: str, parameters: Row = ()) -> tuple[list[str], list[Row]]:
        """Names of columns, and rows; not cached."""
        given = [list(one) if isinstance(one, tuple) else one for one in parameters]
        with self._explained():
            cursor = self._connection.cursor().execute(sql, given)
            return [column[0] for column in cursor.description or []], cursor.fetchall()

    def _metrics(
        self,
        names: tuple[str, ...],
        by: tuple[str, ...],
        where: tuple[tuple[str, tuple[str, ...]], ...],
        months: tuple[str, str],
    ) -> MetricTable:
        filters = {name: list(values) for name, values in where}
        with self._explained():
            return self.catalog.query([*names], by=[*by], where=filters, months=months)

    @contextmanager
    def _explained(self) -> Generator[None]:
        """Raises an error with advice if the file cannot be queried, and logs the details."""
        try:
            yield
        except duckdb.Error as error:
            logging.getLogger(__name__).error(
                "The published file could not answer.\n%s", account_of(error)
            )
            raise LinernotesError(
                f"{self.file_name} cannot answer this: it is damaged, or an older version of "
                "Linernotes wrote it. Run `linernotes build` again."
            ) from error

    @cached_property
    def options(self) -> Options:
        """The options for the selection.

        Raises:
            LinernotesError: if there is no statement, and therefore no month.
        """
        months = [
            month
            for (month,) in self.rows(
                f"select distinct report_month from {STATEMENTS} order by all"
            )
        ]
        if not months:
            raise LinernotesError(
                "There are no statements yet. There is one for each month once the contracts and "
                "the month's usage are loaded and `linernotes build` has run; `linernotes status` "
                "shows what has arrived."
            )
        # The headline is a month with revenue; months with only uses have verdicts too.
        verdicts = self.rows(
            "select coalesce(max(report_month) filter (where report_month in (select usage_month "
            "from published.marts.fct_pools where net_amount > 0)), max(report_month)) "
            "from published.marts.fct_promise_verdicts where report_month <= ?",
            (months[-1],),
        )
        territories = self.rows("select distinct territory from published.marts.fct_pools")
        names = territory_names()
        return Options(
            things={
                "partner": self._names("partner"),
                "product": self._names("product"),
                "territory": {
                    one: names.get(one, one)
                    for (one,) in sorted(territories, key=lambda row: names.get(row[0], row[0]))
                },
            },
            months=months,
            headline=verdicts[0][0] or months[-1],
        )

    def _names(self, kind: str) -> dict[str, str]:
        """Names by id, in the order of the names; names of two or more things also show the id."""
        rows = self.rows(
            f"select {kind}_id, {kind}_name from published.marts.dim_{kind}s order by 2, 1"
        )
        borne = [name for _, name in rows]
        return {
            one: f"{name} ({one})" if borne.count(name) > 1 else name or one for one, name in rows
        }


@lru_cache(maxsize=2)
def _opened(home: Path, record: Publication) -> PublishedView:
    # An evicted view is closed when the last page that reads it is done.
    return PublishedView(Settings(home=home), record)


def view_now(settings: Settings) -> PublishedView:
    """The current publication, opened once for all readers.

    Raises:
        LinernotesError: if nothing is published yet, or the publication cannot be opened.
    """
    for _ in range(ATTEMPTS):
        record = publication(settings)
        try:
            return _opened(settings.home, record)
        except (duckdb.Error, FileNotFoundError):
            continue
        except LinernotesError:
            if publication(settings) == record:
                raise
    raise LinernotesError(
        f"What is published in {settings.published_root} cannot be opened: {record.file_name}. "
        "Run `linernotes build` again."
    )


def _naive(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant


def month_ends_at(month: date) -> datetime:
    """The time at which a month ends."""
    year, after = (month.year + 1, 1) if month.month == 12 else (month.year, month.month + 1)
    return datetime(year, after, 1)


@cache
def territory_names() -> dict[str, str]:
    """English names of the territories, from the seed that the models use."""
    with (PROJECT_ROOT / "seeds" / "territories.csv").open(encoding="utf-8") as file:
        return {row["territory"]: row["territory_name"] for row in csv.DictReader(file)}
