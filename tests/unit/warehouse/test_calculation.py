"""Which models a calculation makes, in which order, and what it makes again at another freeze."""

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from linernotes.base.errors import LinernotesError
from linernotes.warehouse import Calculation, CompiledProject, Scenario, calculation
from linernotes.warehouse.calculation import Cursors
from linernotes.warehouse.compiled import KNOWN_AT_PLACEHOLDER, CompiledNode

JANUARY, FEBRUARY, MAY = (Scenario(datetime(2026, month, 1)) for month in (1, 2, 5))


def model(name: str, sql: str, *needs: str, is_view: bool = False) -> CompiledNode:
    return CompiledNode(name, "model", f"intermediate.{name}", is_view, sql, needs, {})


# The month and the quarter of the freeze; a total reads the quarter, directly and by a view.
NODES = [
    model("month", f"select month(timestamp '{KNOWN_AT_PLACEHOLDER}') as value"),
    model("quarter", "select (value + 2) // 3 as value from intermediate.month", "month"),
    model(
        "doubled", "select value * 2 as value from intermediate.quarter", "quarter", is_view=True
    ),
    model(
        "total",
        "select (from intermediate.quarter) + (from intermediate.doubled) as value",
        "quarter",
        "doubled",
    ),
    model("apart", "select 7 as value"),
    model("broken", "select error('no such rate') as value from intermediate.apart", "apart"),
]
ENDLESS = "select count(*) as value from range(1000000000000)"
PROJECT = CompiledProject("digest", {node.name: node for node in NODES}, {})


@pytest.fixture(params=[1, 4])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Calculation]:
    with calculation(PROJECT, tmp_path, at_a_time=request.param) as found:
        yield found


def value(run: Calculation, name: str) -> int:
    [[found]] = run.connection.execute(f"from intermediate.{name}").fetchall()
    return found


def test_run_makes_the_targets_and_what_they_read(run: Calculation) -> None:
    assert run.run(JANUARY, ["total"]) == {"month", "quarter", "doubled", "total"}
    assert value(run, "total") == 1 + 2
    assert run.made == {"month", "quarter", "doubled", "total"}


def test_run_for_the_same_scenario_makes_nothing(run: Calculation) -> None:
    run.run(JANUARY, ["total"])

    assert run.run(JANUARY, ["total"]) == set()


def test_model_whose_inputs_have_the_same_rows_is_not_made_again(run: Calculation) -> None:
    run.run(JANUARY, ["total"])

    assert run.run(FEBRUARY, ["total"]) == {"month"}


def test_model_whose_inputs_have_other_rows_is_made_again(run: Calculation) -> None:
    run.run(JANUARY, ["total", "apart"])

    assert run.run(MAY, ["total", "apart"]) == {"month", "quarter", "doubled", "total"}
    assert value(run, "total") == 2 + 4


def test_model_that_cannot_be_made_is_named_and_what_reads_it_is_not_made(
    run: Calculation,
) -> None:
    with pytest.raises(LinernotesError, match=r"The model broken cannot be made: .*no such rate"):
        run.run(JANUARY, ["broken"])

    assert run.made == {"apart"}


def test_error_of_one_model_ends_the_others_that_are_being_made(tmp_path: Path) -> None:
    nodes = [model("endless", ENDLESS), *NODES]
    project = CompiledProject("digest", {node.name: node for node in nodes}, {})

    with (
        calculation(project, tmp_path, at_a_time=2) as run,
        pytest.raises(LinernotesError, match="The model broken cannot be made"),
    ):
        run.run(JANUARY, ["endless", "broken"])


def test_connection_is_used_by_one_thread_at_a_time(run: Calculation) -> None:
    connections = Cursors(run.connection, 1)
    waiting, got = threading.Event(), threading.Event()

    def borrow() -> None:
        waiting.set()
        with connections.one():
            got.set()

    second = threading.Thread(target=borrow)
    with connections.one():
        second.start()
        waiting.wait()
        assert not got.wait(0.05)
    second.join()
    assert got.is_set()
