"""The metrics of one publication: names, dimensions and values.

Amounts, counts and shares are exact: quotients are divided here, as decimals.
"""

import json
import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base.errors import LinernotesError
from linernotes.base.near_names import nearest_names
from linernotes.base.published import (
    Publication,
    definitions_file,
    open_published,
    publication,
)
from linernotes.base.settings import Settings
from linernotes.metrics.compiling import FIRST, LAST, MONTH, Compiler, MetricSource

CURRENCY = "currency_code"
MONEY = "money"
SHARE_DIGITS = Decimal("0.000001")
EARLIEST, LATEST = date(1, 1, 1), date(9999, 12, 1)
ATTEMPTS = 5


@dataclass(frozen=True)
class MetricInfo:
    """The description of a metric.

    Attributes:
        unit: `money`, `count`, `share` or `seconds`.
        dimensions: The dimensions that it can be split and filtered by.
        parts: The metrics that it consists of: itself, or numerator and denominator.
        tables: The published tables that it reads.
        per: The factor of a quotient.
        less: The number that is then subtracted.
    """

    name: str
    label: str
    description: str
    unit: str
    dimensions: tuple[str, ...]
    parts: tuple[str, ...]
    tables: tuple[str, ...] = ()
    per: int = 1
    less: int = 0

    def value(self, row: Mapping[str, Any]) -> Decimal | int | None:
        """The metric's value from those of its parts; None without a non-zero denominator."""
        values = [_exact(row[part]) for part in self.parts]
        if len(values) == 1:
            return values[0]
        above, below = values
        if above is None or not below:
            return None
        quotient = Decimal(above) * self.per / Decimal(below) - self.less
        return quotient.quantize(SHARE_DIGITS, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class MetricTable:
    """A result: the dimensions, then the metrics, as columns; rows are sorted by the dimensions."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class Catalog:
    """The metrics of a publication; it may be used from several threads."""

    def __init__(
        self, record: Publication, compiler: Compiler, connection: duckdb.DuckDBPyConnection
    ) -> None:
        self.publication = record
        self.metrics = _described(compiler)
        self._compiler = compiler
        self._connection = connection

    def query(
        self,
        metrics: Sequence[str],
        by: Sequence[str] = (),
        where: Mapping[str, Sequence[str]] | None = None,
        months: tuple[str, str] | None = None,
    ) -> MetricTable:
        """Values of metrics.

        Args:
            metrics: Names of metrics; at least one.
            by: Dimensions to split by; `currency_code` is added if an amount is queried without it.
            where: Allowed values by the name of a dimension.
            months: First and last month, `YYYY-MM`; every month when left out.

        Raises:
            LinernotesError: if there is no such metric, or one cannot be split like that.
        """
        metrics = tuple(dict.fromkeys(metrics))
        infos = [self._info(name) for name in metrics]
        split, filters = [*dict.fromkeys(by)], {**(where or {})}
        if MONTH in filters:
            raise LinernotesError("Months are chosen by --months 2026-01:2026-03, not by --where.")
        if any(one.unit == MONEY for one in infos) and CURRENCY not in split:
            split.append(CURRENCY)
            if apart := [info.name for info in infos if CURRENCY not in info.dimensions]:
                raise LinernotesError(
                    f"Amounts are split by currency, and {', '.join(apart)} has none: query it "
                    "separately."
                )
        for info in infos:
            _require_known(info, [*split, *filters])
        parts = tuple(dict.fromkeys(part for info in infos for part in info.parts))
        text = self._compiler.sql(parts, tuple(split), tuple(sorted(filters)))
        first, last = _span(months) if months else (EARLIEST, LATEST)
        values = {FIRST: first, LAST: last, **{name: [*those] for name, those in filters.items()}}
        cursor = self._connection.cursor().execute(text, values)
        names = [column[0] for column in cursor.description]
        rows = []
        for found in cursor.fetchall():
            row = dict(zip(names, found, strict=True))
            keys = [_key(row["metric_time__month" if name == MONTH else name]) for name in split]
            rows.append((*keys, *(info.value(row) for info in infos)))
        rows.sort(key=lambda row: [(key is None, key) for key in row[: len(split)]])
        return MetricTable((*split, *metrics), rows)

    def source(self, name: str) -> MetricSource:
        """The rows of a metric that is not a quotient of others.

        Raises:
            LinernotesError: if there is no such metric, or it is a quotient.
        """
        if self._info(name).parts != (name,):
            raise LinernotesError(
                f"{name} is the quotient of {' and '.join(self._info(name).parts)}: query these."
            )
        return self._compiler.source(name)

    def _info(self, name: str) -> MetricInfo:
        if name not in self.metrics:
            raise LinernotesError(
                f"There is no metric `{name}`: `linernotes metrics` lists all {len(self.metrics)} "
                f"metrics.{nearest_names(name, self.metrics)}"
            )
        return self.metrics[name]


def _require_known(info: MetricInfo, names: Sequence[str]) -> None:
    for name in names:
        if name not in info.dimensions:
            raise LinernotesError(
                f"{info.name} cannot be split or filtered by `{name}`. Its dimensions are "
                f"{', '.join(info.dimensions)}."
            )


def _exact(value: Any) -> Decimal | int | None:
    assert not isinstance(value, float), "a metric passed through a binary number"
    return value


def _key(value: Any) -> Any:
    """Converts months, which the engine returns as instants."""
    return value.date() if hasattr(value, "date") else value


def _span(months: tuple[str, str]) -> tuple[date, date]:
    first, last = map(_month, months)
    if last < first:
        raise LinernotesError(f"{months[0]}:{months[1]} has no month: write the earlier one first.")
    return first, last


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise LinernotesError(f"{text!r} is not a month; write it as 2026-07.") from None


@contextmanager
def open_catalog(settings: Settings) -> Generator[Catalog]:
    """Yields the metrics of the current publication.

    Raises:
        LinernotesError: if nothing is published yet, or its definitions cannot be read.
    """
    record = publication(settings)
    file = settings.published_root / record.file_name
    with open_published(settings, file, threads=os.cpu_count() or 1) as connection:
        yield catalog_of(settings, record, connection)


def catalog_of(
    settings: Settings, record: Publication, connection: duckdb.DuckDBPyConnection
) -> Catalog:
    """The metrics of a publication that is open already.

    Raises:
        LinernotesError: if its definitions cannot be read.
    """
    file = settings.published_root / record.file_name
    return Catalog(record, _compiler(definitions_file(file)), connection)


def _compiler(definitions: Path) -> Compiler:
    """The compiler for the published definitions.

    Publications with the same definitions share it, and its cached SQL.
    """
    try:
        text = definitions.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise LinernotesError(
            f"{definitions.name} is missing, because an older version published the file. Run "
            "`linernotes build`."
        ) from None
    try:
        return _compiler_of(text)
    except (ValueError, KeyError, TypeError):
        raise LinernotesError(f"{definitions} is damaged. Run `linernotes build` again.") from None


@lru_cache(maxsize=2)
def _compiler_of(text: str) -> Compiler:
    """The compiler for definitions, with the names of the published file."""
    manifest = json.loads(text)
    for relation in _relations(manifest):
        relation["database"] = "published"
        relation["relation_name"] = f"published.{relation['schema_name']}.{relation['alias']}"
    return Compiler(json.dumps(manifest))


def _relations(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    spines = manifest["project_configuration"]["time_spines"]
    return [one["node_relation"] for one in [*manifest["semantic_models"], *spines]]


@lru_cache(maxsize=2)
def _described(compiler: Compiler) -> dict[str, MetricInfo]:
    infos = [_info_of(compiler, metric) for metric in compiler.definitions()]
    return {info.name: info for info in sorted(infos, key=lambda info: info.name)}


def _info_of(compiler: Compiler, metric: Any) -> MetricInfo:
    above, below = metric.type_params.numerator, metric.type_params.denominator
    parts = (above.name, below.name) if above and below else (metric.name,)
    meta = metric.config.meta
    return MetricInfo(
        name=metric.name,
        label=metric.label,
        description=metric.description,
        unit=meta["unit"],
        dimensions=tuple(sorted(compiler.dimensions(parts))),
        parts=parts,
        tables=tuple(sorted(compiler.tables(metric))),
        per=meta.get("per", 1),
        less=meta.get("less", 0),
    )
