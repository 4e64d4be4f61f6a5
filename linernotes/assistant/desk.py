"""The questions that assistants may ask: metrics and tables by name, values, and traces.

Every answer names its file and the file's data cut-off. Small audiences are hidden, as in partners'
reports.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from linernotes.assistant.guarded_sql import (
    Answer,
    QueryRefused,
    lock,
    require_allowed,
    run,
)
from linernotes.base.money import money_text
from linernotes.base.near_names import nearest_names
from linernotes.base.published import open_published, publication
from linernotes.base.settings import Settings
from linernotes.lookback import trace_event, trace_line
from linernotes.metrics import MONEY, MetricInfo, open_catalog

AUDIENCES = "fct_fan_connection"
WITHHELD = {
    f"marts.{AUDIENCES}": "its audiences are exact counts. Read"
    " reports.rpt_partner__fan_connection, which hides those under 10 people.",
    "marts.fct_fan_effects": "its audiences are exact counts, down to a recording and an artist."
    " Read reports.rpt_partner__fan_uplift and reports.rpt_partner__fan_connection, which hide"
    " those under 10 people.",
}
# As in the model int_fans__audiences_suppressed for partners.
FEWEST_PEOPLE = 10
ROUNDED_TO = 5
SPLIT = ("report_month",)
# Columns whose values can be traced, with the address of the trace.
TRACES = {"line_id": "linernotes://line/{}", "generation_id": "linernotes://event/{}"}
MOST_TRACES = 5


@dataclass(frozen=True)
class Limits:
    """The limits of one question.

    Attributes:
        rows: The maximum number of rows in an answer.
        traced: The maximum number of rows of each kind in a trace of a line or an event.
        seconds: The maximum duration of a query.
        memory: The memory limit of a query, in DuckDB's notation.
    """

    rows: int = 1_000
    traced: int = 100
    seconds: float = 20.0
    memory: str = "1GB"


class Desk:
    """Answers questions about the current publication."""

    def __init__(self, settings: Settings, limits: Limits | None = None) -> None:
        self._settings = settings
        self.limits = limits or Limits()

    def metrics(self, about: str = "") -> list[dict[str, Any]]:
        """All metrics; or those whose name or description contains a text, if one is given."""
        with open_catalog(self._settings) as catalog:
            return [
                _described(info)
                for info in catalog.metrics.values()
                if about.lower() in f"{info.name} {info.label} {info.description}".lower()
            ]

    def values(
        self,
        names: Sequence[str],
        by: Sequence[str] = (),
        where: Mapping[str, Sequence[str]] | None = None,
        months: tuple[str, str] | None = None,
    ) -> dict[str, Any]:
        """Values of metrics, with their definitions.

        Raises:
            LinernotesError: if there is no such metric, or it cannot be split or filtered like
                that.
            QueryRefused: if the split or filter would show an audience of few people.
        """
        with open_catalog(self._settings) as catalog:
            wanted = list(dict.fromkeys(names))
            known = [catalog.metrics[name] for name in wanted if name in catalog.metrics]
            audiences = [info for info in known if AUDIENCES in info.tables]
            apart = [name for name in [*by, *(where or {})] if name not in SPLIT]
            if audiences and apart:
                raise QueryRefused(
                    f"{audiences[0].name} counts people, and is shown only per month: leave out"
                    f" {', '.join(apart)}. By recording and territory, small audiences hidden:"
                    " reports.rpt_partner__fan_connection."
                )
            parts = [part for info in audiences for part in info.parts]
            table = catalog.query([*wanted, *parts], by, where, months)
            rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
            columns = [name for name in table.columns if name not in parts or name in wanted]
            answered = [
                {name: _shown_value(row, name, catalog.metrics.get(name)) for name in columns}
                for row in rows[: self.limits.rows]
            ]
            command = " ".join(
                ["linernotes metrics", *wanted]
                + [f"--by {','.join(by)}" if by else ""]
                + [f"--where {name}={','.join(of)}" for name, of in (where or {}).items()]
                + [f"--months {months[0]}:{months[1]}" if months else ""]
            )
            return self._answer(columns, answered, len(rows) > self.limits.rows) | {
                "definitions": [_described(info) for info in known],
                "trace": {
                    "command": " ".join(command.split()),
                    "metrics": [f"linernotes://metric/{name}" for name in wanted],
                    "tables": sorted({table for info in known for table in info.tables}),
                },
            }

    def tables(self) -> list[dict[str, Any]]:
        """The tables that may be read, with the grain of each; a view has no number of rows."""
        with self._connection() as connection:
            rows = connection.execute(
                "select schema_name || '.' || table_name, comment, estimated_size"
                " from duckdb_tables() where database_name = 'published'"
                " and schema_name in ('marts', 'reports', 'quality')"
                " union all select schema_name || '.' || view_name, comment, null"
                " from duckdb_views() where database_name = 'published' and not internal"
                " order by all"
            ).fetchall()
        return [
            {"table": name, "description": comment or "", "rows": count}
            for name, comment, count in rows
            if name not in WITHHELD
        ]

    def table(self, name: str) -> dict[str, Any]:
        """A table's columns, with types and descriptions.

        Raises:
            QueryRefused: if there is no such table, or it is not shown here.
        """
        if name in WITHHELD:
            raise QueryRefused(f"{name} is not shown here: {WITHHELD[name]}")
        described = [one for one in self.tables() if one["table"] == name]
        if not described:
            near = nearest_names(name, [one["table"] for one in self.tables()])
            raise QueryRefused(f"There is no table {name}; list_tables names all.{near}")
        schema, _, table = name.partition(".")
        with self._connection() as connection:
            columns = connection.execute(
                "select column_name, data_type, comment from duckdb_columns()"
                " where database_name = 'published' and schema_name = $1 and table_name = $2"
                " order by column_index",
                [schema, table],
            ).fetchall()
        return described[0] | {
            "columns": [
                {"name": column, "type": dtype, "description": comment or ""}
                for column, dtype, comment in columns
            ],
            **self._cut_off(),
        }

    def query(self, sql: str) -> dict[str, Any]:
        """The rows of one read-only query over the tables, within the limits.

        Raises:
            QueryRefused: if the query is not permitted, or exceeds a limit.
        """
        tables = frozenset(one["table"] for one in self.tables())
        with self._connection() as connection:
            lock(connection, self.limits.memory)
            require_allowed(connection, sql, tables, WITHHELD)
            answer = run(connection, sql, self.limits.rows, self.limits.seconds)
        rows = [dict(zip(answer.columns, map(_plain, row), strict=True)) for row in answer.rows]
        return self._answer(list(answer.columns), rows, answer.is_cut) | {
            "definitions": [one for one in self.tables() if one["table"] in sql.lower()],
            "trace": {"sql": sql, "rows": _traces(answer)},
        }

    def line(self, line_id: str) -> dict[str, Any]:
        """The trace of a compensation line, down to its events."""
        return self._traced(asdict(trace_line(self._settings, line_id)))

    def event(self, event_id: str) -> dict[str, Any]:
        """The trace of a generation or of a day's plays."""
        return self._traced(asdict(trace_event(self._settings, event_id)))

    def _traced(self, trace: Mapping[str, Any]) -> dict[str, Any]:
        """A trace with a limited number of rows of each kind, and their total numbers."""
        most = self.limits.traced
        lists = {name: rows for name, rows in trace.items() if isinstance(rows, list)}
        shown = {name: rows[:most] for name, rows in lists.items()}
        cut = {
            name: f"{most:,} of {len(rows):,}" for name, rows in lists.items() if len(rows) > most
        }
        answer = _plain({**trace, **shown}) | self._cut_off()
        return answer | {"cut": cut} if cut else answer

    @contextmanager
    def _connection(self) -> Generator[duckdb.DuckDBPyConnection]:
        with open_published(self._settings, threads=2) as connection:
            yield connection

    def _cut_off(self) -> dict[str, str]:
        record = publication(self._settings)
        return {"data_as_of": record.known_at, "published_file": record.file_name}

    def _answer(
        self, columns: Sequence[str], rows: list[dict[str, Any]], is_cut: bool
    ) -> dict[str, Any]:
        answer: dict[str, Any] = {"columns": [*columns], "rows": rows, **self._cut_off()}
        if is_cut:
            answer["cut"] = f"Only the first {len(rows):,} rows; ask for fewer, or sum up."
        return answer


