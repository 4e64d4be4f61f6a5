"""The desk over the Model Context Protocol: its tools, its resources, and its instructions.

`desk.py` decides the answers.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from linernotes.assistant.desk import Desk
from linernotes.base.errors import LinernotesError

Parameters = ParamSpec("Parameters")
INSTRUCTIONS = """\
The published warehouse of a music service's responsible-AI programme, read-only.

Ask metrics first: list_metrics, then query_metrics. Each is defined once, and its value is that \
in statements and on the dashboard. Use query_sql only for what no metric covers; list_tables and \
describe_table explain what a row is.

Every answer has `data_as_of`, the data cut-off: quote it with each figure. Months that are not \
issued are estimates. Amounts come per currency and are never added across currencies. Follow a \
compensation line to its events with trace_line."""
READ_ONLY = ToolAnnotations(read_only_hint=True, open_world_hint=False)


def make_server(desk: Desk) -> MCPServer:
    """The server for a desk; `run()` communicates over standard input and output."""
    server = MCPServer(
        "linernotes", title="Linernotes", instructions=INSTRUCTIONS, log_level="WARNING"
    )

    def tool(answer: Callable[Parameters, Any]) -> None:
        """Registers a function as a tool; the assistant gets the library's messages of refusal."""

        @wraps(answer)
        def answered(*values: Parameters.args, **named: Parameters.kwargs) -> Any:
            try:
                return answer(*values, **named)
            except LinernotesError as refusal:
                raise ToolError(str(refusal)) from None

        server.tool(annotations=READ_ONLY)(answered)

    @tool
    def list_metrics(about: str = "") -> list[dict[str, Any]]:
        """List metrics with definition, unit and the dimensions that can split each.

        Args:
            about: Only metrics whose name or definition contains this text.
        """
        return desk.metrics(about)

    @tool
    def query_metrics(
        metrics: list[str],
        by: list[str] | None = None,
        where: dict[str, list[str]] | None = None,
        first_month: str | None = None,
        last_month: str | None = None,
    ) -> dict[str, Any]:
        """Values of metrics, with their definitions and the data cut-off.

        Args:
            metrics: Names from list_metrics.
            by: Dimensions to split by, such as report_month or partner_id.
            where: Allowed values by the name of a dimension.
            first_month: YYYY-MM.
            last_month: YYYY-MM; if left out, the first month.
        """
        months = (first_month, last_month or first_month) if first_month else None
        return desk.values(metrics, by or (), where, months)

    @tool
    def list_tables() -> list[dict[str, Any]]:
        """List the tables that query_sql may read, with the grain of each."""
        return desk.tables()

    @tool
    def describe_table(table: str) -> dict[str, Any]:
        """Describe the columns of a table, such as marts.fct_statements."""
        return desk.table(table)

    @tool
    def query_sql(sql: str) -> dict[str, Any]:
        """Run one read-only DuckDB select over the tables; rows, seconds and memory are limited."""
        return desk.query(sql)

    @tool
    def trace_line(line_id: str) -> dict[str, Any]:
        """Trace a compensation line to its statement, pool, terms, consent proof and events."""
        return desk.line(line_id)

    @tool
    def trace_event(event_id: str) -> dict[str, Any]:
        """Trace a generation to the compensation lines that it affected."""
        return desk.event(event_id)

    @server.resource("linernotes://metric/{name}", mime_type="application/json")
    def metric(name: str) -> str:
        """The definition of a metric."""
        return _text([one for one in desk.metrics() if one["metric"] == name])

    @server.resource("linernotes://line/{line_id}", mime_type="application/json")
    def line(line_id: str) -> str:
        """The trace of a compensation line."""
        return _text(desk.line(line_id))

    @server.resource("linernotes://event/{event_id}", mime_type="application/json")
    def event(event_id: str) -> str:
        """The trace of a generation."""
        return _text(desk.event(event_id))

    return server


def _text(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)
