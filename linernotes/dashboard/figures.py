"""Queries the published file: metrics by name, verdicts, and the money bridge.

Nothing is computed here; the pages decide which figures they show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from linernotes.base.errors import LinernotesError
from linernotes.dashboard.formats import count_text, instant_text, share_text, span_text
from linernotes.dashboard.published_view import (
    STATEMENTS,
    PublishedView,
    Row,
    month_ends_at,
)
from linernotes.dashboard.selection import Selection
from linernotes.metrics import MetricInfo

# The latest rate of each currency to the reporting currency.
LATEST_RATES = (
    "(select currency_code, arg_max(indicative_rate, rate_month) as rate "
    "from published.marts.dim_exchange_rates group by all)"
)
COLUMNS = {"partner": "partner_id", "product": "product_id", "territory": "territory"}


@dataclass(frozen=True)
class Verdict:
    """A measure of a promise in a month, as in `fct_promise_verdicts`."""

    month: date
    promise: str
    measure: str
    unit: str
    direction: str
    promise_verdict: str
    measure_verdict: str
    owner: str | None
    numerator: Any
    denominator: Any
    value: Any
    interval: Any
    target: Any
    tolerated: Any
    target_from: date | None
    since: date

    @property
    def target_text(self) -> str:
        """The target as text: Target: at least 95 %."""
        if self.target is None:
            return "No target"
        sign = "at least" if self.direction == "at_least" else "at most"
        value = share_text(self.target) if self.unit == "share" else count_text(self.target)
        return f"Target: {sign} {value}"


class Figures:
    """One reader's queries, each filtered by the reader's selection if it has such a filter."""

    def __init__(self, view: PublishedView, selection: Selection) -> None:
        self.view = view
        self.selection = selection
        # Values of queried metrics, by metric, split and months.
        self.answered: dict[tuple[Any, ...], dict[tuple[Any, ...], Any]] = {}

    @property
    def names(self) -> Mapping[str, Mapping[str, str]]:
        """Names of partners, products and territories by id."""
        return self.view.options.things

    @property
    def months(self) -> tuple[date, ...]:
        """The months of the time lines: the selected months up to the headline month."""
        chosen = [m for m in self.selection.months if m <= self.headline]
        return tuple(chosen) or self.selection.months

    @property
    def headline(self) -> date:
        return self.selection.headline

    @property
    def currency(self) -> str:
        """The reporting currency."""
        rows = self.view.rows(
            "select any_value(reporting_currency_code) from published.marts.dim_exchange_rates"
        )
        return rows[0][0] or "EUR"

    @cached_property
    def issued_months(self) -> set[date]:
        """Months in which all statements of the selected partners are issued."""
        partners = self.selection.partner
        return {
            month
            for month, is_issued in self.view.rows(
                f"select report_month, bool_and(statement_state = 'issued') from {STATEMENTS} "
                f"{'where list_contains(?, partner_id)' if partners else ''} group by all",
                (partners,) if partners else (),
            )
            if is_issued
        }

    def is_estimate(self, month: date) -> bool:
        return month not in self.issued_months

    def is_in_progress(self, month: date) -> bool:
        return month_ends_at(month) > self.view.known_at

    def info(self, name: str) -> MetricInfo:
        """The definition of a metric.

        Raises:
            LinernotesError: if this publication does not have it.
        """
        found = self.view.catalog.metrics.get(name)
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
        """Metrics in the selected or given months, filtered by the selection and by `where`."""
        known = set.intersection(*(set(self.info(name).dimensions) for name in names))
        filters = self.filters(known) | {
            column: tuple(values) for column, values in (where or {}).items()
        }
        queried = self.months if months is None else months
        ends = f"{min(queried):%Y-%m}", f"{max(queried):%Y-%m}"
        table = self.view.metrics(names, tuple(by), tuple(sorted(filters.items())), ends)
        return [dict(zip(table.columns, row, strict=True)) for row in table.rows]

    def filters(self, known: set[str]) -> dict[str, tuple[str, ...]]:
        """The selection, limited to the columns that are known."""
        return {
            column: self.selection.of(kind)
            for kind, column in COLUMNS.items()
            if self.selection.of(kind) and column in known
        }

    def not_split_text(self, *names: str) -> str:
        """A note on the reader's filters that one of the metrics does not have, if any."""
        kinds = [
            kind
            for kind, column in COLUMNS.items()
            if self.selection.of(kind)
            and any(column not in self.info(name).dimensions for name in names)
        ]
        if not kinds:
            return ""
        return f"Not available by {' or '.join(kinds)}; shows all {kinds[0]}s."

    def state_text(self, month: date) -> str:
        if self.is_in_progress(month):
            return "In progress"
        return "Estimate" if self.is_estimate(month) else "Issued"

    def caption(self, months: Sequence[date] | None = None) -> str:
        """The months of a table, and which of them are estimates."""
        shown = self.months if months is None else months
        open_months = [month for month in shown if self.is_estimate(month)]
        text = span_text(shown)
        if open_months == list(shown):
            return f"{text}, estimate"
        return f"{text}; {span_text(open_months)}: estimate" if open_months else text

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """All measures and months, regardless of the selection: promises apply to all partners."""
        return [
            Verdict(*row)
            for row in self.view.rows(
                "select report_month, promise_code, measure_name, unit_code, direction_code, "
                "promise_verdict_code, measure_verdict_code, owner_name, numerator, denominator, "
                "measure_value, interval_rate, target_value, tolerated_value, "
                "target_valid_from_date, since_month "
                "from published.marts.fct_promise_verdicts "
                "order by report_month, measure_number"
            )
        ]

    def bridge(self, months: Sequence[date]) -> list[tuple[str, str | None, Any, bool]]:
        """Steps of the bridge: name, hold bucket, amount, and whether it is a result."""
        partners = self.selection.partner
        parameters: tuple[Any, ...] = (tuple(months), months[0], months[-1])
        return self.view.rows(
            "select step_name, case when step_name = 'on_hold' then hold_bucket end as reason, "
            "sum(amount), is_result "
            "from published.reports.rpt_executive__money_bridge "
            "where list_contains($1, report_month) "
            # A balance is carried in every month; a period has it once at its start and once at its
            # end.
            "and (step_name <> 'carried_in' or report_month = $2) "
            "and (step_name <> 'carried_out' or report_month = $3) "
            f"{'and list_contains($4, partner_id)' if partners else ''} "
            "group by all order by min(step_number), abs(sum(amount)) desc, reason",
            (*parameters, partners) if partners else parameters,
        )

    def events(self, months: Sequence[date]) -> list[Row]:
        """Known events of these months."""
        return self.view.rows(
            "select event_date, event_name from published.marts.dim_known_events "
            "where list_contains(?, cast(date_trunc('month', event_date) as date)) order by all",
            (tuple(months),),
        )

    @property
    def as_of(self) -> str:
        return f"data as of {instant_text(self.view.known_at)}"


def month_before(month: date, count: int = 1) -> date:
    """The first day of the month that is `count` months earlier."""
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def now_is_after(view: PublishedView, day: date) -> bool:
    """Whether a day was over at the data's cut-off."""
    return datetime(day.year, day.month, day.day) < view.known_at