def _described(info: MetricInfo) -> dict[str, Any]:
    described: dict[str, Any] = {
        "metric": info.name,
        "label": info.label,
        "definition": info.description,
        "unit": info.unit,
        "by": list(info.dimensions),
        "tables": list(info.tables),
    }
    if AUDIENCES in info.tables:
        described["by"] = list(SPLIT)
        described["note"] = (
            f"People are counted only per month; counts under {FEWEST_PEOPLE} are "
            f"hidden, others rounded to {ROUNDED_TO}."
        )
    return described


def _shown_value(row: Mapping[str, Any], name: str, info: MetricInfo | None) -> Any:
    """A cell of an answer, exact; counts of people are hidden or rounded."""
    value = row[name]
    if info is None or value is None:
        return _plain(value)
    if info.unit == MONEY:
        return money_text(value, row["currency_code"])
    if AUDIENCES not in info.tables:
        return _plain(value)
    parts = [row[part] for part in info.parts]
    if any(part is None or part < FEWEST_PEOPLE for part in parts):
        return None
    if len(parts) == 1:
        return int((value + Decimal(ROUNDED_TO) / 2) // ROUNDED_TO * ROUNDED_TO)
    return _plain(value)


def _plain(value: Any) -> Any:
    """A value for JSON: decimals as text with all digits, months and times in ISO 8601."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | type(None)) else str(value)


def _traces(answer: Answer) -> list[str]:
    """The addresses of traces for the first rows."""
    found = []
    for position, column in enumerate(answer.columns):
        if column in TRACES:
            found += [TRACES[column].format(row[position]) for row in answer.rows[:MOST_TRACES]]
    return found
