"""Asks the published file for figures: metrics by their names, and the executives' reports.

Nothing is computed here. What is asked is kept with the publication that it was asked of, so that a
new publication is seen at once and no answer of an old one outlives it.
"""

import csv
import logging
import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base.errors import LinernotesError
from linernotes.base.published import Publication, open_published, publication
from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.base.unforeseen import account_of
from linernotes.dashboard.filters import Choice, Options
from linernotes.dashboard.formats import instant_text
from linernotes.dashboard.months import Months, MonthState
from linernotes.metrics import MetricInfo, MetricTable, open_catalog

Row = tuple[Any, ...]
ANSWERS_KEPT = 1_024
# A publication may be replaced, and at last deleted, between the look at the pointer and the
# opening.
ATTEMPTS = 5
COLUMNS = {"partner": "partner_id", "product": "product_id", "territory": "territory"}
STATEMENTS = "published.reports.rpt_partner__compensation_statement"


class _ReplacedError(Exception):
    """Something newer was published while this was opened."""


class Shown:
    """One publication, open, with the answers that it has given so far."""

    def __init__(self, settings: Settings, record: Publication) -> None:
        self.file_name = record.file_name
        self.known_at = _naive(record.known_at)
        self.as_known = f"As known {instant_text(self.known_at)}"
        self.stamp = (
            f"Published {instant_text(_naive(record.published_at))}, "
            f"as known {instant_text(self.known_at)}"
        )
        file = settings.published_root / record.file_name
        self._open = ExitStack()
        self._connection = self._open.enter_context(
            open_published(settings, file, threads=os.cpu_count() or 1)
        )
        self.catalog = self._open.enter_context(open_catalog(settings))
        if publication(settings) != record:  # the metrics may be those of a newer one
            raise _ReplacedError
        self.rows = lru_cache(ANSWERS_KEPT)(self._rows)
        self.metrics = lru_cache(ANSWERS_KEPT)(self._metrics)

    def _rows(self, sql: str, parameters: Row = ()) -> list[Row]:
        given = [list(one) if isinstance(one, tuple) else one for one in parameters]
        with self._explained():
            return self._connection.cursor().execute(sql, given).fetchall()

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
        """Says of a file that cannot answer what to do about it; the account is for the log."""
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
        """What there is to choose from.

        Raises:
            LinernotesError: if there is no statement, and so no month and no currency.
        """
        months = self.rows(f"select distinct report_month from {STATEMENTS} order by all")
        if not months:
            raise LinernotesError(
                "What is published has no statement yet. There is one for each month once the "
                "contracts and the month's usage are loaded and `linernotes build` has run; "
                "`linernotes status` says what has come in."
            )
        territories = self.rows("select distinct territory from published.marts.fct_pools")
        names = territory_names()
        return Options(
            things={
                "partner": self._names("partner"),
                "product": self._names("product"),
                "territory": {
                    one: f"{names[one]} ({one})" if one in names else one
                    for (one,) in sorted(territories, key=lambda row: names.get(row[0], row[0]))
                },
            },
            months=[month for (month,) in months],
            currencies=[
                code
                for (code,) in self.rows(
                    f"select currency_code from {STATEMENTS} group by all "
                    "order by count(*) desc, currency_code"
                )
            ],
            paid_in=dict(
                self.rows(
                    f"select partner_id, list(distinct currency_code) from {STATEMENTS} "
                    "group by partner_id"
                )
            ),
        )

    def _names(self, kind: str) -> dict[str, str]:
        """Names by id in the order of the names; those that two things bear get their ids."""
        rows = self.rows(
            f"select {kind}_id, {kind}_name from published.marts.dim_{kind}s order by 2, 1"
        )
        borne = [name for _, name in rows]
        return {
            one: f"{name} ({one})" if borne.count(name) > 1 else name or one for one, name in rows
        }


@lru_cache(maxsize=2)
def _opened(home: Path, record: Publication) -> Shown:
    # What falls out is closed when the last page that still reads it has let go.
    return Shown(Settings(home=home), record)


