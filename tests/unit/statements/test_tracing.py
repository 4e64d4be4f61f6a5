"""What a line leads to, over a published file made by hand.

Traces of the closed months are in `tests/integration/closed_months/`.
"""

from pathlib import Path

import duckdb
import pytest

from linernotes.settings import Settings
from linernotes.statements import trace_line
from tests.fixtures.published_warehouse import Line, Statement, publish


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def published(settings: Settings, *changes: str) -> None:
    """A published file with one line of 1.00 and its use, and then what is changed in it."""
    file = publish(settings, Statement("north", "north-1", [Line("a", "1.00")]))
    with duckdb.connect(file) as connection:
        connection.execute(
            "alter table marts.fct_compensation_lines add column is_issued boolean default false"
        )
        connection.execute(
            "create table marts.fct_statements (contract_id varchar, report_month date)"
        )
        connection.execute(
            "create table marts.dim_contracts (contract_id varchar, contract_version bigint)"
        )
        connection.execute(
            "create table marts.fct_exclusions as select use_id, derivative_id, usage_month, "
            "territory, product_id, tier, 'removed' as exclusion_reason "
            "from marts.fct_source_uses where false"
        )
        for change in changes:
            connection.execute(change)


def test_trace_of_line_with_uses_of_its_key_shows_these(settings: Settings) -> None:
    published(settings)

    trace = trace_line(settings, "a")

    assert [use["use_id"] for use in trace.uses] == ["use-of-a"]


def test_trace_of_line_whose_uses_moved_to_another_version_shows_those_of_its_object(
    settings: Settings,
) -> None:
    """Lines of late uses whose terms had changed by then showed no use at all."""
    published(settings, "update marts.fct_source_uses set contract_version = 2")

    trace = trace_line(settings, "a")

    assert [use["use_id"] for use in trace.uses] == ["use-of-a"]


def test_trace_of_line_whose_uses_were_removed_shows_what_was_taken_out(
    settings: Settings,
) -> None:
    published(
        settings,
        "insert into marts.fct_exclusions select use_id, derivative_id, usage_month, territory, "
        "product_id, tier, 'removed' from marts.fct_source_uses where exclusion_reason is null",
        # The derivative was used elsewhere, too, where nothing is removed.
        "update marts.fct_source_uses set territory = 'FR', use_id = 'elsewhere'",
    )

    trace = trace_line(settings, "a")

    assert [(use["use_id"], use["exclusion_reason"]) for use in trace.uses] == [
        ("use-of-a", "removed")
    ]


def test_trace_of_line_whose_object_has_no_use_in_the_pool_shows_none(settings: Settings) -> None:
    published(settings, "update marts.fct_source_uses set territory = 'FR'")

    trace = trace_line(settings, "a")

    assert trace.uses == []
