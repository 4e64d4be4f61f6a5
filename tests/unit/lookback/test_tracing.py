"""The evidence behind a line, in a published file made by hand.

`tests/integration/closed_months/` has traces of the closed months.
"""

from pathlib import Path

import duckdb
import pytest

from linernotes.base.settings import Settings
from linernotes.cli.trace_tables import print_line_trace
from linernotes.lookback import trace_line
from tests.fixtures.published_warehouse import Line, Statement, publish


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def published(settings: Settings, *changes: str, lines: tuple[Line, ...] = ()) -> None:
    """A published file with a line of 1.00 and its use, other lines, and the given changes."""
    file = publish(settings, Statement("north", "north-1", [Line("a", "1.00"), *lines]))
    with duckdb.connect(file) as connection:
        connection.execute(
            "alter table marts.fct_compensation_lines add column is_issued boolean default false"
        )
        connection.execute(
            "create table marts.fct_statements (contract_id varchar, report_month date)"
        )
        connection.execute(
            "create or replace table marts.dim_contracts as select 'north-1' as contract_id, "
            "1 as contract_version, 'model-1' as training_fee_model_version"
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
    """Regression: lines of late uses whose terms had changed by then showed no uses."""
    published(settings, "update marts.fct_source_uses set contract_version = 2")

    trace = trace_line(settings, "a")

    assert [use["use_id"] for use in trace.uses] == ["use-of-a"]


def test_trace_of_line_whose_uses_were_removed_shows_what_was_taken_out(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    published(
        settings,
        "insert into marts.fct_exclusions select use_id, derivative_id, usage_month, territory, "
        "product_id, tier, 'removed' from marts.fct_source_uses where exclusion_reason is null",
        # The derivative was also used in another territory, without a removal.
        "update marts.fct_source_uses set territory = 'FR', use_id = 'elsewhere'",
    )

    trace = trace_line(settings, "a")

    assert [(use["use_id"], use["exclusion_reason"]) for use in trace.uses] == [
        ("use-of-a", "removed")
    ]
    print_line_trace(trace, as_json=False)
    assert "Weight of the uses: 0 nano-uses; of the line: 100000000000." in capsys.readouterr().out


def test_trace_of_line_whose_object_has_no_use_in_the_pool_shows_none(settings: Settings) -> None:
    published(settings, "update marts.fct_source_uses set territory = 'FR'")

    trace = trace_line(settings, "a")

    assert trace.uses == []


def test_trace_of_fee_shows_the_paid_lines_that_it_is_computed_from(settings: Settings) -> None:
    held = Line("b", "2.00", hold_bucket="CONSENT")
    fee = Line("f", "-0.01", line_type="FEE")
    published(settings, lines=(held, fee))

    trace = trace_line(settings, "f")

    assert [line["line_id"] for line in trace.computed_from] == ["a"]
    assert trace_line(settings, "a").computed_from == []


def test_trace_of_tax_on_a_territory_of_an_earlier_month_shows_the_lines_of_that(
    settings: Settings,
) -> None:
    tax = Line("t", "-0.10", line_type="WITHHOLDING", territory="FR")
    other = Line("b", "2.00", territory="FR")
    published(
        settings,
        "update marts.fct_compensation_lines set report_month = '2026-05-01' where line_id = 'b'",
        "update marts.fct_compensation_lines set pool_id = null where line_id = 't'",
        lines=(other, tax),
    )

    trace = trace_line(settings, "t")

    assert [line["line_id"] for line in trace.computed_from] == ["b"]


def test_trace_of_training_fee_shows_what_was_trained_on(settings: Settings) -> None:
    published(
        settings,
        "create table marts.fct_training_inclusions as "
        "select unnest(['model-1', 'model-2']) as model_version, 'MASTER' as side, "
        "'recording-of-t' as object_id",
        lines=(Line("t", "5.00", line_type="TRAINING_FEE"),),
    )

    trace = trace_line(settings, "t")

    assert [row["model_version"] for row in trace.inclusions] == ["model-1"]
    assert trace.computed_from == []


def test_trace_of_penalty_shows_the_artificial_plays_of_its_recording(settings: Settings) -> None:
    published(
        settings,
        "create table marts.fct_artificial_plays as select unnest(['derivative-of-a', 'other']) "
        "as derivative_id, 'DE' as territory, 'premium' as tier, 9 as artificial_play_count, "
        "date '2026-06-01' as usage_month, date '2026-06-10' as play_date",
        "update marts.fct_compensation_lines set object_id = 'recording-of-a' where line_id = 'p'",
        lines=(Line("p", "-10.00", line_type="PENALTY"),),
    )

    trace = trace_line(settings, "p")

    assert [plays["derivative_id"] for plays in trace.artificial_plays] == ["derivative-of-a"]
    assert trace.computed_from == []
