"""The server for assistants, tested with a real client of the protocol."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from linernotes.assistant import Desk, Limits, make_server
from linernotes.base.published import publication
from linernotes.base.settings import Settings
from tests.conftest import Rows

Ask = Callable[..., Any]


class Refused(Exception):
    """The server answered with an error."""


def run(talk: Coroutine[Any, Any, Any]) -> Any:
    """The result of the coroutine, run in another thread, because Playwright has a loop in ours."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, talk).result()


def ask_server(server: Any, tool: str, **arguments: Any) -> Any:
    """A tool's response, as the client receives it."""

    async def call() -> Any:
        async with Client(server) as client:
            return await client.call_tool(tool, arguments)

    result = run(call())
    text = "".join(part.text for part in result.content)
    if result.is_error:
        raise Refused(text)
    return result.structured_content.get("result", result.structured_content)


@pytest.fixture(scope="module")
def ask(case_home: Path) -> Ask:
    server = make_server(Desk(Settings(home=case_home), Limits(rows=5, seconds=2, traced=1)))
    return lambda tool, **arguments: ask_server(server, tool, **arguments)


def test_client_over_standard_input_gets_tools_and_figures(case_home: Path) -> None:
    """Standard output may have only the protocol."""
    command = StdioServerParameters(
        command=str(Path(sys.executable).with_name("linernotes")),
        args=["--home", str(case_home), "mcp", "--rows", "2", "--seconds", "9"],
    )

    async def talk() -> tuple[set[str], Any, Any]:
        async with Client(command) as client:
            tools = await client.list_tools()
            answer = await client.call_tool("list_metrics", {"about": "payable_amount"})
            query = {"sql": "select party_id from marts.dim_parties"}
            parties = await client.call_tool("query_sql", query)
            return {tool.name for tool in tools.tools}, answer, parties

    names, answer, parties = run(talk())

    assert names == {
        "list_metrics", "query_metrics", "list_tables", "describe_table", "query_sql",
        "trace_line", "trace_event",
    }  # fmt: skip
    assert json.loads(answer.content[0].text)["metric"] == "payable_amount"
    assert len(json.loads(parties.content[0].text)["rows"]) == 2


def test_metric_is_the_statements_with_definition_cut_off_and_trace(
    ask: Ask, rows: Rows, case_home: Path
) -> None:
    answer = ask("query_metrics", metrics=["payable_amount"], by=["partner_id"])

    stated = {
        (partner, currency): amount
        for partner, currency, amount in rows(
            "select partner_id, currency_code, sum(payable_amount) from marts.fct_statements"
            " group by all"
        )
    }
    for row in answer["rows"]:
        key = row["partner_id"], row["currency_code"]
        assert Decimal(row["payable_amount"]) == stated[key]
    assert len(answer["rows"]) == 5
    assert "cut" in answer
    assert answer["data_as_of"] == publication(Settings(home=case_home)).known_at
    assert answer["definitions"][0]["metric"] == "payable_amount"
    assert answer["trace"]["command"] == "linernotes metrics payable_amount --by partner_id"


def test_rows_of_lines_have_addresses_that_trace_them(ask: Ask) -> None:
    answer = ask(
        "query_sql",
        sql="select line_id, amount from marts.fct_compensation_lines order by 1 limit 1",
    )
    (line,) = answer["rows"]

    assert answer["trace"]["rows"] == [f"linernotes://line/{line['line_id']}"]
    assert ask("trace_line", line_id=line["line_id"])["line"]["line_id"] == line["line_id"]


def test_trace_of_many_rows_is_cut_and_says_of_how_many(ask: Ask, rows: Rows) -> None:
    """Regression: the trace of a generation with months of plays was a response of megabytes."""
    ((event,),) = rows(
        "select generation_id from marts.fct_source_uses where generation_id is not null"
        " group by all having count(*) > 2 order by count(*) desc, 1 limit 1"
    )

    answer = ask("trace_event", event_id=event)

    assert len(answer["uses"]) == 1
    assert answer["cut"]["uses"].startswith("1 of ")


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("drop table marts.dim_parties", "one query at a time, a `select`"),
        ("select 1; select 2", "one query at a time"),
        ("set threads = 8", "one query at a time"),
        ("select * from read_csv('/etc/passwd')", "read_csv is not run here"),
        ("select * from '/etc/passwd'", "There is no table"),
        ("select * from marts.fct_fan_connection", "hides those under 10 people"),
        ("select * from published.marts.fct_fan_connection", "hides those under 10 people"),
        ("select numerator_count from marts.fct_fan_effects", "hide those under 10 people"),
        ("select * from query_table('marts.fct_fan_connection')", "query_table is not run here"),
        ("select * from query('select 1')", "query is not run here"),
        ("select * from duckdb_tables()", "duckdb_tables is not run here"),
        ("select getenv('HOME')", "getenv is not run here"),
        (
            "with dim_parties as (select 1) select * from marts.fct_fan_connection",
            "hides those under 10 people",
        ),
        ("select (select count(*) from marts.fct_fan_connection)", "hides those under 10 people"),
        ("select * from intermediate.int_fans__signals_matched", "There is no table"),
        ("select 1 from fct_statements", "Nearest: marts.fct_statements"),
        ("select nothing from marts.dim_parties", "The query fails"),
        ("selec", "cannot be read"),
        ("select count(*) from range(100000000000)", "longer than 2 seconds"),
    ],
)
def test_query_that_may_not_run_is_refused_with_the_reason(ask: Ask, sql: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        ask("query_sql", sql=sql)


def test_query_with_common_tables_runs_and_is_cut(ask: Ask) -> None:
    answer = ask(
        "query_sql",
        sql="with parties as (select party_id from marts.dim_parties) select * from parties",
    )

    assert len(answer["rows"]) == 5
    assert answer["definitions"][0]["table"] == "marts.dim_parties"


def test_people_are_told_by_month_alone_rounded_and_never_few(ask: Ask, rows: Rows) -> None:
    whole = rows(
        "select month, sum(new_fan_count) from marts.fct_fan_connection group by all order by 1"
    )
    answer = ask("query_metrics", metrics=["new_fan_count"], by=["report_month"])

    assert answer["rows"]
    for row in answer["rows"]:
        shown = row["new_fan_count"]
        (people,) = [count for month, count in whole if str(month)[:10] == row["report_month"]]
        assert shown is None if people is None or people < 10 else abs(shown - people) <= 2.5
    with pytest.raises(Refused, match="is shown only per month"):
        ask("query_metrics", metrics=["new_fan_count"], by=["territory"])
    with pytest.raises(Refused, match="is shown only per month"):
        ask("query_metrics", metrics=["new_fan_rate"], where={"territory": ["DE"]})


def test_table_is_described_with_the_meaning_of_its_columns(ask: Ask) -> None:
    described = ask("describe_table", table="marts.fct_statements")

    assert all(column["description"] for column in described["columns"])
    assert "data_as_of" in described
    with pytest.raises(Refused, match="list_tables names all"):
        ask("describe_table", table="marts.fct_nothing")
    with pytest.raises(Refused, match=r"Nearest: marts\.fct_statements"):
        ask("describe_table", table="fct_statements")
    with pytest.raises(Refused, match="Nearest: payable_amount"):
        ask("query_metrics", metrics=["payable"])
