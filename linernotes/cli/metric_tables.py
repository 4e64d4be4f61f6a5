"""Prints metrics, as tables for people or as CSV or JSON for programs.

`linernotes.metrics` computes them.
"""

import csv
import sys
from collections.abc import Sequence, Set
from datetime import date
from enum import StrEnum
from typing import Any

from linernotes.base.money import money_text
from linernotes.base.settings import Settings
from linernotes.cli.console import print_json, print_table
from linernotes.metrics import CURRENCY, MONEY, Catalog, MetricTable, open_catalog

CLEANLY = "{:f}".format


class Form(StrEnum):
    """How a table is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def print_metrics(
    settings: Settings,
    names: Sequence[str],
    by: Sequence[str],
    where: dict[str, list[str]],
    months: tuple[str, str] | None,
    form: Form,
) -> None:
    """Prints the values of metrics or, without a name, a list of all metrics.

    Raises:
        LinernotesError: if there is no such metric, or one cannot be split like that.
    """
    with open_catalog(settings) as catalog:
        if names:
            table = catalog.query(names, by, where, months)
            money = {name for name in names if catalog.metrics[name].unit == MONEY}
            _print(table, "Metrics", form, money)
        else:
            _print(_listed(catalog), "Metrics", form)


def _listed(catalog: Catalog) -> MetricTable:
    rows = [
        (info.name, info.unit, info.description, ", ".join(info.dimensions))
        for info in catalog.metrics.values()
    ]
    return MetricTable(("metric", "unit", "description", "by"), rows)


def _print(table: MetricTable, title: str, form: Form, money: Set[str] = frozenset()) -> None:
    rows = [_texts(dict(zip(table.columns, row, strict=True)), money) for row in table.rows]
    if form == Form.JSON:
        found = [dict(zip(table.columns, row, strict=True)) for row in rows]
        print_json(found)
    elif form == Form.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows(rows)
    else:
        print_table(title, table.columns, rows, nothing="No results for this selection.")


def _texts(row: dict[str, Any], money: Set[str]) -> list[str | None]:
    return [
        money_text(value, row[CURRENCY]) if name in money and value is not None else _text(value)
        for name, value in row.items()
    ]


def _text(value: Any) -> str | None:
    """Months as YYYY-MM, numbers exact and without exponents."""
    if value is None:
        return None
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    return CLEANLY(value) if not isinstance(value, str) else value