def shown_now(settings: Settings) -> Shown:
    """What is published now, opened once for everybody.

    Raises:
        LinernotesError: if nothing is published yet, or what is cannot be opened.
    """
    for _ in range(ATTEMPTS):
        record = publication(settings)
        try:
            return _opened(settings.home, record)
        except (duckdb.Error, FileNotFoundError, _ReplacedError):
            continue
        except LinernotesError:
            if publication(settings) == record:
                raise
    raise LinernotesError(
        f"What is published in {settings.published_root} cannot be opened: {record.file_name}. "
        "Run `linernotes build` again."
    )


class Figures:
    """What one reader asks, with the reader's choice put to every question that knows it."""

    def __init__(self, shown: Shown, choice: Choice) -> None:
        self.shown = shown
        self.choice = choice

    @property
    def currency(self) -> str:
        return self.choice.currency

    @property
    def names(self) -> Mapping[str, Mapping[str, str]]:
        """Names by id of partners, products and territories."""
        return self.shown.options.things

    @cached_property
    def months(self) -> Months:
        """The chosen months, and whether they are issued for the chosen partners."""
        partners = self.choice.partner
        rows = self.shown.rows(
            "select report_month, count(*), count(*) filter (where statement_state = 'issued'), "
            f"max(known_at) from {STATEMENTS} "
            f"{'where list_contains(?, partner_id)' if partners else ''} group by all",
            (partners,) if partners else (),
        )
        states = {row[0]: MonthState(*row) for row in rows}
        return Months(self.choice.months, states, self.shown.known_at)

    def info(self, name: str) -> MetricInfo:
        """What a metric is.

        Raises:
            LinernotesError: if this publication does not have it.
        """
        found = self.shown.catalog.metrics.get(name)
        if found is None:
            raise LinernotesError(
                f"What is published has no metric {name}: an older version of Linernotes wrote it. "
                "Run `linernotes build` again."
            )
        return found

    def ask(
        self,
        *names: str,
        by: Sequence[str] = (),
        months: Sequence[date] | None = None,
        where: Mapping[str, Sequence[str]] | None = None,
    ) -> list[dict[str, Any]]:
        """Metrics, in the chosen months or others, of what is chosen and what `where` adds."""
        known = set.intersection(*(set(self.info(name).dimensions) for name in names))
        filters = {
            column: self.choice.of(kind)
            for kind, column in COLUMNS.items()
            if self.choice.of(kind) and column in known
        } | {column: tuple(values) for column, values in (where or {}).items()}
        asked = self.choice.months if months is None else months
        table = self.shown.metrics(names, tuple(by), tuple(sorted(filters.items())), _ends(asked))
        return [dict(zip(table.columns, row, strict=True)) for row in table.rows]

    def not_split_text(self, *names: str) -> str:
        """Which of the reader's filters one of the metrics does not know, if any."""
        kinds = [
            kind
            for kind, column in COLUMNS.items()
            if self.choice.of(kind)
            and any(column not in self.info(name).dimensions for name in names)
        ]
        return f"Not split by {' or '.join(kinds)}: all of them." if kinds else ""

    def caption(self, *names: str) -> str:
        """Which months the metrics are of, as of when, and what they are not split by."""
        is_money = any(self.info(name).unit == "money" for name in names)
        return f"{self.months.caption(is_money)} {self.not_split_text(*names)}".strip()

    def report(
        self, name: str, selection: str, rest: str = "", currency: str | None = None
    ) -> list[Row]:
        """A query on an executives' report, of what is chosen, in one currency or each apart."""
        clauses = ["list_contains($1, report_month)"]
        parameters: list[Any] = [self.choice.months]
        for kind, column in COLUMNS.items():
            if self.choice.of(kind):
                parameters.append(self.choice.of(kind))
                clauses.append(f"list_contains(${len(parameters)}, {column})")
        if currency is not None:
            parameters.append(currency)
            clauses.append(f"currency_code = ${len(parameters)}")
        return self.shown.rows(
            f"select {selection} from published.reports.rpt_executive__{name} where "
            f"{' and '.join(clauses)} {rest}",
            tuple(parameters),
        )


def _ends(months: Sequence[date]) -> tuple[str, str]:
    return f"{months[0]:%Y-%m}", f"{months[-1]:%Y-%m}"


def _naive(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


@cache
def territory_names() -> dict[str, str]:
    """English names of the territories, from the same list as the models'."""
    with (PROJECT_ROOT / "seeds" / "territories.csv").open(encoding="utf-8") as file:
        return {row["territory"]: row["territory_name"] for row in csv.DictReader(file)}
