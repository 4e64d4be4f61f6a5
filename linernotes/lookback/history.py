"""A report as of a past date, and what has changed in it since, row by row.

The models run at the past freeze, with lake and ledger as of then; nothing is written.
"""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base.clock import now
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.warehouse import (
    Scenario,
    calculation_within,
    compiled_project,
    link_sources,
    recalculate,
)

# The columns by which rows can be chosen.
CHOICES = {"partner": {"partner_id"}, "month": {"usage_month", "report_month"}}


@dataclass(frozen=True)
class Change:
    """One changed row of a report.

    Attributes:
        key: The row's key, by column.
        kind: `added`, `removed` or `changed`.
        differences: Per measure the present value less the past one, without zeros.
        labels: Per other column the past and the present value, if they differ.
    """

    key: dict[str, Any]
    kind: str
    differences: dict[str, Decimal]
    labels: dict[str, tuple[Any, Any]]


@dataclass(frozen=True)
class History:
    """A past report, and the changes that explain the difference to the present one.

    Attributes:
        report: Name of the model.
        known_at: The past freeze, naive UTC.
        columns: Its columns.
        rows: Its rows then.
        changes: Every changed row; their differences sum to `totals`.
        totals: Per measure the present sum less the past one, per currency if the report has one.
    """

    report: str
    known_at: datetime
    columns: list[str]
    rows: list[tuple]
    changes: list[Change]
    totals: dict[tuple[str, str], Decimal]


def as_known(
    settings: Settings,
    known_at: datetime,
    report: str,
    partner: str | None = None,
    month: str | None = None,
) -> History:
    """A report as of an instant, compared with the present one.

    Args:
        settings: The home; it is only read.
        known_at: The past freeze, naive UTC.
        report: A model `rpt_…`.
        partner: Only rows of this partner.
        month: Only rows of this usage month, `YYYY-MM`, or of this report month if the report has
            no usage month.

    Raises:
        LinernotesError: if there is no such report, if it has no partner or month to choose, or if
            the instant is in the future.
    """
    project = compiled_project(settings)
    node = project.nodes.get(report)
    if node is None or not report.startswith("rpt_"):
        reports = ", ".join(sorted(name for name in project.nodes if name.startswith("rpt_")))
        raise LinernotesError(f"There is no report `{report}`. The reports are: {reports}")
    chosen = {"partner": partner, "month": month}
    for what, columns in CHOICES.items():
        if chosen[what] is not None and columns.isdisjoint(node.column_types):
            raise LinernotesError(
                f"The report `{report}` has no {what} to choose: leave out --{what}."
            )
    present = now()
    if known_at > present:
        raise LinernotesError(f"{known_at} is in the future: give an instant in the past.")
    with (
        tempfile.TemporaryDirectory(prefix="linernotes-history-") as scratch,
        duckdb.connect() as results,
    ):
        for name, freeze in (("then", known_at), ("now", present)):
            root = link_sources(settings, Path(scratch) / name)
            begin = partial(calculation_within, settings, project, root)
            recalculate(begin, root, freeze)
            with begin() as run:
                run.run(Scenario(freeze), [report])
                file = Path(scratch) / f"{name}.parquet"
                run.connection.execute(f"copy {node.relation} to '{file}' (format parquet)")
            results.execute(f"create table report_{name} as from read_parquet('{file}')")
        return _compare(results, report, node.key, known_at, partner, month)


def _compare(
    connection: duckdb.DuckDBPyConnection,
    report: str,
    key: tuple[str, ...],
    known_at: datetime,
    partner: str | None,
    month: str | None,
) -> History:
    described = connection.execute("describe report_now").fetchall()
    columns = [row[0] for row in described]
    types = {row[0]: row[1] for row in described}
    conditions, values = ["true"], []
    if partner is not None:
        conditions.append("partner_id = ?")
        values.append(partner)
    if month is not None:
        column = "usage_month" if "usage_month" in columns else "report_month"
        conditions.append(f"strftime({column}, '%Y-%m') = ?")
        values.append(month)
    where = " and ".join(conditions)
    old, new = (
        connection.execute(f"from report_{name} where {where} order by all", values).fetchall()
        for name in ("then", "now")
    )
    measures = [
        name
        for name in columns
        if name not in key
        and (types[name].startswith("DECIMAL") or types[name] in {"BIGINT", "INTEGER"})
        and not name.endswith(("_rate", "_share", "_version"))
    ]
    # The freeze and the state of a draft change in every build.
    labels = [name for name in columns if name not in (*key, *measures, "known_at", "issued_at")]
    changes = list(_changes(columns, key, measures, labels, old, new))
    totals: dict[tuple[str, str], Decimal] = {}
    for rows, sign in ((old, -1), (new, 1)):
        for row in rows:
            cells = dict(zip(columns, row, strict=True))
            for name in measures:
                place = name, cells.get("currency_code") or ""
                totals[place] = totals.get(place, Decimal(0)) + sign * Decimal(cells[name] or 0)
    return History(
        report,
        known_at,
        columns,
        old,
        changes,
        {place: total for place, total in totals.items() if total},
    )


def _changes(
    columns: list[str],
    key: tuple[str, ...],
    measures: list[str],
    labels: list[str],
    old: list[tuple],
    new: list[tuple],
) -> list[Change]:
    def by_key(rows: list[tuple]) -> dict[tuple, dict[str, Any]]:
        cells = (dict(zip(columns, row, strict=True)) for row in rows)
        return {tuple(row[name] for name in key): row for row in cells}

    before, after = by_key(old), by_key(new)
    changes = []
    for place in sorted(before.keys() | after.keys(), key=str):
        was, now_is = before.get(place), after.get(place)
        either = now_is or was or {}
        differences = {
            name: difference
            for name in measures
            if (
                difference := Decimal((now_is or {}).get(name) or 0)
                - Decimal((was or {}).get(name) or 0)
            )
        }
        differing = {
            name: (was[name], now_is[name])
            for name in labels
            if was and now_is and was[name] != now_is[name]
        }
        kind = "changed" if was and now_is else "added" if now_is else "removed"
        if kind != "changed" or differences or differing:
            shown = {name: either[name] for name in (*key, "currency_code") if name in either}
            changes.append(Change(shown, kind, differences, differing))
    return changes
