"""Compiles metrics and dimensions to SQL with MetricFlow, in this process.

The SQL contains no values: filters are parameters, so that one text serves all selections.
"""

from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock
from typing import Any

from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow.sql.render.sql_plan_renderer import SqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

MONTH = "report_month"
MONTH_OF_METRICS = "metric_time__month"
FIRST, LAST = "first_month", "last_month"


class _DuckDbDialect:
    """The SQL client that MetricFlow needs when it only writes SQL."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer: SqlPlanRenderer = DuckDbSqlPlanRenderer()

    def render_bind_parameter_key(self, bind_parameter_key: str) -> str:
        return f"${bind_parameter_key}"

    def close(self) -> None:
        """Closes nothing."""


@dataclass(frozen=True)
class MetricSource:
    """Which rows a simple metric is made of.

    Attributes:
        table: The published table.
        value: SQL of the value of a row.
        month: SQL of the row's month.
        dimensions: SQL of the dimensions, by name.
        is_sum: Whether the metric is the sum of the rows' values.
        is_distinct: Whether it is the number of distinct values instead.
    """

    table: str
    value: str
    month: str
    dimensions: dict[str, str]
    is_sum: bool
    is_distinct: bool


class Compiler:
    """MetricFlow with one semantic manifest; it may be used from several threads."""

    def __init__(self, manifest_text: str) -> None:
        self._manifest = parse_manifest_from_dbt_generated_manifest(manifest_text)
        lookup = SemanticManifestLookup(self._manifest)
        dialect: Any = _DuckDbDialect()
        self._engine = MetricFlowEngine(lookup, dialect)
        self._texts: dict[tuple[Any, ...], str] = {}
        # The engine is not thread-safe while it plans.
        self._lock = Lock()

    def definitions(self) -> list[Any]:
        """The definitions of all metrics."""
        return [*self._manifest.metrics]

    def tables(self, metric: Any) -> set[str]:
        """The published tables that a metric reads."""
        measured = {one.name for one in metric.input_measures}
        return {
            model.node_relation.alias
            for model in self._manifest.semantic_models
            if measured & {measure.name for measure in model.measures}
        }

    def dimensions(self, metric_names: Collection[str]) -> set[str]:
        """The dimensions that all these metrics have."""
        with self._lock:
            found = self._engine.simple_dimensions_for_metrics([*metric_names])
            entities = self._engine.entities_for_metrics([*metric_names])
        return {one.name for one in entities if "__" not in one.name} | (
            {MONTH} if found else set()
        )

    def source(self, metric_name: str) -> MetricSource:
        """Which rows a simple metric is made of.

        Raises:
            KeyError: if there is no such metric, or it is made of other metrics.
        """
        [measure_name] = [
            metric.type_params.measure.name
            for metric in self._manifest.metrics
            if metric.name == metric_name and metric.type_params.measure
        ] or [None]
        for model in self._manifest.semantic_models:
            for measure in model.measures:
                if measure.name != measure_name:
                    continue
                default = model.defaults.agg_time_dimension if model.defaults else None
                time = measure.agg_time_dimension or default or ""
                exprs = {one.name: one.expr or one.name for one in model.dimensions}
                return MetricSource(
                    table=model.node_relation.relation_name,
                    value=measure.expr or measure.name,
                    month=exprs[time],
                    dimensions={one.name: one.expr or one.name for one in model.entities},
                    is_sum=measure.agg.value == "sum",
                    is_distinct=measure.agg.value == "count_distinct",
                )
        raise KeyError(metric_name)

    def sql(
        self, metric_names: tuple[str, ...], by: tuple[str, ...], filtered: tuple[str, ...]
    ) -> str:
        """SQL whose columns are `by` and the metrics.

        Its parameters are the first and the last month, and a list of values per name in
        `filtered`.
        """
        shape = (metric_names, by, filtered)
        with self._lock:
            if shape not in self._texts:
                self._texts[shape] = self._compiled(metric_names, by, filtered)
            return self._texts[shape]

    def _compiled(
        self, metric_names: tuple[str, ...], by: tuple[str, ...], filtered: tuple[str, ...]
    ) -> str:
        month = "{{ TimeDimension('metric_time', 'month') }}"
        conditions = [
            f"{month} >= ${FIRST}",
            f"{month} <= ${LAST}",
            *(f"list_contains(${name}, {{{{ Entity('{name}') }}}})" for name in filtered),
        ]
        request = MetricFlowQueryRequest.create(
            metric_names=metric_names,
            group_by_names=[MONTH_OF_METRICS if name == MONTH else name for name in by],
            where_constraints=conditions,
        )
        return self._engine.explain(request).sql_statement.sql
